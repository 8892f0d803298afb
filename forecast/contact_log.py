"""A contact log, one row a contact under any column names, counted into intervals."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecast.cells import channels_in, durations_in, numbers_in, without_blank_rows
from forecast.clock import read_clock, skipped_rule, tell_doubtful
from forecast.findings import Findings, nearest, plural
from forecast.repair import check_span
from forecast.request import Request

DEFAULT_MINUTES = 30
LOG_FIELDS = ("wait", "outcome", "handle_time", "agent", "reach")

# Words of telephone and chat suites for what became of a contact.
KNOWN_OUTCOMES = {
    "answered": "answered answer handled agent connected completed complete closed resolved"
    " replied reached served accepted success ok",
    "abandoned": "abandoned abandon abandons abandonment hang hangup hung_up missed lost unanswered"
    " noanswer no_answer left timeout timed_out cancelled canceled",
    "other": "not_reached unreached blocked busy rejected",
    "ignored": "ignored phantom test spam",
}

_COMMON_NAMES = {
    "arrival": (
        "arrival arrived arrival_time arrived_at created created_at start_time started_at"
        " timestamp date_time datetime time queue_entered received received_at call_time"
        " conversation_start initiation_timestamp contact_time interval_start ts"
    ),
    "channel": "channel medium queue media media_type channel_type skill queue_name line type",
    "wait": (
        "wait wait_s wait_time waiting_time queue_time speed_of_answer time_in_queue"
        " wait_seconds seconds_waited first_answer first_response_time"
    ),
    "outcome": "outcome result status disposition disconnect_reason final_state end_state",
    "handle_time": (
        "handle_time agent_time handle_time_s handling_time aht talk_time service_s service_time"
        " duration handle_seconds total_handle_time"
    ),
    "agent": "agent agent_id agent_name user operator server advisor handled_by",
    "reach": "reach followers follower_count followers_count audience impressions",
}


def suggest_mapping(columns: Iterable[str]) -> dict[str, str]:
    """
    Guess which column of a contact log holds what, from its name.

    Parameters
    ----------
    columns
        Column names of the file.

    Returns
    -------
    dict
        Our field (`arrival`, `channel`, `wait`, `outcome`, `handle_time`, `agent`, `reach`)
        to the file's column; fields without a likely column are left out.

    Examples
    --------
    >>> suggest_mapping(["Contact ID", "Created At", "Queue", "Wait (s)", "Agent"])
    {'arrival': 'Created At', 'channel': 'Queue', 'wait': 'Wait (s)', 'agent': 'Agent'}
    """
    free = {_plain(column): column for column in columns}
    found: dict[str, str] = {}
    for field, names in _COMMON_NAMES.items():
        for name in names.split():
            if name.replace("_", "") in free:
                found[field] = free.pop(name.replace("_", ""))
                break
    for field, names in _COMMON_NAMES.items():
        if field in found:
            continue
        for plain in list(free):
            if any(len(name) > 3 and name.replace("_", "") in plain for name in names.split()):
                found[field] = free.pop(plain)
                break
    return {field: found[field] for field in _COMMON_NAMES if field in found}


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def read_contact_log(table: pd.DataFrame, request: Request, findings: Findings) -> pd.DataFrame:
    """
    Count contacts into the interval of their arrival.

    Parameters
    ----------
    table
        Columns `arrival`, `channel` and any of `wait`, `outcome`, `handle_time`, `agent`,
        `reach`, a row a contact.
    request
        What the reader was asked for; outcomes, units and the interval length are used here.
    findings
        Takes faults, repairs and suspicions.

    Returns
    -------
    DataFrame
        `interval_start`, `channel`, `offered`, `answered`, `abandoned`, `handle_time_s` and,
        with a wait, `wait_s` (of answered contacts, total); only intervals with contacts.

    Notes
    -----
    Without an outcome, a contact counts as answered when it has a handle time, or an agent,
    and else as abandoned; without any of these, what became of contacts is not known.
    """
    table = without_blank_rows(table, findings)
    contacts = pd.DataFrame(index=table.index)
    contacts["channel"] = channels_in(table["channel"], request, findings)
    fate = _fate(table, request, findings)
    clock = read_clock(table["arrival"], request.timezone, findings, field="arrival", series=None)
    rule = skipped_rule(request.timezone)
    check_span(clock.instants.dropna(), "arrival", findings)
    findings.fault_rows(clock.skipped, "arrival", table["arrival"], rule)
    for field in ("wait", "handle_time"):
        if field in table.columns:
            unit = request.units.get(field, "s")
            contacts[field] = durations_in(
                table[field], field, unit, findings, decimal_comma=request.decimal_comma
            )
    if "reach" in table.columns:
        numbers_in(table["reach"], "reach", findings, decimal_comma=request.decimal_comma)
    if "handle_time" in contacts and fate is not None:
        odd = (contacts["handle_time"] > 0) & (fate == "abandoned")
        if odd.any():
            findings.told(
                f"{plural(int(odd.sum()), 'abandoned contact')} with a handle time: it is left out."
            )
    findings.raise_faults()

    if fate is not None:
        contacts["fate"] = fate
        ignored = (fate == "ignored").to_numpy()
        if ignored.any():
            findings.told(f"{plural(int(ignored.sum()), 'row')} left out: not contacts.")
    else:
        ignored = np.zeros(len(table), dtype=bool)
    minutes = request.interval_minutes or DEFAULT_MINUTES
    contacts["interval_start"] = _interval_of(clock.instants, minutes)
    counted = _counted(contacts[~ignored])
    return _doubtful_unknown(
        counted, contacts, clock.doubtful & ~ignored, clock.second_pass, minutes, request, findings
    )


def _fate(table: pd.DataFrame, request: Request, findings: Findings) -> pd.Series | None:
    """What became of each contact: answered, abandoned or ignored; None when not known."""
    if "outcome" not in table.columns:
        for field in ("handle_time", "agent"):
            if field in table.columns:
                cells = table[field].astype("str").str.strip()
                none = table[field].isna() | cells.isin(["", "0", "0.0", "nan", "None", "NaT"])
                findings.told(f"No outcome column: contacts with {_a(field)} count as answered.")
                return none.map({True: "abandoned", False: "answered"})
        return None
    texts = table["outcome"].astype("str").str.strip()
    known = {word: fate for fate, words in KNOWN_OUTCOMES.items() for word in words.split()}
    asked = {text.strip().lower(): fate for text, fate in request.outcomes.items()}
    meaning = {
        text: asked.get(text.lower(), known.get(text.lower().replace(" ", "_")))
        for text in texts.unique()
    }
    for text in [text for text, fate in meaning.items() if fate is None]:
        rows = texts == text
        close = nearest(text, [*asked, *known])
        hint = f' (perhaps it means the same as "{close}")' if close else ""
        first = table["outcome"].where(rows).dropna().iloc[:1]
        rule = (
            'one of the outcomes that are named as "answered", "abandoned", "other" or "ignored"'
            f"{hint}; {plural(int(rows.sum()), 'row')} have it"
        )
        findings.fault_rows(np.ones(len(first), dtype=bool), "outcome", first, rule)
    return texts.map(meaning)


def _a(field: str) -> str:
    return {"agent": "an agent", "handle_time": "a handle time"}[field]


def _interval_of(instants: pd.Series, minutes: int) -> pd.Series:
    """Start of the interval that an instant lies in; floored in UTC, where no hour repeats."""
    zone = instants.dt.tz
    utc = instants.dt.tz_convert("UTC").dt.tz_localize(None)
    # Zones off the whole hour (India, Nepal) have their local hours off it too.
    offset = instants.dt.tz_localize(None) - utc
    local_phase = offset % pd.Timedelta(minutes=minutes)
    floored = (utc + local_phase).dt.floor(f"{minutes}min") - local_phase
    starts: pd.Series = floored.dt.tz_localize("UTC").dt.tz_convert(zone)
    return starts


def _counted(contacts: pd.DataFrame) -> pd.DataFrame:
    key = [contacts["interval_start"], contacts["channel"]]
    one = pd.DataFrame({"offered": np.ones(len(contacts))}, index=contacts.index)
    if "fate" in contacts:
        answered = (contacts["fate"] == "answered").to_numpy()
        one["answered"] = answered.astype(float)
        one["abandoned"] = (contacts["fate"] == "abandoned").to_numpy().astype(float)
    else:
        answered = np.ones(len(contacts), dtype=bool)
        one["answered"], one["abandoned"] = np.nan, np.nan
    if "handle_time" in contacts:
        measured = contacts["handle_time"].where(contacts["handle_time"] > 0)
        one["handled_s"] = measured.where(answered)
        one["measured"] = one["handled_s"].notna().astype(float)
    if "wait" in contacts:
        one["wait_s"] = contacts["wait"].where(answered)
    # Skipping unknown values inside an interval; none known at all stays unknown.
    total = one.groupby(key, sort=True).sum(min_count=1).reset_index()
    total["handle_time_s"] = np.nan
    if "handled_s" in total:
        # A contact answered whose time was not measured takes the mean of its interval.
        mean = total["handled_s"] / total["measured"].where(total["measured"] > 0)
        total["handle_time_s"] = mean * total["answered"].fillna(total["measured"])
        total["handle_time_s"] = total["handle_time_s"].mask(total["answered"] == 0, 0.0)
        total = total.drop(columns=["handled_s", "measured"])
    return total


def _doubtful_unknown(
    counted: pd.DataFrame,
    contacts: pd.DataFrame,
    doubtful: NDArray[np.bool_],
    second_pass: pd.Series,
    minutes: int,
    request: Request,
    findings: Findings,
) -> pd.DataFrame:
    """Both passes of a repeated hour are unknown where contacts cannot be told apart."""
    if not doubtful.any():
        return counted
    tell_doubtful(contacts.loc[doubtful, "interval_start"], request.timezone, "contact", findings)
    first = contacts.loc[doubtful, ["interval_start", "channel"]]
    second = first.assign(interval_start=_interval_of(second_pass[doubtful], minutes))
    unknown = pd.concat([first, second]).drop_duplicates()
    key = ["interval_start", "channel"]
    hidden = pd.MultiIndex.from_frame(counted[key]).isin(pd.MultiIndex.from_frame(unknown[key]))
    return pd.concat([counted[~hidden], unknown], ignore_index=True)
