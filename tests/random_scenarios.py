"""Random scenarios of the floor, busy enough for every rule to matter, and their input."""

from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from scenario import Demand, Scenario
from scenario.toml import validated
from simulate.encode import FloorInput, encode

HOURS = st.sampled_from(["00:00-24:00", "00:15-00:45", "00:00-00:30,00:45-01:00"])
SHAPES = ["exponential", "lognormal", "gamma", "constant"]


@st.composite
def live_channels(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "live",
        "open": {"daily": draw(HOURS)},
        "at_close": draw(st.sampled_from(["serve", "drop"])),
        "priority": draw(st.integers(0, 2)),
        "order": draw(st.sampled_from(["fifo", "lifo"])),
        "handle_time": {"distribution": draw(st.sampled_from(SHAPES)), "mean_s": 200},
        "patience": {"distribution": draw(st.sampled_from(["none", *SHAPES])), "mean_s": 100},
        "balk": draw(st.sampled_from([0.0, 0.3])),
        "max_queue": draw(st.sampled_from([None, 0, 3])),
        "offer_callback": draw(
            st.sampled_from(
                [
                    None,
                    {"channel": "callback", "accept": 0.6, "when_queue_at_least": 1},
                    {"channel": "callback", "accept": 0.6, "when_expected_wait_over_s": 90},
                    {"channel": "callback", "accept": 0.6, "after_waiting_s": 60},
                ]
            )
        ),
    }


@st.composite
def deferred_channels(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "deferred",
        "open": {"daily": draw(HOURS)},
        "priority": draw(st.integers(0, 2)),
        "order": draw(st.sampled_from(["fifo", "deadline", "lifo"])),
        "handle_time": {"mean_s": 150},
        "promote_before_s": draw(st.sampled_from([None, 120, 10**6])),
        "above_live": draw(st.booleans()),
        "target": {"share": 0.8, "within_s": 300},
        "initial_backlog": draw(st.sampled_from([(), (10.0, 5000.0), "endless"])),
    }


@st.composite
def skills(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    most = draw(st.integers(1, 3))
    skill: dict[str, Any] = {
        "preference": draw(st.integers(1, 2)),
        "speed": draw(st.sampled_from([1.0, 1.35])),
        "max_concurrent": most,
        "slowdown": [1.0, 1.25, 1.7][:most],
    }
    if kind != "live":
        skill["keep_free"] = draw(st.integers(0, 2))
        skill["keep_free_unit"] = draw(st.sampled_from(["slots", "agents"]))
    return skill


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """One hour of three channels on two groups, busy enough for every rule to matter."""
    channels = {
        "chat": draw(live_channels()),
        "voice": draw(live_channels()),
        "x": draw(deferred_channels()),
        "callback": {
            "kind": "callback",
            "priority": draw(st.integers(0, 2)),
            "handle_time": {"mean_s": 100},
            "promote_before_s": draw(st.sampled_from([None, 60])),
            "callback": {
                "not_before_s": draw(st.sampled_from([0, 120])),
                "window_s": 300,
                "retry_after_s": 200,
                "max_tries": 2,
            },
        },
    }
    for channel in channels.values():
        for name in [name for name, value in channel.items() if value is None]:
            del channel[name]
    also = draw(st.sets(st.sampled_from(["chat", "x", "callback"]), max_size=2))
    served = {"first": {"chat", "x", "callback"}, "second": {"voice", *also}}
    groups = {
        name: {
            "agents": draw(st.lists(st.integers(0, 4), min_size=4, max_size=4)),
            "skills": {c: draw(skills(str(channels[c]["kind"]))) for c in sorted(names)},
        }
        for name, names in served.items()
    }
    document = {
        "grain_us": draw(st.sampled_from([1, 1_000_000, 10_000_000, 60_000_000])),
        "horizon": {"start": "2026-04-13", "length": "1h", "interval_minutes": 15},
        "demand": {"rates": {"chat": 12.0, "voice": 6.0, "x": 8.0, "callback": 2.0}},
        "channels": channels,
        "groups": groups,
        "routing": {
            "choice": draw(st.sampled_from(["load_first", "preference_first", "random"])),
            "load": draw(st.sampled_from(["spread", "pack"])),
        },
    }
    return validated(document, Path(), "random", None)


def encoded(scenario: Scenario) -> FloorInput:
    names = tuple(scenario.channels)
    mean = np.zeros((scenario.period.count, len(names)))
    for column, name in enumerate(names):
        mean[:, column] = scenario.demand.rates.get(name, 0.0)
    demand = Demand(scenario.period, names, mean, np.full_like(mean, np.nan))
    return encode(scenario, demand, scenario.staff())
