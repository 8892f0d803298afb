"""Customers who come back: a loss system whose blocked customers redial."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.exact_cases import Case, Entry, entries, live, steady, team
from benchmarks.exact_checks import MINUTE_US, Reader, Reading, number, occupancy, ratio, share
from simulate.estimates import Parts

RELAXATION_MIN = (28.0, 23.0)  # inverse second eigenvalues of the chains, rounded up


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for entry in entries("retrial"):
        yield _retrial(entry)


def _retrial(entry: Entry) -> Case:
    """Nobody can wait, and whoever is blocked comes back until he is served."""
    given, values = entry.given, entry.values
    delay_min = 1 / given["nu"]
    redial = {"after_blocking": 1.0, "delay": {"mean_s": 60 * delay_min}}
    document = steady(
        f"{given['c']} agent{'s' * (given['c'] > 1)}, nobody can wait: {given['lam']:g} customers a"
        f" minute of {1 / given['mu']:g} min, redialling every {delay_min:g} min until"
        " they are served",
        {"chat": given["lam"]},
        {"chat": live(1 / given["mu"], max_queue=0, redial=redial)},
        team(given["c"], chat={}),
        relaxation_min=RELAXATION_MIN[entry.number - 1],
    )
    attempts = values["total_attempt_rate"]
    checks = (
        share("occupancy", occupancy(), values["mean_busy"] / given["c"]),
        share("attempts blocked", ratio("blocked_share"), 1 - given["lam"] / attempts),
        number("attempts a minute", _a_minute("offered"), attempts),
        number("customers about to redial", _a_minute("redials", delay_min), values["mean_orbit"]),
    )
    return entry.case(document, checks)


def _a_minute(count: str, times: float = 1.0) -> Reader:
    """
    One count a minute, times a number.

    Redials a minute times the minutes until one comes in are those about to (Little's law).
    """

    def parts(reading: Reading) -> Parts:
        return Parts.of(times * reading.tallies("chat")[count], reading.time() / MINUTE_US)

    return parts
