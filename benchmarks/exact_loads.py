"""How much comes: loads over a day, rates that swing, and rates that are uncertain."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.exact_cases import (
    START,
    Case,
    Entry,
    entries,
    live,
    lognormal,
    steady,
    target,
    team,
)
from benchmarks.exact_checks import (
    count_covariance,
    count_variance,
    formula,
    in_hand,
    number,
    queue,
    ratio,
    share,
    waiting_at_end_of,
)
from benchmarks.exact_days import DAYS, LONG_NIGHT_H, at, day

WARM_UP_PERIODS = 4  # of a sine wave: 25 relaxation times
PARTS = 32  # of a sine wave, each with one rate; every fourth has an exact value at its middle
PERIODS = 48  # in one replication
MIXED_HOURS = 12  # measured for each draw of the day factor
PLENTY = 60  # agents where every customer is served at once


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for entry in entries("mt_g_inf_offered_load"):
        yield from _unlimited(entry)
    for entry in entries("fmmw_theta_equals_mu"):
        yield _sine_wave(entry)
    for entry in entries("gamma_mixed_erlang_a"):
        yield _uncertain_rate(entry)
    for entry in entries("gamma_poisson_moments"):
        yield _counts(entry)


def _unlimited(entry: Entry) -> Iterator[Case]:
    """Everybody is served at once; or nobody is, and everybody stays as long as a service lasts."""
    given = entry.given
    offered, mean, cv = given["offered_per_30min"], given["mean"], given["cv"]
    told = f"{sum(offered)} contacts of {mean:g} min, log-normal, cv {cv:g}"
    count = len(offered)
    exact = entry.values["m_at_interval_ends"]
    yield entry.case(
        day(
            f"{told}, as their patience: nobody is there to serve them",
            30,
            offered,
            [0] * count,
            live(mean, lognormal(mean, cv)),
            night_h=LONG_NIGHT_H,
        ),
        [
            number(f"waiting at the end of interval {interval + 1}", waiting_at_end_of(interval), m)
            for interval, m in enumerate(exact)
        ],
        variant="patience",
        repeats=DAYS,
    )
    yield entry.case(
        day(
            f"{told}, {PLENTY} agents, so that nobody waits",
            30,
            offered,
            [PLENTY] * count,
            live(mean, handle_time=lognormal(mean, cv)),
            night_h=LONG_NIGHT_H,
        ),
        [
            number(
                f"in hand, interval {interval + 1}",
                in_hand(where=at(interval)),
                _mean_load(offered, mean, cv, interval),
            )
            for interval in range(count)
        ],
        variant="service",
        repeats=DAYS,
    )


def _mean_load(offered: Sequence[float], mean: float, cv: float, interval: int) -> float:
    """Mean over an interval of 30 min of the load that `load_at` gives at each instant."""
    places, weights = np.polynomial.legendre.leggauss(24)
    instants = 30 * (interval + (places + 1) / 2)
    return float(np.dot(weights, [load_at(offered, mean, cv, time) for time in instants]) / 2)


def load_at(offered: Sequence[float], mean: float, cv: float, instant: float) -> float:
    """
    Mean number in service when everybody is served at once, for log-normal handle times.

    The integral of the rate times the share of customers who came then and are still there.
    """
    rates = [count / 30 for count in offered]
    return sum(
        rate * (_stay(instant - 30 * n, mean, cv) - _stay(instant - 30 * (n + 1), mean, cv))
        for n, rate in enumerate(rates)
    )


def _stay(time: float, mean: float, cv: float) -> float:
    """Mean of the shorter of a log-normal duration and `time`; 0 before time 0."""
    if time <= 0:
        return 0.0
    spread = math.sqrt(math.log(1 + cv * cv))
    centre = math.log(mean) - spread * spread / 2
    place = (math.log(time) - centre) / spread
    return mean * _normal(place - spread) + time * (1 - _normal(place))


def _normal(place: float) -> float:
    return math.erfc(-place / math.sqrt(2)) / 2


def _sine_wave(entry: Entry) -> Case:
    """
    Rates that swing like a sine, in 32 parts of one rate each.

    With patience and handle times of one mean the number in the system is Poisson, whatever the
    staffing. The share that waits is read over a part, whose middle is the instant of the exact
    value; over a part the exact probability bends by less than 0.0002.
    """
    given, instants = entry.given, entry.values["instants"]
    unit_min = 30 * PARTS / (2 * math.pi)  # parts of half an hour
    width = 2 * math.pi / PARTS
    known = {part: instants[part // 4] for part in range(0, PARTS, 4)}
    rates, staff = [], []
    for part in range(PARTS):
        middle = part * width
        m = given["lam"] + given["amplitude"] / 2 * (math.sin(middle) - math.cos(middle))
        rate = given["lam"] + given["amplitude"] * _mean_sine(middle, width)
        rates.append(rate * width)
        staff.append(
            known[part]["staff"] if part in known else math.ceil(m + given["beta"] * math.sqrt(m))
        )
    periods = WARM_UP_PERIODS + 1
    hours = PARTS // 2
    document = {
        "description": f"rate {given['lam']:g} + {given['amplitude']:g} sin t, handle time and"
        f" patience of mean 1, staffed m + {given['beta']:g} √m",
        "horizon": {
            "start": START,
            "length": f"{periods * hours}h",
            "interval_minutes": 30,
            "warm_up": f"{WARM_UP_PERIODS * hours}h",
        },
        "demand": {"rates": {"chat": rates * periods}, "uncertainty": "none"},
        "channels": {"chat": live(unit_min, unit_min)},
        "groups": team(staff * periods, chat={}),
    }
    checks = [
        share(
            f"share that waits at t = {exact['t']:.4g}, {exact['staff']} agents",
            ratio("delayed_share", where=at(part)),
            exact["p_delay"],
        )
        for part, exact in known.items()
    ]
    return entry.case(document, checks, repeats=PERIODS)


def _mean_sine(middle: float, width: float) -> float:
    return (math.cos(middle - width / 2) - math.cos(middle + width / 2)) / width


def _uncertain_rate(entry: Entry) -> Case:
    """The rate of a whole run is drawn once."""
    given, values = entry.given, entry.values
    document = steady(
        f"{given['c']} agents, {given['lam_mean']:.4g} contacts a minute on average of"
        f" {1 / given['mu']:.4g} min, patience {1 / given['theta']:.4g} min; the rate is drawn"
        f" once, gamma, shape {given['gamma_shape']:g}",
        {"chat": given["lam_mean"]},
        {"chat": live(1 / given["mu"], 1 / given["theta"], target=target(given["tau"]))},
        team(given["c"], chat={}),
        relaxation_min=1 / min(given["mu"], given["theta"]),
        cycle_h=MIXED_HOURS,
    )
    document["demand"] |= {
        "uncertainty": "day_factor",
        "day_factor": {"cv": 1 / math.sqrt(given["gamma_shape"]), "per": "horizon"},
    }
    checks = (
        share("answered_of_offered", formula("answered_of_offered"), values["sl_call_average"]),
        share("abandonment", ratio("abandonment"), values["p_ab_call_average"]),
        number("mean queue", queue(), values["lq"]),
    )
    return entry.case(document, checks, repeats=1, first_round=1024)


def _counts(entry: Entry) -> Case:
    """Contacts in two hours of a day whose rate is drawn once a day; nobody serves them."""
    given, values = entry.given, entry.values
    mean = given["mean"]
    document = day(
        f"{mean:g} contacts in each of two hours of a day, their rate drawn once a day, gamma,"
        f" shape {given['alpha0']:g}",
        60,
        [mean, mean],
        [0, 0],
        live(1.0, max_queue=0),
        night_h=22,
    )
    document["demand"] |= {
        "uncertainty": "day_factor",
        "day_factor": {"cv": 1 / math.sqrt(given["alpha0"]), "per": "day"},
    }
    checks = (
        number("variance of an hour's contacts", count_variance(0, mean), values["var"]),
        number(
            "covariance of two hours' contacts",
            count_covariance(0, 1, mean),
            values["corr_equal_means"] * values["var"],
        ),
    )
    return entry.case(document, checks, repeats=10 * DAYS)
