"""How the cells of a table become times and numbers, with a fault for each that cannot."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.errors import Fault
from scenario.tables import FIRST_YEAR, LAST_YEAR

_YEAR_FIRST = re.compile(r"\d{4}-\d{2}-\d{2}")


def local_times(
    column: pd.Series,
    field: str,
    timezone: str,
    file: str,
    faults: list[Fault],
    *,
    optional: bool = False,
) -> pd.Series:
    """
    Instants of a column of times, local where they carry no offset.

    Parameters
    ----------
    column
        Texts with the year first, or timestamps.
    field, file
        Column and file to name in faults.
    timezone
        IANA name of the zone of times without offset, and of the result.
    faults
        Takes a fault for every cell that is no time, lies in the hour that a clock change
        skips, or in the hour that comes twice without saying which.
    optional
        Whether a cell may be empty.

    Returns
    -------
    Series
        Instants in microseconds; NaT where a cell is empty or has a fault.
    """
    known: dict[Any, Any] = {}  # of few distinct times, many rows
    found = []
    for row, cell in enumerate(column):
        if cell not in known:
            known[cell] = _instant(cell, timezone)
        instant, rule = known[cell]
        if rule and not (optional and _is_empty(cell)):
            faults.append(Fault(file, f"row {row + 2}", field, str(cell), rule))
        found.append(instant)
    return pd.Series(found, dtype=f"datetime64[us, {timezone}]")


def _instant(cell: Any, timezone: str) -> tuple[Any, str]:
    """An instant, or NaT and what the cell must be."""
    rule = "a date and time such as 2026-04-13 08:00"
    # 04/05/2026 is April to some and May to others, and "now" or "08:00" alone is another
    # instant every time the file is read.
    if not isinstance(cell, date) and not _YEAR_FIRST.match(str(cell).strip()):
        return pd.NaT, rule
    try:
        stamp = pd.Timestamp(cell)
    except (ValueError, TypeError):
        return pd.NaT, rule
    if pd.isna(stamp):
        return pd.NaT, rule
    if not FIRST_YEAR <= stamp.year <= LAST_YEAR:
        return pd.NaT, f"{rule}, of the years {FIRST_YEAR} to {LAST_YEAR}"
    if stamp.tzinfo is not None:
        return stamp.tz_convert(timezone), ""
    try:
        return stamp.tz_localize(timezone), ""
    except ValueError:
        moved = stamp.tz_localize(timezone, ambiguous="NaT", nonexistent="shift_forward")
        if pd.isna(moved):
            return pd.NaT, "told with its offset from UTC, since this hour comes twice"
        return pd.NaT, f"a time that exists in {timezone}: the clocks go forward"


def _is_empty(cell: Any) -> bool:
    return cell is None or cell is pd.NaT or str(cell).strip() in {"", "NaT", "nan", "None"}


def numbers_of(
    column: pd.Series,
    field: str,
    file: str,
    faults: list[Fault],
    *,
    least: float = -np.inf,
    above: float = -np.inf,
    whole: bool = False,
    optional: bool = False,
) -> NDArray[np.float64]:
    """
    Numbers of a column, NaN where a cell is empty or has a fault.

    Parameters
    ----------
    column
        Texts or numbers.
    field, file
        Column and file to name in faults.
    faults
        Takes a fault for every cell that is no finite number or breaks a rule below.
    least, above
        Smallest value, and value that all must exceed.
    whole
        Whether a fraction is a fault.
    optional
        Whether a cell may be empty.
    """
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    good = np.isfinite(numbers) & (numbers >= least) & (numbers > above)
    kind = "a whole number" if whole else "a number"
    if whole:
        good &= numbers == np.floor(numbers)
    rule = kind
    if np.isfinite(least):
        rule = f"{kind} of at least {least:g}"
    elif np.isfinite(above):
        rule = f"{kind} above {above:g}"
    for row in np.flatnonzero(~good):
        cell = column.iloc[row]
        if not (optional and _is_empty(cell)):
            faults.append(Fault(file, f"row {row + 2}", field, str(cell), rule))
    return np.where(good, numbers, np.nan)
