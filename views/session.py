"""What one person works on: the scenario, its jobs, and the files that came with it."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import streamlit as st

from scenario import PlanningError, Scenario
from views import work
from views.files import PRESETS, SAMPLE, scenario_content
from views.jobs import Job, board, fingerprint
from views.levers import Preset, read_presets

SCENARIO_VARIABLE = "ALLWEATHER_SCENARIO"  # a scenario file to open instead of the sample


def session_id() -> str:
    """Name of this session among all."""
    return str(st.session_state.setdefault("session", uuid.uuid4().hex))


def scenario() -> Scenario:
    """The scenario that every page starts from; the sample at first open."""
    if "scenario" not in st.session_state:
        st.session_state["scenario"] = Scenario.load(first_scenario())
    found: Scenario = st.session_state["scenario"]
    return found


def first_scenario() -> Path:
    """The scenario file that a new session opens."""
    return Path(os.environ.get(SCENARIO_VARIABLE, SAMPLE))


def open_scenario(opened: Scenario) -> None:
    """Work on another scenario from now on; the levers go back to their defaults."""
    for key in [key for key in st.session_state if str(key).startswith(("lever-", "whatif-"))]:
        del st.session_state[key]
    st.session_state["scenario"] = opened


def presets() -> tuple[Preset, ...]:
    """The shipped presets whose names and files the scenario has."""
    base = scenario()
    content = fingerprint(scenario_content(base))
    if st.session_state.get("presets-of") != content:
        found = tuple(preset for preset in read_presets(PRESETS) if _fits(base, preset))
        st.session_state["presets-of"], st.session_state["presets"] = content, found
    known: tuple[Preset, ...] = st.session_state["presets"]
    return known


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
