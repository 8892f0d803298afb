"""How faults are shown: a table with the place, what stands there and what it must be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from scenario.errors import Fault, InvalidInputError, InvalidValueError, PlanningError

SHOWN_AT_ONCE = 1000


def faults_table(error: PlanningError) -> pd.DataFrame:
    """
    A row a fault.

    Returns
    -------
    DataFrame
        `File`, `Row or line`, `Field`, `Value`, `Must be`; all texts.
    """
    match error:
        case InvalidInputError():
            faults = error.faults[:SHOWN_AT_ONCE]
        case InvalidValueError():
            faults = (Fault("", "", error.field, str(error.value), error.rule),)
        case _:
            faults = (Fault("", "", "", "", str(error)),)
    rows = [(fault.file, fault.where, fault.field, fault.value, fault.rule) for fault in faults]
    return pd.DataFrame(rows, columns=["File", "Row or line", "Field", "Value", "Must be"])


def show_faults(error: PlanningError) -> None:
    """Draw the table; a planner can keep it as CSV from its corner."""
    st.dataframe(faults_table(error), hide_index=True, width="stretch")


@contextmanager
def told_faults() -> Iterator[None]:
    """Show what is wrong with an upload in place of using it; what was there stays."""
    try:
        yield
    except PlanningError as error:
        st.error("This cannot be used. What was there before is still in use.")
        show_faults(error)
