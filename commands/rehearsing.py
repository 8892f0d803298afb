"""What do options say of how a scenario is rehearsed?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from commands.arguments import parsed
from commands.calibrating import with_first_attempts
from commands.options import Changes, Engine, Replications, Seed, Workers
from commands.terminal import progress, tell
from scenario import Demand, Scenario
from scenario.assumptions import unmatched

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Search:
    """The options of a command that chooses by itself how often it rehearses."""

    seed: Seed = None
    engine: Engine = "kernel"
    workers: Workers = 2
    changes: Changes = None

    def in_scenario(self) -> Mapping[str, Any]:
        """Options that are keys of a scenario, too: a plan's folder then gives the plan again."""
        return {} if self.seed is None else {"seed": self.seed}

    def assumed(self, file: Path, like: Scenario | None = None) -> tuple[Scenario, Demand]:
        """
        A scenario and the demand that it names; what does not fit between them is told.

        Where the demand counts all contacts, first attempts are told apart: as in `like`, else
        on the scenario as its file states it.
        """
        from forecast import demand_for

        declared = Scenario.load(file, {**parsed(self.changes), **self.in_scenario()})
        demand = demand_for(declared)
        tell((*demand.warnings, *unmatched(declared, demand.channels)))
        known = with_first_attempts(file, declared, demand, workers=self.workers, like=like)
        return known, demand

    def ask(
        self, label: str, question: Callable[..., Answer], *assumed: Any, **asked: Any
    ) -> Answer:
        """The answer of a study that simulates for a while; a bar tells how far it is."""
        with progress(label) as show:
            return question(
                *assumed, engine=self.engine, workers=self.workers, progress=show, **asked
            )


@dataclass(frozen=True)
class Runs(Search):
    """The options of a command that is told how often to rehearse."""

    replications: Replications = None

    def in_scenario(self) -> Mapping[str, Any]:
        """Options that are keys of a scenario, too."""
        more = {} if self.replications is None else {"replications": self.replications}
        return {**super().in_scenario(), **more}
