"""How a key of a scenario file is declared: meaning, unit, default and source in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

LARGEST = 1e9  # of any number but the seed: 30 years in seconds, and no sum overflows


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


def _with_plain_numbers(schema: Any) -> Any:
    """A part of pydantic's schema with every number in it checked; other tables check theirs."""
    if isinstance(schema, (list, tuple)):
        return type(schema)(_with_plain_numbers(part) for part in schema)
    if not isinstance(schema, dict) or schema.get("type") == "model":
        return schema
    if schema.get("type") in {"int", "float"}:
        limits = {} if "lt" in schema else {"le": LARGEST}
        if not schema.keys() & {"ge", "gt"}:
            limits["ge"] = -LARGEST
        kind: Literal["int_type", "float_type"] = (
            "int_type" if schema["type"] == "int" else "float_type"
        )
        number: Any = {**limits, **schema}
        return core_schema.no_info_before_validator_function(_refuse_others(kind), number)
    return {
        name: part if name in {"default", "metadata"} else _with_plain_numbers(part)
        for name, part in schema.items()
    }


def _refuse_others(kind: Literal["int_type", "float_type"]) -> Callable[[Any], Any]:
    """A check that refuses truth values and texts where a number is wanted."""

    def number_only(value: Any) -> Any:
        if isinstance(value, (bool, str)):
            raise PydanticKnownError(kind)
        return value

    return number_only


class Declared(BaseModel):
    """A frozen part of a scenario that refuses keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=False
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[BaseModel], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """The usual schema, in which true and "4" are no numbers and none is beyond measure."""
        schema = handler(source)
        table: Any = schema
        while table["type"] != "model":  # rules between keys stand around it
            table = table["schema"]
        table["schema"] = _with_plain_numbers(table["schema"])
        return schema


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
