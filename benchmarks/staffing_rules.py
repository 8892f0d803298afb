"""Rules for the staff of one queue, each scored exactly: ours, plain Erlang, and pyworkforce's."""

from __future__ import annotations

import json
import math
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from scenario.targets import Target
from staffing.erlang import agents_needed
from staffing.exact import evaluate, least_staff

REFERENCE = Path(__file__).parents[1] / "tests/references/staffing_single_queue.json"
PEERS_PYTHON = "ALLWEATHER_STAFFING_PEERS"  # of an environment from staffing_peers.txt
Rule = Callable[[dict[str, Any], float], list[int]]


def _day(day: dict[str, Any]) -> dict[str, Any]:
    return {
        "rates": np.array(day["contacts"]) / day["interval_minutes"] / 60,
        "handle_s": 60 / day["completions_per_minute"],
        "patience_s": 60 / day["abandonments_per_minute"],
        "within_s": 60 * day["within_minutes"],
        "interval_s": 60 * day["interval_minutes"],
    }


def ours(day: dict[str, Any], share: float) -> list[int]:
    """The exact forward greedy."""
    agents: list[int] = least_staff(share=share, **_day(day)).tolist()
    return agents


def plain_erlang(day: dict[str, Any], share: float, *, patient: bool) -> list[int]:
    """Erlang C (`patient`) or A, interval by interval, as if each had gone on for ever."""
    asked = _day(day)
    target = Target(share=share, within_s=asked["within_s"])
    return [
        agents_needed(
            float(rate) * asked["handle_s"],
            handle_time_s=asked["handle_s"],
            target=target,
            patience_s=math.inf if patient else asked["patience_s"],
        )
        for rate in asked["rates"]
    ]


def pyworkforce(day: dict[str, Any], share: float) -> list[int]:
    """Its `ErlangC.required_positions`, interval by interval, without shrinkage."""
    asked = _day(day)
    questions = [
        {
            "transactions": float(rate) * asked["interval_s"],
            "aht": asked["handle_s"] / 60,
            "asa": asked["within_s"] / 60,
            "interval": asked["interval_s"] / 60,
            "service_level": share,
        }
        for rate in asked["rates"]
    ]
    answer = subprocess.run(
        [os.environ[PEERS_PYTHON], str(Path(__file__).with_name("staffing_positions.py"))],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[int] = json.loads(answer.stdout)
    return found


def figures(days: tuple[str, ...] = ()) -> dict[str, Any]:
    """Agents, worst interval and time of each rule on each printed day, or on some."""
    reference = json.loads(REFERENCE.read_text())
    rules: dict[str, Rule] = {
        "allweather": ours,
        "erlang_a": lambda day, share: plain_erlang(day, share, patient=False),
        "erlang_c": lambda day, share: plain_erlang(day, share, patient=True),
    }
    if os.environ.get(PEERS_PYTHON):
        rules["pyworkforce"] = pyworkforce
    share = reference["target"]
    scored: dict[str, Any] = {}
    if "pyworkforce" not in rules:
        scored["missing"] = f"no Python with pyworkforce named in {PEERS_PYTHON}"
    for name, day in reference["days"].items():
        if days and name not in days:
            continue
        for rule, agents_of in rules.items():
            began = time.perf_counter()
            agents = agents_of(day, share)
            seconds = time.perf_counter() - began
            outcome = evaluate(staff=agents, **_day(day))
            scored.setdefault(name, {})[rule] = {
                "agent_intervals": int(sum(agents)),
                "worst_interval": float(np.nanmin(outcome.service_level)),
                "intervals_under": int((outcome.service_level < share - 1e-9).sum()),
                "day": outcome.overall,
                "seconds": seconds,
            }
        kept = [m for m in day["methods"].values() if not m["n_below"]]
        scored[name]["best_printed"] = min(m["agent_intervals"] for m in kept)
    return scored
