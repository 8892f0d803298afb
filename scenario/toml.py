"""Scenario files: TOML in and out, every fault told with its line, key, value and rule."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from scenario.errors import Fault, InvalidInputError
from scenario.faults import faults_of
from scenario.model import Scenario


def load(path: Path, changes: Mapping[str, Any]) -> Scenario:
    """Read a scenario file; see `Scenario.load`."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        rule = "an existing file"
    except IsADirectoryError:
        rule = "a scenario file, and this is a folder"
    except UnicodeDecodeError:
        rule = "a TOML file in UTF-8, and this file holds something else"
    except OSError as error:
        rule = f"a file that can be read ({error.strerror})"
    else:
        return parse(text, path.parent, path.name, changes)
    raise InvalidInputError([Fault(str(path), "", "", "", rule)])


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
        raise InvalidInputError(faults_of(error, name, text or "")) from None
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
