"""What axe-core finds on a page of the app, without what is Streamlit's own."""

from __future__ import annotations

import time
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

GRAVE = ("serious", "critical")

# Selectors of what Streamlit draws by itself, by rule, where nothing of ours could change it.
STREAMLITS_OWN = {
    # The names chosen in a multiselect are white on the primary colour, in the dark theme too.
    # A blue dark enough for them cannot be read as the selected one of several buttons, which
    # Streamlit writes in the same colour on the dark ground.
    "color-contrast": ('[data-testid="stMultiSelect"] span[title]',),
}

_RUN = """async (theirs) => {
    const found = await axe.run(document, {
        resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    });
    return found.violations.map(({id, impact, help, nodes}) => ({
        id, impact, help,
        nodes: nodes.filter(({target}) => !(theirs[id] || []).some((own) => {
            const element = document.querySelector(target[0]);
            return element && element.matches(own);
        })).map(({target, html, failureSummary}) => ({
            target: target.join(' '), html, why: failureSummary,
        })),
    }));
}"""


class Finding(NamedTuple):
    """A rule that an element breaks: rule, impact, place, why, and the element itself."""

    rule: str
    impact: str
    target: str
    why: str
    html: str


def findings(page: Any) -> list[Finding]:
    """Serious and critical findings of axe-core on a Playwright page that are ours."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())
    return [
        Finding(rule["id"], rule["impact"], node["target"], node["why"], node["html"])
        for rule in page.evaluate(_RUN, STREAMLITS_OWN)
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def lasting_findings(page: Any, limit_s: float = 15) -> list[Finding]:
    """Those of them that stay: what is still being drawn or faded in is looked at again."""
    until = time.monotonic() + limit_s
    while found := findings(page):
        if time.monotonic() > until:
            break
        page.wait_for_timeout(500)
    return found


@cache
def _axe() -> str:
    """The source of axe-core, as the package that ships it has it."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    return f"() => {{ {source} }}"
