"""
The page of all scenario keys, docs/scenario.md, made from the models themselves.

`python -m scenario.reference` (or `make docs`) writes it.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scenario.model import Scenario

PAGE = Path(__file__).parents[1] / "docs" / "scenario.md"
EXAMPLE = Path(__file__).with_name("example.toml")

_HEADER = """\
<!-- Made from the models by `make docs`; edit the descriptions in scenario/ instead. -->

# Scenario files

A scenario is everything that is assumed about one planned time:
when, what comes, who serves, by which rules, for which promises.
It is a [TOML](https://toml.io) file.
Unknown keys are refused and the nearest known one is named;
every fault is told at once, with its line.
Files named in a scenario are relative to it.
The same file gives the same numbers in the app, on the command line and from Python.

Any key can be overridden by its dotted name:

```console
allweather simulate data/scenarios/sample.toml --set channels.chat.patience.mean_s=180
```

```python
from scenario import Scenario

patient = Scenario.load("data/scenarios/sample.toml", {"channels.chat.patience.mean_s": 300})
```

## An example

```toml
%s```

## Staffing files

The current staffing is a CSV, XLSX or Parquet table in one of two layouts; the header decides.
Local times are in the scenario's `timezone`, or carry an offset.

By interval: `interval_start`, `group`, `agents` on the floor.
Intervals may be longer than the horizon's by a whole multiple; those not named have nobody.

By shift, a row for agents who work the same hours:
`group`, `start`, `end`, `agents`, and where they are known `kind`,
`break_start` and `break_end`
(further breaks `break_start_2`, `break_end_2` …; empty cells for none)
and `paid_hours` of one agent; without them breaks are unpaid.
Groups with `exit = "named"` need shifts, and work them person by person:
a break begins when the hands are empty and lasts its whole length,
and whoever holds a contact at the end of the shift finishes it.
Of other groups only the numbers are read: who is there for the whole of an interval.

## Every key

NAME stands for a name that you give: of a channel, a group, a burst, a contract, a kind of shift.
Durations of the horizon are written `28d`, `8w`, `12h`, `1h 30min`;
everything else is in the unit named.
Local times are in the scenario's `timezone`.
Weekly opening hours map days to spans, and `daily` names all days:
`{ mon-fri = "08:00-20:00", sat = "09:00-12:00, 13:00-17:00", sun = "closed" }`.
"""

_TYPES = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "`true` or `false`",
    date: "date",
    datetime: "date and time",
}


def page() -> str:
    """The whole page as Markdown."""
    sections = _sections(Scenario, "", {})
    return "\n".join([_HEADER % EXAMPLE.read_text(encoding="utf-8"), *sections])


def _sections(
    model: type[BaseModel], path: str, told: dict[Any, str], *, listed: bool = False
) -> Iterator[str]:
    """Section of a table and, after it, those of the tables inside; `told` says which are."""
    title = f"`[[{path}]]`" if listed else f"`[{path}]`" if path else "At the top"
    if model in told:
        yield f"### {title}\n\nThe same keys as `[{told[model]}]`.\n"
        return
    told[model] = path
    yield f"### {title}\n\n{inspect.getdoc(model)}\n"
    yield "| key | meaning | value | unit | default | source |\n|---|---|---|---|---|---|"
    inner: list[tuple[type[BaseModel], str, bool]] = []
    for name, field in model.model_fields.items():
        table, named = _table_of(field.annotation)
        if table is not None:
            inside = ".".join(filter(None, [path, name, "NAME" if named else ""]))
            inner.append((table, inside, get_origin(field.annotation) is tuple))
        yield _row(name, field)
    yield ""
    for table, inside, several in inner:
        yield from _sections(table, inside, told, listed=several)


def _row(name: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra
    about = extra if isinstance(extra, dict) else {}
    cells = (
        f"`{name}`",
        field.description or "",
        _value(field),
        str(about.get("unit", "")),
        _default(field),
        str(about.get("source", "")),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    if value is PydanticUndefined or value is None or value in ((), {}):
        return "none"
    if isinstance(value, BaseModel):
        value = value.model_dump(exclude_defaults=True)
        return "as below" if not value else f"`{_toml(value)}`"
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    """A value as one would write it in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_toml(item)}" for name, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value)


def _value(field: FieldInfo) -> str:
    """Type and range, e.g. "number, above 0"."""
    limits = []
    for limit in field.metadata:
        match limit:
            case annotated_types.Ge(ge=least):
                limits.append(f"at least {least}")
            case annotated_types.Gt(gt=below):
                limits.append(f"above {below}")
            case annotated_types.Le(le=most):
                limits.append(f"at most {_power(most)}")
            case annotated_types.Lt(lt=above):
                limits.append(f"below {_power(above)}")
    return ", ".join([_type(field.annotation), *limits])


def _power(limit: Any) -> str:
    return "2^63" if limit == 2**63 else f"{limit}"


def _type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return " or ".join(_type(part) for part in arguments if part is not type(None))
    if origin is Literal:
        return " or ".join(f"`{_toml(value)}`" for value in arguments)
    if origin is dict:
        return "tables by name" if _is_model(arguments[1]) else f"{_type(arguments[1])} by name"
    if origin is tuple:
        if Ellipsis not in arguments:
            return "(" + ", ".join(map(_type, arguments)) + ")"
        if get_origin(arguments[0]) is tuple:
            return f"list of pairs {_type(arguments[0])}"
        return "list of tables" if _is_model(arguments[0]) else f"list of {_type(arguments[0])}s"
    if _is_model(annotation):
        return "table"
    return _TYPES[annotation]


def _table_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model inside an annotation, and whether the planner names such tables."""
    if _is_model(annotation):
        return annotation, False
    for part in get_args(annotation):
        table, _ = _table_of(part)
        if table is not None:
            return table, get_origin(annotation) is dict
    return None, False


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
