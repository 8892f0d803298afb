"""A scenario as bytes to be saved, with everything it came with, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tomlkit

from scenario import Fault, InvalidInputError, Scenario
from views.files import keep
from views.uploads import file_keys, named_file

if TYPE_CHECKING:
    from views.lever import Value

WHATIF = "what_if.toml"  # the scenario with the moved levers in it
LEVERS = "levers.json"  # where the levers stand
ORIGINS = "began_with.json"  # saved versions that its history, edits and staffing began with
OWN = {WHATIF, LEVERS, ORIGINS}
Parts = tuple[str, dict[str, bytes]]


@dataclass(frozen=True)
class Moved:
    """
    Where a person's levers stand.

    Parameters
    ----------
    values
        Positions of the moved ones, by lever key.
    preset
        Key of the weather that they move on from; None for none.
    start
        Staffing that they start from, as the page calls it; None for the current one.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    preset: str | None = None
    start: str | None = None

    def __bool__(self) -> bool:
        return bool(self.values or self.preset or self.start)


def parts_of(scenario: Scenario, known: Mapping[str, bytes] | None = None) -> Parts:
    """
    A scenario as TOML, and the files that it names, by short names.

    Parameters
    ----------
    scenario
        What is saved.
    known
        Files that have their short names already; equal ones are not listed twice.

    Raises
    ------
    InvalidInputError
        When a file that it names is no longer there.
    """
    files = dict(known or {})
    changes: dict[str, Any] = {}
    for key in file_keys(scenario):
        named = named_file(scenario, key)
        if named is None:
            continue
        path = scenario.path_of(named)
        try:
            content = path.read_bytes()
        except OSError:
            fault = Fault(scenario.name, "", key, named, "a file that can be read")
            raise InvalidInputError([fault]) from None
        changes[key] = short = _free_name(path.name, content, files)
        files[short] = content
    return scenario.with_changes(changes).to_toml(), files


def with_levers(base: Parts, imagined: Scenario | None, moved: Moved) -> Parts:
    """The parts of a scenario, with what the levers make of it and where they stand."""
    text, files = base
    if not moved or imagined is None:
        return base
    whatif, files = parts_of(imagined, files)
    told = {"values": dict(moved.values), "preset": moved.preset, "start": moved.start}
    return text, files | {WHATIF: whatif.encode(), LEVERS: json.dumps(told).encode()}


def scenario_of(text: str, files: Mapping[str, bytes], name: str = "scenario.toml") -> Scenario:
    """
    A scenario from its saved parts.

    Raises
    ------
    PlanningError
        When it is not, or no longer, valid; with every fault.
    """
    found = Scenario.parse(text, name=name)
    changes = {}
    for key in file_keys(found):
        named = named_file(found, key)
        if named is None:
            continue
        if named not in files:
            raise InvalidInputError([Fault(name, "", key, named, "saved with the scenario")])
        changes[key] = str(keep(named, files[named]))
    return found.with_changes(changes)


def whatif_of(text: str, files: Mapping[str, bytes], name: str = "scenario.toml") -> Scenario:
    """A saved scenario as it was looked at: with the levers that were moved."""
    if WHATIF in files:
        return scenario_of(files[WHATIF].decode(), files, name)
    return scenario_of(text, files, name)


def moved_of(files: Mapping[str, bytes]) -> Moved:
    """Where the levers stood when a scenario was saved."""
    if LEVERS not in files:
        return Moved()
    told = json.loads(files[LEVERS])
    return Moved(told["values"], told["preset"], told["start"])


def with_origins(parts: Parts, began_with: Mapping[str, tuple[str, int]]) -> Parts:
    """The parts of a scenario, with the names and versions that its own parts began with."""
    if not began_with:
        return parts
    told = {kind: list(which) for kind, which in sorted(began_with.items())}
    return parts[0], parts[1] | {ORIGINS: json.dumps(told).encode()}


def origins_in(files: Mapping[str, bytes]) -> dict[str, tuple[str, int]]:
    """Names and versions that the parts of a saved scenario began with, by kind."""
    if ORIGINS not in files:
        return {}
    return {kind: (name, number) for kind, (name, number) in json.loads(files[ORIGINS]).items()}


def differences(mine: Parts, theirs: Parts) -> list[tuple[str, str, str]]:
    """
    What two saved states of a scenario say otherwise.

    Returns
    -------
    list of (str, str, str)
        Key or file, mine, theirs; "" where one does not name it.
    """
    own, other = _flat(mine[0]), _flat(theirs[0])
    own |= {f"lever {key}": value for key, value in _positions(mine[1]).items()}
    other |= {f"lever {key}": value for key, value in _positions(theirs[1]).items()}
    found = [
        (key, own.get(key, ""), other.get(key, ""))
        for key in dict.fromkeys([*own, *other])
        if own.get(key) != other.get(key)
    ]
    for name in dict.fromkeys([*mine[1], *theirs[1]]):
        left, right = mine[1].get(name), theirs[1].get(name)
        if name not in OWN and left != right:
            found.append((f"file {name}", _size(left), _size(right)))
    return found


def _positions(files: Mapping[str, bytes]) -> dict[str, str]:
    moved = moved_of(files)
    whole = {"weather": moved.preset, "staffed": moved.start} | dict(moved.values)
    return {key: str(value) for key, value in whole.items() if value is not None}


def _flat(text: str) -> dict[str, str]:
    """Dotted keys of a TOML text, each with its value as text."""
    flat: dict[str, str] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(f"{prefix}.{key}" if prefix else str(key), item)
        else:
            flat[prefix] = str(value)

    walk("", tomlkit.parse(text).unwrap())
    return flat


def _size(content: bytes | None) -> str:
    return "" if content is None else f"{len(content):,} bytes"


def _free_name(name: str, content: bytes, files: Mapping[str, bytes]) -> str:
    """The file's own name, or with a number where another file has it."""
    stem, dot, suffix = name.partition(".")
    free, number = name, 2
    while free in OWN or files.get(free, content) != content:
        free, number = f"{stem}_{number}{dot}{suffix}", number + 1
    return free
