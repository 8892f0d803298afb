"""What the columns of an upload hold: told by its header, by hand, or as the last time."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from scenario import PlanningError, Scenario
from scenario.tables import read_table
from views.jobs import fingerprint
from views.saved import shelf, shelf_to_save
from views.uploads import guessed_names
from views.words import heading, unmarked

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from store import Version

CONTACTS, INTERVALS = "contact_log", "own"  # layouts, as the reader calls them
ROWS = {CONTACTS: "one contact", INTERVALS: "one interval and channel"}
FIELDS = {
    CONTACTS: {
        "arrival": "When it arrived",
        "channel": "Channel",
        "wait": "Wait",
        "outcome": "What became of it",
        "handle_time": "Handle time",
    },
    INTERVALS: {
        "interval_start": "Interval start",
        "channel": "Channel",
        "offered": "Offered",
        "answered": "Answered",
        "abandoned": "Abandoned",
        "handle_time_s": "Handle time, total s",
    },
}
NONE = "(none)"
UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "ms": "milliseconds"}
LENGTHS = {None: "as in the file", 15: "15 minutes", 30: "30 minutes", 60: "an hour"}
FATES = {
    "answered": "answered",
    "abandoned": "abandoned",
    "other": "neither, but offered",
    "ignored": "no contact",
}
MOST_NAMES = 50
MOST_OUTCOMES = 12


@dataclass(frozen=True)
class Reading:
    """
    How an upload is read.

    Parameters
    ----------
    options
        Further arguments of `forecast.read_history`.
    names
        The scenario's name of each channel that the file calls otherwise.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def ask(file: UploadedFile, scenario: Scenario) -> Reading:
    """Ask what the header of a file leaves open; what was said for the same header is proposed."""
    try:
        columns = _columns(file.name, file.getvalue())
    except PlanningError:
        return Reading()  # told when the file is used
    known, version = recall(columns)
    if version is not None:
        st.caption(
            f"Read as {unmarked(version.by)} said on {version.saved_at:%d %b %Y} for these columns."
        )
    options: dict[str, Any] = {}
    key = f"{fingerprint(*columns)[:8]}-{version.number if version else 0}"
    if not {"interval_start", "channel", "offered"} <= set(columns):
        options |= _columns_by_hand(columns, known.options, scenario, key)
    options |= _outcomes(file, options, known.options, key)
    options |= _times(options, known.options, key)
    return Reading(options, _channel_names(file, options, known.names, scenario, key))


def remember(columns: Sequence[str], reading: Reading, file: str, author: str) -> None:
    """Keep what was said about a header for its next upload; without a store it is forgotten."""
    told = {"options": dict(reading.options), "names": dict(reading.names)}
    try:
        shelf_to_save().save(
            "mapping", _name(columns), json.dumps(told), author=author, note=f"used for {file}"
        )
    except PlanningError:
        return  # the sidebar tells that nothing can be saved


def recall(columns: Sequence[str]) -> tuple[Reading, Version | None]:
    """What was said for the same columns the last time, and in which version it is kept."""
    try:
        saved = shelf().load("mapping", _name(columns))
    except PlanningError:
        return Reading(), None
    told = json.loads(saved.text)
    return Reading(told["options"], told["names"]), saved.version


def columns_of(file: UploadedFile) -> list[str]:
    """
    The header of a file.

    Raises
    ------
    PlanningError
        When it is no table.
    """
    return _columns(file.name, file.getvalue())


def _name(columns: Sequence[str]) -> str:
    """The columns, as far as they can be read at a glance, and a digest of all of them."""
    told = ", ".join(columns)
    return f"{told[:90]}{'…' if len(told) > 90 else ''} ({fingerprint(*columns)[:12]})"


def _columns_by_hand(
    columns: Sequence[str], known: Mapping[str, Any], scenario: Scenario, key: str
) -> dict[str, Any]:
    """Which column holds what, where the header is not that of the own layout."""
    from forecast.layouts import suggest_columns, suggest_mapping

    guesses = {INTERVALS: suggest_columns(columns), CONTACTS: suggest_mapping(columns)}
    counted = {"interval_start", "offered", "answered"} <= set(guesses[INTERVALS])
    layout = st.segmented_control(
        "A row of this file is",
        list(ROWS),
        default=known.get("layout", INTERVALS if counted else CONTACTS),
        format_func=ROWS.get,
        key=f"mapping-layout-{key}",
        required=True,
        persist_state="session",
        help="Its columns are not those of the own layout: say what they hold.",
    )
    guess = guesses[layout]
    if known.get("layout") == layout:
        guess = known.get("mapping", {})
    mapping = {}
    choices = [NONE, *columns]
    for place, (name, label) in zip(
        st.columns(len(FIELDS[layout])), FIELDS[layout].items(), strict=True
    ):
        chosen = place.selectbox(
            label,
            choices,
            index=choices.index(guess[name]) if guess.get(name) in columns else 0,
            key=f"mapping-{name}-{key}",
            persist_state="session",
            help=f"Column with {label.lower()}; none where the file has no such column.",
        )
        if chosen != NONE:
            mapping[name] = chosen
    options: dict[str, Any] = {"layout": layout, "mapping": mapping}
    if "channel" not in mapping:
        channels = list(scenario.channels)
        options["channel"] = st.selectbox(
            "All rows are",
            channels,
            index=channels.index(known["channel"]) if known.get("channel") in channels else 0,
            format_func=heading,
            key=f"mapping-only-channel-{key}",
            persist_state="session",
            help="The file has no column for the channel: whose contacts are they?",
        )
    return options


def _outcomes(
    file: UploadedFile, options: Mapping[str, Any], known: Mapping[str, Any], key: str
) -> dict[str, Any]:
    """What the words of a contact log mean that no other suite uses."""
    column = options.get("mapping", {}).get("outcome")
    if options.get("layout") != CONTACTS or column is None:
        return {}
    from forecast.contact_log import KNOWN_OUTCOMES

    words = {word for told in KNOWN_OUTCOMES.values() for word in told.split()}
    found = _values(file.name, file.getvalue(), column)
    strange = [text for text in found if text.lower().replace(" ", "_") not in words]
    if not strange or len(strange) > MOST_OUTCOMES:
        return {}  # so many are no words for outcomes: the reader tells
    st.caption("What became of a contact is told in words of its own. They mean:")
    told, fates = {}, list(FATES)
    places = st.columns(4)
    for number, text in enumerate(strange):
        before = known.get("outcomes", {}).get(text, "other")
        told[text] = places[number % 4].selectbox(
            text or "(empty)",
            fates,
            index=fates.index(before),
            format_func=FATES.get,
            key=f"outcome-{fingerprint(text)[:8]}-{key}",
            persist_state="session",
            help="Answered by an agent, abandoned by the customer, neither of these, or no contact"
            " at all, such as a test.",
        )
    return {"outcomes": told}


def _times(options: Mapping[str, Any], known: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Basis and unit of handle times, and the length of an interval."""
    told: dict[str, Any] = {}
    first, second, third, fourth = st.columns(4)
    bases = ["solo", "elapsed"]
    basis = first.selectbox(
        "Handle times are",
        bases,
        index=bases.index(known.get("handle_time_basis", "solo")),
        key="history-basis" if not known else f"history-basis-{key}",
        persist_state="session",
        help="Solo: as if handled alone. Elapsed: as suites log chats, overlaps with the agent's"
        " other chats included; they are converted.",
    )
    if basis == "elapsed":
        told["handle_time_basis"] = "elapsed"
        told["mean_concurrency"] = second.number_input(
            "Contacts in hand, on average",
            1.0,
            4.0,
            float(known.get("mean_concurrency", 1.6)),
            0.1,
            key="history-concurrency" if not known else f"history-concurrency-{key}",
            persist_state="session",
            help="How many contacts an agent holds while handling one, itself included.",
        )
    if options.get("layout") == CONTACTS:
        units = list(UNITS)
        unit = third.selectbox(
            "Times are in",
            units,
            index=units.index(known.get("units", {}).get("handle_time", "s")),
            format_func=UNITS.get,
            key=f"history-unit-{key}",
            persist_state="session",
            help="Unit of waits and handle times that are numbers; 0:05:30 is understood anyway.",
        )
        if unit != "s":
            told["units"] = {"wait": unit, "handle_time": unit}
    lengths = list(LENGTHS)
    length = fourth.selectbox(
        "Intervals of",
        lengths,
        index=lengths.index(known.get("interval_minutes")),
        format_func=LENGTHS.get,
        key=f"history-length-{key}",
        persist_state="session",
        help="Shorter intervals of the file are added up; a contact log is counted into half-hours"
        " unless you say otherwise.",
    )
    if length is not None:
        told["interval_minutes"] = length
    return told


def _channel_names(
    file: UploadedFile,
    options: Mapping[str, Any],
    known: Mapping[str, str],
    scenario: Scenario,
    key: str,
) -> dict[str, str]:
    """The scenario's name of each channel of the file that is called otherwise there."""
    if "channel" in options:
        return {}
    column = options.get("mapping", {}).get("channel", "channel")
    try:
        found = _values(file.name, file.getvalue(), column)
    except PlanningError:
        return {}  # told when the file is used
    strange = [channel for channel in scenario.channels if channel not in found]
    free = [name for name in found if name not in scenario.channels]
    if not strange or not free:
        return {}
    st.caption("The file calls its channels otherwise. Say which is which:")
    guess = guessed_names(strange, free)
    guess |= {name: theirs for theirs, name in known.items() if name in strange and theirs in free}
    names = {}
    for place, channel in zip(st.columns(max(len(strange), 3)), strange, strict=False):
        choices = [NONE, *free]
        chosen = place.selectbox(
            heading(channel),
            choices,
            index=choices.index(guess[channel]) if channel in guess else 0,
            key=f"called-{channel}-{fingerprint(*free)[:8]}-{key}",
            persist_state="session",
            help="What the file calls this channel.",
        )
        if chosen != NONE:
            names[chosen] = channel
    return names


@st.cache_data(max_entries=8, show_spinner=False)
def _columns(name: str, content: bytes) -> list[str]:
    return [str(column) for column in read_table(io.BytesIO(content), name).columns]


@st.cache_data(max_entries=8, show_spinner=False)
def _values(name: str, content: bytes, column: str) -> list[str]:
    """Different values of a column, at most as many as anybody would tell apart by hand."""
    table = read_table(io.BytesIO(content), name)
    if column not in table:
        return []
    return sorted({str(value).strip() for value in table[column].dropna()})[:MOST_NAMES]
