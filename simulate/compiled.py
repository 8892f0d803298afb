"""How the floor's small functions become machine code."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config, types

from simulate.machine_code import cache_folder

_settings: dict[str, Any] = vars(config)
Function = TypeVar("Function", bound=Callable[..., Any])

_IN_PLACE: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
_unliteral: Any = types.unliteral


def compiled(function: Function) -> Function:
    """
    Compile a function when it is first called; keep the machine code for the next process.

    The function must call nothing but `math`, numpy and other compiled functions. It runs
    without the interpreter lock. With NUMBA_DISABLE_JIT=1 it stays Python and gives the same
    numbers, slowly.
    """
    return _compiled(function)


def compiled_entry(function: Function) -> Function:
    """
    As `compiled`, for functions that read and write the arrays they are given and make none.

    They count no references to arrays. The kernel's small functions hand two dozen tables to
    each other; counting took them forty times as long as their work.
    """
    return _compiled(function, **_IN_PLACE)


def compiled_in_place(function: Function) -> Function:
    """
    As `compiled_entry`, for functions that only compiled ones call.

    A way in for Python's objects, two dozen tables each time, would take longer to compile
    than the function itself.
    """
    return _compiled(function, no_cpython_wrapper=True, **_IN_PLACE)


def compiled_inline(function: Function) -> Function:
    """
    As `compiled_in_place`, and made part of every caller: for steps that each contact takes.

    Handing over two dozen tables takes longer than most of these steps themselves.
    """
    return _compiled(function, no_cpython_wrapper=True, forceinline=True, **_IN_PLACE)


def _compiled(function: Function, **options: Any) -> Function:
    if _settings["DISABLE_JIT"]:
        return _wrapping_silently(function)
    # The setting is read while the decorator runs, so other users of numba keep their own.
    theirs = _settings["CACHE_DIR"]
    options |= {"cache": True, "nogil": True, "no_cfunc_wrapper": True}
    _settings["CACHE_DIR"] = str(cache_folder())
    try:
        made = numba.njit(**options)(function)
    finally:
        _settings["CACHE_DIR"] = theirs
    return cast("Function", _once_for_all_values(made))


def _once_for_all_values(made: Any) -> Any:
    """
    Keep numba from compiling a function anew for each constant that a caller hands it.

    What is made part of its caller is fitted to the constant there anyway.
    """
    template = made.get_call_template

    def call_template(arguments: Any, named: Any) -> Any:
        kinds = {name: _unliteral(kind) for name, kind in named.items()}
        return template(tuple(_unliteral(kind) for kind in arguments), kinds)

    made.get_call_template = call_template
    return made


def _wrapping_silently(function: Function) -> Function:
    """Unsigned numbers wrap around on purpose; plain numpy would warn of it."""

    @functools.wraps(function)
    def quiet(*arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*arguments)

    return cast("Function", quiet)
