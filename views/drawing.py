"""
Charts that are drawn again with every touch of a lever.

What a chart looks like is worked out once and stays the same text; only its rows are sent. The
browser then puts them into the picture that stands there, instead of making a new one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from views import charts

ROWS = "rows"
SPANS = (1.0, 7.0, 28.0)  # days, one of each kind that a time axis knows


def lines(
    table: pd.DataFrame,
    names: list[str],
    *,
    title: str,
    told: str,
    form: str = ",.1f",
    zero: bool = True,
) -> None:
    """
    Draw `charts.lines`.

    Parameters
    ----------
    table, names, title, form, zero
        As there.
    told
        The picture in words, for whoever does not see it.
    """
    days = charts.days_of(table)
    span = next((span for span in SPANS if charts.alike(span, days)), days)
    touched = len(table) <= charts.MAX_TOUCHED
    _draw(_lines(tuple(names), title, form, zero, span, touched), table, told)


def target_heat(table: pd.DataFrame, target: float, *, told: str) -> None:
    """
    Draw `charts.target_heat`.

    Parameters
    ----------
    table
        As there; `value` is NaN where nobody came.
    target
        Promised share.
    told
        The picture in words.
    """
    days = tuple(dict.fromkeys(table["day"]))
    _draw(_target_heat(days, target), table.dropna(subset=["value"]), told)


def _draw(spec: dict[str, Any], table: pd.DataFrame, told: str) -> None:
    st.vega_lite_chart(spec=spec | {"datasets": {ROWS: table}}, width="stretch", alt=told)


@lru_cache(maxsize=128)
def _lines(
    names: tuple[str, ...], title: str, form: str, zero: bool, days: float, touched: bool
) -> dict[str, Any]:
    drawn = charts.lines_on(
        alt.NamedData(ROWS),
        names,
        title=title,
        form=form,
        zero=zero,
        days=days,
        touched=touched,
    )
    return _plain(drawn)


@lru_cache(maxsize=128)
def _target_heat(days: tuple[str, ...], target: float) -> dict[str, Any]:
    return _plain(charts.target_heat(alt.NamedData(ROWS), days, target))


def _plain(chart: alt.LayerChart) -> dict[str, Any]:
    """A chart as a dictionary, without the sizes of Altair's own theme."""
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)
    return spec
