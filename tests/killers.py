"""
Who notices a spoilt rule: worked days, exact values, then agreement; for `benchmarks.mutants`.

    python -m killers [CHANGED FILE...]      exit status 1 and a line "killed by ..." if noticed
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from importlib import import_module

SCENARIOS = 60  # before a spoilt rule of one engine counts as not noticed
FEW_SCENARIOS = 5  # where nothing is spoilt
EXACT = ("tests/test_rules.py",)
KERNEL = "simulate/kernel/"
SIMPY = "simulate/floor/"


class NoticedError(Exception):
    """Something objects."""


def days(engine: str) -> None:
    """Live through every worked day."""
    from simulate.measures import measure
    from worked_days import DAYS, read_day, told_of

    run = import_module(f"simulate.{engine}").run_replication
    for path in DAYS:
        day = read_day(path)
        try:
            log = run(day.floor_input, 1, 0)
            as_worked_out = told_of(log, day) == day.expected
            measure(log, day.floor_input)
        except Exception as error:
            raise NoticedError(f"the day {path.stem}: {error!r}") from error
        if not as_worked_out:
            raise NoticedError(f"the day {path.stem}")


def exact_values() -> None:
    """Ask the rules and draws for values known otherwise."""
    from pathlib import Path

    import pytest

    there = [name for name in EXACT if Path(name).exists()]
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", *there])
    if status:
        failed = [line for line in told.getvalue().splitlines() if line.startswith("FAILED")]
        raise NoticedError(" ".join(failed) or "the exact values")


def agreement(scenarios: int) -> None:
    """Let both engines live through some random scenarios."""
    from agreement import on_random_scenarios

    def object_to(told: list[str]) -> None:
        if told:
            raise NoticedError(f"agreement: {', '.join(told)[:200]}")

    try:
        on_random_scenarios(scenarios, object_to)
    except NoticedError:
        raise
    except Exception as error:
        raise NoticedError(f"agreement: {error!r}"[:200]) from error


def killers(changed: list[str]) -> Iterator[Callable[[], None]]:
    """Those who can notice a change of these files, the quickest first; all if none is named."""
    of_one_engine = [name for name in changed if name.startswith((KERNEL, SIMPY))]
    if not changed or not all(name.startswith(KERNEL) for name in changed):
        yield lambda: days("floor")
    if not changed or any(name.startswith(KERNEL) for name in changed):
        yield lambda: days("kernel")
    if not of_one_engine:
        yield exact_values
    # A rule that both engines share makes both wrong alike.
    if not changed or of_one_engine:
        yield lambda: agreement(SCENARIOS if changed else FEW_SCENARIOS)


def main() -> int:
    """Ask one after the other until somebody objects."""
    try:
        for killer in killers(sys.argv[1:]):
            killer()
    except NoticedError as noticed:
        print(f"killed by {noticed}".splitlines()[0])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
