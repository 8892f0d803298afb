"""How does a command take options that belong together as one value?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Any, get_type_hints


def unbundled(command: Callable[..., None]) -> Callable[..., None]:
    """
    The same command, taking the fields of every dataclass among its parameters one by one.

    Typer makes an option of each parameter. A command that takes `reading: Reading` gets
    `--timezone`, `--basis` and the others of that class, in its place among its own options.

    Parameters
    ----------
    command
        A function whose parameters are options of Typer or dataclasses of such options.
    """
    kinds = get_type_hints(command, include_extras=True)
    bundles = {
        name: kind for name, kind in kinds.items() if isinstance(kind, type) and is_dataclass(kind)
    }

    @wraps(command)
    def from_the_terminal(**given: Any) -> None:
        for name, bundle in bundles.items():
            given[name] = bundle(**{one.name: given.pop(one.name) for one in fields(bundle)})
        command(**given)

    options: list[Parameter] = []
    for one in signature(command).parameters.values():
        if one.name in bundles:
            options += _options(bundles[one.name])
        else:
            options.append(_option(one.name, kinds[one.name], one.default))
    from_the_terminal.__signature__ = signature(command).replace(parameters=options)  # type: ignore[attr-defined]
    from_the_terminal.__annotations__ = {one.name: one.annotation for one in options}
    return from_the_terminal


def _options(bundle: type) -> list[Parameter]:
    kinds = get_type_hints(bundle, include_extras=True)
    return [_option(one.name, kinds[one.name], one.default) for one in fields(bundle)]


def _option(name: str, kind: Any, default: Any) -> Parameter:
    if default is MISSING:
        default = Parameter.empty
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
