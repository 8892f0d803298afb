"""How a key of a scenario file is declared: meaning, unit, default and source in one place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class BrokenRulesError(ValueError):
    """
    Several rules broken at once; pydantic carries it to where a file's faults are told.

    Parameters
    ----------
    rules
        Dotted key and clause of each, e.g. ("horizon.length", "must be positive").
    """

    def __init__(self, rules: Iterable[tuple[str, str]]) -> None:
        self.rules = tuple(rules)
        super().__init__("; ".join(f"{field} {clause}" for field, clause in self.rules))


class Declared(BaseModel):
    """A frozen part of a scenario that refuses keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=False
    )


def key(
    meaning: str, default: Any = ..., *, unit: str = "", source: str = "", **limits: Any
) -> Any:
    """
    Declare one key; `docs/scenario.md` and the JSON Schema are made from this.

    Parameters
    ----------
    meaning
        One or two sentences for a planner.
    default
        Value when the key is left out; `...` makes the key required.
    unit
        Unit of the value, e.g. "seconds"; empty when it has none.
    source
        Where the default or the typical value comes from.
    limits
        pydantic constraints such as `ge=0`, or `default_factory`.
    """
    extra: dict[str, Any] = {
        name: text for name, text in (("unit", unit), ("source", source)) if text
    }
    if "default_factory" not in limits:
        limits["default"] = default
    return Field(description=meaning, json_schema_extra=extra or None, **limits)
