"""What can stand side by side on the Compare page: the scenarios at hand, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import streamlit as st

from scenario import Scenario
from views import session
from views.edit_work import planned_scenario
from views.files import scenario_content
from views.jobs import fingerprint
from views.saved import saved_scenarios

ADDRESS, SHOWN = "kept", "compared"  # names in the page's address
KEPT_AT_MOST = 200  # of all sessions; scenarios are small
NOW, PLANNED, WHAT_IF = "now", "planned", "what-if"


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A scenario that can be compared.

    Parameters
    ----------
    key
        Name in the address.
    label
        Name for people.
    scenario
        The scenario, with the base's seed and replications, so that all meet the same customers.
    moved
        What it changes, in words.
    """

    key: str
    label: str
    scenario: Scenario
    moved: tuple[str, ...] = ()


def candidates() -> dict[str, Candidate]:
    """All that can be compared, by key: as now, planned, what-ifs, presets, files, saved ones."""
    base = session.scenario()
    found = [Candidate(NOW, "As staffed now", base)]
    plan = session.plan_job().result
    if plan is not None:
        planned = planned_scenario(base, plan)
        found.append(Candidate(PLANNED, "As planned", planned, ("staffing of the plan",)))
    found += _what_if()
    found += [_kept()[key] for key in _own_keys() if key in _kept()]
    for preset in session.presets():
        changed = base.with_changes(preset.changes)
        found.append(
            Candidate(f"preset-{preset.key}", preset.label, changed, (preset.description,))
        )
    for name, scenario in saved_scenarios().items():
        key = f"saved-{fingerprint(name)[:12]}"
        found.append(Candidate(key, name, scenario, ("saved by name",)))
    return {one.key: _met_by_the_same(one, base) for one in _named_apart(found)}


def chosen(found: Mapping[str, Candidate], most: int) -> list[Candidate]:
    """
    Let the person choose what stands side by side, the baseline first.

    Parameters
    ----------
    found
        What can be chosen, by key.
    most
        How many at most.
    """
    if not st.session_state.get("compare-touched"):
        told = [key for key in st.query_params.get(SHOWN, "").split(",") if key in found]
        st.session_state["compare-touched"] = bool(told)
        st.session_state["compare-shown"] = told or _at_first(found, most)
    shown = [key for key in st.session_state["compare-shown"] if key in found] or [NOW]
    st.session_state["compare-shown"] = shown
    left, right = st.columns([3, 1])
    keys = left.multiselect(
        "Side by side",
        list(found),
        format_func=lambda key: found[key].label,
        key="compare-shown",
        max_selections=most,
        persist_state="session",
        on_change=_touched,
        help="As staffed now, the plan, the what-if of the levers, what-ifs and files kept for"
        " comparing, and the weathers of this scenario.",
    )
    baseline = right.selectbox(
        "Compared with",
        keys or [NOW],
        format_func=lambda key: found[key].label,
        key="compare-baseline",
        help="The scenario that the others are compared with.",
    )
    if st.session_state["compare-touched"]:
        st.query_params[SHOWN] = ",".join(keys)
    ordered = [baseline, *(key for key in keys if key != baseline)]
    return [found[key] for key in ordered]


def _touched() -> None:
    st.session_state["compare-touched"] = True


def _at_first(found: Mapping[str, Candidate], most: int) -> list[str]:
    """What is shown before anybody has chosen: now, the plan, the what-ifs; or a weather."""
    own = [key for key in found if not key.startswith(("preset-", "saved-"))][:most]
    return own if len(own) > 1 else list(found)[:2]


def _what_if() -> list[Candidate]:
    """The what-if as its levers stand; after a refresh the address knows it."""
    imagined = st.session_state.get("whatif-imagined")
    moved = tuple(st.session_state.get("whatif-moved", ()))
    if imagined is not None:
        if not moved:
            return []
        key = fingerprint(WHAT_IF, scenario_content(imagined))[:12]
        _remember(key, Candidate(WHAT_IF, "What-if", imagined, moved))
        st.session_state["compare-what-if"] = key
    known = st.session_state.get("compare-what-if", st.query_params.get(WHAT_IF, ""))
    return [_kept()[known]] if known in _kept() else []


def keep(name: str, scenario: Scenario, moved: Iterable[str] = ()) -> None:
    """
    Keep a scenario for comparing, under a name, until the app ends.

    Parameters
    ----------
    name
        Name for people; the same scenario under the same name is kept once.
    scenario
        The scenario.
    moved
        What it changes, in words.
    """
    key = f"kept-{fingerprint(name, scenario_content(scenario))[:12]}"
    _remember(key, Candidate(key, name, scenario, tuple(moved)))
    own = [known for known in _own_keys() if known != key]
    st.session_state["kept-for-comparing"] = [*own, key]


def _remember(key: str, one: Candidate) -> None:
    kept = _kept()
    kept.pop(key, None)
    kept[key] = one
    while len(kept) > KEPT_AT_MOST:
        del kept[next(iter(kept))]


def forget() -> None:
    """Let go what this session has kept."""
    st.session_state["kept-for-comparing"] = []
    if ADDRESS in st.query_params:
        del st.query_params[ADDRESS]


def any_kept() -> bool:
    """Whether this session has kept anything."""
    return bool(_own_keys())


def keep_in_address() -> None:
    """Name what is kept in the address, so that a refresh loses nothing."""
    told = {
        ADDRESS: ".".join(key.removeprefix("kept-") for key in _own_keys()),
        WHAT_IF: st.session_state.get("compare-what-if", ""),
    }
    for name, value in told.items():
        if value and st.query_params.get(name) != value:
            st.query_params[name] = value
        elif not value and name in st.query_params:
            del st.query_params[name]


def _own_keys() -> list[str]:
    """Keys of what this session has kept; after a refresh the address knows them."""
    if "kept-for-comparing" not in st.session_state:
        told = [f"kept-{part}" for part in st.query_params.get(ADDRESS, "").split(".") if part]
        st.session_state["kept-for-comparing"] = [key for key in told if key in _kept()]
    keys: list[str] = st.session_state["kept-for-comparing"]
    return keys


@cache
def _kept() -> dict[str, Candidate]:
    """Everything kept since the app started, by key, the latest last."""
    return {}


def _met_by_the_same(one: Candidate, base: Scenario) -> Candidate:
    """The candidate with the base's seed and replications; told where these were others."""
    own = one.scenario
    if own.seed == base.seed and own.replications == base.replications:
        return one
    alike = own.with_changes({"seed": base.seed, "replications": base.replications})
    told = f"seed {base.seed} in place of {own.seed}" if own.seed != base.seed else ""
    return replace(one, scenario=alike, moved=(*one.moved, *filter(None, [told])))


def _named_apart(found: Iterable[Candidate]) -> list[Candidate]:
    """The same, no two under one name: they become columns of a table."""
    taken: set[str] = set()
    apart = []
    for one in found:
        label, number = one.label, 2
        while label in taken:
            label, number = f"{one.label} ({number})", number + 1
        taken.add(label)
        apart.append(replace(one, label=label))
    return apart
