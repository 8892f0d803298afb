"""What somebody works on, kept under a key of the page's address: nothing is lost on a refresh.

The key is made from the content, and stands in the address. So no cookie is needed, a refresh and
a restart of the server find the same work again, a link shows it to somebody else, the browser's
way back leads to what was before, and two people who follow one link do not write over each other:
whoever changes something gets another address.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from scenario import PlanningError, Scenario
from store import Version
from views.files import scenario_content
from views.jobs import fingerprint
from views.saved import shelf
from views.saving import parts_of, scenario_of

OPENED_KEPT = 200  # in memory; what was dropped is read from the store again

log = logging.getLogger("allweather.app")


@dataclass(frozen=True)
class Origin:
    """
    The saved version that some work began with.

    Parameters
    ----------
    name, number
        Which one.
    content
        Fingerprint of what was saved, to tell whether anything was changed since.
    """

    name: str
    number: int
    content: str = ""


@dataclass(frozen=True)
class Draft:
    """
    What somebody works on.

    Parameters
    ----------
    scenario
        The scenario.
    origins
        Saved versions that it began with, by kind.
    """

    scenario: Scenario
    origins: Mapping[str, Origin] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name of the draft in the page's address."""
        told = json.dumps(_plain(self.origins), sort_keys=True)
        return fingerprint(scenario_content(self.scenario), told)[:16]


def keep(draft: Draft) -> str:
    """Keep a draft; its key. Where the store cannot be written it lasts until the app ends."""
    key = draft.key
    known = _opened()
    fresh = key not in known
    known.pop(key, None)
    known[key] = draft
    while len(known) > OPENED_KEPT:
        known.pop(next(iter(known)), None)
    if fresh:
        try:
            text, files = parts_of(draft.scenario)
            told = {"scenario": text, "saved": _plain(draft.origins)}
            shelf().keep_draft(key, json.dumps(told), files)
        except PlanningError as error:
            log.warning("a draft is kept in memory only: %s", error)
    return key


def find(key: str) -> Draft | None:
    """What was kept under a key; None where it is gone."""
    if not key or key in _opened():
        return _opened().get(key)
    try:
        saved = shelf().draft(key)
        if saved is None:
            return None
        told = json.loads(saved.text)
        scenario = scenario_of(told["scenario"], saved.files)
    except PlanningError as error:
        log.warning("the draft %s cannot be opened: %s", key, error)
        return None
    origins = {kind: Origin(*origin) for kind, origin in told["saved"].items()}
    _opened()[key] = found = Draft(scenario, origins)
    return found


def origin_of(version: Version, content: str) -> Origin:
    """The origin of work that was just saved or opened."""
    return Origin(version.name, version.number, content)


def _plain(origins: Mapping[str, Origin]) -> dict[str, list[str | int]]:
    return {kind: [origin.name, origin.number, origin.content] for kind, origin in origins.items()}


@cache
def _opened() -> dict[str, Draft]:
    """Drafts opened since the app started, by key, the latest last."""
    return {}
