"""Where uploaded files are kept while the app runs, and what tells two of them apart."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from functools import cache, lru_cache
from pathlib import Path

from scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "scenarios" / "sample.toml"
FILE_KEYS = {"history", "forecast", "events", "edits"}  # of the demand
PRESETS = ROOT / "data" / "scenarios" / "presets.toml"


def keep(name: str, content: bytes) -> Path:
    """
    Keep an upload until the app ends.

    Parameters
    ----------
    name
        File name as the person gave it; only its last part is used.
    content
        The bytes. The folder is named after them: the same file is kept once, and a kept
        file never changes.
    """
    folder = _folder() / hashlib.sha256(content).hexdigest()[:24]
    folder.mkdir(exist_ok=True)
    path = folder / (Path(name.replace("\\", "/")).name or "upload")
    if not path.exists():
        path.write_bytes(content)
    return path


def shipped(path: Path) -> Scenario:
    """A scenario file that every session opens: read once, and again when it has changed."""
    if not path.is_file():
        return Scenario.load(path)  # which tells what is wrong
    status = path.stat()
    return _scenario_of(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=8)
def _scenario_of(path: Path, changed: int, size: int) -> Scenario:  # noqa: ARG001
    return Scenario.load(path)


def scenario_content(scenario: Scenario) -> str:
    """All that decides a scenario's numbers, as one text: its keys and its files' content."""
    keys = scenario.model_dump_json(exclude={"demand": FILE_KEYS, "staffing": True})
    files = [*_demand_files(scenario), _digest(scenario, scenario.demand.edits)]
    files += [_digest(scenario, group.fixed_shifts) for group in scenario.groups.values()]
    return "\n".join([keys, *files, _digest(scenario, scenario.staffing)])


def demand_content(scenario: Scenario) -> str:
    """All that decides a scenario's demand before edits: nothing else needs a new forecast."""
    rates = scenario.demand.model_dump_json(include={"rates"})
    period = scenario.horizon.model_dump_json(exclude={"warm_up", "cool_down"})
    keys = [rates, period, scenario.calendar.model_dump_json(), scenario.timezone]
    keys += [str(scenario.seed), *scenario.channels]
    return "\n".join(keys + _demand_files(scenario))


def edited_content(scenario: Scenario) -> str:
    """All that decides a scenario's demand with the planner's edits."""
    return f"{demand_content(scenario)}\n{_digest(scenario, scenario.demand.edits)}"


def history_content(scenario: Scenario) -> str:
    """All that decides a scenario's history."""
    return f"{scenario.timezone}\n{_digest(scenario, scenario.demand.history)}"


def _demand_files(scenario: Scenario) -> list[str]:
    """Content of the files that the demand names; where they lie decides nothing."""
    demand = scenario.demand
    return [_digest(scenario, file) for file in (demand.history, demand.forecast, demand.events)]


def _digest(scenario: Scenario, file: str | None) -> str:
    if file is None:
        return "none"
    path = scenario.path_of(file)
    if not path.is_file():
        return "missing"
    status = path.stat()
    return _digest_of(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _digest_of(path: Path, changed: int, size: int) -> str:  # noqa: ARG001
    """Digest of a file; its time and size only say whether it must be read again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="allweather-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
