"""The least staff that keeps the promise: first guess, repair by simulation, shifts, cost."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from staffing.calculator import agents_for, service_levels
    from staffing.erlang import agents_needed, erlang_a, erlang_b, erlang_c
    from staffing.planning import Plan, plan
    from staffing.requirement import Requirement, requirement_only

_HOMES = {
    "Plan": "staffing.planning",
    "Requirement": "staffing.requirement",
    "agents_for": "staffing.calculator",
    "agents_needed": "staffing.erlang",
    "erlang_a": "staffing.erlang",
    "erlang_b": "staffing.erlang",
    "erlang_c": "staffing.erlang",
    "plan": "staffing.planning",
    "requirement_only": "staffing.requirement",
    "service_levels": "staffing.calculator",
}

__all__ = [
    "Plan",
    "Requirement",
    "agents_for",
    "agents_needed",
    "erlang_a",
    "erlang_b",
    "erlang_c",
    "plan",
    "requirement_only",
    "service_levels",
]


def __getattr__(name: str) -> Any:
    """Import a public name on first use: scipy and the floor are not paid for before."""
    if name not in _HOMES:
        raise AttributeError(f"module 'staffing' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
