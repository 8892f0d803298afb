"""How many contacts should one agent hold at once? Cost and response time of each cap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scenario.demand import Demand
from scenario.errors import InvalidValueError
from scenario.groups import Skill
from scenario.model import Scenario
from staffing.document import records
from staffing.rehearsal import Progress
from staffing.sizing import (
    Sized,
    Sizer,
    all_kept,
    promised_channel,
    sizer,
    told_price,
    unlimited,
    with_groups,
)

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers

CAPS = (1, 2, 3, 4)
MOST_CAP = 16  # of a skill
EQUAL_COST = 0.01  # of the cheapest: nearer than this, the sooner answer decides
LOGGED = 4  # replications whose contacts are followed one by one
FRESH_PART = 0.3
COLUMNS = [
    "max_concurrent", "floor_hours", "paid_hours", "cost", "achieved", "answer_p90_s",
    "handle_mean_s", "met", "best",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class ConcurrencyChoice:
    """
    What each cap on contacts held at once costs, and what customers feel of it.

    Parameters
    ----------
    scenario
        What was assumed.
    channel
        Channel whose cap is varied.
    table
        By cap: `max_concurrent`, `floor_hours`, `paid_hours`, `cost` (of the least staff that
        keeps every promise), `achieved` (service level), `answer_p90_s` (90 % of the answered
        waited no longer), `handle_mean_s` (from answer to completion, slowed down by the
        others in hand), `met` and `best` (true once).
    notes
        What should be known beside it, in sentences.
    """

    scenario: Scenario
    channel: str
    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Which cap is best and what it is worth, for a planner."""
        best = self.table[self.table["best"]].iloc[0]
        if best["handle_mean_s"] != best["handle_mean_s"]:
            return f"{self.channel}: nobody is answered, however many are held at once."
        in_money = bool(self.table["cost"].any())
        what, currency = ("cost" if in_money else "paid_hours"), self.scenario.currency
        told = [
            f"{self.channel}: hold at most {best['max_concurrent']:.0f} at once for"
            f" {told_price(best[what], currency, in_money=in_money)}: {_felt(best)}."
        ]
        for _, row in self.table[~self.table["best"]].iterrows():
            more = row[what] - best[what]
            price = told_price(abs(more), currency, in_money=in_money)
            told.append(
                f"At most {row['max_concurrent']:.0f} takes {price}"
                f" {'more' if more >= 0 else 'less'}: {_felt(row)}."
            )
        return " ".join(told)

    def document(self) -> dict[str, Any]:
        """The choice as JSON-ready `channel`, `rows`, `sentence` and `notes`."""
        return {
            "channel": self.channel,
            "rows": records(self.table),
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


def best_concurrency(
    scenario: Scenario,
    demand: Demand,
    channel: str,
    *,
    caps: Sequence[int] = CAPS,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> ConcurrencyChoice:
    """
    Least staff for every cap on the contacts of a channel that one agent holds at once.

    Parameters
    ----------
    scenario
        Promises, groups and the slowdown of each; all are kept but the cap.
    demand
        Expected contacts, before scale and bursts.
    channel
        Channel whose cap is varied, in every group that serves it.
    caps
        Contacts at once to try, 1 to 16.
    replications, seed, engine, workers, progress, cancel
        As for `staffing.plan`.

    Raises
    ------
    InvalidValueError
        When the channel is unknown, served by nobody or without a target, or a cap is out of
        range.
    RunCancelledError
        When cancelled.

    Notes
    -----
    The best cap is the cheapest; of caps within 1 % of it, which chance may have put in
    order, the one whose customers are done soonest (the wait that nine in ten stay below plus
    the mean time in hand). Where a slowdown is not stated for so many at once, its last step is
    carried on, and `notes` says so. People and desks are taken as if they could be had.
    """
    promised_channel(scenario, channel)
    chosen = sorted(set(caps))
    if not chosen or not all(isinstance(cap, int) and 1 <= cap <= MOST_CAP for cap in chosen):
        raise InvalidValueError("caps", f"whole numbers from 1 to {MOST_CAP}", list(caps))
    rows = []
    free = unlimited(scenario)
    with sizer(
        scenario, demand, replications=replications, seed=seed, engine=engine, workers=workers,
        progress=progress, cancel=cancel,
    ) as sizes:  # fmt: skip
        for number, cap in enumerate(chosen):
            begin, end = number / len(chosen), (number + 1) / len(chosen)
            check = end - FRESH_PART / len(chosen)
            said = f"{channel}, at most {cap} at once"
            # Another cap is another floor: its neighbour's staff is no place to begin.
            found = sizes.size(with_cap(free, channel, cap), said, begin, check)
            outcome = sizes.fresh(found, f"{said}: fresh check", check, end)
            rows.append(_row(sizes, channel, cap, found, outcome))
    table = pd.DataFrame(rows, columns=COLUMNS[:-1])
    table["best"] = np.arange(len(table)) == _best(table)
    return ConcurrencyChoice(scenario, channel, table, tuple(_notes(scenario, channel, table)))


def with_cap(scenario: Scenario, channel: str, cap: int) -> Scenario:
    """The same scenario with another cap on a channel; slowdown carried on where it ends."""
    changes: dict[str, dict[str, object]] = {}
    for name, group in scenario.groups.items():
        if channel in group.skills:
            skill = group.skills[channel]
            update = {"max_concurrent": cap, "slowdown": _carried_on(skill, cap)}
            changes[name] = {"skills": {**group.skills, channel: skill.model_copy(update=update)}}
    return with_groups(scenario, changes)


def _carried_on(skill: Skill, cap: int) -> tuple[float, ...]:
    slowdown = list(skill.slowdown)
    step = slowdown[-1] - slowdown[-2] if len(slowdown) > 1 else 0.0
    while len(slowdown) < cap:
        slowdown.append(slowdown[-1] + step)
    return tuple(slowdown)


def _row(sizes: Sizer, channel: str, cap: int, found: Sized, outcome: Outcome) -> dict[str, object]:
    fresh = outcome.totals.set_index("channel").loc[channel]
    return {
        "max_concurrent": cap,
        "floor_hours": found.floor_hours,
        "paid_hours": found.paid_hours,
        "cost": found.cost,
        "achieved": fresh["service_level"],
        "answer_p90_s": fresh["wait_p90_s"],
        "handle_mean_s": _time_in_hand_s(sizes, channel, found),
        "met": all_kept(outcome),
    }


def _time_in_hand_s(sizes: Sizer, channel: str, found: Sized) -> float:
    """Mean time from answer to completion in seconds; NaN when nobody was answered."""
    contacts = sizes.again(found, LOGGED).contacts
    assert contacts is not None
    mine = contacts[
        (contacts["channel"] == channel)
        & (contacts["ending"] == "answered")
        & (contacts["put_aside"] == 0)
    ]
    return float((mine["end"] - mine["start"]).dt.total_seconds().mean())


def _best(table: pd.DataFrame) -> int:
    """Cheapest row; of those hardly dearer, the one whose customers are done soonest."""
    rows = table[table["met"]] if table["met"].any() else table
    price = rows["cost"] if table["cost"].any() else rows["paid_hours"]
    near = rows[price <= price.min() * (1 + EQUAL_COST) + 1e-9]
    done = near["answer_p90_s"].fillna(0.0) + near["handle_mean_s"].fillna(0.0)
    return int(done.idxmin())


def _notes(scenario: Scenario, channel: str, table: pd.DataFrame) -> list[str]:
    notes = []
    for name, group in scenario.groups.items():
        skill = group.skills.get(channel)
        if skill is None:
            continue
        if "slowdown" not in skill.model_fields_set and table["max_concurrent"].max() > 1:
            taken = ", ".join(f"{slow:g}" for slow in skill.slowdown)
            notes.append(f"{name} states no slowdown of {channel}: {taken} is taken, a default.")
        if len(skill.slowdown) < table["max_concurrent"].max():
            last = len(skill.slowdown)
            notes.append(
                f"{name} states no slowdown for more than {last} of {channel} at once: its last"
                " step is carried on."
            )
    if scenario.channels[channel].kind == "deferred":
        notes.append(
            f"What arrives while {channel} is closed waits for the opening: its night is in the"
            " time within which nine in ten are answered."
        )
    unkept = table.loc[~table["met"], "max_concurrent"]
    if len(unkept):
        caps = ", ".join(str(cap) for cap in unkept)
        notes.append(f"Not every promise is kept in the fresh check with at most {caps} at once.")
    return notes


def _felt(row: pd.Series) -> str:
    """What customers feel of a cap."""
    return (
        f"nine in ten are answered {_wait(row['answer_p90_s'])} and then take"
        f" {_time(row['handle_mean_s'])}"
    )


def _wait(seconds: float) -> str:
    return "at once" if seconds < 1 else f"within {_time(seconds)}"


def _time(seconds: float) -> str:
    if seconds != seconds:
        return "–"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"
