"""Why so many paid hours: from the work alone to what is paid, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from staffing.guess import FirstGuess
from staffing.roster import Roster


@dataclass(frozen=True, slots=True)
class Rung:
    """
    One step of the ladder.

    Parameters
    ----------
    step
        Its name.
    total
        Agent hours of the plan computed up to this step.
    meaning
        What makes it differ from the plan before, for a planner.
    """

    step: str
    total: float
    meaning: str


def ladder(
    guess: FirstGuess, required: NDArray[np.int64], roster: Roster, interval_minutes: int
) -> pd.DataFrame:
    """
    Agent hours step by step, each the difference between two computed plans.

    Parameters
    ----------
    guess
        First guess.
    required
        Agents that the rehearsal asked for, shape (I, G).
    roster
        Shifts that cover them.
    interval_minutes
        Length of an interval.

    Returns
    -------
    DataFrame
        `step`, `agent_hours` (added by the step, negative where it saves), `total` (after
        it) and `meaning`; the steps add up to the paid hours.
    """
    hours = interval_minutes / 60
    rungs = (
        Rung("work", guess.work.sum() * hours, "Handling alone, every agent's hands full."),
        Rung("waiting", guess.apart.sum() * hours, "Nobody waits too long: a team per channel."),
        Rung("blending", guess.required.sum() * hours, "One team for all: idle time is used."),
        Rung("rehearsal", required.sum() * hours, "What the simulated days asked for."),
        Rung("shift shape", roster.scheduled.sum() * hours, _shift_meaning(required, roster)),
        Rung("absence", float(roster.paid_hours.sum()), "Paid, but not there: shrinkage, once."),
    )
    table = pd.DataFrame(
        {
            "step": [rung.step for rung in rungs],
            "total": [float(rung.total) for rung in rungs],
            "meaning": [rung.meaning for rung in rungs],
        }
    )
    table.insert(1, "agent_hours", table["total"].diff().fillna(table["total"]))
    return table


def _shift_meaning(required: NDArray[np.int64], roster: Roster) -> str:
    if roster.scheduled.sum() < required.sum():
        return "Shifts and contracts give less than the days asked for."
    return "Shifts are not as bendy as demand."
