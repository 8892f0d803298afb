"""Planner's edits as a file: a table with a row an edit, read with every fault, and written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import IO

import pandas as pd

from forecast.edits import CHANGES, VALUE_RULES, Edit, Edits, value_is_good
from scenario.calendar import minutes_in, weekdays_in
from scenario.errors import Fault, InvalidInputError, InvalidValueError
from scenario.tables import as_texts, read_table

REQUIRED = ("first_day", "change", "value")
COLUMNS = (
    *("channel", "first_day", "last_day", "start", "end", "days"),
    *("change", "value", "author", "reason", "made"),
)


def read_edits(source: str | Path | IO[bytes], *, name: str | None = None) -> Edits:
    """
    Read a table of edits.

    Parameters
    ----------
    source
        CSV, XLSX or Parquet with the columns `first_day`, `change` and `value`, and where wanted
        `channel` (one, several separated by ";", empty for all), `last_day` (default: the
        first), `start`, `end` (times of day; default: the whole day), `days` (such as
        "mon-fri"), `author`, `reason` and `made`. They are applied from top to bottom.
    name
        File name, where the source is an open file.

    Raises
    ------
    InvalidInputError
        With every fault: file, row, column, value and rule.
    """
    table = read_table(source, name)
    file = name or (Path(source).name if isinstance(source, (str, Path)) else "upload")
    faults = [
        Fault(file, "header", column, "", "present")
        for column in REQUIRED
        if column not in table.columns
    ]
    faults += [
        Fault(file, "header", str(column), "", f"one of {', '.join(COLUMNS)}")
        for column in table.columns
        if column not in COLUMNS
    ]
    if faults:
        raise InvalidInputError(faults)
    edits = []
    for number, row in enumerate(as_texts(table).to_dict("records"), start=2):
        cells = {str(key): value for key, value in row.items()}
        if any(cells.values()):
            edit = _edit(cells, file, f"row {number}", faults)
            edits += [] if edit is None else [edit]
    if faults:
        raise InvalidInputError(faults)
    return Edits(tuple(edits))


def edits_frame(edits: Edits) -> pd.DataFrame:
    """The edits as the table that `read_edits` reads; texts and one number column."""
    rows = [
        {
            "channel": ";".join(edit.channels),
            "first_day": edit.first_day.isoformat(),
            "last_day": edit.last_day.isoformat(),
            "value": edit.value,
            **{
                name: getattr(edit, name)
                for name in ("start", "end", "days", "change", "author", "reason", "made")
            },
        }
        for edit in edits.edits
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _edit(cells: dict[str, str], file: str, where: str, faults: list[Fault]) -> Edit | None:
    before = len(faults)

    def fault(column: str, rule: str) -> None:
        faults.append(Fault(file, where, column, cells.get(column, ""), rule))

    first = _date(cells["first_day"])
    last = _date(cells.get("last_day", "") or cells["first_day"])
    if first is None:
        fault("first_day", "a date such as 2026-05-04")
    if last is None and first is not None:
        fault("last_day", "a date such as 2026-05-04, or empty")
    if first is not None and last is not None and last < first:
        fault("last_day", "on or after the first day")
    clock = {"start": cells.get("start", "") or "00:00", "end": cells.get("end", "") or "24:00"}
    minutes = {column: _minutes(text) for column, text in clock.items()}
    for column, minute in minutes.items():
        if minute is None:
            fault(column, "a time of day such as 09:30, or empty")
    if None not in minutes.values() and not (minutes["start"] or 0) < (minutes["end"] or 0):
        fault("end", "after the start")
    days = cells.get("days", "") or "daily"
    try:
        weekdays_in(days)
    except InvalidValueError as error:
        fault("days", error.rule)
    change = cells["change"].lower()
    value = _number(cells["value"])
    if change not in CHANGES:
        fault("change", f"one of {', '.join(CHANGES)}")
    elif not value_is_good(change, value):
        fault("value", VALUE_RULES[change])
    if len(faults) > before or first is None or last is None:
        return None
    channels = tuple(part.strip() for part in cells.get("channel", "").split(";") if part.strip())
    return Edit(
        channels,
        first,
        last,
        next(known for known in CHANGES if known == change),
        value,
        clock["start"],
        clock["end"],
        days,
        cells.get("author", ""),
        cells.get("reason", ""),
        cells.get("made", ""),
    )


def _date(text: str) -> date | None:
    # XLSX and Parquet tell a date with its midnight.
    try:
        return date.fromisoformat(text.removesuffix(" 00:00:00"))
    except ValueError:
        return None


def _minutes(text: str) -> int | None:
    try:
        return minutes_in(text)
    except InvalidValueError:
        return None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
