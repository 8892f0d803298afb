"""Queues whose exact values are known, as scenarios of the floor."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.exact_checks import (
    Check,
    concurrency,
    formula,
    number,
    occupancy,
    queue,
    ratio,
    real_time_wait,
    seconds,
    share,
    threshold,
)
from scenario import Demand, Scenario

REFERENCES = Path(__file__).parents[1] / "tests" / "references" / "exact_values.json"
INTERVAL_MINUTES = 30
RELAXATIONS = 20  # warm-up, in relaxation times


@dataclass(frozen=True)
class Case:
    """
    One queue with known values.

    Parameters
    ----------
    name
        Model and number of the case.
    setting
        The queue in words.
    source
        Where the exact values come from.
    document
        Channels, groups and rates, as in a scenario file.
    relaxation_min
        Minutes in which the queue forgets how it started, estimated.
    contacts_per_min
        All channels together.
    checks
        What is compared.
    """

    name: str
    setting: str
    source: str
    document: dict[str, Any]
    relaxation_min: float
    contacts_per_min: float
    checks: tuple[Check, ...]

    @property
    def warm_up_h(self) -> int:
        """Hours of warm-up, at least 20 relaxation times."""
        return math.ceil(RELAXATIONS * self.relaxation_min / 60)

    def scenario(self, contacts: float) -> Scenario:
        """The queue with a warm-up of 20 relaxation times and so many contacts measured."""
        warm_up = self.warm_up_h
        measured = max(1, math.ceil(contacts / self.contacts_per_min / 60), warm_up // 2)
        # Time to finish what was offered last, so that every wait is known.
        cool_down = 3 if len(self.document["channels"]) > 1 else 0
        horizon = {
            "start": "2026-01-05T00:00:00Z",
            "length": f"{warm_up + measured + cool_down}h",
            "warm_up": f"{warm_up}h",
            "cool_down": f"{cool_down}h",
            "interval_minutes": INTERVAL_MINUTES,
        }
        return Scenario.model_validate({**self.document, "name": self.name, "horizon": horizon})


def demand_of(scenario: Scenario) -> Demand:
    """The constant rates of a scenario as its demand."""
    count = scenario.period.count
    rates = [scenario.demand.rates.get(name, 0.0) for name in scenario.channels]
    mean = np.tile(np.array(rates, dtype=float), (count, 1))
    return Demand(scenario.period, tuple(scenario.channels), mean, np.full_like(mean, np.nan))


def cases() -> Iterator[Case]:
    """Every case of the reference file."""
    file = json.loads(REFERENCES.read_text(encoding="utf-8"))
    for entry in file["cases"]:
        build = _MODELS[entry["model"]]
        name = f"{entry['model']} {entry['case']}"
        yield build(name, file["sources"][entry["model"]], entry["params"], entry["values"])


def _erlang(name: str, source: str, given: dict[str, Any], values: dict[str, Any]) -> Case:
    """M/M/c and M/M/c+M."""
    lam, mu, agents = given["lam"], given["mu"], given["c"]
    theta = given.get("theta")
    work = f"{agents} agents, {lam:.4g} contacts a minute of {1 / mu:.4g} min"
    levels: dict[str, dict[Any, float]] = (
        values["t"] if theta else {t: {"answered_of_offered": v} for t, v in values["sl"].items()}
    )
    within, *further = sorted(levels, key=float)
    chat = _live(mu, theta) | {"target": {"share": 0.8, "within_s": 60 * float(within)}}
    thresholds = [60 * float(time) for time in further]
    checks = [
        share(f"{name_of}, {60 * float(within):.4g} s", formula(name_of), exact)
        for name_of, exact in levels[within].items()
    ]
    for place, time in enumerate(further):
        exact = levels[time]["answered_of_offered"]
        checks.append(
            share(f"answered_of_offered, {60 * float(time):.4g} s", threshold(place), exact)
        )
    checks.append(share("share that waits", ratio("chat", "delayed_share"), values["p_wait"]))
    if theta:
        relaxation = 1 / min(theta, mu)
        setting = f"{work}, patience {1 / theta:.4g} min"
        checks += [
            share("abandonment", ratio("chat", "abandonment"), values["p_ab"]),
            seconds("ASA", ratio("chat", "asa_s"), values["e_wait_served_asa"]),
            seconds(
                "wait of those who gave up",
                ratio("chat", "abandoned_wait_s"),
                values["e_wait_given_abandoned"],
            ),
            share("occupancy", occupancy, values["utilisation"]),
        ]
    else:
        relaxation = 1 / (math.sqrt(agents * mu) - math.sqrt(lam)) ** 2
        setting = f"{work}, endless patience"
        thresholds.append(60 * values["w90"])
        checks += [
            share("waiting no longer than the 90 % quantile", threshold(len(thresholds) - 1), 0.9),
            seconds("ASA", ratio("chat", "asa_s"), values["asa"]),
            share("occupancy", occupancy, values["rho"]),
        ]
    checks.append(number("mean queue", queue("chat"), values["lq"]))
    document = {
        "demand": {"rates": {"chat": INTERVAL_MINUTES * lam}},
        "channels": {"chat": chat | {"thresholds_s": thresholds}},
        "groups": {"team": {"agents": agents, "skills": {"chat": {}}}},
    }
    return Case(name, setting, source, document, relaxation, lam, tuple(checks))


def _chat(name: str, source: str, given: dict[str, Any], values: dict[str, Any]) -> Case:
    """Several chats at once, each slower the more an agent holds."""
    rates, most, lam, theta = (
        given["total_rate_by_level"],
        given["max_chats"],
        given["lam"],
        given["theta"],
    )
    within, *further = sorted(values["sl"], key=float)
    slowdown = [n * rates[1] / rates[n] for n in range(1, most + 1)]
    chat = _live(rates[1], theta) | {
        "target": {"share": 0.8, "within_s": 60 * float(within)},
        "thresholds_s": [60 * float(time) for time in further],
    }
    document = {
        "demand": {"rates": {"chat": INTERVAL_MINUTES * lam}},
        "channels": {"chat": chat},
        "groups": {
            "team": {
                "agents": given["agents"],
                "skills": {"chat": {"max_concurrent": most, "slowdown": slowdown}},
            }
        },
    }
    checks = [
        share(
            f"answered_of_offered, {60 * float(within):.4g} s",
            formula("answered_of_offered"),
            values["sl"][within],
        ),
        *(
            share(
                f"answered_of_offered, {60 * float(time):.4g} s",
                threshold(place),
                values["sl"][time],
            )
            for place, time in enumerate(further)
        ),
        share("share that waits", ratio("chat", "delayed_share"), values["p_wait"]),
        share("abandonment", ratio("chat", "abandonment"), values["p_ab"]),
        seconds("mean wait of all", ratio("chat", "wait_mean_s"), values["ew"]),
        number("mean queue", queue("chat"), values["lq"]),
        share("occupancy", occupancy, values["agent_busy_fraction"]),
        number("chats in hand while busy", concurrency, values["mean_concurrency_when_busy"]),
    ]
    setting = (
        f"{given['agents']} agents, up to {most} chats at once, {lam:.4g} a minute, slowdown "
        + " / ".join(f"{times:.4g}" for times in slowdown)
    )
    relaxation = max(1 / theta, most / rates[most])
    return Case(name, setting, source, document, relaxation, lam, tuple(checks))


def _blend(name: str, source: str, given: dict[str, Any], values: dict[str, Any]) -> Case:
    """Calls first; deferred work starts only while enough other agents stay free."""
    agents, kept = given["c"], given["c"] - given["threshold"]
    rates = {"chat": given["lam1"], "posts": given["lam2"]}
    document = {
        "demand": {"rates": {name: INTERVAL_MINUTES * rate for name, rate in rates.items()}},
        "channels": {
            "chat": _live(given["mu1"], given["theta1"]),
            "posts": {
                "kind": "deferred",
                "priority": 1,
                "handle_time": {"distribution": "exponential", "mean_s": 60 / given["mu2"]},
            },
        },
        "groups": {
            "team": {
                "agents": agents,
                "skills": {
                    "chat": {},
                    "posts": {"keep_free": kept, "keep_free_unit": "agents"},
                },
            }
        },
    }
    waits_not = 1 - values["p_class2_starts_immediately"]
    checks = (
        share("live: share that waits", ratio("chat", "delayed_share"), values["p_wait1"]),
        share("live: abandonment", ratio("chat", "abandonment"), values["p_ab1"]),
        seconds("live: mean wait of all", ratio("chat", "wait_mean_s"), values["ew1"]),
        share("deferred: share that waits", ratio("posts", "delayed_share"), waits_not),
        seconds("deferred: mean wait", ratio("posts", "asa_s"), values["ew2"]),
        number("deferred: mean queue", queue("posts"), values["lq2"]),
        share("occupancy", occupancy, values["utilisation"]),
    )
    setting = (
        f"{agents} agents; live {rates['chat']:.4g} and deferred {rates['posts']:.4g} a minute;"
        f" deferred work keeps {kept} agents free"
    )
    # The deferred queue drains with what live work leaves over: slower than anything else here.
    relaxation = 1.5 / min(given["mu1"], given["mu2"], given["theta1"])
    return Case(name, setting, source, document, relaxation, sum(rates.values()), checks)


def _callback(name: str, source: str, given: dict[str, Any], values: dict[str, Any]) -> Case:
    """A callback is offered when the queue is long; it is called when nobody waits."""
    agents, lam = given["c"], given["lam"]
    kept = agents - given["callback_threshold"]
    offer = {
        "channel": "callback",
        "when_queue_at_least": given["offer_if_queue_ge"],
        "accept": given["accept_prob"],
    }
    work = {"distribution": "exponential", "mean_s": 60 / given["mu"]}
    document = {
        "demand": {"rates": {"chat": INTERVAL_MINUTES * lam}},
        "channels": {
            "chat": _live(given["mu"], given["theta"]) | {"offer_callback": offer},
            "callback": {
                "kind": "callback",
                "priority": 1,
                "handle_time": work,
                "callback": {"window_s": 86_400, "reach_probability": 1.0},
            },
        },
        "groups": {
            "team": {
                "agents": agents,
                "skills": {
                    "chat": {},
                    "callback": {"keep_free": kept, "keep_free_unit": "agents"},
                },
            }
        },
    }

    checks = (
        share(
            "share that takes a callback", ratio("chat", "converted_share"), values["frac_callback"]
        ),
        share("share that waits", ratio("chat", "delayed_share"), values["p_wait"]),
        share("abandonment", ratio("chat", "abandonment"), values["p_ab_of_all"]),
        seconds("mean wait of those who stay", real_time_wait, values["ew_realtime"]),
        seconds("mean wait for the callback", ratio("callback", "asa_s"), values["ew_callback"]),
        number("callbacks waiting", queue("callback"), values["lq2"]),
        share("occupancy", occupancy, values["utilisation"]),
    )
    setting = (
        f"{agents} agents, {lam:.4g} a minute, offered from {given['offer_if_queue_ge']} waiting,"
        f" {100 * given['accept_prob']:.0f} % accept, calls keep {kept} agents free"
    )
    # Accepted offers take the pressure off, so the queue forgets faster than M/M/c would.
    relaxation = max(6.0, 1 / (math.sqrt(agents * given["mu"]) - math.sqrt(lam)) ** 2 / 4)
    return Case(name, setting, source, document, relaxation, lam, checks)


_MODELS: dict[str, Callable[..., Case]] = {
    "erlang_c": _erlang,
    "erlang_a": _erlang,
    "chat_concurrency": _chat,
    "blend_deferrable_poisson": _blend,
    "callback_option": _callback,
}


def _live(mu: float, theta: float | None) -> dict[str, Any]:
    patience = {"distribution": "exponential", "mean_s": 60 / theta} if theta else None
    return {
        "kind": "live",
        "handle_time": {"distribution": "exponential", "mean_s": 60 / mu},
        "patience": patience or {"distribution": "none"},
    }
