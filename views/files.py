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


def scenario_content(scenario: Scenario) -> str:
    """All that decides a scenario's numbers, as one text: its keys and its files' content."""
    files = (
        scenario.demand.history,
        scenario.demand.forecast,
        scenario.demand.events,
        scenario.staffing,
    )
    digests = [_digest(scenario.path_of(file)) for file in files if file is not None]
    return "\n".join([scenario.model_dump_json(), *digests])


def demand_content(scenario: Scenario) -> str:
    """All that decides a scenario's demand: an edit of anything else needs no new forecast."""
    demand = scenario.demand.model_dump_json(exclude={"scale", "uncertainty", "day_factor"})
    period = scenario.horizon.model_dump_json(exclude={"warm_up", "cool_down"})
    keys = [demand, period, scenario.calendar.model_dump_json(), scenario.timezone]
    keys += [str(scenario.seed), *scenario.channels]
    named = (scenario.demand.history, scenario.demand.forecast, scenario.demand.events)
    keys += [_digest(scenario.path_of(file)) for file in named if file is not None]
    return "\n".join(keys)


def history_content(scenario: Scenario) -> str:
    """All that decides a scenario's history."""
    file = scenario.demand.history
    return f"{scenario.timezone}\n{'' if file is None else _digest(scenario.path_of(file))}"


def _digest(path: Path) -> str:
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
