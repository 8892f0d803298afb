"""
Two languages, two groups that speak one and one that speaks both; who gave up redials.

Those who gave up call again 20 minutes later with the same patience. The floor's own redials have
a new one, so here they are demand of channels of their own: what gave up in a replication is what
redials in it. The publication's contacts in target are not compared: there the waits of all calls
of a customer are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.exact_cases import START, Case, Document, demand_of, live, target
from benchmarks.exact_checks import MINUTE_US, Check, Reader, Reading
from scenario import Demand, Scenario
from simulate import Workers, simulate
from simulate.estimates import Parts

FloatArray = NDArray[np.float64]
PARTS = 15  # minutes, in which redials change
QUANTILES = 400  # by which a uniform law is told
# How patient they are who redial: 40 quantiles of the waits, in seconds, of all who give up in the
# bilingual centre, redials included.
REDIALLERS_PATIENCE_S = [
    *(0.38, 1.09, 1.85, 2.65, 3.5, 4.4, 5.22, 6.17, 7.11, 8.02),
    *(8.95, 9.95, 10.95, 12.0, 13.01, 14.14, 15.27, 16.46, 17.71, 19.0),
    *(20.27, 21.64, 23.13, 24.68, 26.27, 28.0, 29.77, 31.71, 33.77, 36.08),
    *(38.53, 41.2, 44.18, 47.52, 51.31, 55.83, 61.41, 68.42, 78.56, 100.06),
]
LANGUAGES = ("english", "spanish")
REDIAL_ROUNDS = 7  # after so many the redials no longer change by one in a thousand


def bilingual(entry: Mapping[str, Any], source: str) -> Case:
    """The centre as a case."""
    given = entry["params"]

    def demand_of_rounds(
        scenario: Scenario, replications: int, seed: int, workers: Workers | int
    ) -> Demand:
        return with_redials(
            scenario,
            replications,
            seed,
            workers,
            share=given["redial_probability"],
            after_min=given["redial_after_min"],
        )

    return Case(
        "published",
        "Bilingual",
        source,
        _document(given),
        _checks(entry["published"], given["days"]),
        repeats=1,
        first_round=2048,
        demand=demand_of_rounds,
    )


def _document(given: Mapping[str, Any]) -> Document:
    """The centre as a scenario file."""
    per_hour = 60 // PARTS
    opened = len(given["offered_per_hour"]) * per_hour
    closed = 24 * per_hour - opened
    rates = [mean / per_hour for mean in given["offered_per_hour"] for _ in range(per_hour)]
    languages = {"english": given["english_handle_min"], "spanish": given["spanish_handle_min"]}
    speaks = {"english": ["english"], "spanish": ["spanish"], "both": list(languages)}
    channels, demand = {}, {}
    for name, ends in languages.items():
        channel = live(
            sum(ends) / 2,
            given["patience_min"],
            handle_time=_uniform(*ends),
            target=target(given["tau_min"]),
        )
        channels[name] = channel
        demand[name] = rates + [0.0] * closed
        channels[f"{name}_again"] = channel | {
            "patience": {"distribution": "empirical", "values_s": REDIALLERS_PATIENCE_S}
        }
    return {
        "description": "Bilingual: two languages of 500 calls a day, groups of 7, 7 and 4 who speak"
        " one, the other and both, any free agent takes a call; patience 2 min, three of four who"
        " gave up redial after 20 min, as patient as they were",
        "horizon": {"start": START, "length": "1d", "interval_minutes": PARTS},
        "demand": {"rates": demand},
        "channels": channels,
        "groups": {
            name: {
                "agents": [agents] * opened + [0] * closed,
                "skills": {
                    channel: {}
                    for language in speaks[name]
                    for channel in (language, f"{language}_again")
                },
            }
            for name, agents in given["agents"].items()
        },
        "routing": {"choice": "random"},
    }


def _checks(printed: Mapping[str, Any], week: float) -> tuple[Check, ...]:
    """What was printed of a week, beside ours."""
    again = tuple(f"{name}_again" for name in LANGUAGES)
    both = (*LANGUAGES, *again)
    return (
        _printed("arrived", _sum_of("offered", both, week), printed["arrived_all"]),
        _printed("redials", _sum_of("offered", again, week), printed["retrials"]),
        _printed("served", _sum_of("answered", both, week), printed["served"]),
        _printed("abandoned", _sum_of("abandoned", both, week), printed["abandoned"]),
        *(
            _printed(f"{name}: occupancy", _worked((name,)), printed[f"occ_{short}"], "share")
            for name, short in (("english", "EN"), ("spanish", "ES"), ("both", "bilingual"))
        ),
        _printed("occupancy", _worked(("english", "spanish", "both")), printed["occ_all"], "share"),
    )


def _uniform(low_min: float, high_min: float) -> Document:
    """Handle times between two bounds, each alike."""
    places = ((place + 0.5) / QUANTILES for place in range(QUANTILES))
    values = [60 * (low_min + place * (high_min - low_min)) for place in places]
    return {
        "distribution": "empirical",
        "mean_s": 60 * (low_min + high_min) / 2,
        "values_s": values,
    }


def _printed(name: str, parts: Reader, printed: str, unit: str = "number") -> Check:
    """A number that is known from the publication only, with its interval."""
    value, half = interval_of(printed)
    scale = 100 if unit == "share" else 1
    error = half / scale / 1.96
    return Check(name, parts, value / scale, unit, printed, exact_error=error)


def interval_of(printed: str) -> tuple[float, float]:
    """Value and half-width of a published number; 0 where none is printed."""
    value, _, ends = printed.partition(" ")
    if not ends:
        return float(value), 0.0
    low, high = (float(end) for end in ends.strip("[]").split(","))
    return float(value), (high - low) / 2


def _sum_of(count: str, channels: tuple[str, ...], days: int) -> Reader:
    """Mean count of all channels in so many days, a day being the cycle."""

    def parts(reading: Reading) -> Parts:
        counted = np.sum([reading.tallies(channel)[count] for channel in channels], axis=0)
        return Parts.of(counted, np.full(reading.data.count, reading.cycles / days))

    return parts


def _worked(groups: tuple[str, ...]) -> Reader:
    """Time of several groups with a contact in hand, after hours too, over their hours."""

    def parts(reading: Reading) -> Parts:
        times = [reading.agent_time(group) for group in groups]
        busy = np.sum([time["busy_us"] + time["leaving_us"] for time in times], axis=0)
        return Parts.of(busy, np.sum([time["present_us"] for time in times], axis=0))

    return parts


def with_redials(
    scenario: Scenario,
    replications: int,
    seed: int,
    workers: Workers | int,
    *,
    share: float,
    after_min: float,
) -> Demand:
    """
    The demand of a day with redials, each replication with those of its own who gave up.

    Redials are told as a path of demand for every replication: the expected redials of those who
    gave up in that very replication. The same seed brings the same first calls, so simulating
    again with the redials of the last run soon changes nothing.

    Parameters
    ----------
    scenario
        A day with a channel NAME and a channel NAME_again for each language.
    replications, seed, workers
        As they will be simulated.
    share
        Share of those who give up who redial.
    after_min
        Minutes from giving up to the redial.
    """
    base = demand_of(scenario)
    paths = np.repeat(base.mean[None], replications, axis=0)
    for _ in range(REDIAL_ROUNDS):
        demand = replace(base, paths=paths)
        outcome = simulate(scenario, demand, replications=replications, seed=seed, workers=workers)
        reading = Reading(outcome, scenario.period.count)
        paths = paths.copy()
        for name in LANGUAGES:
            gave_up, waited_us = (
                np.sum([reading.by_cycle(count, each)[:, 0] for each in (name, f"{name}_again")], 0)
                for count in ("abandoned", "abandoned_wait_us")
            )
            wait_min = float(waited_us.sum() / gave_up.sum()) / MINUTE_US
            column = list(scenario.channels).index(f"{name}_again")
            paths[:, :, column] = share * _later(gave_up, (after_min + wait_min) / PARTS)
    return replace(base, paths=paths)


def _later(counts: NDArray[np.int64], parts: float) -> FloatArray:
    """Counts by part of the day, moved so many parts later; what leaves the day is gone."""
    whole, rest = int(parts), parts % 1
    moved = np.zeros(counts.shape)
    moved[:, whole:] += (1 - rest) * counts[:, :-whole]
    moved[:, whole + 1 :] += rest * counts[:, : -whole - 1]
    return moved
