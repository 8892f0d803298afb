"""What stands in a cell: numbers and names of a file, with every fault at its row."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import Findings, plural
from forecast.request import SECONDS_OF_UNIT, Request
from scenario.errors import InvalidValueError

EMPTY = ("", "nan", "null", "none", "n/a", "na", "nat", "<na>", "-")
_CLOCK = r"^\d+:[0-5]?\d(?::[0-5]?\d(?:\.\d+)?)?$"


def without_blank_rows(table: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The table without rows that hold nothing, and without the header repeated inside it."""
    texts = table.select_dtypes(include=["object", "string"])
    if texts.shape[1] == table.shape[1]:
        blank = np.ones(len(table), dtype=bool)
        header = np.ones(len(table), dtype=bool)
        for name in table.columns:
            if not blank.any() and not header.any():
                break
            cells = table[name].astype("str").str.strip()
            blank &= ((cells == "") | cells.isna()).to_numpy(bool)
            header &= (cells == name).to_numpy(bool)
    else:
        blank = table.isna().all(axis=1).to_numpy(bool)
        header = np.zeros(len(table), dtype=bool)
    if blank.any():
        findings.told(f"{plural(int(blank.sum()), 'blank row')} left out.")
    if header.any():
        findings.told(f"{plural(int(header.sum()), 'repeated header row')} left out.")
    return table[~blank & ~header]


def channels_in(cells: pd.Series, request: Request, findings: Findings) -> pd.Series:
    """
    Channel names without surrounding spaces, by our names; an empty one is a fault.

    Raises
    ------
    InvalidValueError
        When a name that is to be replaced does not occur.
    """
    names = cells.astype("str").str.strip()
    findings.fault_rows(_is_empty(names), "channel", cells, "a name")
    if request.channels:
        found = list(names.unique())
        for name in request.channels:
            if name not in found:
                raise InvalidValueError("channels", f"names of the file: {found}", name)
        names = names.replace(dict(request.channels))
    return names


def numbers_in(
    cells: pd.Series, field: str, findings: Findings, *, decimal_comma: bool = False
) -> pd.Series:
    """
    Finite numbers of at least 0; NaN for empty cells, and with a fault for the rest.

    Parameters
    ----------
    cells
        Texts, or numbers from a typed file; the index holds positions in the file.
    field
        Our name of the column.
    findings
        Takes the faults.
    decimal_comma
        Whether "12,5" stands for twelve and a half.
    """
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
        values = cells.astype(float)
        unread = np.zeros(len(cells), dtype=bool)
    else:
        texts = cells.astype("str").str.strip()
        if decimal_comma:
            texts = texts.str.replace(",", ".", regex=False)
        values = pd.to_numeric(texts, errors="coerce").astype(float)
        unread = values.isna().to_numpy() & ~_is_empty(texts)
    findings.fault_rows(unread, field, cells, "a number")
    return _at_least_zero(values, cells, field, findings)


def durations_in(
    cells: pd.Series, field: str, unit: str, findings: Findings, *, decimal_comma: bool = False
) -> pd.Series:
    """
    Seconds of durations written as numbers of a unit, or as h:mm:ss (m:ss) texts.

    Parameters
    ----------
    cells
        Texts, numbers or timedeltas; the index holds positions in the file.
    field
        Our name of the column.
    unit
        Unit of plain numbers: "ms", "s", "min" or "h".
    findings
        Takes the faults.
    decimal_comma
        Whether "12,5" stands for twelve and a half.
    """
    if pd.api.types.is_timedelta64_dtype(cells.dtype):
        return _at_least_zero(cells.dt.total_seconds(), cells, field, findings)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return numbers_in(cells, field, findings) * SECONDS_OF_UNIT[unit]
    texts = cells.astype("str").str.strip()
    clock = texts.str.match(_CLOCK).to_numpy(bool)
    seconds = pd.Series(np.nan, index=cells.index)
    if clock.any():
        parts = texts[clock].str.split(":", expand=True).astype(float)
        total = parts[0] * 60 + parts[1]
        if parts.shape[1] == 3:
            total = total.where(parts[2].isna(), total * 60 + parts[2].fillna(0))
        seconds[clock] = total
    plain = numbers_in(cells[~clock], field, findings, decimal_comma=decimal_comma)
    seconds[~clock] = plain * SECONDS_OF_UNIT[unit]
    return seconds


def _at_least_zero(
    values: pd.Series, cells: pd.Series, field: str, findings: Findings
) -> pd.Series:
    findings.fault_rows(np.isinf(values.to_numpy()), field, cells, "a finite number")
    findings.fault_rows(((values < 0) & np.isfinite(values)).to_numpy(), field, cells, "at least 0")
    return values.where(np.isfinite(values) & (values >= 0))


def _is_empty(texts: pd.Series) -> NDArray[np.bool_]:
    empty: NDArray[np.bool_] = texts.isna().to_numpy(bool) | texts.str.lower().isin(EMPTY).to_numpy(
        bool
    )
    return empty
