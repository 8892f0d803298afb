"""Worked days: a handful of contacts whose fate was worked out by hand, for any engine."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scenario import Demand, Scenario
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


def read_day(path: Path) -> WorkedDay:
    """
    Read a worked day.

    The file holds `says`, a `scenario` (with the defaults of `_scenario`) and `contacts`, a
    table in the order of ids: what comes in left of the bar, what becomes of it right of it.
    Times are in seconds, "-" is nothing. "callback<2" is a child of contact 2 and "x<backlog"
    waits at the start: they come by themselves and are only looked at.
    """
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    scenario = _scenario(document["scenario"], path.name)
    rows = _rows(document["contacts"])
    names = list(scenario.channels)
    told = [row for row in rows if "<" not in row["channel"]]
    given = GivenContacts(
        channel=np.array([names.index(row["channel"]) for row in told], dtype=np.int64),
        offered_us=np.array([_us(row["at"]) for row in told], dtype=np.int64),
        work_us=np.array([_us(row["work"]) for row in told], dtype=np.int64),
        patience_us=np.array([_us(row.get("patience", "-"), NEVER) for row in told], np.int64),
        reached_at_try=np.array([int(row.get("reached", -1)) for row in told], np.int64),
        silent=np.array([int(row.get("silent", -1)) for row in told], np.int64),
        reach=np.array([int(row.get("reach", -1)) for row in told], np.int64),
    )
    nothing = np.zeros((scenario.period.count, len(names)))
    demand = Demand(scenario.period, tuple(names), nothing, np.full_like(nothing, np.nan))
    floor_input = encode(scenario, demand, scenario.staff()).with_contacts(given)
    return WorkedDay(document["says"], floor_input, rows)


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
        }
        described.append({name: found.get(name, value) for name, value in expected.items()})
    return described


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
