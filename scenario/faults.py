"""What is wrong with a scenario file: the line, the key, what stands there, what it must be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scenario.errors import Fault
from scenario.keys import BrokenRulesError
from scenario.model import Scenario

_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_ASSIGNMENT = re.compile(r"\s*([A-Za-z0-9_\-\.\"' ]+?)\s*=")

_KINDS = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a date",
    "date_from_datetime_parsing": "a date",
    "date_from_datetime_inexact": "a date",
    "datetime_type": "a date and time",
    "datetime_parsing": "a date and time",
    "datetime_from_date_parsing": "a date and time",
    "missing": "present",
}

Path = tuple[str, ...]


def faults_of(error: ValidationError, name: str, text: str) -> list[Fault]:
    """
    Faults of a scenario, in the order of the file where its text is known.

    Parameters
    ----------
    error
        What pydantic found.
    name
        File name to tell.
    text
        TOML text in which the lines are looked up; may be empty.
    """
    lines = dict(_lines_of(text))
    rules: dict[Path, list[_Rule]] = {}
    for detail in error.errors(include_url=False):
        for path, rule in _broken(detail):
            rules.setdefault(path, []).append(rule)
    found: list[tuple[int, Fault]] = []
    for path, broken in rules.items():
        line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), 0)
        where, field = f"line {line}" if line else "", ".".join(path)
        # A value that may be a number or a list breaks a rule of each; of a list whose items
        # have faults of their own, only those are told.
        either = dict.fromkeys(rule.text for rule in broken if not rule.whole)
        if either and not any(other[: len(path)] == path != other for other in rules):
            found.append((line, Fault(name, where, field, broken[0].value, " or ".join(either))))
        found.extend(
            (line, Fault(name, where, field, rule.value, rule.text, whole=True))
            for rule in broken
            if rule.whole
        )
    return [fault for _, fault in sorted(found, key=lambda item: item[0])]


class _Rule(NamedTuple):
    """What a value must be: the end of "must be ...", or a whole clause."""

    text: str
    value: str = ""
    whole: bool = False


def _broken(detail: Any) -> Iterator[tuple[Path, _Rule]]:
    """Rules broken in one pydantic error, each with its path in the document."""
    path = tuple(str(part) for part in detail["loc"] if not _is_branch(part))
    kind, value = detail["type"], detail.get("input")
    cause = detail.get("ctx", {}).get("error")
    # A table is too long to show, and a key that is missing has its surroundings as input.
    shown = "" if kind == "missing" or isinstance(value, (dict, BaseModel)) else str(value)[:80]
    if isinstance(value, bool):
        shown = shown.lower()  # as the file writes it
    if isinstance(cause, BrokenRulesError):
        for field, clause in cause.rules:
            yield path + _split(field), _Rule(clause, whole=True)
    elif kind == "value_error":
        yield path, _Rule(str(cause), shown, whole=True)
    elif kind == "extra_forbidden":
        yield path, _Rule(f"a known key{_nearest(path)}")
    else:
        text = _KINDS.get(kind) or str(detail["msg"]).removeprefix("Input should be ")
        yield path, _Rule(text.replace("'", ""), shown)


def _is_branch(part: object) -> bool:
    """Whether pydantic names a branch of a union here, which the file does not."""
    return isinstance(part, str) and (
        "[" in part or part in {"int", "float", "str", "date", "datetime"} or "function-" in part
    )


def _nearest(keys: Path) -> str:
    known = _known_keys(keys[:-1])
    close = difflib.get_close_matches(keys[-1], known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else f", one of {', '.join(known)}"


def _known_keys(path: Path) -> list[str]:
    """Keys that the model knows in the table at a path of the document."""
    place: Any = Scenario
    for part in path:
        if _is_model(place):
            place = place.model_fields[part].annotation
            if get_origin(place) in {dict, tuple}:
                continue  # a name or a number given by the planner comes next
        if not _is_model(place):
            place = next(inner for inner in get_args(place) if _is_model(inner))
    return list(place.model_fields)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


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
