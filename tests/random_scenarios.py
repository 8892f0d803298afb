"""Random scenarios of the floor that together touch every rule of the model, and their input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from scenario import Demand, Scenario, Shift, Staff
from scenario.toml import validated
from simulate.encode import FloorInput, encode

HOURS = st.sampled_from(["00:00-24:00", "00:00-00:20,00:25-00:40", "00:10-00:30,00:45-01:00"])
SHAPES = [
    *({"distribution": name} for name in ("exponential", "lognormal", "gamma", "constant")),
    {"distribution": "empirical", "values_s": [20, 60, 90, 310]},
]
PATIENCES = [
    *SHAPES,
    {"distribution": "survival", "survival": [[0, 1], [60, 0.6], [300, 0.2], [900, 0]]},
    {"distribution": "none"},
]
GRAINS_US = (1, 1_000_000, 10_000_000, 60_000_000, 60_000_000)  # the last one has most ties


@dataclass(frozen=True)
class RandomFloor:
    """A scenario of one hour, who works in it, and what multiplies its rates by replication."""

    scenario: Scenario
    staff: Staff
    paths: tuple[float, ...]

    def encoded(self) -> FloorInput:
        """Its input to the floor."""
        return encoded(self.scenario, self.staff, self.paths)


def encoded(
    scenario: Scenario, staff: Staff | None = None, paths: tuple[float, ...] = ()
) -> FloorInput:
    """The floor's input at the scenario's own rates; a path is a multiple of them."""
    names = tuple(scenario.channels)
    mean = np.zeros((scenario.period.count, len(names)))
    for column, name in enumerate(names):
        mean[:, column] = scenario.demand.rates.get(name, 0.0)
    handle_s = np.full_like(mean, np.nan)
    several = np.array(paths)[:, None, None] * mean if paths else None
    demand = Demand(scenario.period, names, mean, handle_s, paths=several)
    return encode(scenario, demand, staff or scenario.staff())


@st.composite
def live_channels(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "live",
        "open": {"daily": draw(HOURS)},
        "at_close": draw(st.sampled_from(["serve", "serve", "drop"])),
        "priority": draw(st.integers(0, 2)),
        **draw(orders(["fifo", "lifo", "reach"])),
        "handle_time": {"mean_s": 120, **draw(st.sampled_from(SHAPES))},
        "patience": {"mean_s": 200, **draw(st.sampled_from(PATIENCES))},
        "target": {"share": 0.8, "within_s": 60},
        "thresholds_s": [30, 200],
        "balk": draw(st.sampled_from([0.0, 0.3])),
        "silent": draw(st.sampled_from([0.0, 0.5])),
        "silent_s": draw(st.sampled_from([0, 45])),
        "max_queue": draw(st.sampled_from([None, None, None, 0, 3])),
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
        **draw(journeys("live")),
    }


@st.composite
def journeys(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Contacts that never reach the floor, and customers who come back; often none."""
    if not draw(st.booleans()):
        return {}
    others = st.sampled_from([None, None, "chat", "x", "callback"])
    fcr = draw(st.sampled_from([None, 0.5, 0.7]))
    deflection = {"share": 0.4, "handle_time": draw(st.sampled_from([None, {"mean_s": 200}]))}
    redial = {
        "after_abandonment": draw(st.sampled_from([0.5, 0.8])),
        "after_blocking": 0.7,
        "after_closed": draw(st.sampled_from([0.0, 0.6])),
        "delay": draw(delays()),
        "channel": draw(others),
    }
    return {
        "deflection": draw(st.sampled_from([None, deflection])) if kind != "callback" else None,
        "redial": draw(st.sampled_from([None, redial, redial])) if kind == "live" else None,
        "repeat": {"fcr": fcr, "delay": draw(delays()), "channel": draw(others)} if fcr else None,
    }


@st.composite
def posts(draw: st.DrawFn) -> dict[str, Any]:
    """Posts that beget others, or none that does."""
    repost = {
        "after_s": draw(st.sampled_from([300, 700])),
        "share": draw(st.sampled_from([0.2, 0.5])),
        "max_times": draw(st.sampled_from([1, 3, 20])),
        "channel": draw(st.sampled_from([None, None, "chat"])),
    }
    until_answered = draw(st.booleans())
    # Posts that nobody answers must not multiply for ever.
    ratio = min(0.45, round(0.9 / (1 + repost["share"] * repost["max_times"]), 2))
    spread = {"ratio": ratio, "delay": draw(delays()), "until_answered": until_answered}
    shape = draw(st.sampled_from([None, *SHAPES, *SHAPES]))
    closing = None if shape is None else {"mean_s": 40, **shape}
    handoff = {
        "share": draw(st.sampled_from([0.5, 0.9])),
        "channel": draw(st.sampled_from(["chat", "voice", "callback"])),
        "delay": draw(delays()),
        "closing_handle_time": closing,
    }
    return {
        "handoff": draw(st.sampled_from([None, handoff, handoff, handoff])),
        "repost": draw(st.sampled_from([None, None, repost])),
        "spread": draw(st.sampled_from([None, spread, spread])),
    }


@st.composite
def delays(draw: st.DrawFn) -> dict[str, Any]:
    shape = draw(st.sampled_from(["exponential", "lognormal", "gamma", "constant"]))
    return {"distribution": shape, "mean_s": draw(st.sampled_from([60, 300])), "cv": 0.8}


@st.composite
def orders(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    order = draw(st.sampled_from(names))
    told = {"reach": {"mean": 20.0, "cv": 3.0}} if order == "reach" or draw(st.booleans()) else {}
    return {"order": order, **told}


@st.composite
def deferred_channels(draw: st.DrawFn) -> dict[str, Any]:
    rises = draw(st.sampled_from(["never", "above_live", *["interruptible"] * 4]))
    return {
        "kind": "deferred",
        "open": {"daily": draw(HOURS)},
        "priority": draw(st.integers(0, 2)),
        **draw(orders(["fifo", "deadline", "lifo", "reach"])),
        "handle_time": {"mean_s": draw(st.sampled_from([100, 400, 400]))},
        "promote_before_s": draw(st.sampled_from([None, 120, 10**6])),
        "above_live": rises == "above_live",
        "interruptible": rises == "interruptible",
        "target": {"share": 0.8, "within_s": 300},
        "target_closed": draw(st.sampled_from([None, {"share": 0.8, "within_s": 600}])),
        "initial_backlog": draw(st.sampled_from([(), (10.0, 5000.0), "endless"])),
        **draw(journeys("deferred")),
        **draw(posts()),
    }


@st.composite
def callback_channels(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": "callback",
        "open": {"daily": draw(HOURS)},
        "priority": draw(st.integers(0, 2)),
        "handle_time": {"mean_s": 100},
        "promote_before_s": draw(st.sampled_from([None, 60, 240])),
        "callback": {
            "not_before_s": draw(st.sampled_from([0, 120])),
            "window_s": 300,
            "retry_after_s": 180,
            "dial_s": draw(st.sampled_from([0, 45])),
            "reach_probability": draw(st.sampled_from([0.4, 0.7])),
            "max_tries": draw(st.integers(1, 3)),
        },
        **draw(journeys("callback")),
    }


@st.composite
def skills(draw: st.DrawFn, kind: str, *, own_priorities: bool) -> dict[str, Any]:
    most = draw(st.integers(1, 3))
    skill: dict[str, Any] = {
        "preference": draw(st.integers(1, 2)),
        "speed": draw(st.sampled_from([1.0, 1.35])),
        "max_concurrent": most,
        "slowdown": [1.0, 1.25, 1.7][:most],
        "priority": draw(st.sampled_from([None, 0, 2])) if own_priorities else None,
        "after_s": draw(st.sampled_from([0, 0, 60, 120])),
    }
    if kind != "live":
        skill["keep_free"] = draw(st.sampled_from([0, 0, 1, 2]))
        skill["keep_free_unit"] = draw(st.sampled_from(["slots", "agents"]))
    elif draw(st.integers(0, 5)) == 0:
        skill |= {"keep_free": 1, "keep_free_unit": "agents"}
    return skill


@st.composite
def groups(draw: st.DrawFn, kinds: dict[str, str], *, own_priorities: bool) -> dict[str, Any]:
    """A group that serves these channels, by numbers or by shifts."""
    named = draw(st.booleans())
    novices = {"share": 0.5, "speed": 1.5, "max_concurrent": draw(st.integers(1, 2))}
    return {
        "exit": "named" if named else "first_free",
        "agents": None if named else draw(st.lists(st.integers(0, 4), min_size=4, max_size=4)),
        "absence": draw(st.sampled_from([0.0, 0.0, 0.3])),
        "novices": draw(st.sampled_from([None, None, novices])),
        "skills": {
            name: draw(skills(kinds[name], own_priorities=own_priorities)) for name in sorted(kinds)
        },
    }


@st.composite
def shifts(draw: st.DrawFn, group: str, midnight: pd.Timestamp) -> Shift:
    """A shift in steps of five minutes, not always within the hour, with up to two breaks."""

    def after(steps: int) -> pd.Timestamp:
        return midnight + pd.Timedelta(minutes=5 * steps)

    start = draw(st.integers(-3, 8))
    end = start + draw(st.integers(2, 14))
    breaks = []
    earliest = start
    for _ in range(draw(st.integers(0, 2))):
        earliest = draw(st.integers(earliest, end - 1))
        length = draw(st.integers(1, min(3, end - earliest)))
        breaks.append((after(earliest), after(earliest + length)))
    return Shift(
        group, "any", after(start), after(end), tuple(breaks), draw(st.integers(1, 2)), 1.0
    )


@st.composite
def demands(draw: st.DrawFn) -> dict[str, Any]:
    rates = {"chat": [12, 12, 16, 26], "voice": [6, 6, 9, 15], "x": 10.0, "callback": 2.0}
    day_factor = draw(st.sampled_from([None, {"cv": 0.2, "shared": 0.5}]))
    residual = draw(st.sampled_from([None, {"cv": 0.3, "correlation": 0.6, "shared": 0.5}]))
    return {"rates": rates, "day_factor": day_factor, "residual": residual}


@st.composite
def floors(draw: st.DrawFn) -> RandomFloor:
    """One hour of four channels on two or three groups, too busy for everybody to be served."""
    channels = {
        "chat": draw(live_channels()),
        "voice": draw(live_channels()),
        "x": draw(deferred_channels()),
        "callback": draw(callback_channels()),
    }
    kinds = {name: str(channel["kind"]) for name, channel in channels.items()}
    also = draw(st.sets(st.sampled_from(["chat", "callback"]), max_size=2))
    third = draw(st.sets(st.sampled_from(sorted(kinds)), max_size=2))
    served = {"first": {"chat", "x", "callback"}, "second": {"voice", "x", *also}, "third": third}
    own = draw(st.booleans())
    document = {
        "grain_us": draw(st.sampled_from(GRAINS_US)),
        "horizon": {"start": "2026-04-13", "length": "1h", "interval_minutes": 15},
        "demand": draw(demands()),
        "bursts": draw(st.sampled_from([None, {"post": _BURST}])),
        "channels": channels,
        "groups": {
            name: draw(groups({c: kinds[c] for c in names}, own_priorities=own))
            for name, names in served.items()
            if names
        },
        "routing": {
            "choice": draw(st.sampled_from(["load_first", "preference_first", "random"])),
            "load": draw(st.sampled_from(["spread", "pack"])),
        },
    }
    scenario = validated(_told(document), Path(), "random", None)
    period = scenario.period
    named = [name for name, group in scenario.groups.items() if group.exit == "named"]
    rows = tuple(
        draw(shifts(name, period.start)) for name in named for _ in range(draw(st.integers(1, 4)))
    )
    agents = np.zeros((period.count, len(scenario.groups)), dtype=np.int64)
    for column, group in enumerate(scenario.groups.values()):
        agents[:, column] = group.agents or 0
    staff = Staff(period, tuple(scenario.groups), agents, rows)
    return RandomFloor(scenario, staff, draw(st.sampled_from([(), (), (0.8, 1.2, 1.0)])))


_BURST = {
    "channel": "x",
    "start": "2026-04-13T00:15:00",
    "factors": [1.5],
    "step_minutes": 30,
}


def _told(document: Any) -> Any:
    """A document without what is not set."""
    if isinstance(document, dict):
        return {name: _told(value) for name, value in document.items() if value is not None}
    return document
