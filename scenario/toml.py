"""Scenario files: TOML in and out, every fault told with its line, key, value and rule."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import tomlkit
from pydantic import BaseModel, ValidationError
from tomlkit.exceptions import TOMLKitError

from scenario.errors import Fault, InvalidInputError
from scenario.model import Scenario

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z0-9_\-\.\"' ]+?)\s*=")


def load(path: Path, changes: Mapping[str, Any]) -> Scenario:
    """Read a scenario file; see `Scenario.load`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        rule = f"a readable TOML file ({error.__class__.__name__})"
        raise InvalidInputError([Fault(str(path), "", "", "", rule)]) from None
    return parse(text, path.parent, path.name, changes)


def parse(text: str, folder: Path, name: str, changes: Mapping[str, Any]) -> Scenario:
    """Read a scenario from TOML text; see `Scenario.parse`."""
    try:
        document = tomlkit.parse(text).unwrap()
    except TOMLKitError as error:
        raise InvalidInputError([Fault(name, "", "", "", f"valid TOML: {error}")]) from None
    if changes:
        document = with_changes(document, changes, name)
    return validated(document, folder, name, text)


def validated(document: Mapping[str, Any], folder: Path, name: str, text: str | None) -> Scenario:
    """
    Check a document against the model.

    Raises
    ------
    InvalidInputError
        With every fault; lines are told where `text` is given.
    """
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        lines = dict(_lines_of(text or ""))
        raise InvalidInputError(
            _fault(detail, name, lines) for detail in error.errors(include_url=False)
        ) from None
    scenario._folder = folder
    return scenario


def with_changes(
    document: Mapping[str, Any], changes: Mapping[str, Any], name: str
) -> dict[str, Any]:
    """
    A copy of a document with values put at dotted keys; tables on the way are made.

    A value of None takes the key away, so that its default holds.

    Raises
    ------
    InvalidInputError
        When a key leads through something that is not a table.
    """
    changed: dict[str, Any] = copy.deepcopy(dict(document))
    for dotted, value in changes.items():
        *tables, last = dotted.split(".")
        place = changed
        for table in tables:
            place = place.setdefault(table, {})
            if not isinstance(place, dict):
                raise InvalidInputError(
                    [Fault(name, "", dotted, "", f"a key, and {table} is none")]
                )
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return changed


def dump(scenario: Scenario) -> str:
    """Write a scenario as TOML, with the keys that differ from their defaults."""
    content = scenario.model_dump(mode="python", exclude_defaults=True, exclude_none=True)
    return tomlkit.dumps(_plain(content))


def _plain(value: Any) -> Any:
    """Tuples as lists; numbers before tables, as TOML wants them."""
    if isinstance(value, dict):
        cleaned = {str(name): _plain(item) for name, item in value.items()}
        return dict(sorted(cleaned.items(), key=lambda item: isinstance(item[1], dict)))
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _fault(detail: Any, name: str, lines: dict[tuple[str, ...], int]) -> Fault:
    keys = tuple(str(part) for part in detail["loc"] if not _is_branch(part))
    line = next((lines[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in lines), None)
    where = f"line {line}" if line else ""
    field = ".".join(keys)
    kind, value = detail["type"], detail.get("input")
    if kind == "extra_forbidden":
        return Fault(name, where, field, "", f"a known key{_nearest(keys)}")
    if kind == "missing":
        return Fault(name, where, field, "", "present")
    text = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    shown = "" if isinstance(value, (dict, BaseModel)) else str(value)
    return Fault(name, where, field, shown[:80], text)


def _is_branch(part: object) -> bool:
    """Whether pydantic names a branch of a union here, which the file does not."""
    return isinstance(part, str) and (
        "[" in part or part in {"int", "float", "str", "date", "datetime"} or "function-" in part
    )


def _nearest(keys: tuple[str, ...]) -> str:
    known = _known_keys(keys[:-1])
    close = difflib.get_close_matches(keys[-1], known, n=1, cutoff=0.4)
    return f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(known)}"


def _known_keys(path: tuple[str, ...]) -> list[str]:
    """Keys that the model knows at a path of the document."""
    model: type[BaseModel] = Scenario
    place: Any = Scenario
    for part in path:
        if place is model:
            if part not in model.model_fields:
                return []
            place = model.model_fields[part].annotation
        inner = _models_in(place)
        if inner and not _is_mapping(place):
            model = place = inner[0]
        elif inner:
            # The next part is a name given by the planner.
            place = _Named(inner[0])
            continue
        if isinstance(place, _Named):
            model = place = place.model
    return list(model.model_fields) if place is model else []


class _Named:
    """A table of named parts, of which a name comes next in the path."""

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model


def _is_mapping(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is dict


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, _Named):
        return []
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _lines_of(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Dotted keys of a TOML text with the line that they stand in."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _split(header.group(1))
            yield table, number
        elif assignment := _ASSIGNMENT.match(line):
            yield table + _split(assignment.group(1)), number


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))
