"""The saved work as the pages see it: one store for all sessions, scenarios by name."""

from __future__ import annotations

from functools import cache, lru_cache

from scenario import PlanningError, Scenario
from store import Store, default_url, open_store
from views import people
from views.saving import whatif_of

SCENARIOS_READ = 64


def shelf() -> Store:
    """
    The store of this app.

    Raises
    ------
    StoreError
        When it cannot be used; the app goes on without it.
    """
    return _store(default_url())


def shelf_to_save() -> Store:
    """
    The store of this app, for somebody who may change what is saved.

    Raises
    ------
    StoreError
        When it cannot be used.
    ViewerError
        When the person at work may only look.
    """
    people.must_be_planner()
    return shelf()


def saved_scenarios() -> dict[str, Scenario]:
    """
    The latest version of every saved scenario, with its levers applied, by name.

    A scenario that can no longer be read is left out; the Saved page tells why. None at all where
    the store cannot be used.
    """
    try:
        versions = shelf().latest("scenario")
    except PlanningError:
        return {}
    found = {}
    for version in versions:
        try:
            found[version.name] = scenario_in(version.name, version.number)
        except PlanningError:
            continue
    return found


def scenario_in(name: str, number: int) -> Scenario:
    """
    One version of a saved scenario, with its levers applied.

    Raises
    ------
    PlanningError
        When it is not there, or cannot be read.
    """
    return _scenario(default_url(), name, number)


@cache
def _store(url: str) -> Store:
    return open_store(url)


@lru_cache(maxsize=SCENARIOS_READ)
def _scenario(url: str, name: str, number: int) -> Scenario:
    """A version never changes, so it is read once."""
    saved = _store(url).load("scenario", name, number)
    return whatif_of(saved.text, saved.files, name)
