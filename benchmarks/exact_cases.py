"""Queues whose exact values are known, as scenario files of the floor."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.exact_checks import Check
from scenario import Demand, Scenario
from simulate import Workers

ROOT = Path(__file__).parents[1]
REFERENCES = ROOT / "tests" / "references"
SCENARIOS = ROOT / "data" / "validation"
RELAXATIONS = 20  # warm-up, in relaxation times
LONGEST_H = 370 * 24  # a scenario's horizon is at most a year
CONTACTS = 40_000  # offered in a replication, where its length is free
WARM_UP_SHARE = 0.1  # at most so much of a replication is warm-up, where its length is free
ROUND = 32  # replications simulated at first, usually
BUSY_PER_MIN = 15  # contacts from which on intervals are short: an hour would hold thousands
START = "2026-01-05T00:00:00Z"

Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """
    One queue with known values.

    Parameters
    ----------
    model, number
        Kind of queue, and which of its kind, from 1; a text tells variants apart.
    source
        Where the exact values come from.
    document
        The scenario file: `description` tells the queue in words, and the measured part of the
        horizon is one cycle, which can be repeated.
    checks
        What is compared.
    repeats
        Cycles measured in a replication; 0: as many as its contacts and its warm-up ask for.
    records
        Whether the checks read the contacts one by one.
    first_round
        Replications simulated at first, and the least added; day factors are stratified over
        them, so that some queues want many at once. A power of 2.
    demand
        Makes the demand of so many replications with a seed; default: the rates of the file.
    """

    model: str
    number: int | str
    source: str
    document: Document
    checks: tuple[Check, ...]
    repeats: int = 0
    records: bool = False
    first_round: int = ROUND
    demand: Callable[[Scenario, int, int, Workers | int], Demand] | None = None

    @property
    def name(self) -> str:
        """Model and number."""
        return f"{self.model} {self.number}"

    @property
    def file(self) -> Path:
        """The scenario file."""
        return SCENARIOS / f"{self.name.replace(' ', '_').replace(',', '')}.toml"

    @cached_property
    def declared(self) -> Scenario:
        """The scenario of the file: one cycle."""
        return Scenario.load(self.file)

    @property
    def cycle(self) -> int:
        """Intervals of a cycle."""
        return self.declared.measured_count

    @property
    def contacts(self) -> tuple[float, float]:
        """Contacts expected in the warm-up and in one cycle."""
        warm, cool = self.declared.edge_counts
        mean = demand_of(self.declared).mean.sum(axis=1)
        return float(mean[:warm].sum()), float(mean[warm : len(mean) - cool].sum())

    @cached_property
    def usual_repeats(self) -> int:
        """Cycles of a replication: so many that little of it is warm-up."""
        if self.repeats:
            return self.repeats
        warm_up, cycle = self.contacts
        wanted = max(CONTACTS, warm_up / WARM_UP_SHARE)
        most = LONGEST_H - self._hours(sum(self.declared.edge_counts))
        return max(1, min(math.ceil(wanted / cycle), int(most // self._hours(self.cycle))))

    def scenario(self, repeats: int) -> Scenario:
        """The scenario of the file with its cycle so many times."""
        warm, cool = self.declared.edge_counts
        count = self.declared.period.count

        def tiled(numbers: Sequence[float]) -> list[float]:
            first, last = list(numbers[:warm]), list(numbers[count - cool :])
            return first + list(numbers[warm : count - cool]) * repeats + last

        length = self._hours(warm + cool + repeats * self.cycle)
        changes: Document = {"horizon.length": f"{round(60 * length)}min"}
        for name, rates in self.declared.demand.rates.items():
            if isinstance(rates, tuple):
                changes[f"demand.rates.{name}"] = tiled(rates)
        for name, group in self.declared.groups.items():
            if isinstance(group.agents, tuple):
                changes[f"groups.{name}.agents"] = tiled(group.agents)
        return Scenario.load(self.file, changes)

    def _hours(self, intervals: int) -> float:
        return intervals * self.declared.horizon.interval_minutes / 60


def demand_of(scenario: Scenario) -> Demand:
    """The rates of a scenario as its demand."""
    count = scenario.period.count
    mean = np.empty((count, len(scenario.channels)))
    for column, name in enumerate(scenario.channels):
        mean[:, column] = scenario.demand.rates.get(name, 0.0)
    return Demand(scenario.period, tuple(scenario.channels), mean, np.full_like(mean, np.nan))


def cases() -> Iterator[Case]:
    """Every queue with known values."""
    from benchmarks import (
        exact_blends,
        exact_days,
        exact_journeys,
        exact_laws,
        exact_loads,
        exact_published,
        exact_queues,
        exact_shared,
    )

    families = (
        *(exact_queues, exact_laws, exact_journeys, exact_shared, exact_blends),
        *(exact_days, exact_loads, exact_published),
    )
    for family in families:
        yield from family.cases()


@dataclass(frozen=True)
class Entry:
    """One entry of the reference file: a model, its number from 1, and the figures."""

    model: str
    number: int
    source: str
    given: Mapping[str, Any]
    values: Mapping[str, Any]

    def case(
        self,
        document: Document,
        checks: Sequence[Check],
        *,
        variant: str = "",
        **keys: Any,
    ) -> Case:
        """The entry as a case; further keys are those of `Case`."""
        number = f"{self.number} {variant}" if variant else self.number
        return Case(self.model, number, self.source, document, tuple(checks), **keys)


def entries(model: str) -> Iterator[Entry]:
    """The entries of one model."""
    file = json.loads((REFERENCES / "exact_values.json").read_text(encoding="utf-8"))
    found = file["models"][model]
    for number, entry in enumerate(found["cases"], start=1):
        yield Entry(model, number, found["source"], entry["params"], entry["values"])


def steady(
    description: str,
    rates_per_min: Mapping[str, float],
    channels: Document,
    groups: Document,
    *,
    relaxation_min: float,
    cycle_h: int = 24,
    cool_down_h: int = 0,
) -> Document:
    """
    A queue in steady state, as a scenario: a warm-up of 20 relaxation times, then a day.

    Parameters
    ----------
    description
        The queue in words.
    rates_per_min
        Contacts a minute by channel.
    channels, groups
        As in a scenario file.
    relaxation_min
        Time in which the queue forgets how it started: the inverse of the smallest rate at
        which its law approaches the stationary one.
    cycle_h
        Hours measured.
    cool_down_h
        Hours in which what was offered last is finished, where no law of the floor does it.
    """
    warm_up_h = math.ceil(RELAXATIONS * relaxation_min / 60)
    busy = sum(rates_per_min.values()) > BUSY_PER_MIN
    interval_min = 15 if busy else 60
    horizon = {
        "start": START,
        "length": f"{warm_up_h + cycle_h + cool_down_h}h",
        "interval_minutes": interval_min,
        "warm_up": f"{warm_up_h}h",
        "cool_down": f"{cool_down_h}h",
    }
    rates = {name: interval_min * rate for name, rate in rates_per_min.items()}
    return {
        "description": description,
        "horizon": horizon,
        "demand": {"rates": rates, "uncertainty": "none"},
        "channels": channels,
        "groups": groups,
    }


def live(
    mean_min: float, patience: Mapping[str, Any] | float | None = None, **keys: Any
) -> Document:
    """
    A live channel.

    Parameters
    ----------
    mean_min
        Mean of the exponential handle times.
    patience
        Mean of an exponential patience in minutes, a patience as in a scenario file, or none.
    **keys
        Further keys of the channel, put over these.
    """
    if isinstance(patience, Mapping):
        declared: Mapping[str, Any] = patience
    elif patience is None:
        declared = {"distribution": "none"}
    else:
        declared = {"distribution": "exponential", "mean_s": 60 * patience}
    return {"kind": "live", "handle_time": exponential(mean_min), "patience": declared} | keys


def exponential(mean_min: float) -> Document:
    """Exponential handle times."""
    return {"distribution": "exponential", "mean_s": 60 * mean_min}


def lognormal(mean_min: float, cv: float) -> Document:
    """Log-normal handle times or patience."""
    return {"distribution": "lognormal", "mean_s": 60 * mean_min, "cv": cv}


def target(within_min: float) -> Document:
    """A target whose share does not matter here."""
    return {"share": 0.8, "within_s": 60 * within_min}


def team(agents: int | Sequence[int], **skills: Document) -> Document:
    """One group with its skills."""
    return {"team": {"agents": agents, "skills": skills}}
