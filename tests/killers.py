"""Who notices a spoilt rule: worked days, exact values, then agreement."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module

SCENARIOS = 240  # before a spoilt rule of one engine counts as not noticed
FEW_SCENARIOS = 5  # where nothing is spoilt
EXACT = ("tests/test_rules.py", "tests/test_absence.py")
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
    import pytest

    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", *EXACT])
    if status:
        failed = [line for line in told.getvalue().splitlines() if line.startswith("FAILED")]
        raise NoticedError(" ".join(failed) or "the exact values")


def agreement(scenarios: int) -> None:
    """Let both engines live through some random scenarios."""
    from agreement import on_random_scenarios

    findings = on_random_scenarios(scenarios, until_they_differ=True)
    if findings.told:
        raise NoticedError(f"agreement: {findings.told[0]}")


def killers(changed: Sequence[str]) -> Iterator[Callable[[], None]]:
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


def killer_of(changed: Sequence[str]) -> str | None:
    """
    Who notices that these files have been changed; None if nobody does.

    Called in a process of its own, in the folder of the changed copy; see `benchmarks.mutants`.
    """
    try:
        for killer in killers(changed):
            killer()
    except NoticedError as noticed:
        return str(noticed).splitlines()[0][:200]
    return None
