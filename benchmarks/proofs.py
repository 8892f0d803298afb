"""Whether the floor is right, for the figures beside its speed: agreement and mutants."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = 440
BEGETTING = 240


def random_scenarios() -> dict[str, Any]:
    """
    Both engines on random scenarios that together touch every rule.

    Returns
    -------
    dict
        `scenarios`, `contacts`, `disagreements` and `touched` (contacts by rule); a `reason`
        alone where hypothesis is not installed.
    """
    if find_spec("hypothesis") is None:
        return {"reason": "hypothesis, which makes the scenarios, is not installed"}
    return _told("agreement", "--scenarios", str(SCENARIOS))


def begetting_scenarios() -> dict[str, Any]:
    """The same on random scenarios in which contacts beget others in every way."""
    if find_spec("hypothesis") is None:
        return {"reason": "hypothesis, which makes the scenarios, is not installed"}
    return _told("journeys_agreement", "--scenarios", str(BEGETTING))


def mutants() -> dict[str, Any]:
    """`mutants`, `mutants_alive` and `alive`; see `benchmarks.mutants`."""
    found = _told("benchmarks.mutants", "--json", "--workers", str(os.cpu_count() or 1))
    return {name: found[name] for name in ("mutants", "mutants_alive", "alive")}


def _told(module: str, *arguments: str) -> dict[str, Any]:
    """What a program of ours, or of the tests, tells on its last line."""
    places = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": places},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not done.stdout.strip():
        raise RuntimeError(f"{module} ended with {done.returncode} and told nothing")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told
