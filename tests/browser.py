"""The app in a real browser: one server, one Chromium, and what a person can see and do."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pandas as pd

from scenario import Scenario

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-dev-shm-usage",
]
# A deep link asks for these beside the page's own path first; Streamlit answers 404.
HARMLESS = ("_stcore/health", "_stcore/host-config")
PATIENCE_MS = 60_000  # a busy machine needs many times what an idle one does
SIZE = {"width": 1280, "height": 800}
ELSEWHERE = "America/New_York"  # the charts must show the centre's clock, not the browser's


def pages() -> dict[str, str]:
    """Path of every page by its title, as `app.py` lists them: the first opens without a path."""
    listed = (ROOT / "app.py").read_text(encoding="utf-8")
    found = re.findall(r'st\.Page\([^\n]*title="([^"]+)", url_path="([^"]+)"([^\n]*)', listed)
    return {title: "" if "default=True" in rest else path for title, path, rest in found}


def small_desk(folder: Path) -> Path:
    """The sample's team on its last four weeks, planning one day: the real pages, in seconds."""
    rows = pd.read_csv(ROOT / "data" / "team_20" / "history.csv", dtype=str)
    starts = pd.to_datetime(rows["interval_start"], utc=True)
    recent = starts >= pd.Timestamp("2026-03-16", tz="Europe/London")
    rows[recent].to_csv(folder / "history.csv", index=False)
    sample = Scenario.load(ROOT / "data" / "scenarios" / "sample.toml")
    changes = {
        "horizon.length": "1d",
        "replications": 4,
        "demand.history": "history.csv",
        "demand.events": None,
        "staffing": str(sample.path_of(str(sample.staffing)).resolve()),
    }
    sample.with_changes(changes).save(folder / "scenario.toml")
    return folder / "scenario.toml"


@contextmanager
def served(
    scenario: Path | None = None, *, script: str = "app.py", secrets: str = ""
) -> Iterator[tuple[str, int]]:
    """
    The app on a free port of this machine; its address and process id.

    In `secrets`, the text of a `secrets.toml`, `{address}` stands for the app's address.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    surroundings = dict(os.environ)
    # What is tried out here never lands among the saved work of the person who runs it.
    own = tempfile.TemporaryDirectory(prefix="allweather-served-")
    surroundings.setdefault("ALLWEATHER_STORE", f"sqlite:///{own.name}/saved.sqlite")
    if scenario is not None:
        surroundings["ALLWEATHER_SCENARIO"] = str(scenario)
    address = f"http://127.0.0.1:{port}"
    if secrets:
        told = Path(own.name) / "secrets.toml"
        told.write_text(secrets.replace("{address}", address), encoding="utf-8")
        surroundings["STREAMLIT_SECRETS_FILES"] = str(told)
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"],
        cwd=ROOT,
        env=surroundings,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, process)
        yield address, process.pid
    finally:
        started = _children(process.pid)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _wait_for_end(started)
        own.cleanup()


def _children(process: int) -> set[int]:
    """Processes that a process has started, and what these have started."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(status.parent.name)] = int(status.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue  # it ended meanwhile
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def _wait_for_end(processes: set[int], limit_s: float = 20) -> None:
    """Whatever the server has started ends with it."""
    until = time.monotonic() + limit_s
    while left := {one for one in processes if Path(f"/proc/{one}").exists()}:
        assert time.monotonic() < until, f"processes outlive the server: {left}"
        time.sleep(0.05)


def _wait_for(address: str, process: subprocess.Popen[bytes], limit_s: float = 60) -> None:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        assert process.poll() is None, "the app ended before it was ready"
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the app was not ready within {limit_s:.0f} s")


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Tab:
    """
    One page of the app, with everything that went wrong in it.

    Parameters
    ----------
    page
        Playwright's page.
    address
        Where the app is served.
    """

    page: Any
    address: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        self.page.on("requestfailed", self._failed)

    def open(self, path: str = "") -> Tab:
        """Go to a page of the app and wait until it stands still."""
        self.page.goto(f"{self.address}/{path}")
        return self.settled()

    def turn_to(self, title: str) -> Tab:
        """Turn to another page as a person does, by its link."""
        self.page.get_by_role("link", name=title, exact=True).click()
        self.page.get_by_role("heading", name=title, exact=True, level=1).wait_for()
        return self.settled()

    def settled(self, limit_s: float = 60) -> Tab:
        """Wait until no script runs and nothing on the page is stale."""
        self.page.locator('[data-testid="stApp"]').wait_for(timeout=1000 * limit_s)
        self.page.wait_for_function(
            """() => {
                const app = document.querySelector('[data-testid="stApp"]');
                return app && app.dataset.testScriptState === 'notRunning'
                    && !document.querySelector('[data-stale="true"]')
                    && !document.querySelector('[data-testid="stSkeleton"]');
            }""",
            timeout=1000 * limit_s,
        )
        return self

    def until_worked(self, limit_s: float = 120) -> Tab:
        """Wait until no work is shown as going on."""
        self.page.wait_for_function(
            """() => !document.querySelector('[data-testid="stProgress"]')""",
            timeout=1000 * limit_s,
        )
        return self.settled()

    def in_theme(self, theme: str) -> Tab:
        """Show the page `light` or `dark`, and wait until no colour fades into the other.

        axe-core would judge a colour half-way that nobody reads.
        """
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function(
            """dark => {
                const app = document.querySelector('[data-testid="stApp"]');
                const [red] = getComputedStyle(app).backgroundColor.match(/\\d+/g).map(Number);
                const fading = document.getAnimations().some(
                    (one) => one instanceof CSSTransition && one.playState === 'running');
                return (red < 128) === dark && !fading;
            }""",
            arg=theme == "dark",
        )
        return self

    def text(self) -> str:
        """What can be read on the page."""
        return str(self.page.locator('[data-testid="stApp"]').inner_text())

    def _console(self, message: Any) -> None:
        harmless = any(path in str(message.location.get("url", "")) for path in HARMLESS)
        if message.type == "error" and not harmless:
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Any) -> None:
        host = urlparse(request.url).hostname
        if request.url.startswith(("data:", "blob:")) or host == "127.0.0.1":
            return
        self.troubles.append(f"another host: {request.url}")

    def _response(self, response: Any) -> None:
        harmless = response.status == 404 and any(path in response.url for path in HARMLESS)
        if response.status >= 400 and not harmless:
            self.troubles.append(f"{response.status}: {response.url}")

    def _failed(self, request: Any) -> None:
        # Leaving a page ends its downloads and its stream; that is no fault.
        if "net::ERR_ABORTED" not in str(request.failure):
            self.troubles.append(f"failed: {request.url} {request.failure}")


@contextmanager
def tab(browser: Any, address: str, *, dark: bool = False) -> Iterator[Tab]:
    """A fresh page whose browser lives in another time zone."""
    context = browser.new_context(
        viewport=SIZE,
        timezone_id=ELSEWHERE,
        locale="en-GB",
        color_scheme="dark" if dark else "light",
        accept_downloads=True,
    )
    try:
        yield Tab(context.new_page(), address)
    finally:
        context.close()
