"""
Pictures of every page for the guide: `python -m benchmarks.screenshots`.

Opens the app on the sample in Debian's Chromium, 1280 × 800, light and dark, and writes
`docs/screenshots/`; the pages are those that `app.py` lists. The plan must be found first, which
takes some minutes. `--pages today,floor` takes only these.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from PIL import Image

from browser import Tab, chromium, pages, served, tab

ROOT = Path(__file__).resolve().parent.parent

FOLDER = ROOT / "docs" / "screenshots"
LARGEST_BYTES = 150_000
COLOURS = 128  # of a picture: half the bytes, and nobody sees it
PLAN_LIMIT_S = 900
MOVED = "what-if?levers=volume-chat~20%7Cstaff-team~1"


def main() -> None:
    """Take every picture, or those asked for."""
    asked = argparse.ArgumentParser(description="Pictures of every page.")
    asked.add_argument("--pages", default="", help="paths of pages, separated by commas")
    wanted = set(filter(None, asked.parse_args().pages.split(",")))
    shown = {path or title.lower(): path for title, path in pages().items()}
    shown = {**shown, "what-if_moved": MOVED, "plan_day": "plan"}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as (address, _), chromium() as browser:
        with tab(browser, address) as page:
            page.open("plan").until_worked(PLAN_LIMIT_S)
        for dark in (False, True):
            for name, path in shown.items():
                if wanted and name not in wanted:
                    continue
                with tab(browser, address, dark=dark) as page:
                    page.open(path).until_worked(PLAN_LIMIT_S)
                    if name == "plan_day":
                        _turn_to_a_day(page)
                    page.page.wait_for_timeout(1500)
                    take(page, FOLDER / f"{name}{'_dark' if dark else ''}.png")
                    assert page.troubles == [], page.troubles


def _turn_to_a_day(page: Tab) -> None:
    page.page.get_by_text("Tue 14", exact=True).first.click()
    page.settled()
    heading = page.page.get_by_role("heading", name="Required and scheduled")
    heading.evaluate("heading => heading.scrollIntoView()")


def take(page: Tab, file: Path) -> None:
    """A picture of what is in the window, in as few colours as tell the same."""
    drawn = Image.open(io.BytesIO(page.page.screenshot())).convert("RGB")
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    size = file.stat().st_size
    assert size < LARGEST_BYTES, f"{file.name} has {size} bytes"
    print(f"{file.name}: {size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
