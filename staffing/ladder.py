"""Why 43 agents and not 39? From the work alone to what is paid, step by step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import Horizon
from scenario.demand import Demand
from scenario.errors import InvalidValueError
from scenario.model import Scenario
from staffing.blend import MOST_OCCUPIED
from staffing.document import records
from staffing.guess import FirstGuess, first_guess
from staffing.rehearsal import Rehearsal
from staffing.requirement import Requirement, Task, find_requirement
from staffing.roster import Roster

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CALM_PART = 16  # days without spread are alike: a sixteenth of the replications is as sure
FEWEST_CALM = 16


@dataclass(frozen=True, eq=False)
class Rung:
    """
    One step of the ladder.

    Parameters
    ----------
    step
        Its name.
    agents
        The plan computed up to this step: agents over all groups, shape (I,).
    meaning
        What makes it differ from the plan before, for a planner.
    """

    step: str
    agents: FloatArray
    meaning: str


@dataclass(frozen=True, eq=False)
class Ladder:
    """
    From the work alone to what is paid, over the horizon and in every interval.

    Parameters
    ----------
    period
        The intervals.
    rungs
        From the work to what is paid.
    """

    period: Horizon
    rungs: tuple[Rung, ...]

    @property
    def table(self) -> pd.DataFrame:
        """
        Over the horizon: `step`, `agent_hours`, `total`, `meaning`.

        `agent_hours` is what the step adds, negative where it saves; `total` the hours of the
        plan up to it. The steps add up to the paid hours.
        """
        hours = self.period.interval_minutes / 60
        totals = [float(rung.agents.sum()) * hours for rung in self.rungs]
        return _table(self.rungs, "agent_hours", totals)

    def at(self, moment: pd.Timestamp) -> pd.DataFrame:
        """
        In the interval that holds a moment: `step`, `agents`, `total`, `meaning`.

        Parameters
        ----------
        moment
            Any instant of the horizon; without a time zone, local.

        Raises
        ------
        InvalidValueError
            When it lies outside the horizon.
        """
        interval = self.interval_at(moment)
        return _table(self.rungs, "agents", [float(rung.agents[interval]) for rung in self.rungs])

    def sentence(self, moment: pd.Timestamp) -> str:
        """Why so many at a moment, for a planner."""
        table = self.at(moment)
        start = self.period.starts[self.interval_at(moment)]
        work, paid = table["total"].iloc[0], table["total"].iloc[-1]
        totals = table.set_index("step")["total"]
        told = (
            f"{start:%a %d %b %H:%M}: the work alone fills {work:.1f} agents,"
            f" {totals['forecast uncertainty']:.0f} are required, {totals['shift shape']:.0f}"
            f" scheduled, {paid:.1f} paid."
        )
        steps = dict(zip(table["step"][1:], table["agents"][1:], strict=True))
        largest = sorted(steps, key=lambda step: -abs(steps[step]))[:3]
        named = ", ".join(f"{step} {steps[step]:+.1f}" for step in largest if steps[step])
        return f"{told} The largest steps: {named}." if named else told

    @property
    def busiest(self) -> pd.Timestamp:
        """Start of the interval with most agents on the floor, the first of them."""
        return self.period.starts[int(np.argmax(self.rungs[-2].agents))]

    def document(self, moments: Sequence[pd.Timestamp]) -> dict[str, Any]:
        """
        The ladder as JSON-ready `ladder` and `intervals`.

        Each of `intervals` is one of the moments: `interval_start`, `ladder` and `sentence`.
        """
        return {
            "ladder": records(self.table),
            "intervals": [
                {
                    "interval_start": self.period.starts[self.interval_at(moment)].isoformat(),
                    "ladder": records(self.at(moment)),
                    "sentence": self.sentence(moment),
                }
                for moment in moments
            ],
        }

    def interval_at(self, moment: pd.Timestamp) -> int:
        """Number of the interval that holds a moment; raises outside the horizon."""
        local = moment
        if moment.tzinfo is None:
            zone = self.period.timezone
            local = moment.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
        if not self.period.start <= local < self.period.end:
            rule = f"between {self.period.start} and {self.period.end}"
            raise InvalidValueError("moment", rule, str(moment))
        return self.period.offset_us(local) // self.period.interval_us


def ladder(task: Task, required: Requirement, calm: IntArray, roster: Roster) -> Ladder:
    """
    The ladder of a plan; every step is the difference between two computed plans.

    Parameters
    ----------
    task
        What was planned for.
    required
        Agents that the rehearsal asked for, and the guess before it.
    calm
        Agents that it asks for if every week came as expected, from `without_spread`.
    roster
        Shifts that cover the requirement.

    Returns
    -------
    Ladder
        Its last total is what is paid.

    Notes
    -----
    The plans, each with all that those before it respect: (1) hands always full, contacts
    held at once not slowing each other; (2) nobody busy for more than 92 % of an interval;
    (3) a team for each channel that keeps its promise, by Erlang A and by deadlines; (4) the
    same with contacts held at once slowing each other as they do, so that this step is exactly
    nothing where the slowdown is 1 or contacts are held one at a time; (5) shared teams, rounded
    once; (6) what simulated days ask for when each comes as expected; (7) when they stray as
    they do; (8) whole shifts; (9) all who are paid behind those on the floor.
    """
    scenario, guess = task.scenario, required.guess
    ideal = first_guess(without_slowdown(scenario), task.expected, task.rehearsal.cancel)
    live = [channel.kind == "live" for channel in scenario.channels.values()]
    busiest = np.ceil(guess.work[:, live].sum(axis=1) / MOST_OCCUPIED - 1e-9)
    together = np.maximum(guess.required.sum(axis=1), busiest)
    rungs = (
        Rung("pure workload", ideal.work.sum(axis=1), "All hands full, all the time."),
        Rung(
            "occupancy ceiling",
            ideal.work.sum(axis=1) / MOST_OCCUPIED,
            f"Nobody is busy for more than {100 * MOST_OCCUPIED:.0f} % of the time.",
        ),
        Rung("waiting", _apart(ideal), "Nobody waits too long: a team for each channel."),
        Rung(
            "concurrency and slowdown",
            _apart(guess),
            "Contacts held at once slow each other down.",
        ),
        Rung(
            "pooling and blending",
            together,
            "One team for all: idle time is used, agents are rounded up once.",
        ),
        Rung("rehearsal", _sum(calm), _rehearsal_meaning(calm, together)),
        Rung("forecast uncertainty", _sum(required.agents), "Days are not as expected."),
        Rung("shift shape", _sum(roster.scheduled), _shift_meaning(required.agents, roster)),
        Rung(
            "absence and shrinkage",
            _paid(roster, scenario.horizon.interval_minutes / 60),
            "Paid, but not on the floor: shrinkage, once.",
        ),
    )
    return Ladder(scenario.period, rungs)


def without_spread(
    task: Task, required: Requirement, upto: float, out_of_time: Callable[[], bool]
) -> IntArray:
    """
    Agents that would be required if every day came as expected, shape (I, G).

    Parameters
    ----------
    task, required
        The search, and what it found for days that stray; where none do, that is the answer.
    upto
        Share of the whole progress at which this is finished.
    out_of_time
        Asked after every rehearsal whether to end with what has been found.
    """
    scenario = task.scenario
    if not has_spread(scenario, task.expected):
        return required.agents
    demand = scenario.demand.model_copy(update={"uncertainty": "none"})
    rehearsal: Rehearsal = replace(
        task.rehearsal, scenario=scenario.model_copy(update={"demand": demand})
    )
    runs = max(min(FEWEST_CALM, task.replications), required.replications // CALM_PART)
    calm = replace(task, rehearsal=rehearsal, replications=runs, grows=False, thorough=False)
    agents = find_requirement(calm, upto, out_of_time, required).agents
    # What is enough for days that stray is enough for days as expected.
    dearer = ((agents - required.agents) @ task.limits.price).sum() > 0
    return required.agents if dearer else agents


def has_spread(scenario: Scenario, expected: Demand) -> bool:
    """Whether replications differ in what is expected, not only by chance."""
    keys = scenario.demand
    if keys.uncertainty == "none":
        return False
    if keys.uncertainty == "paths" and expected.paths is not None:
        return True
    return keys.day_factor is not None or keys.residual is not None


def without_slowdown(scenario: Scenario) -> Scenario:
    """The same scenario with contacts held at once that do not slow each other down."""
    groups = {
        name: group.model_copy(
            update={
                "skills": {
                    channel: skill.model_copy(update={"slowdown": (1.0,) * len(skill.slowdown)})
                    for channel, skill in group.skills.items()
                }
            }
        )
        for name, group in scenario.groups.items()
    }
    return scenario.model_copy(update={"groups": groups})


def _apart(guess: FirstGuess) -> FloatArray:
    """Whole agents of a team for each channel that waits little and is not too busy."""
    busiest = np.ceil(guess.work / MOST_OCCUPIED - 1e-9)
    together: FloatArray = np.maximum(guess.apart, busiest).sum(axis=1)
    return together


def _sum(agents: IntArray) -> FloatArray:
    return np.asarray(agents.sum(axis=1), dtype=np.float64)


def _paid(roster: Roster, hours: float) -> FloatArray:
    """Paid agents behind those on the floor: each group's paid hours, where its agents are."""
    on_floor = roster.scheduled.sum(axis=0) * hours
    behind = np.divide(roster.paid_hours, on_floor, out=np.zeros(len(on_floor)), where=on_floor > 0)
    return np.asarray(roster.scheduled @ behind, dtype=np.float64)


def _table(rungs: tuple[Rung, ...], added: str, totals: list[float]) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "step": [rung.step for rung in rungs],
            "total": totals,
            "meaning": [rung.meaning for rung in rungs],
        }
    )
    table.insert(1, added, table["total"].diff().fillna(table["total"]))
    return table


def _rehearsal_meaning(calm: IntArray, together: FloatArray) -> str:
    if calm.sum() < together.sum():
        return "What formulas do not see: queues even out, spare minutes are used."
    return "What formulas do not see: channels in each other's way."


def _shift_meaning(required: IntArray, roster: Roster) -> str:
    if roster.scheduled.sum() < required.sum():
        return "Shifts and contracts give less than the days asked for."
    return "Shifts are not as bendy as demand."
