"""
Both engines on random scenarios in which every contact may beget others in every way.

    PYTHONPATH=tests:. python -m journeys_agreement --scenarios 60
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agreement import Findings, compare
from random_scenarios import RandomFloor, delays, floors


@st.composite
def begetting_floors(draw: st.DrawFn) -> RandomFloor:
    """A random floor with every journey of every channel that can have it."""
    floor = draw(floors())
    changes: dict[str, Any] = {}
    for name in ("chat", "voice", "x"):
        changes[f"channels.{name}.deflection"] = {"share": draw(st.sampled_from([0.1, 0.3]))}
    for name in ("chat", "voice"):
        changes[f"channels.{name}.redial"] = {
            "after_abandonment": 0.6,
            "after_blocking": 0.6,
            "after_closed": 0.3,
            "delay": draw(delays()),
            "channel": draw(st.sampled_from(["chat", "voice", "x"])),
        }
    for name in floor.scenario.channels:
        changes[f"channels.{name}.repeat"] = {
            "fcr": 0.7,
            "delay": draw(delays()),
            "channel": draw(st.sampled_from(["chat", "callback"])),
        }
    changes |= {
        "channels.x.repost": {"after_s": draw(st.sampled_from([300, 700])), "share": 0.4},
        "channels.x.spread": {"ratio": 0.4, "delay": draw(delays())},
        "channels.x.reach": {"mean": 20.0, "cv": 3.0},
        "channels.x.handoff": {
            "share": 0.4,
            "channel": draw(st.sampled_from(["chat", "voice"])),
            "delay": draw(delays()),
            "closing_handle_time": {"mean_s": 60},
        },
    }
    return replace(floor, scenario=floor.scenario.with_changes(changes))


def on_begetting_floors(count: int) -> Findings:
    """Compare the engines on so many of them, the same on every run."""
    findings = Findings()

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(begetting_floors(), st.integers(0, 3))
    def meet(floor: RandomFloor, replication: int) -> None:
        found = compare(floor.encoded(), replication, findings)
        if found and len(findings.told) < 5:
            findings.told.append(f"scenario {findings.scenarios}: {', '.join(found)}")

    meet()
    return findings


def main() -> int:
    """Print the findings as one JSON document; the exit status is 1 if the engines disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=60)
    begun = time.perf_counter()
    findings = on_begetting_floors(parser.parse_args().scenarios)
    document = {
        "scenarios": findings.scenarios,
        "contacts": findings.contacts,
        "disagreements": findings.disagreements,
        "told": findings.told,
        "touched": dict(sorted(findings.touched.items(), key=lambda item: item[1])),
        "seconds": time.perf_counter() - begun,
    }
    print(json.dumps(document))
    return 1 if findings.disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
