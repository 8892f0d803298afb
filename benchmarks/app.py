"""
How quick is the app in a real browser, for one person and for twenty, and what does it hold?

    python -m benchmarks.app --json

One server plans the centre of 200, one week; its figures come from Debian's Chromium and, for
twenty people at once, from sessions over the websocket (`benchmarks/app_session.py`). A second
one shows a small desk, whose pages are looked through with axe-core.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from accessibility import findings
from benchmarks.app_floor import floor_replay_figures
from benchmarks.app_load import load
from browser import Tab, chromium, pages, served, small_desk, tab

ROOT = Path(__file__).resolve().parent.parent

CENTRE = ROOT / "data" / "scenarios" / "centre_200.toml"
READY_S = 900  # until the first plan of a server is found
RENDERS = 5
LEVERS = 24
CHARTS = 12

# From a key press until the figures at the top of the page are others than before.
_WATCH_FIGURES = """() => {
    const told = () => [...document.querySelectorAll('[data-testid="stMetric"]')]
        .map((figure) => figure.innerText).join('|');
    const before = told();
    window.waited = null;
    window.addEventListener('keydown', () => {
        const began = performance.now();
        const look = () => {
            const now = told();
            if (now && now !== before) window.waited = performance.now() - began;
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, {capture: true, once: true});
}"""
# From a click until the chart, pixels or shapes, is another than before.
_WATCH_CHART = """() => {
    const small = document.createElement('canvas');
    small.width = 96; small.height = 64;
    const drawn = () => {
        const chart = document.querySelector('[data-testid="stVegaLiteChart"] canvas');
        if (!chart) return document.querySelector('[data-testid="stVegaLiteChart"]').innerHTML;
        const paper = small.getContext('2d', {willReadFrequently: true});
        paper.clearRect(0, 0, 96, 64);
        paper.drawImage(chart, 0, 0, 96, 64);
        return small.toDataURL();
    };
    const before = drawn();
    window.waited = null;
    window.addEventListener('click', () => {
        const began = performance.now();
        const look = () => {
            if (drawn() !== before) window.waited = performance.now() - began;
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, {capture: true, once: true});
}"""


def first_render_s(browser: Any, address: str) -> float:
    """Seconds from opening the address until the page stands; the middle of some browsers'."""
    seconds = []
    for _ in range(RENDERS):
        with tab(browser, address) as page:
            began = time.perf_counter()
            page.open()
            page.page.get_by_role("heading", level=1).wait_for()
            seconds.append(time.perf_counter() - began)
    return float(np.median(seconds))


def lever_s(page: Tab) -> list[float]:
    """Seconds from each move of a lever until the new figures stand on the page."""
    seconds = []
    slider = page.page.get_by_role("slider").first
    for turn in range(LEVERS):
        slider.focus()
        page.page.evaluate(_WATCH_FIGURES)
        slider.press("ArrowRight" if turn % LEVERS < LEVERS / 2 else "ArrowLeft")
        page.page.wait_for_function("() => window.waited !== null", timeout=60_000)
        seconds.append(page.page.evaluate("() => window.waited") / 1000)
        page.page.wait_for_timeout(1500)  # a person reads; the later looks go on
    return seconds


def chart_update_s(browser: Any) -> float:
    """Seconds from a change of 2,688 intervals of three channels until they are drawn."""
    seconds = []
    with served(script="benchmarks/app_chart.py") as (address, _), tab(browser, address) as page:
        page.open()
        page.page.get_by_text("Contacts", exact=True).first.wait_for()
        page.page.wait_for_timeout(1500)
        for _ in range(CHARTS):
            page.page.evaluate(_WATCH_CHART)
            page.page.get_by_role("button", name="Move").click()
            page.page.wait_for_function("() => window.waited !== null", timeout=30_000)
            seconds.append(page.page.evaluate("() => window.waited") / 1000)
            page.page.wait_for_timeout(500)
    return float(np.median(seconds))


def looked_through(browser: Any) -> tuple[list[str], list[str]]:
    """What axe-core finds on every page in both themes, and everything else that went wrong."""
    found: list[str] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(small_desk(Path(folder))) as (address, _),
        tab(browser, address) as page,
    ):
        page.open("plan").until_worked(READY_S)
        for title, path in pages().items():
            page.open(path).until_worked(READY_S)
            for theme in ("light", "dark"):
                page.in_theme(theme)
                found += [
                    f"{title}, {theme}: {one.rule} at {one.target}" for one in findings(page.page)
                ]
        return found, page.troubles


def figures(*, crowd: bool = True) -> dict[str, Any]:
    """Everything that this benchmark is named for; `crowd` takes six minutes."""
    load_before = os.getloadavg()[0]
    told: dict[str, Any] = {}

    def tell(**figures: Any) -> None:
        told.update(figures)
        print(json.dumps(figures), file=sys.stderr, flush=True)

    with chromium() as browser:
        with served(CENTRE) as (address, server):
            with tab(browser, address) as page:
                # The first visitor's plan is found: a server that works on it is not warm.
                page.open("plan").until_worked(READY_S)
                page.open("what-if").until_worked(READY_S)
                tell(first_render_s=first_render_s(browser, address))
                seconds = lever_s(page)
                troubles = page.troubles
            tell(
                lever_p50_s=float(np.quantile(seconds, 0.5)),
                lever_p95_s=float(np.quantile(seconds, 0.95)),
            )
            if crowd:
                # The browser's own loop runs in this thread.
                with ThreadPoolExecutor(1) as aside:
                    tell(**aside.submit(lambda: asyncio.run(load(address, server))).result())
        tell(chart_update_s=chart_update_s(browser))
        axe, others = looked_through(browser)
        troubles = [*troubles, *others]
    tell(**floor_replay_figures())
    return {
        **told,
        "axe_serious": len(axe),
        "axe_findings": axe,
        "foreign_requests": sum(one.startswith("another host") for one in troubles),
        "troubles": troubles,
        "machine_load": [load_before, os.getloadavg()[0]],
        "processors": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("allweather", "streamlit", "playwright", "numba")},
        },
    }


def main() -> None:
    """Print the figures."""
    asked = argparse.ArgumentParser(description="How quick is the app?")
    asked.add_argument("--json", action="store_true", help="one JSON document on standard output")
    asked.add_argument("--alone", action="store_true", help="leave the twenty sessions out")
    options = asked.parse_args()
    found = figures(crowd=not options.alone)
    if options.json:
        print(json.dumps(found, indent=1))
        return
    for name, value in found.items():
        print(f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    main()
