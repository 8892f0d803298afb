"""
How smoothly a replayed day is scrubbed in a real browser, and how many bytes it takes.

`python -m benchmarks.app_floor` prints the figures of the centre of 200, and of a centre that has
200 agents on the floor at once. The plan that the app makes in the background is stopped first:
otherwise the figures would tell of that.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from browser import Tab, chromium, served, tab
from scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent

CENTRE = ROOT / "data" / "scenarios" / "centre_200.toml"
AT_ONCE = 200  # agents on the floor
FRAMES = 120
REPLAY_LIMIT_S = 300

# From the cursor's move to the moment after the picture was painted.
_SCRUB = """async ([frames, zoom]) => {
    const host = document.querySelector('[data-testid="stBidiComponentIsolated"]');
    const root = host.shadowRoot;
    const choose = root.querySelector('.zoom');
    choose.value = zoom;
    choose.dispatchEvent(new Event('change'));
    const cursor = root.querySelector('.cursor');
    const low = Number(cursor.min), high = Number(cursor.max);
    const painted = () => new Promise((done) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    await painted();
    const times = [];
    for (let frame = 0; frame < frames; frame++) {
        const began = performance.now();
        cursor.value = low + (high - low) * ((frame * 7) % frames) / frames;
        cursor.dispatchEvent(new Event('input'));
        await painted();
        times.push(performance.now() - began);
    }
    return times;
}"""
ZOOMS = {"day": "0", "hour": "3600"}


def floor_replay_figures() -> dict[str, Any]:
    """
    Frame times and payloads.

    Returns
    -------
    dict
        `frame_ms_p95` and `payload_bytes` of the centre of 200; the same with `_200_at_once`;
        and `agents`, `bars` and the frames' median of each under `replays`.
    """
    with tempfile.TemporaryDirectory() as folder:
        replays = {
            name: _measured(path)
            for name, path in (
                ("centre_200", _without_history(CENTRE, Path(folder) / "centre.toml", 1.0)),
                ("200_at_once", _without_history(CENTRE, Path(folder) / "crowd.toml", None)),
            )
        }
    centre, crowd = replays["centre_200"], replays["200_at_once"]
    return {
        "frame_ms_p95": centre["frame_ms_p95"],
        "payload_bytes": centre["payload_bytes"],
        "frame_ms_p95_200_at_once": crowd["frame_ms_p95"],
        "payload_bytes_200_at_once": crowd["payload_bytes"],
        "replays": replays,
    }


def _without_history(source: Path, target: Path, size: float | None) -> Path:
    """
    A scenario whose demand is forecast already, so that only the replay is waited for.

    Contacts and staff are `size` times as many; None: so many that 200 are there at once.
    """
    from forecast import demand_for

    scenario = Scenario.load(source)
    demand = demand_for(scenario)
    demand.save(target.with_suffix(".parquet"))
    agents = scenario.staff().agents
    size = AT_ONCE / agents.sum(axis=1).max() if size is None else size
    changes: dict[str, Any] = {
        "demand.history": None,
        "demand.events": None,
        "demand.forecast": target.with_suffix(".parquet").name,
        "staffing": None,
        "replications": 4,
    }
    for column, group in enumerate(scenario.groups):
        changes[f"groups.{group}.agents"] = np.round(size * agents[:, column]).astype(int).tolist()
    for channel in scenario.channels:
        changes[f"demand.scale.{channel}"] = size
    scenario.with_changes(changes).save(target)
    return target


def _measured(scenario: Path) -> dict[str, Any]:
    from forecast import demand_for
    from simulate.replay import replay
    from views.replay_bytes import message, replay_bytes

    loaded = Scenario.load(scenario)
    day = replay(loaded, demand_for(loaded))
    sent = message(*replay_bytes(day), None)
    with served(scenario) as (address, _), chromium() as browser, tab(browser, address) as page:
        _stop_the_plan(page)
        page.turn_to("Floor").until_worked(REPLAY_LIMIT_S)
        page.page.locator(".cursor").wait_for()
        page.page.wait_for_timeout(2000)
        times = {name: page.page.evaluate(_SCRUB, [FRAMES, zoom]) for name, zoom in ZOOMS.items()}
        assert page.troubles == [], page.troubles
    everything = np.concatenate(list(times.values()))
    return {
        "agents": len(day.agents),
        "bars": len(day.bars),
        "payload_bytes": len(sent),
        "frame_ms_p50": round(float(np.median(everything)), 1),
        "frame_ms_p95": round(float(np.quantile(everything, 0.95)), 1),
        **{
            f"frame_ms_p95_{name}": round(float(np.quantile(values, 0.95)), 1)
            for name, values in times.items()
        },
        "machine_load": list(os.getloadavg()),
    }


def _stop_the_plan(page: Tab) -> None:
    page.open("plan")
    stop = page.page.get_by_role("button", name="Stop", exact=True)
    stop.first.wait_for()
    stop.first.click()
    page.page.get_by_text("Planning the week was stopped").wait_for()


if __name__ == "__main__":
    print(json.dumps(floor_replay_figures(), indent=1))
