"""
Both engines on random scenarios: do they tell the same story, and which rules did it touch?

    PYTHONPATH=tests:. python -m agreement --scenarios 440
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.differences import of_counts, of_logs, unlike_contacts
from random_scenarios import RandomFloor, floors
from rule_touches import Replication, touched
from rules_asked import Asked, told
from simulate import kernel
from simulate.batches import Batch
from simulate.floor import run_replication as run_simpy
from simulate.floor.recorder import Recorder
from simulate.floor_input import FloorInput
from simulate.measures import measure

SEED = 1
ENOUGH = 100  # contacts that every rule must touch


@dataclass
class Findings:
    """
    What comes of the scenarios.

    Attributes
    ----------
    scenarios, contacts
        How many there were.
    disagreements
        Contacts with two fates, and tables that differ.
    told
        The first disagreements, in words.
    touched
        Contacts by rule.
    """

    scenarios: int = 0
    contacts: int = 0
    disagreements: int = 0
    told: list[str] = field(default_factory=list)
    touched: Counter[str] = field(default_factory=Counter)

    def rarely_touched(self) -> dict[str, int]:
        """Rules that touched too few contacts to be called tried."""
        return {name: count for name, count in self.touched.items() if count < ENOUGH}


def compare(floor_input: FloorInput, replication: int, findings: Findings) -> list[str]:
    """
    Run both engines on one input and put down what comes of it.

    Returns
    -------
    list of str
        What they tell differently, the counts that the kernel makes while it runs included.
    """
    asked, recorder = Asked(), Recorder()
    with asked.listening():
        log = run_simpy(floor_input, SEED, replication, recorder=recorder)
    other = kernel.run_replication(floor_input, SEED, replication)
    found, unlike = of_logs(log, other), unlike_contacts(log, other)
    measured = Batch.of(replication, measure(log, floor_input))
    (counted,) = kernel.count_replications(floor_input, SEED, [replication])
    found += of_counts(measured, counted)
    findings.scenarios += 1
    findings.contacts += len(log.contacts)
    findings.disagreements += max(unlike, len(found))
    for counts in (touched(Replication(floor_input, log)), asked.counts(), told(recorder)):
        for name, count in counts.items():  # adding Counters would forget rules never touched
            findings.touched[name] += count
    return found


def on_random_scenarios(
    count: int,
    *,
    of: st.SearchStrategy[RandomFloor] | None = None,
    until_they_differ: bool = False,
) -> Findings:
    """
    Compare the engines on so many random scenarios, the same on every run.

    Parameters
    ----------
    count
        Scenarios.
    of
        How they are drawn; default: `random_scenarios.floors`.
    until_they_differ
        Whether what comes after the first difference, or error, is left out.
    """
    findings = Findings()

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(floors() if of is None else of, st.integers(0, 3))
    def meet(floor: RandomFloor, replication: int) -> None:
        if until_they_differ and findings.told:
            return
        try:
            found = compare(floor.encoded(), replication, findings)
        except Exception as error:
            if not until_they_differ:
                raise
            found = [repr(error)]
        if found and len(findings.told) < 5:
            findings.told.append(f"scenario {findings.scenarios}: {', '.join(found)}")

    meet()
    return findings


def command(run: Callable[[int], Findings], scenarios: int) -> int:
    """
    Print the findings as one JSON document; the exit status is 1 if the engines disagree.

    Parameters
    ----------
    run
        Compares the engines on so many scenarios.
    scenarios
        How many, unless the command line says so.
    """
    parser = argparse.ArgumentParser(description=run.__doc__)
    parser.add_argument("--scenarios", type=int, default=scenarios)
    begun = time.perf_counter()
    findings = run(parser.parse_args().scenarios)
    print(
        json.dumps(
            {
                "scenarios": findings.scenarios,
                "contacts": findings.contacts,
                "disagreements": findings.disagreements,
                "told": findings.told,
                "rarely_touched": findings.rarely_touched(),
                "touched": dict(sorted(findings.touched.items(), key=lambda item: item[1])),
                "seconds": time.perf_counter() - begun,
            }
        )
    )
    return 1 if findings.disagreements else 0


if __name__ == "__main__":
    sys.exit(command(on_random_scenarios, 440))
