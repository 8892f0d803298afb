"""Uploads become a scenario to work on: a history, staffing, or a whole scenario."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenario import Fault, InvalidInputError, Scenario
from scenario.staff import Staff, read_staffing
from scenario.tables import MAX_EXPANDED_BYTES
from views.downloads import by_shifts, shifts_file, staffed
from views.files import keep

if TYPE_CHECKING:
    from forecast import History

FILE_KEYS = ("demand.history", "demand.forecast", "demand.events", "demand.edits", "staffing")
OWN_COLUMNS = ["interval_start", "channel", "offered", "answered", "abandoned", "handle_time_s"]


def read_upload(name: str, content: bytes, timezone: str, options: Mapping[str, Any]) -> History:
    """
    Read an uploaded history.

    Parameters
    ----------
    name, content
        The file.
    timezone
        Of local times in it.
    options
        Further arguments of `forecast.read_history`, as the person chose them.

    Raises
    ------
    PlanningError
        With every fault.
    """
    from forecast import read_history

    return read_history(io.BytesIO(content), timezone=timezone, name=name, **options)


def own_rows(history: History) -> pd.DataFrame:
    """The known rows of a history in the project's own layout; times with their offset."""
    table = history.table
    if history.filled is not None:
        table = table[~history.filled.ravel()]
    extra = [str(name) for name in table.columns if name not in OWN_COLUMNS]
    rows = table[[*OWN_COLUMNS, *extra]].copy()
    rows["interval_start"] = [start.isoformat() for start in rows["interval_start"]]
    return rows


def guessed_names(channels: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """
    What a file probably calls each channel of a scenario.

    Examples
    --------
    >>> guessed_names(["chat", "x", "callback"], ["Call back", "Live chat", "X post"])
    {'chat': 'Live chat', 'x': 'X post', 'callback': 'Call back'}
    """
    left = {name: re.findall(r"[a-z0-9]+", name.casefold()) for name in found}
    guesses = {}
    for channel in channels:
        words = re.findall(r"[a-z0-9]+", channel.casefold())
        whole = "".join(words)
        for name, parts in left.items():
            if whole in ("".join(parts), *parts) or set(words) <= set(parts):
                guesses[channel] = name
                break
    return guesses


def renamed(history: History, names: Mapping[str, str], timezone: str) -> History:
    """A history whose channels carry the scenario's names; `names` are by its own ones."""
    rows = own_rows(history)
    rows["channel"] = rows["channel"].replace(dict(names))
    return read_upload("history.csv", rows.to_csv(index=False).encode(), timezone, {})


def with_history(scenario: Scenario, history: History) -> Scenario:
    """
    The scenario on another history: the planned time follows the end of the history.

    Raises
    ------
    InvalidInputError
        When a channel of the scenario does not occur in the history.
    """
    missing = [channel for channel in scenario.channels if channel not in history.channels]
    if missing:
        rule = f"one of the file's channels {list(history.channels)}, or taken out of the scenario"
        raise InvalidInputError(Fault("history", "", "channel", name, rule) for name in missing)
    path = keep("history.csv", own_rows(history).to_csv(index=False).encode())
    changes: dict[str, Any] = {
        "demand.history": str(path),
        "demand.forecast": None,
        "demand.rates": None,
    }
    # A calendar week is planned: the first Monday that the history does not reach.
    first = history.end.tz_convert(scenario.timezone)
    planned = scenario.period.start
    if not first <= planned <= first + pd.Timedelta(days=28):
        monday = first.normalize() + pd.Timedelta(days=(7 - first.weekday()) % 7)
        changes["horizon.start"] = monday.date().isoformat()
    return scenario.with_changes(changes)


def with_staffing(scenario: Scenario, name: str, content: bytes) -> Scenario:
    """
    The scenario as another file says it is staffed now.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    read_staffing(io.BytesIO(content), scenario.period, scenario.groups, name=name)
    path = keep(name, content)
    changes: dict[str, Any] = {"staffing": str(path)}
    changes |= {f"groups.{group}.agents": None for group in scenario.groups}
    return scenario.with_changes(changes)


def with_plan(scenario: Scenario, staff: Staff) -> Scenario:
    """The scenario as a plan staffs it; the levers on it start from 0."""
    changes: dict[str, Any] = staffed(staff, by_shifts(scenario))
    if shifts := shifts_file(scenario, staff):
        changes["staffing"] = str(keep("staffing.csv", shifts.encode()))
    return scenario.with_changes(changes)


def scenario_from(files: Mapping[str, bytes], now: Scenario) -> Scenario:
    """
    A scenario from its TOML file and the files that it names.

    Parameters
    ----------
    files
        Contents by name: one `.toml`, or a `.zip` as this app writes it, and what they name.
    now
        The scenario so far; a history or staffing that was not uploaded is taken from it.

    Raises
    ------
    InvalidInputError
        With every fault of the scenario and of the files it names.
    """
    given = dict(_unpacked(files))
    scripts = [name for name in given if name.lower().endswith(".toml")]
    if len(scripts) != 1:
        rule = "one scenario file (.toml), with the files that it names"
        raise InvalidInputError([Fault(", ".join(given), "", "", f"{len(scripts)} .toml", rule)])
    script = scripts[0]
    try:
        text = given.pop(script).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInputError([Fault(script, "", "", "", "a text in UTF-8")]) from None
    found = Scenario.parse(text, name=script)
    paths = {name.split("/")[-1]: str(keep(name, content)) for name, content in given.items()}
    changes, faults = {}, []
    for key in file_keys(found):
        named = named_file(found, key)
        if named is None:
            continue
        own = named_file(now, key)
        short = named.replace("\\", "/").split("/")[-1]
        if short in paths:
            changes[key] = paths[short]
        elif own is not None and own.replace("\\", "/").split("/")[-1] == short:
            changes[key] = str(now.path_of(own))
        else:
            faults.append(Fault(script, "", key, named, "uploaded together with the scenario"))
    if faults:
        raise InvalidInputError(faults)
    opened = found.with_changes(changes)
    opened.staff()
    return opened


def template(scenario: Scenario) -> bytes:
    """A history of two hours in the own layout, with the scenario's channels, to be filled in."""
    start = scenario.period.start - pd.Timedelta(days=7) + pd.Timedelta(hours=9)
    rows = [
        {
            "interval_start": (start + pd.Timedelta(minutes=30 * step)).isoformat(),
            "channel": channel,
            "offered": 10,
            "answered": 9,
            "abandoned": 1 if declared.kind == "live" else 0,
            "handle_time_s": round(9 * declared.handle_time.mean_s),
        }
        for step in range(4)
        for channel, declared in scenario.channels.items()
    ]
    return pd.DataFrame(rows, columns=OWN_COLUMNS).to_csv(index=False).encode()


def file_keys(scenario: Scenario) -> tuple[str, ...]:
    """Every key at which a scenario may name a file."""
    return (*FILE_KEYS, *(f"groups.{name}.fixed_shifts" for name in scenario.groups))


def named_file(scenario: Scenario, key: str) -> str | None:
    """The file that a scenario names at one of its `file_keys`."""
    if key == "staffing":
        return scenario.staffing
    if key.startswith("groups."):
        group = scenario.groups.get(key.split(".")[1])
        return None if group is None else group.fixed_shifts
    named: str | None = getattr(scenario.demand, key.split(".")[1])
    return named


def _unpacked(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for name, content in files.items():
        if not name.lower().endswith(".zip"):
            found[name] = content
            continue
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile:
            raise InvalidInputError([Fault(name, "", "", "", "a readable ZIP file")]) from None
        with archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > MAX_EXPANDED_BYTES:
                rule = f"at most {MAX_EXPANDED_BYTES // 2**20} MB when unpacked"
                raise InvalidInputError([Fault(name, "", "", "", rule)])
            found |= {member.filename.split("/")[-1]: archive.read(member) for member in members}
    return found
