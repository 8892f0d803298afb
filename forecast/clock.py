"""When a row happened: texts of a file to instants, clock changes told apart or reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.findings import Findings, plural

_ISO = r"\d{4}-\d{2}-\d{2}"
_ZONE = r":\d{2}(?:[.,]\d+)?\s*(?:[Zz]|UTC|[+-]\d{2}(?::?\d{2})?)$"
_OTHER = (
    r"^(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{4}|\d{1,2})"
    r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*(?P<half>[AaPp][Mm])?)?$"
)
RULE = 'a date and time such as "2025-10-13 08:00" or "2025-10-13T08:00:00+01:00"'


@dataclass(frozen=True)
class Clock:
    """
    Instants of the rows of a file, and the rows whose local time leaves a doubt.

    Parameters
    ----------
    instants
        Time-zone aware, microseconds, NaT where a row has a fault or `skipped` is true.
    skipped
        Rows whose local time was skipped when the clocks went forward.
    doubtful
        Rows in the repeated hour of a clock change that may be its first or its second
        pass; `instants` holds the first.
    second_pass
        Instants of the doubtful rows if they are of the second pass; NaT for others.
    """

    instants: pd.Series
    skipped: NDArray[np.bool_]
    doubtful: NDArray[np.bool_]
    second_pass: pd.Series


def read_clock(
    cells: pd.Series, timezone: str, findings: Findings, *, field: str, series: pd.Series | None
) -> Clock:
    """
    Read times with an offset, or local times of one time zone.

    Parameters
    ----------
    cells
        Texts, or datetimes from a typed file; the index holds positions in the file.
    timezone
        IANA name of the time zone of local times and of the result.
    findings
        Takes the faults: unreadable or empty times, times with and without an offset mixed.
    field
        Our name of the column.
    series
        What runs through time on its own, e.g. the channel of an interval row: the repeated
        hour is told apart within it. None when each row is an event of its own and the whole
        file is one sequence.

    Returns
    -------
    Clock
        One entry a row.
    """
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        findings.fault_rows(cells.isna().to_numpy(), field, cells, RULE)
        return _certain(cells.dt.as_unit("us").dt.tz_convert(timezone))
    if pd.api.types.is_datetime64_dtype(cells.dtype):
        findings.fault_rows(cells.isna().to_numpy(), field, cells, RULE)
        return _localised(cells.dt.as_unit("us"), timezone, series)
    if pd.api.types.is_numeric_dtype(cells.dtype):
        value = f"numbers such as {cells.iloc[0]}"
        findings.fault("", field, value, RULE)
        return _certain(_no_times(cells, timezone))

    codes, distinct = pd.factorize(cells.astype("str").str.strip())
    texts = pd.Series(distinct, dtype="str")
    zoned = texts.str.contains(_ZONE, regex=True).to_numpy(bool)
    utc = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    utc[zoned] = pd.to_datetime(texts[zoned], format="ISO8601", utc=True, errors="coerce")
    naive = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    naive[~zoned], unclear = _local_times(texts[~zoned], findings, field)
    unread = (utc.isna() & naive.isna()).to_numpy()
    if unclear:  # told once for the whole column
        return _certain(_no_times(cells, timezone))
    findings.fault_rows(unread[codes], field, cells, RULE)

    row_zoned, row_naive = (zoned & ~unread)[codes], (~zoned & ~unread)[codes]
    if row_zoned.any() and row_naive.any():
        rarer = row_naive if row_naive.sum() <= row_zoned.sum() else row_zoned
        usual = "with a time-zone offset" if rarer is row_naive else "without a time-zone offset"
        rule = f"{usual} like the other rows; one file holds one kind of time"
        findings.fault_rows(rarer, field, cells, rule)
        return _certain(_no_times(cells, timezone))
    if row_zoned.any():
        return _certain(utc.dt.tz_convert(timezone).iloc[codes].set_axis(cells.index))
    return _localised(naive.iloc[codes].set_axis(cells.index), timezone, series)


def _certain(instants: pd.Series) -> Clock:
    nothing = np.zeros(len(instants), dtype=bool)
    return Clock(instants, nothing, nothing, instants.where(nothing))


def _no_times(cells: pd.Series, timezone: str) -> pd.Series:
    return pd.Series(pd.NaT, index=cells.index, dtype=f"datetime64[us, {timezone}]")


def _local_times(texts: pd.Series, findings: Findings, field: str) -> tuple[pd.Series, bool]:
    """
    Naive times of distinct texts, year first or as spreadsheets write them.

    The flag says that nobody can tell days from months.
    """
    iso = texts.str.match(_ISO).to_numpy(bool)
    times = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
    times[iso] = pd.to_datetime(texts[iso], format="ISO8601", errors="coerce")
    rest = texts[~iso]
    if rest.empty:
        return times, False
    parts = rest.str.extract(_OTHER)
    parts = parts[parts["a"].notna()]
    if parts.empty:
        return times, False
    first, second = parts["a"].astype(int), parts["b"].astype(int)
    year_first = parts["a"].str.len() == 4
    day_first = _day_first(first[~year_first], second[~year_first], rest, findings, field)
    if day_first is None:
        return times, True
    day, month = (first, second) if day_first else (second, first)
    hour = parts["hour"].fillna("0").astype(int)
    half = parts["half"].fillna("").str.lower()
    hour = hour.where(half == "", hour % 12 + 12 * (half == "pm"))
    stamp = pd.DataFrame(
        {
            "year": first.where(year_first, parts["c"].astype(int)),
            "month": second.where(year_first, month),
            "day": parts["c"].astype(int).where(year_first, day),
            "hour": hour,
            "minute": parts["minute"].fillna("0").astype(int),
            "second": parts["second"].fillna("0").astype(int),
        }
    )
    stamp = stamp[(stamp["year"] > 999) & (stamp["hour"] < 24) & (stamp["minute"] < 60)]
    times[stamp.index] = pd.to_datetime(stamp, errors="coerce").dt.as_unit("us")
    return times, False


def _day_first(
    first: pd.Series, second: pd.Series, texts: pd.Series, findings: Findings, field: str
) -> bool | None:
    """Whether 03/04/2025 is in April, from the dates that leave no doubt; None: not known."""
    if first.empty:
        return True
    example = texts[first.index[0]]
    days_first, months_first = bool((first > 12).any()), bool((second > 12).any())
    dots = "." in example
    if days_first == months_first and not (dots and not months_first):
        rule = "dates with the year first; these leave open which number is the month"
        findings.fault("", field, example, rule)
        return None
    day_first = days_first or dots
    order = "day, month, year" if day_first else "month, day, year"
    findings.told(f'Dates such as "{example}" are read as {order}.')
    return day_first


def _localised(naive: pd.Series, timezone: str, series: pd.Series | None) -> Clock:
    """Local times to instants; the repeated hour by its order in the file."""
    local = naive.dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    open_question = (local.isna() & naive.notna()).to_numpy()
    if not open_question.any():
        return _certain(local)

    asked = naive[open_question]
    first_pass = asked.dt.tz_localize(timezone, ambiguous=_flags(asked, True), nonexistent="NaT")
    second_pass = asked.dt.tz_localize(timezone, ambiguous=_flags(asked, False), nonexistent="NaT")
    skipped, repeated = np.zeros_like(open_question), np.zeros_like(open_question)
    skipped[open_question] = first_pass.isna().to_numpy()
    repeated[open_question] = first_pass.notna().to_numpy()

    if series is None:
        is_second, doubtful = _passes_of_events(naive, repeated)
    else:
        is_second, doubtful = _passes_of_series(naive, repeated, series)
    passed = first_pass.where(~is_second[open_question], second_pass)
    local[open_question] = passed
    later = _no_times(naive, timezone)
    later[open_question] = second_pass
    return Clock(local, skipped, doubtful, later.where(doubtful))


def _flags(times: pd.Series, value: bool) -> NDArray[np.bool_]:
    return np.full(len(times), value)


def _passes_of_series(
    naive: pd.Series, repeated: NDArray[np.bool_], series: pd.Series
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """
    First or second pass of interval rows: a series names each repeated time twice, in order.

    Where the rows are in no order, or a time stands there once (one of the two hours, or
    both in one), nobody can tell.
    """
    table = pd.DataFrame(
        {"time": naive.to_numpy(), "repeated": repeated, "series": series.to_numpy()}
    )
    step = table.groupby("series", sort=False)["time"].diff()
    was_repeated = table.groupby("series", sort=False)["repeated"].shift(fill_value=False)
    # Inside the repeated hour the time falls back once; that is its order, not disorder.
    inside = table["repeated"] & was_repeated.astype(bool)
    falls = ((step < pd.Timedelta(0)) & ~inside).groupby(table["series"]).transform("any")
    rises = ((step > pd.Timedelta(0)) & ~inside).groupby(table["series"]).transform("any")

    same = table.groupby(["series", "time"], sort=False)["time"]
    occurrence, count = same.cumcount(), same.transform("size")
    is_second = np.where(falls & ~rises, occurrence == 0, occurrence == 1)
    doubtful = repeated & ((count != 2) | (falls & rises)).to_numpy()
    return repeated & is_second & ~doubtful, doubtful


def _passes_of_events(
    naive: pd.Series, repeated: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """First or second pass of single events: a log in order falls back once, at the change."""
    is_second, doubtful = np.zeros(len(naive), dtype=bool), np.zeros(len(naive), dtype=bool)
    days = naive.dt.normalize().to_numpy()
    times = naive.to_numpy()
    steps = np.diff(times).astype("timedelta64[us]").astype(np.int64)
    newest_first = (steps < 0).sum() > (steps > 0).sum()
    for day in np.unique(days[repeated]):
        rows = np.flatnonzero(repeated & (days == day))
        inside = np.diff(times[rows]).astype("timedelta64[us]").astype(np.int64)
        turns = np.flatnonzero(inside > 0 if newest_first else inside < 0)
        if len(turns) == 1:
            is_second[rows[turns[0] + 1 :]] = not newest_first
            is_second[rows[: turns[0] + 1]] = newest_first
        else:
            doubtful[rows] = True
    return is_second, doubtful


def skipped_rule(timezone: str) -> str:
    """What a local time in the hour that a clock change skipped must be."""
    return (
        f"a local time that exists in {timezone} (the clocks went forward; perhaps the times are"
        " of another zone)"
    )


def tell_doubtful(instants: pd.Series, timezone: str, noun: str, findings: Findings) -> None:
    """Tell once a clock change that its repeated hour cannot be told apart."""
    days = instants.dt.tz_localize(None).dt.normalize()
    for day, count in days.value_counts(sort=False).sort_index().items():
        shown = pd.Timestamp(str(day)).strftime("%d %B %Y").lstrip("0")
        findings.told(
            f"On {shown} the clocks in {timezone} went back and an hour came twice;"
            f" {plural(int(count), noun)} of it cannot be told apart and both hours are taken as"
            " unknown. Times with an offset, such as 2025-10-26T01:30+01:00, avoid this."
        )
