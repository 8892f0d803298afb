"""
Pictures of every page for the guide: `python -m benchmarks.screenshots`.

Opens the app on the sample in Debian's Chromium, 1280 × 800, light and dark, and writes
`docs/screenshots/`. The plan must be found first, which takes some minutes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The tests are no package; a dependency has installed one of that name.
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, served, tab  # noqa: E402 - found in the folder named above

FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "history": "",
    "forecast": "forecast",
    "today": "today",
    "what-if": "what-if",
    "plan": "plan",
    "compare": "compare?compared=now,preset-viral_post,preset-new_hires",
}
LARGEST_BYTES = 300_000
PLAN_LIMIT_S = 900
MOVED = "what-if?levers=volume-chat~20%7Cstaff-team~1"


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as (address, _), chromium() as browser:
        with tab(browser, address) as page:
            page.open("plan").until_worked(PLAN_LIMIT_S)
        for dark in (False, True):
            ending = "_dark" if dark else ""
            with tab(browser, address, dark=dark) as page:
                for name, path in {**PAGES, "what-if_moved": MOVED}.items():
                    page.open(path).until_worked(PLAN_LIMIT_S)
                    page.page.wait_for_timeout(1500)
                    _take(page, f"{name}{ending}")
                page.open("plan").until_worked()
                page.page.get_by_text("Tue 14", exact=True).first.click()
                page.settled()
                page.page.get_by_role("heading", name="Required and scheduled").evaluate(
                    "heading => heading.scrollIntoView()"
                )
                page.page.wait_for_timeout(1500)
                _take(page, f"plan_day{ending}")
                assert page.troubles == [], page.troubles


def _take(page: object, name: str) -> None:
    file = FOLDER / f"{name}.png"
    page.page.screenshot(path=str(file))  # type: ignore[attr-defined]
    size = file.stat().st_size
    assert size < LARGEST_BYTES, f"{file.name} has {size} bytes"
    print(f"{file.name}: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
