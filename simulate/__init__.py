"""A scenario and a demand in, what happened on the floor out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulate.compare import paired
    from simulate.floor.policy import Policy
    from simulate.floor.view import FloorView
    from simulate.outcome import Outcome
    from simulate.run import simulate
    from simulate.tracing import trace
    from simulate.workers import Workers

_HOMES = {
    "FloorView": "floor.view",
    "Outcome": "outcome",
    "Policy": "floor.policy",
    "Workers": "workers",
    "paired": "compare",
    "simulate": "run",
    "trace": "tracing",
}

__all__ = ["FloorView", "Outcome", "Policy", "Workers", "paired", "simulate", "trace"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: a worker needs none of the others."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"simulate.{_HOMES[name]}"), name)
