"""
A plan's tables as files for a spreadsheet: CSV and XLSX.

A cell of text that a spreadsheet would take for a formula is prefixed with an apostrophe.
CSV times carry their offset; a spreadsheet knows no time zones, so there a time is local and
its offset stands in a column beside it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from staffing import Plan

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PlanTable = Literal[
    "requirement", "shifts", "rota", "targets", "periods", "unmet", "ladder", "volume",
]  # fmt: skip
PLAN_TABLES: tuple[PlanTable, ...] = (
    "requirement", "shifts", "rota", "targets", "periods", "unmet", "ladder", "volume",
)  # fmt: skip
MAX_COLUMN_WIDTH = 60


def plan_csv(plan: Plan, table: PlanTable = "requirement") -> bytes:
    """
    One table of a plan as CSV.

    Parameters
    ----------
    plan
        The plan.
    table
        `requirement` (required and scheduled agents by interval and group), `shifts`,
        `rota` (a line a week for each agent), `targets`, `periods` (a row for each period of
        each promise), `unmet`, `ladder` or `volume` (first attempts and all contacts).
    """
    return safe_csv(getattr(plan, table))


def plan_xlsx(plan: Plan) -> bytes:
    """
    A plan as a workbook.

    Parameters
    ----------
    plan
        The plan.

    Returns
    -------
    bytes
        An XLSX file with the sheets Summary, Requirement, Shifts, Rota, Targets, Periods, Unmet,
        Ladder, Volume and Assumptions (every key of the scenario that was set, with the seed).
    """
    sheets = {"Summary": _summary(plan)}
    sheets |= {name.capitalize(): getattr(plan, name) for name in PLAN_TABLES}
    assumed = flat(plan.scenario.model_dump(mode="json", exclude_unset=True))
    sheets["Assumptions"] = pd.DataFrame(assumed, columns=["key", "value"])
    return workbook(sheets)


def safe_csv(table: pd.DataFrame) -> bytes:
    """
    A table as CSV in UTF-8 that no spreadsheet can take for formulas.

    Times are written with their offset, an unknown number as an empty cell.
    """
    safe = table.copy()
    for column in safe.columns:
        values = safe[column]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            safe[column] = [_with_offset(time) for time in values]
        elif not pd.api.types.is_numeric_dtype(values.dtype):
            safe[column] = [safe_cell(_as_text(value)) for value in values]
    safe.columns = pd.Index([safe_cell(str(name)) for name in safe.columns])
    return safe.to_csv(index=False).encode()


def workbook(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """
    Tables as the sheets of an XLSX file, headers frozen.

    Parameters
    ----------
    sheets
        Sheet names to tables; times become local times with a `utc_offset` column beside.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in sheets.items():
        _fill(book.create_sheet(name), _for_spreadsheet(table))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def safe_cell(value: Any) -> Any:
    """
    The same value, text that a spreadsheet would run as a formula prefixed with '.

    Examples
    --------
    >>> safe_cell("=1+1")
    "'=1+1"
    >>> safe_cell("chat"), safe_cell(-3)
    ('chat', -3)
    """
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return "'" + value
    return value


def _with_offset(time: Any) -> str:
    return "" if pd.isna(time) else str(pd.Timestamp(time).isoformat())


def _as_text(value: Any) -> Any:
    """Breaks and other lists of times as one cell; everything else as it is."""
    if isinstance(value, (list, tuple)):
        return "; ".join(str(_as_text(item)) for item in _spans(value))
    if isinstance(value, pd.Timestamp):
        return _with_offset(value)
    return value


def _spans(value: Iterable[Any]) -> Iterable[Any]:
    """Pairs of times as "12:00-12:30"."""
    for item in value:
        if isinstance(item, (list, tuple)) and len(item) == 2:
            begin, end = (pd.Timestamp(moment) for moment in item)
            yield f"{begin:%H:%M}-{end:%H:%M}"
        else:
            yield item


def _for_spreadsheet(table: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {}
    for name in table.columns:
        values = table[name]
        if isinstance(values.dtype, pd.DatetimeTZDtype):
            columns[str(name)] = [
                None if pd.isna(time) else time.tz_localize(None).to_pydatetime(warn=False)
                for time in values
            ]
            if "utc_offset" not in columns:
                columns["utc_offset"] = [_offset(time) for time in values]
        else:
            columns[str(name)] = [_cell(value) for value in values]
    return pd.DataFrame(columns, dtype=object)


def _offset(time: Any) -> str:
    """Offset of an instant from UTC, e.g. "UTC+01:00"."""
    if pd.isna(time):
        return ""
    offset: timedelta = time.utcoffset()
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _cell(value: Any) -> Any:
    value = _as_text(value)
    if value is None or (isinstance(value, float) and value != value) or value is pd.NaT:
        return None
    if isinstance(value, str):
        return safe_cell(value)
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _fill(sheet: Worksheet, table: pd.DataFrame) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.append([safe_cell(str(name)) for name in table.columns])
    for row in table.itertuples(index=False, name=None):
        sheet.append([None if value is None or value is pd.NaT else value for value in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, start=1):
        width = max((len(str(cell.value)) for cell in column if cell.value is not None), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = min(
            max(width + 2, 10), MAX_COLUMN_WIDTH
        )


def _summary(plan: Plan) -> pd.DataFrame:
    scenario = plan.scenario
    rows: list[tuple[str, object]] = [
        ("Plan", scenario.name),
        ("From", f"{scenario.period.start:%a %d %b %Y %H:%M}"),
        ("To", f"{scenario.period.end:%a %d %b %Y %H:%M}"),
        ("Time zone", scenario.timezone),
        ("Paid hours", round(plan.paid_hours, 2)),
        (f"FTE (of {scenario.full_time_hours:g} hours a week)", round(plan.fte, 2)),
        (f"Cost ({scenario.currency})", round(plan.cost, 2)),
    ]
    if plan.baseline is not None:
        rows += [
            ("Paid hours, as staffed now", round(plan.baseline.paid_hours, 2)),
            (f"Cost, as staffed now ({scenario.currency})", round(plan.baseline.cost, 2)),
        ]
    rows += [
        ("Promises not kept", len(plan.unmet)),
        ("Engine", plan.outcome.engine),
        ("Seed of the check", plan.outcome.seed),
        ("Replications of the check", plan.outcome.replications),
        *(("Note", note) for note in plan.notes),
    ]
    return pd.DataFrame(rows, columns=["what", "value"])


def flat(document: Mapping[str, Any], prefix: str = "") -> list[tuple[str, object]]:
    """Dotted keys and values of nested tables."""
    rows: list[tuple[str, object]] = []
    for name, value in document.items():
        if isinstance(value, Mapping):
            rows += flat(value, f"{prefix}{name}.")
        else:
            shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
            rows.append((f"{prefix}{name}", shown))
    return rows
