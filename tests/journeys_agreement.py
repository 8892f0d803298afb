"""
Both engines on random scenarios in which every contact may beget others in every way.

    PYTHONPATH=tests:. python -m journeys_agreement --scenarios 60
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from agreement import Findings, command, on_random_scenarios
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
    return on_random_scenarios(count, of=begetting_floors())


if __name__ == "__main__":
    sys.exit(command(on_begetting_floors, 60))
