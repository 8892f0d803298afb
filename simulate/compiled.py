"""How the floor's small functions become machine code, and where that code is kept."""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba.core import config

_settings: dict[str, Any] = vars(config)
Function = TypeVar("Function", bound=Callable[..., Any])

SOURCES = Path(__file__).parent


def compiled(function: Function) -> Function:
    """
    Compile a function when it is first called; keep the machine code for the next process.

    The function must call nothing but `math`, numpy and other compiled functions. It runs
    without the interpreter lock. With NUMBA_DISABLE_JIT=1 it stays Python and gives the same
    numbers, slowly.
    """
    return _compiled(function)


def compiled_in_place(function: Function) -> Function:
    """
    As `compiled`, for functions that read and write the arrays they are given and make none.

    They count no references to arrays. The kernel's small functions hand two dozen tables to
    each other; counting took them forty times as long as their work.
    """
    return _compiled(function, error_model="numpy", _nrt=False)


def compiled_inline(function: Function) -> Function:
    """
    As `compiled_in_place`, and made part of every caller: for steps that each contact takes.

    Handing over two dozen tables takes longer than most of these steps themselves.
    """
    return _compiled(function, error_model="numpy", _nrt=False, forceinline=True)


def _compiled(function: Function, **options: Any) -> Function:
    if _settings["DISABLE_JIT"]:
        return _wrapping_silently(function)
    # The setting is read while the decorator runs, so other users of numba keep their own.
    theirs = _settings["CACHE_DIR"]
    _settings["CACHE_DIR"] = _cache_folder()
    try:
        return cast("Function", numba.njit(cache=True, nogil=True, **options)(function))
    finally:
        _settings["CACHE_DIR"] = theirs


def _wrapping_silently(function: Function) -> Function:
    """Unsigned numbers wrap around on purpose; plain numpy would warn of it."""

    @functools.wraps(function)
    def quiet(*arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return function(*arguments)

    return cast("Function", quiet)


@functools.cache
def _cache_folder() -> str:
    """
    Folder of the machine code of exactly these sources.

    numba notices an edit of the file that holds a function, but not of a helper in another
    file. A folder named after all sources cannot go stale.
    """
    name = f"allweather/{source_digest(SOURCES)[:32]}"
    for base in _cache_bases():
        folder = base / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return str(folder)
        except OSError:
            continue
    return tempfile.mkdtemp(prefix="allweather-")


def source_digest(folder: Path) -> str:
    """sha256 over the names and contents of the Python files in a folder and below."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _cache_bases() -> list[Path]:
    """Where this system keeps what can be made again, the best place first."""
    named = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    places = [Path(named)] if named else []
    if sys.platform == "win32" and "LOCALAPPDATA" in os.environ:
        places.append(Path(os.environ["LOCALAPPDATA"]))
    elif sys.platform == "darwin":
        places.append(Path("~/Library/Caches"))
    else:
        places.append(Path("~/.cache"))
    expanded = []
    for place in places:
        try:
            expanded.append(place.expanduser())
        except RuntimeError:  # nobody's home
            continue
    return expanded
