"""Simulate a queue with known values until every number of it is as sure as wanted."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.exact_cases import ROUND, Case, demand_of
from benchmarks.exact_checks import Check, Reading
from simulate import Workers, simulate
from simulate.estimates import Parts, estimate

MOST_CELLS = 400_000  # replications times intervals in one round: what is kept in memory
MOST_CONTACTS = 10_000_000  # contacts in one round: each may have a bin of a histogram to itself
MOST_RECORDS = 1_000_000  # contacts in one round where they are kept one by one
WANTED_SHARE = 0.005  # half-width: half a percentage point,
WANTED_RELATIVE = 0.01  # or a hundredth of the value
ENOUGH = 1.1  # so many times what the present errors ask for
ROUNDING = 1e-9  # of the exact value, where simulated values do not vary at all


@dataclass(frozen=True)
class Row:
    """
    One number: ours with the half-width of its 95 % interval, and the exact one.

    Parameters
    ----------
    standard_errors
        Distance from the exact value in standard errors; infinite where ours never varies and
        is another value.
    inside_95, inside_99
        Whether the exact value lies in these intervals of ours.
    narrow
        Whether the interval is as narrow as wanted.
    """

    model: str
    case: str
    setting: str
    file: str
    name: str
    unit: str
    ours: float
    half_width: float
    exact: float
    published: str
    standard_errors: float
    inside_95: bool
    inside_99: bool
    narrow: bool
    source: str
    exact_is_published: bool = False


@dataclass(frozen=True)
class Run:
    """One case with its rows."""

    case: str
    model: str
    setting: str
    file: str
    source: str
    contacts: int
    replications: int
    seconds: float
    rows: tuple[Row, ...]


@dataclass
class Sample:
    """The replications of a case so far, read."""

    case: Case
    seed: int
    workers: Workers | int
    contacts: int = 0
    replications: int = 0
    rounds: int = 0
    batches: list[NDArray[np.int64]] = field(default_factory=list)
    parts: list[list[Parts]] = field(default_factory=list)

    def grow(self, replications: int, repeats: int | None = None) -> None:
        """Add replications, as many at once as memory allows."""
        repeats = self.case.usual_repeats if repeats is None else repeats
        scenario = self.case.scenario(repeats)
        rates = demand_of(scenario)
        at_once = self._at_once(scenario.period.count, repeats)
        while replications > 0:
            count = min(replications, at_once)
            seed, demand = self.seed + self.rounds, rates
            if self.case.demand is not None:
                demand = self.case.demand(scenario, count, seed, self.workers)
            outcome = simulate(
                scenario,
                demand,
                replications=count,
                seed=seed,
                workers=self.workers,
                records=self.case.records,
            )
            self._read(Reading(outcome, self.case.cycle))
            replications -= count

    def _at_once(self, intervals: int, repeats: int) -> int:
        """Replications that fit into memory; stratified ones come in whole rounds."""
        warm_up, cycle = self.case.contacts
        most = MOST_RECORDS if self.case.records else MOST_CONTACTS
        fitting = int(min(MOST_CELLS / intervals, most / (warm_up + repeats * cycle)))
        step = self.case.first_round
        return max(2, fitting) if step == ROUND else max(step, fitting // step * step)

    def _read(self, reading: Reading) -> None:
        data = reading.data
        first = self.batches[-1][-1] + 1 if self.batches else 0
        self.batches.append(data.batches + first)
        self.parts.append([check.parts(reading) for check in self.case.checks])
        self.replications += data.count
        self.contacts += int(data.contacts["offered"].sum())
        self.rounds += 1

    def parts_of(self, place: int) -> Parts:
        """What the check at a place has read so far."""
        read = [one[place] for one in self.parts]
        return Parts(
            np.concatenate([one.above for one in read]), np.concatenate([one.below for one in read])
        )

    def row(self, place: int) -> Row:
        """The check at a place, so far."""
        check, parts = self.case.checks[place], self.parts_of(place)
        batches = np.concatenate(self.batches)
        found = estimate(parts, batches)
        value, error = float(found.value), float(found.error)
        if error <= ROUNDING * abs(check.exact):
            error = _least_error(check, parts)
        whole = math.hypot(error, check.exact_error)
        apart = value - check.exact
        if abs(apart) <= ROUNDING * abs(check.exact):
            apart = 0.0
        width_95, width_99 = (_student(level, int(batches[-1])) for level in (0.975, 0.995))
        half_width = width_95 * error
        return Row(
            model=self.case.model,
            case=self.case.name,
            setting=self.case.declared.description,
            file=self.case.file.name,
            name=check.name,
            unit=check.unit,
            ours=value,
            half_width=half_width,
            exact=check.exact,
            published=check.published,
            standard_errors=_in_errors(apart, whole),
            inside_95=abs(apart) <= width_95 * whole,
            inside_99=abs(apart) <= width_99 * whole,
            narrow=half_width <= wanted(check),
            source=self.case.source,
            exact_is_published=check.exact_error > 0,
        )

    def still_too_wide(self) -> float:
        """How many times the sample must grow for the widest interval to be as wanted."""
        rows = [self.row(place) for place in range(len(self.case.checks))]
        return max(
            (row.half_width / wanted(check)) ** 2 if row.half_width else 0.0
            for row, check in zip(rows, self.case.checks, strict=True)
        )


def wanted(check: Check) -> float:
    """The half-width that a number may have."""
    relative = WANTED_RELATIVE * abs(check.exact)
    return max(relative, WANTED_SHARE) if check.unit == "share" else relative


def run(case: Case, seed: int, workers: Workers | int, largest: float) -> Run:
    """
    Simulate a case until every interval is as narrow as wanted.

    Parameters
    ----------
    case
        The queue.
    seed
        Common to all cases; each case makes its own of it, so that they meet other customers,
        and each round of a case takes the next.
    workers
        Processes.
    largest
        Contacts after which it ends in any case.
    """
    began = time.monotonic()
    sample = Sample(case, seed + crc32(case.name.encode()), workers)
    sample.grow(case.first_round)
    while (times := sample.still_too_wide()) > 1 and sample.contacts < largest:
        affordable = largest / sample.contacts
        more = sample.replications * (min(ENOUGH * times, affordable) - 1)
        step = case.first_round
        sample.grow(max(step, math.ceil(more / step) * step))
    return Run(
        case=case.name,
        model=case.model,
        setting=case.declared.description,
        file=case.file.name,
        source=case.source,
        contacts=sample.contacts,
        replications=sample.replications,
        seconds=time.monotonic() - began,
        rows=tuple(sample.row(place) for place in range(len(case.checks))),
    )


def _in_errors(apart: float, error: float) -> float:
    """A distance in standard errors; without any error a distance is infinite."""
    if error:
        return apart / error
    return math.copysign(math.inf, apart) if apart else 0.0


def _least_error(check: Check, parts: Parts) -> float:
    """Standard error of a share that was never seen to vary: that of the exact share, if alike."""
    if check.unit != "share" or not 0 < check.exact < 1:
        return 0.0
    seen = float(parts.below.sum())
    return math.sqrt(check.exact * (1 - check.exact) / seen)


def _student(level: float, degrees: int) -> float:
    """A quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, level))


def document_of(row: Row) -> dict[str, Any]:
    """A row for JSON: what is not finite becomes None."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in vars(row).items()
    }
