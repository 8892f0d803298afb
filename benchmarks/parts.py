"""A benchmark in parts: each is measured by itself, and one that fails takes no other with it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any


@dataclass(frozen=True)
class Part:
    """
    Some of the figures, measured together.

    Parameters
    ----------
    keys
        What it must answer.
    measure
        Answers with these keys, and others beside them.
    """

    keys: tuple[str, ...]
    measure: Callable[[], dict[str, Any]]


def measured(parts: Mapping[str, Part], without: Collection[str] = ()) -> dict[str, Any]:
    """
    Measure the parts, one after the other.

    Parameters
    ----------
    parts
        By name.
    without
        Names of parts that are left out; their figures are null.

    Returns
    -------
    dict
        The parts' keys, null where a part failed; `parts`, what each answered beside them, how
        long it took and the machine's load before and after it; `failed`, errors by part;
        `left_out`, `machine_load` and `processors`.
    """
    found: dict[str, Any] = {key: None for part in parts.values() for key in part.keys}
    told: dict[str, Any] = {}
    failed: dict[str, str] = {}
    load_before = os.getloadavg()[0]
    for name, part in parts.items():
        if name in without:
            continue
        print(f"measuring: {name}", file=sys.stderr, flush=True)
        load, began = os.getloadavg()[0], time.perf_counter()
        answer: dict[str, Any] = {}
        try:
            answer = part.measure()
        except Exception as error:  # one part must not take the others with it
            traceback.print_exc()
            failed[name] = f"{type(error).__name__}: {error}"
        found |= {key: answer.get(key) for key in part.keys}
        told[name] = {
            **{key: value for key, value in answer.items() if key not in part.keys},
            "seconds": time.perf_counter() - began,
            "machine_load": [load, os.getloadavg()[0]],
        }
    return found | {
        "parts": told,
        "failed": failed,
        "left_out": sorted(without),
        "machine_load": [load_before, os.getloadavg()[0]],
        "processors": os.cpu_count(),
    }


def versions(names: Iterable[str]) -> dict[str, str | None]:
    """Versions of Python and of packages; None of one that is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def command(
    doc: str | None, names: Collection[str], figures: Callable[[list[str]], dict[str, Any]]
) -> int:
    """
    Read the command line, measure, and print a table or one JSON document.

    Parameters
    ----------
    doc
        Of the program; its first line is its help.
    names
        Of the parts that may be left out.
    figures
        Measures without the parts named.

    Returns
    -------
    int
        Exit status: 1 where a part failed.
    """
    parser = argparse.ArgumentParser(description=(doc or "").strip().splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    for name in names:
        parser.add_argument(f"--without-{name}", action="store_true", help=f"leave out the {name}")
    asked = vars(parser.parse_args())
    found = figures([name for name in names if asked[f"without_{name}"]])
    if asked["json"]:
        print(json.dumps(found, indent=2))
    else:
        for name, value in found.items():
            print(f"{name}: {value:,.4g}" if isinstance(value, float) else f"{name}: {value}")
    return 1 if found["failed"] else 0
