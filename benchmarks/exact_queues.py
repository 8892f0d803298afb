"""One channel, one group: Erlang's queues and their relatives."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.exact_cases import (
    Case,
    Document,
    Entry,
    entries,
    exponential,
    live,
    lognormal,
    steady,
    target,
    team,
)
from benchmarks.exact_checks import (
    Check,
    formula,
    in_system,
    number,
    occupancy,
    queue,
    quotient,
    ratio,
    seconds,
    share,
    threshold,
)
from scenario.targets import Formula

FORMULAS: dict[str, Formula] = {
    "sl_answered_le_t_over_offered": "answered_of_offered",
    "sl_answered_le_t_over_answered": "answered_of_answered",
    "sl_ans_le_t_over_offered_minus_short_ab": "excluding_quick_abandons",
    "sl_ans_plus_ab_le_t": "abandons_as_success",
}
LOSS_HANDLE_MIN = 3.0  # a loss system has no time scale of its own


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for entry in entries("erlang_b"):
        yield from _erlang_b(entry)
    for entry in entries("erlang_c"):
        yield _erlang_c(entry)
    for entry in entries("mmck"):
        yield _limited_queue(entry)
    for entry in entries("erlang_a"):
        yield _erlang_a(entry)
    for entry in entries("min_staffing"):
        yield from _fewest_agents(entry)


def mmc_relaxation(rate: float, agents: int, handle_rate: float) -> float:
    """Relaxation time of M/M/c with endless patience, from above."""
    return 1 / (math.sqrt(agents * handle_rate) - math.sqrt(rate)) ** 2


def _erlang_b(entry: Entry) -> Iterator[Case]:
    agents, load = entry.given["c"], entry.given["a"]
    blocking = entry.values["blocking"]
    laws = {
        "": ("exponential", exponential(LOSS_HANDLE_MIN)),
        "lognormal": ("log-normal, cv 1.2", lognormal(LOSS_HANDLE_MIN, 1.2)),
    }
    for variant, (law, handle_time) in laws.items():
        document = steady(
            f"{agents} agents, nobody can wait: {load:g} erlangs, {law} handle times",
            {"chat": load / LOSS_HANDLE_MIN},
            {"chat": live(LOSS_HANDLE_MIN, max_queue=0, handle_time=handle_time)},
            team(agents, chat={}),
            relaxation_min=3 * LOSS_HANDLE_MIN,  # long handle times end late
        )
        checks = (
            share("blocked", ratio("blocked_share"), blocking),
            share("occupancy", occupancy(), load * (1 - blocking) / agents),
        )
        yield entry.case(document, checks, variant=variant)


def _erlang_c(entry: Entry) -> Case:
    rate, per_agent, agents = (entry.given[key] for key in ("lam", "mu", "c"))
    values = entry.values
    within, *further = values["sl"]
    last = len(further)
    document = single(
        f"{agents} agents, {rate:.4g} contacts a minute of {1 / per_agent:.4g} min, endless"
        " patience",
        entry.given,
        target=target(float(within)),
        thresholds_s=[*seconds_of(further), 60 * values["w90"]],
    )
    checks = (
        *levels_of(values["sl"]),
        share("waiting no longer than the 90 % quantile", threshold(last), 0.9),
        share("share that waits", ratio("delayed_share"), values["p_wait"]),
        seconds("ASA", ratio("asa_s"), values["asa"]),
        seconds("wait of those who wait", quotient("wait_us", "delayed"), _waiters_wait(values)),
        share("occupancy", occupancy(), values["rho"]),
        number("mean queue", queue(), values["lq"]),
        number("in the system", in_system(), values["L"]),
    )
    return entry.case(document, checks)


def _waiters_wait(values: Mapping[str, Any]) -> float:
    return float(values["mean_wait_given_wait"])


def _limited_queue(entry: Entry) -> Case:
    given, values = entry.given, entry.values
    within, *further = values["sl"]
    room = given["K"] - given["c"]
    document = single(
        f"{given['c']} agents, {given['lam']:.4g} contacts a minute of {1 / given['mu']:.4g} min,"
        f" at most {room} wait",
        given,
        max_queue=room,
        target=target(float(within)),
        thresholds_s=seconds_of(further),
        relaxation_min=6.0,  # the second eigenvalue of either chain is above 1/5.2 a minute
    )
    let_in = 1 - values["p_block"]
    checks = (
        share("blocked", ratio("blocked_share"), values["p_block"]),
        share(
            f"answered_of_answered, {60 * float(within):.4g} s",
            formula("answered_of_answered"),
            values["sl"][within],
        ),
        *(
            share(f"answered_of_offered, {60 * float(time):.4g} s", threshold(place), exact)
            for place, time in enumerate(further)
            for exact in [values["sl"][time] * let_in]
        ),
        share(
            "share that waits, of those let in",
            quotient("delayed", "offered", "blocked"),
            values["p_wait_accepted"],
        ),
        seconds("ASA", ratio("asa_s"), values["wq_accepted"]),
        share("occupancy", occupancy(), values["utilisation"]),
        number("mean queue", queue(), values["lq"]),
    )
    return entry.case(document, checks)


def _erlang_a(entry: Entry) -> Case:
    given, values = entry.given, entry.values
    within, *further = values["t"]
    at_target = values["t"][within]
    document = single(
        f"{given['c']} agents, {given['lam']:.4g} contacts a minute of {1 / given['mu']:.4g} min,"
        f" patience {1 / given['theta']:.4g} min",
        given,
        target=target(float(within)),
        thresholds_s=seconds_of(further),
    )
    later = {time: values["t"][time]["p_answered_within"] for time in further}
    checks = (
        *(
            share(f"{name}, {60 * float(within):.4g} s", formula(name), at_target[key])
            for key, name in FORMULAS.items()
        ),
        *levels_of(later, first=0),
        share("share that waits", ratio("delayed_share"), values["p_wait"]),
        share("abandonment", ratio("abandonment"), values["p_ab"]),
        share(
            f"abandoned within {60 * float(within):.4g} s",
            quotient("abandoned_within", "offered"),
            at_target["p_abandoned_within"],
        ),
        share(
            "abandonment of those who wait",
            quotient("abandoned", "delayed"),
            values["p_ab_given_wait"],
        ),
        seconds("ASA", ratio("asa_s"), values["e_wait_served_asa"]),
        seconds("mean wait of all", ratio("wait_mean_s"), values["ew"]),
        seconds(
            "wait of those who wait", quotient("queued_us", "delayed"), values["ew_given_wait"]
        ),
        seconds(
            "wait of those who gave up",
            ratio("abandoned_wait_s"),
            values["e_wait_given_abandoned"],
        ),
        share("occupancy", occupancy(), values["utilisation"]),
        number("mean queue", queue(), values["lq"]),
        number("in the system", in_system(), values["L"]),
    )
    return entry.case(document, checks)


def _fewest_agents(entry: Entry) -> Iterator[Case]:
    given, values = entry.given, entry.values
    handle, within = given["aht_min"], given["tau_s"] / 60
    rate = given["offered_load"] / handle
    for variant, key, patience in (
        ("endless patience", "erlangC_sl", None),
        ("patience", "erlangA_sl_answered_over_offered", given["patience_min"]),
    ):
        agents = values[f"{key.partition('_')[0]}_min_agents"]
        rates = {"lam": rate, "mu": 1 / handle, "c": agents}
        if patience:
            rates["theta"] = 1 / patience
        document = single(
            f"{agents} agents, the fewest for {100 * given['target']:.0f} % within"
            f" {given['tau_s']} s: {given['offered_load']} erlangs of {handle} min,"
            f" {f'patience {patience} min' if patience else 'endless patience'}",
            rates,
            target=target(within),
        )
        yield entry.case(document, levels_of({str(within): values[key]}), variant=variant)


def single(
    description: str,
    given: Mapping[str, Any],
    *,
    patience: Document | None = None,
    relaxation_min: float | None = None,
    **keys: Any,
) -> Document:
    """One live channel and one group, from rates a minute."""
    theta = given.get("theta")
    if relaxation_min is None:
        # With patience, the second eigenvalue of the chain is at least the smaller rate.
        relaxation_min = (
            1 / min(theta, given["mu"])
            if theta
            else mmc_relaxation(given["lam"], given["c"], given["mu"])
        )
    declared = patience if patience is not None else (1 / theta if theta else None)
    return steady(
        description,
        {"chat": given["lam"]},
        {"chat": live(1 / given["mu"], declared, **keys)},
        team(given["c"], chat={}),
        relaxation_min=relaxation_min,
    )


def seconds_of(minutes: Sequence[str]) -> list[float]:
    """Times of a reference, in seconds."""
    return [60 * float(time) for time in minutes]


def levels_of(levels: Mapping[str, float], first: int = -1) -> list[Check]:
    """Answered within each time of all offered; the first is the target unless `first` is 0."""
    return [
        share(
            f"answered_of_offered, {60 * float(time):.4g} s",
            formula("answered_of_offered") if place + first < 0 else threshold(place + first),
            exact,
        )
        for place, (time, exact) in enumerate(levels.items())
    ]
