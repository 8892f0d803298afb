"""Which kind of table a file is; the header decides, a layout can be forced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from forecast.contact_log import DEFAULT_MINUTES, LOG_FIELDS, read_contact_log, suggest_mapping
from forecast.findings import Findings, nearest
from forecast.interval_rows import COUNTS, OPTIONAL_COUNTS, read_interval_rows
from forecast.request import Request
from scenario.errors import InvalidValueError

__all__ = [
    "CONTACT_LOG",
    "LAYOUTS",
    "OWN",
    "Layout",
    "choose",
    "suggest_columns",
    "suggest_mapping",
]


@dataclass(frozen=True)
class Layout:
    """
    One kind of table that can be read as a history.

    Parameters
    ----------
    name
        What a person forces it by.
    required
        Columns that must be there, by our names; a header with all of them is of this kind.
    optional
        Columns that may be there.
    read
        Table with our column names in; rows of `interval_start, channel, offered, answered,
        abandoned, handle_time_s` out, with faults and repairs told.
    needs_mapping
        Whether the file's own column names mean nothing by themselves.
    absent_is_zero
        Whether an interval without contacts has no row by nature.
    default_minutes
        Interval length when none is asked for; None reads it from the file.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    read: Callable[[pd.DataFrame, Request, Findings], pd.DataFrame]
    needs_mapping: bool = False
    absent_is_zero: bool = False
    default_minutes: int | None = None


OWN = Layout(
    name="own",
    required=("interval_start", "channel", *COUNTS),
    optional=OPTIONAL_COUNTS,
    read=read_interval_rows,
)
CONTACT_LOG = Layout(
    name="contact_log",
    required=("arrival", "channel"),
    optional=LOG_FIELDS,
    read=read_contact_log,
    needs_mapping=True,
    absent_is_zero=True,
    default_minutes=DEFAULT_MINUTES,
)
LAYOUTS = {layout.name: layout for layout in (OWN, CONTACT_LOG)}


_COMMON_COLUMNS = {
    "interval_start": "interval start time date begin from period slot",
    "channel": "channel queue skill media medium line",
    "offered": "offered received arrivals arrived incoming calls contacts volume demand entered",
    "answered": "answered handled accepted served replied",
    "abandoned": "abandoned abandon lost missed unanswered",
    "handle_time_s": "handle_time handletime handling aht talk duration agent_time",
}


def suggest_columns(columns: Sequence[str]) -> dict[str, str]:
    """
    Guess which column of a table of intervals holds what, from its name.

    Parameters
    ----------
    columns
        Column names of the file.

    Returns
    -------
    dict
        Field of the own layout to the file's column; fields without a likely column are left
        out. Without one for `offered` it is probably no table of intervals.

    Examples
    --------
    >>> suggest_columns(["Interval", "Queue", "Calls offered", "Calls handled", "Total AHT"])
    ... # doctest: +NORMALIZE_WHITESPACE
    {'interval_start': 'Interval', 'channel': 'Queue', 'offered': 'Calls offered',
     'answered': 'Calls handled', 'handle_time_s': 'Total AHT'}
    """
    free = list(columns)
    found: dict[str, str] = {}
    # The more telling words first: "calls handled" are answered ones, "handle time" is a time.
    for field in ("handle_time_s", "abandoned", "answered", "offered", "channel", "interval_start"):
        words = _COMMON_COLUMNS[field].split()
        ranked = [
            column
            for word in words
            for column in free
            if word.replace("_", "") in "".join(filter(str.isalnum, column.lower()))
        ]
        if ranked:
            found[field] = ranked[0]
            free.remove(ranked[0])
    return {field: found[field] for field in _COMMON_COLUMNS if field in found}


def choose(columns: Sequence[str], name: str | None, request: Request) -> Layout:
    """
    The layout that a header, a mapping or a person asks for; the own one in doubt.

    Raises
    ------
    InvalidValueError
        When the forced layout is unknown, or needs a mapping and has none.
    """
    if name is not None:
        if name not in LAYOUTS:
            raise InvalidValueError("layout", f"one of {list(LAYOUTS)}", name)
        chosen = LAYOUTS[name]
        if chosen.needs_mapping and not request.mapping:
            rule = "given for this layout: our field to the file's column, at least arrival"
            raise InvalidValueError("mapping", rule, None)
        return chosen
    if "arrival" in request.mapping:
        return CONTACT_LOG
    for layout in LAYOUTS.values():
        if not layout.needs_mapping and set(layout.required) <= set(columns):
            return layout
    return OWN


def with_our_names(
    table: pd.DataFrame, layout: Layout, request: Request, findings: Findings
) -> pd.DataFrame:
    """
    The table with our column names, the constant channel added; what is missing is a fault.

    With a mapping, a field that it leaves out is not known; without one, every column of the
    layout must be there (its cells may be empty), so that a misspelt header is noticed.
    """
    fields = (*layout.required, *layout.optional)
    for field in set(request.mapping) - set(fields):
        raise InvalidValueError("mapping", f"of the fields {list(fields)}", field)
    columns = list(table.columns)
    for column in sorted({name for name in columns if columns.count(name) > 1}):
        findings.fault("header", column, column, "named once")

    if not request.mapping and not set(layout.required) & set(columns):
        rule = f"a table with the columns {', '.join(layout.required)}, or read with a mapping"
        findings.fault("header", "", ", ".join(columns[:12]), rule)
        return table
    chosen: dict[str, pd.Series] = {}
    for field in fields:
        column = request.mapping.get(field, field)
        constant = field == "channel" and request.channel is not None
        if columns.count(column) == 1 and not (constant and field not in request.mapping):
            findings.names[field] = column
            chosen[field] = table[column]
        elif constant:
            chosen[field] = pd.Series(request.channel, index=table.index, dtype="str")
        elif field in request.mapping or (
            field in layout.required and (not request.mapping or field not in COUNTS[1:])
        ):
            _missing(column, columns, layout, findings)
    return pd.DataFrame(chosen, index=table.index)


def _missing(column: str, columns: list[str], layout: Layout, findings: Findings) -> None:
    close = nearest(column, [name for name in columns if name not in layout.required])
    named = ", ".join(columns[:8]) + (", ..." if len(columns) > 8 else "")
    hint = f' (the nearest column is "{close}")' if close else f" among the columns {named}"
    own = column in COUNTS[1:]
    leave = "; leave its cells empty where it is not known" if own and not close else ""
    findings.fault("header", column, "", f"present{hint}{leave}")
