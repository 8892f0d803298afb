"""Patience and handle times of any law."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchmarks.exact_cases import (
    Case,
    Document,
    Entry,
    entries,
    live,
    lognormal,
    steady,
    target,
    team,
)
from benchmarks.exact_checks import (
    Reading,
    formula,
    number,
    occupancy,
    queue,
    ratio,
    seconds,
    share,
    time_in_system,
)
from benchmarks.exact_queues import levels_of, seconds_of, single
from simulate.estimates import Parts

MOST_AT_ONCE = 16  # of one agent, on the floor


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for entry in entries("mmc_plus_g"):
        yield _general_patience(entry)
    for entry in entries("mg1_and_ps"):
        yield from _one_agent(entry)


def _general_patience(entry: Entry) -> Case:
    given, values = entry.given, entry.values
    law, mean = given["patience"]["distribution"], given["patience"]["mean"]
    within, *further = values["t"]
    patience: Document = {"distribution": law, "mean_s": 60 * mean}
    told = f"{mean:g} min"
    if law == "lognormal":
        patience["cv"] = given["patience"]["cv"]
        told += f", log-normal, cv {patience['cv']:g}"
    document = single(
        f"{given['c']} agents, {given['lam']:.4g} contacts a minute of {1 / given['mu']:.4g} min,"
        f" patience {told}",
        given,
        patience=patience,
        target=target(float(within)),
        thresholds_s=seconds_of(further),
        # Few give up early, so the queue forgets about as slowly as with endless patience.
        relaxation_min=30.0,
    )
    levels = {time: values["t"][time]["p_answered_within"] for time in values["t"]}
    checks = (
        *levels_of(levels),
        share(
            f"waiting longer than {60 * float(within):.4g} s",
            _waiting_longer,
            values["t"][within]["p_wait_gt"],
        ),
        share("share that waits", ratio("delayed_share"), values["p_wait"]),
        share("abandonment", ratio("abandonment"), values["p_ab"]),
        seconds("mean wait of all", ratio("wait_mean_s"), values["ew"]),
        number("mean queue", queue(), values["lq"]),
    )
    return entry.case(document, checks)


def _waiting_longer(reading: Reading) -> Parts:
    """Share that waits longer than the target's time, however the wait ends."""
    parts = formula("abandons_as_success")(reading)
    return Parts(parts.below - parts.above, parts.below)


def _one_agent(entry: Entry) -> Iterator[Case]:
    """One agent who serves customers in turn, or shares the time among all."""
    given, values = entry.given, entry.values
    mean, load = given["mean"], values["rho"]
    law = lognormal(mean, given["cv"])
    # That of M/M/1, longer by the spread of the handle times.
    relaxation = (1 + given["cv"] ** 2) / 2 * mean / (1 - math.sqrt(load)) ** 2
    told = f"1 agent, {given['lam']:g} contacts a minute of {mean:g} min"
    rates = {"chat": given["lam"]}
    waits = values["fcfs_EW"]
    yield entry.case(
        steady(
            f"{told}, log-normal, cv {given['cv']:g}, first come, first served",
            rates,
            {"chat": live(mean, handle_time=law)},
            team(1, chat={}),
            relaxation_min=relaxation,
        ),
        (
            seconds("ASA", ratio("asa_s"), waits),
            number("mean queue", queue(), given["lam"] * waits),
            share("occupancy", occupancy(), load),
        ),
    )
    shared = {"max_concurrent": MOST_AT_ONCE, "slowdown": list(range(1, MOST_AT_ONCE + 1))}
    yield entry.case(
        steady(
            f"{told}, exponential; the agent's time is shared among up to {MOST_AT_ONCE}"
            " customers, the others wait",
            rates,
            {"chat": live(mean)},
            team(1, chat=shared),
            relaxation_min=relaxation,
        ),
        # With exponential handle times it does not matter how many are served at once.
        (seconds("offer to end", time_in_system, values["ps_mean_sojourn"]),),
        variant="shared",
    )
    # A customer who finds 16 is turned away: then the law of the handle times does not matter.
    weights = [load**held for held in range(MOST_AT_ONCE + 1)]
    blocked = weights[-1] / sum(weights)
    held = sum(held * weight for held, weight in enumerate(weights)) / sum(weights)
    yield entry.case(
        steady(
            f"{told}, log-normal, cv {given['cv']:g}; the agent's time is shared among up to"
            f" {MOST_AT_ONCE} customers, others are turned away",
            rates,
            {"chat": live(mean, handle_time=law, max_queue=0)},
            team(1, chat=shared),
            relaxation_min=relaxation,
        ),
        (
            share("blocked", ratio("blocked_share"), blocked),
            seconds("offer to end", time_in_system, held / (given["lam"] * (1 - blocked))),
        ),
        variant="shared, limited",
    )
