"""Where the floor's machine code is kept, and for which sources it holds."""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parent
COMPILER = "compiled.py"
"""The file whose decorators compile: what imports it holds compiled functions."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<home>[\w.]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(?P<modules>[^\n#]*))",
    re.MULTILINE,
)


@functools.cache
def cache_folder() -> Path:
    """
    Folder of the machine code of exactly these sources.

    numba notices an edit of the file that holds a function, but not of a helper in another
    file. A folder named after all that is compiled cannot go stale.
    """
    name = f"allweather/{source_digest(SOURCES)[:32]}"
    for base in _cache_bases():
        folder = base / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="allweather-"))


def source_digest(folder: Path) -> str:
    """sha256 over the names and contents of a package's `compiled_sources`."""
    digest = hashlib.sha256()
    for path in compiled_sources(folder):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def compiled_sources(folder: Path) -> list[Path]:
    """
    The files of a package that machine code depends on, in order.

    They are the files that import the decorators, and all of the package that these import,
    directly or through others: a constant from there is part of the machine code.
    """
    texts = {path: path.read_text("utf-8") for path in folder.rglob("*.py")}
    needs = {
        path: {_home_of(name, folder) for name in _imported(folder.name, text)}
        for path, text in texts.items()
    }
    found: set[Path] = set()
    ahead = [path for path, needed in needs.items() if folder / COMPILER in needed]
    while ahead:
        path = ahead.pop()
        if path not in found:
            found.add(path)
            ahead += needs[path]
    return sorted(found)


def _imported(package: str, text: str) -> Iterator[tuple[str, ...]]:
    """Dotted names below the package that a source imports: modules, or something in one."""
    for match in _IMPORT.finditer(text):
        home = match["home"]
        listed = (match["names"] if home else match["modules"]).strip("()")
        for line in listed.splitlines():
            for item in line.partition("#")[0].split(","):
                name = item.split(" as ")[0].strip()
                first, *others = (f"{home}.{name}" if home else name).split(".")
                if first == package:
                    yield tuple(others)


def _home_of(name: tuple[str, ...], folder: Path) -> Path:
    """The file that is meant by a module's name, or by that of something in the module."""
    for parts in (name, name[:-1]):
        for path in (
            folder.joinpath(*parts).with_suffix(".py"),
            folder.joinpath(*parts, "__init__.py"),
        ):
            if parts and path.exists():
                return path
    return folder / "__init__.py"


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
