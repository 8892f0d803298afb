"""
Would a wrong rule be noticed: rules are spoilt one at a time, and something must object.

    python -m benchmarks.mutants [--json] [--only WORD] [--workers 2]

`tests/mutants/*.toml` lists what is spoilt: one replacement of text in one file each, that must
match exactly once. Each is made in a copy of the project, whose rules run as plain Python, so
that no machine code made earlier can hide it. Then `tests/killers.py` looks for a worked day, an
exact value or a disagreement between the engines that tells the copy from the original.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT / "tests" / "mutants"
COPIED = ("simulate", "scenario", "benchmarks", "tests", "pyproject.toml")
TIMEOUT_S = 120.0  # a spoilt rule may never end, which is noticed too; others take seconds
METHOD = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
PROCESSES: Any = get_context(METHOD)


@dataclass(frozen=True)
class Mutant:
    """
    One spoilt rule.

    Parameters
    ----------
    says
        What the floor does now, wrongly.
    file
        Path from the project's root.
    old, new
        Text, and what stands in its place.
    """

    says: str
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant; `killer` is None for one that nobody noticed."""

    mutant: Mutant
    killer: str | None
    seconds: float


def listed() -> list[Mutant]:
    """
    Every mutant of the lists.

    Raises
    ------
    ValueError
        When a text to replace is not in its file exactly once.
    """
    found = []
    for path in sorted(LISTS.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [Mutant(file=document["file"], **row) for row in document["mutants"]]
    faults = [
        f"{mutant.file}: {mutant.says} ({count} times)"
        for mutant in found
        if (count := (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old)) != 1
    ]
    if faults:
        raise ValueError("to be found exactly once:\n" + "\n".join(faults))
    return found


class Copy:
    """A copy of the project in which one thing after the other is spoilt and put right again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "mutants")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy2(source, folder / name)

    def killer(self, *changed: str) -> str | None:
        """Who objects to the copy as it is, where these files have been changed; None: nobody."""
        ours, theirs = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=_ask, args=(str(self.folder), changed, theirs))
        process.start()
        theirs.close()
        try:
            if not ours.poll(TIMEOUT_S):
                return "it never ends"
            told: str | None = ours.recv()
            return told
        except EOFError:
            return "the end of the process"
        finally:
            process.kill()
            process.join()
            ours.close()

    def verdict(self, mutant: Mutant) -> Verdict:
        """Spoil the copy, see who objects, and put it right."""
        begun = time.perf_counter()
        path = self.folder / mutant.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        try:
            killer = self.killer(mutant.file)
        finally:
            path.write_text(text, encoding="utf-8")
        return Verdict(mutant, killer, time.perf_counter() - begun)


def _ask(folder: str, changed: tuple[str, ...], told: Connection) -> None:
    """In a process of its own: who objects to the copy in a folder."""
    os.chdir(folder)
    # A source changed within the second of its compiled file would not be read again.
    sys.dont_write_bytecode = True
    # Plugins of pytest that something has imported already would be warned of, which is an error.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path[:0] = [folder, str(Path(folder) / "tests")]
    from killers import killer_of

    told.send(killer_of(changed))


def judge(mutants: list[Mutant], workers: int) -> list[Verdict]:
    """
    What becomes of each mutant.

    Raises
    ------
    RuntimeError
        When somebody objects to the project as it is.
    """
    # Processes begin with what never changes loaded, and rules that are never compiled.
    PROCESSES.set_forkserver_preload(["numpy", "pandas", "pydantic", "simpy", "numba", "pytest"])
    copies: SimpleQueue[Copy] = SimpleQueue()

    def work(mutant: Mutant) -> Verdict:
        copy = copies.get()
        verdict = copy.verdict(mutant)
        copies.put(copy)
        fate = f"killed by {verdict.killer}" if verdict.killer else "ALIVE"
        print(f"{mutant.file}: {mutant.says}: {fate}", file=sys.stderr, flush=True)
        return verdict

    with (
        tempfile.TemporaryDirectory() as place,
        patch.dict(os.environ, {"NUMBA_DISABLE_JIT": "1"}),
    ):
        for number in range(workers):
            copies.put(Copy(Path(place) / str(number)))
        first = copies.get()
        if (killer := first.killer()) is not None:
            raise RuntimeError(f"the project itself is killed by {killer}")
        copies.put(first)
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(work, mutants))


def main() -> int:
    """Judge every mutant; the exit status is 1 if one is alive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--only", default="", help="part of the file or of what it says")
    parser.add_argument("--workers", type=int, default=1, help="copies judged at once")
    asked = parser.parse_args()
    begun = time.perf_counter()
    chosen = [m for m in listed() if asked.only in f"{m.file}: {m.says}"]
    verdicts = judge(chosen, asked.workers)
    alive = [f"{v.mutant.file}: {v.mutant.says}" for v in verdicts if v.killer is None]
    found: dict[str, Any] = {
        "mutants": len(verdicts),
        "mutants_alive": len(alive),
        "alive": alive,
        "seconds": time.perf_counter() - begun,
        "killed_by": {f"{v.mutant.file}: {v.mutant.says}": v.killer for v in verdicts},
    }
    if asked.json:
        print(json.dumps(found))
    else:
        print(f"{len(verdicts)} mutants, {len(alive)} alive, {found['seconds']:.0f} s")
        print(*alive, sep="\n")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
