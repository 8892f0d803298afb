"""
What the What-if page shows of a rehearsal, worked out once: texts and small tables.

The counts behind it take 60 MB for a week of a centre of 200. A page is drawn again with every
touch and every look, and twenty people's pages are open at once: none of them needs the counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pandas as pd

from report.journey_lines import journey_sentence
from report.result import Result
from report.result_lines import cost_lines, over_under, service_lines
from report.result_table import Differences, differences_of, table_of
from scenario import Scenario, Staff
from views.figures import Figure
from views.results import Series, headline, key_figures

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from staffing.remedy import Stretch

NBYTES = 400_000  # of texts and small tables, about


@dataclass(frozen=True)
class Told:
    """
    The results of one rehearsal in words, and what the pictures draw of it.

    Parameters
    ----------
    staff
        Agents on the floor.
    service, costs
        Lines of the table, before and after those that compare with a plan's requirement.
    series
        For the pictures.
    """

    staff: Staff
    service: tuple[Result, ...]
    costs: tuple[Result, ...]
    series: Series

    @classmethod
    def of(cls, outcome: Outcome) -> Told:
        """Those of an outcome."""
        return cls(
            outcome.staff,
            tuple(service_lines(outcome)),
            tuple(cost_lines(outcome)),
            Series.of(outcome),
        )

    def lines(self, required: pd.DataFrame | None) -> list[Result]:
        """All lines of the table, as `report.result_lines.result_lines` orders them."""
        plan = () if required is None else over_under(self.staff, required)
        return [*self.service, *plan, *self.costs]


@dataclass(frozen=True)
class Answer:
    """
    What is shown of a rehearsal beside its baseline.

    Parameters
    ----------
    scenario, engine, seed, replications, cost
        Of the outcome.
    sentence
        The one at the top.
    journeys
        Who came because of earlier contacts, and who did not need to; may be empty.
    figures
        The tiles under it.
    here, before
        Results of both; None without a baseline.
    differences
        Between them.
    stretch
        Where a promise is missed worst; None where none is, or where it was not looked for.
    """

    scenario: Scenario
    engine: str
    seed: int
    replications: int
    cost: float
    sentence: str
    journeys: str
    figures: tuple[Figure, ...]
    here: Told
    before: Told | None
    differences: Differences
    stretch: Stretch | None = None

    @property
    def staff(self) -> Staff:
        """Agents on the floor."""
        return self.here.staff

    @property
    def nbytes(self) -> int:
        """Memory that it takes, about."""
        return NBYTES

    def table(self, required: pd.DataFrame | None = None) -> pd.DataFrame:
        """The table of `report.result_table.results_table`."""
        before = None if self.before is None else self.before.lines(required)
        return table_of(self.here.lines(required), before, self.differences)

    @cached_property
    def series(self) -> dict[str, Series]:
        """What the pictures draw, by the name of the run."""
        runs = {"What-if": self.here.series}
        return runs if self.before is None else runs | {"Baseline": self.before.series}


def answer_of(outcome: Outcome, baseline: Outcome | None = None) -> Answer:
    """
    What is shown of an outcome.

    Parameters
    ----------
    outcome
        What was simulated.
    baseline
        What it is compared with, after as many replications; None when it is the baseline.
    """
    if baseline is None:
        known = _alone.get(outcome)
        if known is not None:
            return known
    found = Answer(
        outcome.scenario,
        outcome.engine,
        outcome.seed,
        outcome.replications,
        outcome.cost,
        headline(outcome),
        journey_sentence(outcome),
        tuple(key_figures(outcome, baseline)),
        Told.of(outcome),
        None if baseline is None else answer_of(baseline).here,
        {} if baseline is None else differences_of(baseline, outcome),
    )
    if baseline is None:
        _alone[outcome] = found
    return found


# A baseline is drawn, and compared with, again and again: it is told once.
_alone: WeakKeyDictionary[Outcome, Answer] = WeakKeyDictionary()
