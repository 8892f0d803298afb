"""Worked days: a handful of contacts whose fate was worked out by hand, for any engine."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario import Demand, Scenario, Shift, Staff
from scenario.toml import validated
from simulate.draws import NEVER
from simulate.encode import FloorInput, GivenContacts, encode
from simulate.log import Ending, FloorLog

DAYS = sorted((Path(__file__).parent / "days").glob("*.toml"))
SECOND = 1_000_000


@dataclass(frozen=True)
class WorkedDay:
    """What meets the floor, and what must become of it."""

    says: str
    floor_input: FloorInput
    expected: list[dict[str, str]]
    hours: dict[str, dict[str, float]]


def read_day(path: Path) -> WorkedDay:
    """
    Read a worked day.

    The file holds `says`, a `scenario` (with the defaults of `_scenario`) and `contacts`, a
    table in the order of ids: what comes in left of the bar, what becomes of it right of it.
    Times are in seconds, "-" is nothing. "callback<2" is a child of contact 2 and "x<backlog"
    waits at the start: they come by themselves and are only looked at.

    Where agents work by shifts, `shifts` is a table of group, start, end and breaks, sorted by
    group and start, a row an agent. `absent` holds the absent of a group by their places in it,
    from 0, and `hours` what must become of a group's time over the horizon, in seconds.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    scenario = _scenario(document["scenario"], path.name)
    rows = _rows(document["contacts"])
    names = list(scenario.channels)
    told = [row for row in rows if "<" not in row["channel"]]

    def column(name: str) -> NDArray[np.int64]:
        return np.array([int(row[name]) if row.get(name, "-") != "-" else -1 for row in told])

    given = GivenContacts(
        channel=np.array([names.index(row["channel"]) for row in told], dtype=np.int64),
        offered_us=np.array([_us(row["at"]) for row in told], dtype=np.int64),
        work_us=np.array([_us(row["work"]) for row in told], dtype=np.int64),
        patience_us=np.array([_us(row.get("patience", "-"), NEVER) for row in told], np.int64),
        reached_at_try=column("reached"),
        silent=column("unnoticed"),
        reach=column("reach"),
        offspring=column("offspring"),
    )
    nothing = np.zeros((scenario.period.count, len(names)))
    demand = Demand(scenario.period, tuple(names), nothing, np.full_like(nothing, np.nan))
    staff = _staff(scenario, _rows(document["shifts"]) if "shifts" in document else [])
    floor_input = encode(scenario, demand, staff).with_contacts(given)
    absent = document.get("absent", {})
    groups = tuple(
        replace(group, told_absent=frozenset(absent[group.name])) if group.name in absent else group
        for group in floor_input.groups
    )
    floor_input = replace(floor_input, groups=groups)
    return WorkedDay(document["says"], floor_input, rows, document.get("hours", {}))


def told_of(log: FloorLog, day: WorkedDay) -> list[dict[str, str]]:
    """What became of the contacts, in the words of the worked day."""
    names = day.floor_input.channel_names
    described = []
    for row, expected in zip(log.contacts, day.expected, strict=True):
        whence = expected["channel"].partition("<")[2]
        parent = whence if whence == "backlog" and row["interval"] == -1 else str(row["parent"])
        whence = f"<{parent}" if parent != "-1" else ""
        found = {
            "channel": names[row["channel"]] + whence,
            "at": _seconds(row["offered_us"], never=NEVER),
            "start": _seconds(row["start_us"]),
            "agent": "-" if row["agent"] < 0 else str(row["agent"]),
            "end": _seconds(row["end_us"]),
            "ending": Ending(row["ending"]).name.lower(),
            "deadline": _seconds(row["deadline_us"]),
            "tries": str(row["tries"]),
            "reach": str(row["reach"]),
            "put_aside": str(row["put_aside"]),
            "since": _seconds(row["first_offered_us"], never=NEVER),
            "attempt": str(row["attempt"]),
            "back": _seconds(row["comes_back_us"]),
            "moves": _seconds(row["moves_us"]),
            "found_out": _seconds(row["silent_us"]) if row["silent"] else "-",
        }
        described.append({name: found.get(name, value) for name, value in expected.items()})
    return described


def hours_of(log: FloorLog, day: WorkedDay) -> dict[str, dict[str, float]]:
    """What became of the groups' time, in the words of the worked day."""
    tables = {
        "present": log.present_us,
        "on_break": log.break_us,
        "absent": log.absent_us,
        "leaving": log.leaving_us,
        "busy": log.busy_us.sum(axis=2),
        "two_in_hand": log.in_hand_us[:, :, 1:2].sum(axis=2),
    }
    found = {name: table.sum(axis=0) / SECOND for name, table in tables.items()}
    found["drain"] = log.drain_us / SECOND
    numbers = {name: number for number, name in enumerate(day.floor_input.group_names)}
    return {
        group: {name: float(found[name][numbers[group]]) for name in expected}
        for group, expected in day.hours.items()
    }


def _staff(scenario: Scenario, shifts: list[dict[str, str]]) -> Staff:
    """As many agents as the groups say, and one for every shift told."""

    def instant(seconds: str) -> pd.Timestamp:
        return scenario.period.start + pd.Timedelta(seconds=float(seconds))

    told = []
    for row in shifts:
        pauses = re.findall(r"(-?\d+)-(-?\d+)", row["breaks"])
        breaks = tuple((instant(begin), instant(end)) for begin, end in pauses)
        start, end = instant(row["start"]), instant(row["end"])
        told.append(Shift(row["group"], "told", start, end, breaks, 1, 0.0))
    agents = np.zeros((scenario.period.count, len(scenario.groups)), dtype=np.int64)
    for column, group in enumerate(scenario.groups.values()):
        agents[:, column] = group.agents or 0
    return Staff(scenario.period, tuple(scenario.groups), agents, tuple(told))


def _scenario(document: dict[str, object], name: str) -> Scenario:
    """
    A scenario of one hour from midnight, UTC, in quarters; nothing is drawn.

    Handle times that a day does not mention are 60 seconds exactly, callbacks are reached.
    """
    channels = document["channels"]
    assert isinstance(channels, dict)
    for channel in channels.values():
        channel.setdefault("handle_time", {"distribution": "constant", "mean_s": 60})
        if channel["kind"] == "callback":
            channel.setdefault("callback", {}).setdefault("reach_probability", 1.0)
        if "offer_callback" in channel:
            channel["offer_callback"].setdefault("accept", 1.0)
    horizon = {"start": "2026-04-13", "length": "1h", "interval_minutes": 15}
    whole = {
        **document,
        "horizon": horizon | dict(document.get("horizon", {})),  # type: ignore[call-overload]
        "demand": {"rates": {next(iter(channels)): 0.0}},
    }
    return validated(whole, Path(), name, None)


def _rows(table: str) -> list[dict[str, str]]:
    head, *lines = [line.replace("|", " ").split() for line in table.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def _us(seconds: str, nothing: int = -1) -> int:
    return nothing if seconds == "-" else round(float(seconds) * SECOND)


def _seconds(instant: int, never: int = -1) -> str:
    return "-" if instant in (never, NEVER) else f"{instant / SECOND:.6f}".rstrip("0").rstrip(".")
