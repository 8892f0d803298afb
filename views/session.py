"""What one person works on: the scenario, its jobs, and the files that came with it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from scenario import PlanningError, Scenario
from views import drafts, first_share, work
from views.drafts import Draft, Origin
from views.files import PRESETS, SAMPLE, scenario_content, shipped
from views.jobs import Job, board, fingerprint
from views.levers import Preset, read_presets

ADDRESS, FORMER = "scenario", "former"  # names in the page's address
SCENARIO_VARIABLE = "ALLWEATHER_SCENARIO"  # a scenario file to open instead of the sample


def session_id() -> str:
    """Name of this session among all; the server's own, so that a closed tab is known."""
    context = get_script_run_ctx()
    return "alone" if context is None else context.session_id


def scenario() -> Scenario:
    """The scenario that every page starts from: the address's, or the sample at first open."""
    if "scenario" not in st.session_state:
        known = drafts.find(st.query_params.get(ADDRESS, ""))
        draft = known or drafts.Draft(shipped(first_scenario()))
        st.session_state["scenario"], st.session_state["origins"] = draft.scenario, draft.origins
    found: Scenario = st.session_state["scenario"]
    return found


def first_scenario() -> Path:
    """The scenario file that a new session opens."""
    return Path(os.environ.get(SCENARIO_VARIABLE, SAMPLE))


def open_scenario(
    opened: Scenario,
    origins: Mapping[str, Origin] | None = None,
    *,
    former: Draft | None = None,
    as_it_is: bool = False,
) -> None:
    """
    Work on another scenario from now on; the levers go back to their defaults.

    Parameters
    ----------
    opened
        The scenario.
    origins
        Saved versions that it began with, by kind; default: those of the scenario so far, of
        which it is a change.
    former
        The baseline that it takes the place of, to which one can go back.
    as_it_is
        Keep the part of first attempts that it has, whatever it was found on.
    """
    for key in [key for key in st.session_state if str(key).startswith(("lever-", "whatif-"))]:
        del st.session_state[key]
    before = st.session_state.get("scenario")
    if not as_it_is:
        opened = first_share.kept_where_it_holds(opened, before)
    st.session_state["scenario"] = opened
    st.session_state["former-key"] = drafts.keep(former) if former else ""
    st.session_state.pop("opened", None)
    began_with(st.session_state.get("origins", {}) if origins is None else origins)


def go_on_with(known: Scenario) -> None:
    """Work on the same scenario, of which more is known now; the levers stay where they are."""
    st.session_state["scenario"] = known
    began_with(origins())


def began_with(origins: Mapping[str, Origin]) -> None:
    """Remember which saved versions the scenario began with, and keep it as a draft."""
    st.session_state["origins"] = dict(origins)
    st.session_state["scenario-key"] = drafts.keep(drafts.Draft(scenario(), origins))


def origins() -> dict[str, Origin]:
    """Saved versions that the scenario began with, by kind."""
    scenario()
    return dict(st.session_state["origins"])


def former() -> Draft | None:
    """The baseline before the one that was made of a what-if."""
    return drafts.find(_kept_key("former-key", FORMER))


def keep_in_address() -> None:
    """Name the opened scenario and the former one in the address: a refresh loses nothing."""
    for kept, address in (("scenario-key", ADDRESS), ("former-key", FORMER)):
        key = _kept_key(kept, address)
        if drafts.find(key) is not None:
            if st.query_params.get(address) != key:
                st.query_params[address] = key
        elif address in st.query_params:
            del st.query_params[address]


def presets() -> tuple[Preset, ...]:
    """The shipped presets whose names and files the scenario has."""
    base = scenario()
    content = fingerprint(scenario_content(base))
    if st.session_state.get("presets-of") != content:
        found = tuple(preset for preset in read_presets(PRESETS) if _fits(base, preset))
        st.session_state["presets-of"], st.session_state["presets"] = content, found
    known: tuple[Preset, ...] = st.session_state["presets"]
    return known


def _kept_key(kept: str, address: str) -> str:
    """The key of a draft; the address tells it at first."""
    key: str = st.session_state.setdefault(kept, st.query_params.get(address, ""))
    return key


def _fits(base: Scenario, preset: Preset) -> bool:
    try:
        base.with_changes(preset.changes).staff()
    except PlanningError:
        return False
    return True


def history_job(*, again: bool = False) -> Job | None:
    """The history being read; None where the scenario has none."""
    if scenario().demand.history is None:
        return None
    return work.ask_history(board(), session_id(), scenario(), again=again)


def forecast_job(*, again: bool = False) -> Job:
    """The demand being resolved."""
    return work.ask_forecast(board(), session_id(), scenario(), again=again)


def unedited_job(*, again: bool = False) -> Job:
    """The demand being resolved, before the planner's edits."""
    return work.ask_unedited(board(), session_id(), scenario(), again=again)


def outlook_job(*, again: bool = False) -> Job:
    """Four weeks being forecast."""
    return work.ask_outlook(board(), session_id(), scenario(), again=again)


def backtest_job(*, again: bool = False) -> Job:
    """The forecast being measured."""
    return work.ask_backtest(board(), session_id(), scenario(), again=again)


def baseline_job(*, again: bool = False) -> Job:
    """The week being rehearsed as it is staffed now."""
    return work.ask_rehearsal(
        board(), session_id(), "baseline", scenario(), forecast_job(), again=again
    )


def plan_job(*, again: bool = False) -> Job:
    """The week being planned."""
    return work.ask_plan(board(), session_id(), scenario(), forecast_job(), again=again)


def begin() -> None:
    """Ask for everything that the pages show, so that it is there when they are opened."""
    for ask in (history_job, forecast_job, baseline_job, plan_job):
        ask()
