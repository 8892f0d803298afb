"""Flex staff on the Plan page: whom to call or send home on which sign, when days stray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from report.tables import safe_csv
from scenario import Scenario
from views import session, work
from views.jobs import Job, board
from views.progress import awaited
from views.words import heading, money, percent, unmarked

if TYPE_CHECKING:
    from staffing.weather import WeatherPlan

CALLED, LEAVING = "called", "leaving"  # names of the two ways that can be set here
OVERTIME = 1.3  # times the ordinary rate: usual for called hours
SAVED = 0.8  # part of the rate that an hour of voluntary time off saves


def draw(scenario: Scenario, demand: Job) -> None:
    """
    Draw the panel.

    Parameters
    ----------
    scenario
        What is planned; the flex staff that it declares, or what is set here.
    demand
        The job that resolves its demand.
    """
    st.subheader("Any weather")
    st.caption(
        "Days stray from the plan. Base shifts fixed now and a few people who can be called, or may"
        " leave early, often keep a promise for less than base shifts alone."
    )
    if scenario.routing.blend == "separate":
        st.write("Flex staff is planned for blended teams: choose blended in What-if.")
        return
    declared = any(group.flex for group in scenario.groups.values())
    asked, probability = _asked(scenario, declared=declared)
    if asked is None:
        return

    def ask(*, again: bool = False) -> Job:
        return work.ask_weather(
            board(), session.session_id(), asked, demand, probability, again=again
        )

    found = awaited("weather", ask(), ask)
    if found is not None:
        _show(found)


def _asked(scenario: Scenario, *, declared: bool) -> tuple[Scenario | None, float]:
    """The scenario with the flex staff to plan for, once it is asked for, and how often kept."""
    with st.form("weather"):
        places = st.columns(4)
        chance = places[0].slider(
            "Keep each promise on", 50, 99, 90, format="%d %%", key="weather-chance",
            help="Share of the days on which each promise must be kept; usual: 80 to 95 %.",
        )  # fmt: skip
        changes: dict[str, Any] = {}
        if not declared:
            changes = _terms(scenario, places)
        if st.form_submit_button("Plan for any weather", type="primary"):
            st.session_state["weather-asked"] = (chance / 100, changes)
        st.caption("Takes some minutes for a week, in the background.")
    kept = st.session_state.get("weather-asked")
    if kept is None:
        return None, 0.0
    return scenario.with_changes(kept[1]), kept[0]


def _terms(scenario: Scenario, places: Any) -> dict[str, Any]:
    """Who can be called or may leave, of the first group, as changes of the scenario."""
    name, group = next(iter(scenario.groups.items()))
    called = places[1].number_input(
        f"On call, {heading(name)}", 0, 50, 2, key="weather-called",
        help="People who can be called on a day, looked at 11:00, on the floor from 12:00 for four"
        " hours, at 1.3 times the rate. Usual: 5 to 10 % of the floor.",
    )  # fmt: skip
    leaving = places[2].number_input(
        "May leave early", 0, 50, 2, key="weather-leaving",
        help="People who may go at 14:30 when the day is quiet, looked at 14:00, for three hours;"
        " each hour saves 0.8 times the rate.",
    )  # fmt: skip
    looked_at = places[3].time_input(
        "Look at the day", "11:00", step=1800, key="weather-decide",
        help="When it is decided whether to call somebody; an hour later they are there.",
    )  # fmt: skip
    rate, prefix = group.rate, f"groups.{name}.flex"
    changes: dict[str, Any] = {}
    if called:
        changes[f"{prefix}.{CALLED}"] = {
            "agents": int(called),
            "decide_at": f"{looked_at:%H:%M}",
            "notice_minutes": 60,
            "length_minutes": 240,
            "cost_per_hour": OVERTIME * rate,
        }
    if leaving:
        changes[f"{prefix}.{LEAVING}"] = {
            "action": "send_home",
            "agents": int(leaving),
            "decide_at": "14:00",
            "notice_minutes": 30,
            "length_minutes": 180,
            "cost_per_hour": SAVED * rate,
        }
    return changes


def _show(found: WeatherPlan) -> None:
    st.markdown(f"**{unmarked(found.sentence)}**")
    left, right = st.columns(2)
    with left:
        st.markdown("**On the day**")
        for told in found.triggers:
            st.text(f"● {told}")
        if not found.triggers:
            st.write("Nobody needs to be called or sent home.")
    with right:
        st.markdown("**By weather**")
        rows = [
            {
                "Weather": heading(row["weather"]),
                "Days": percent(row["days"], 0),
                "Promises kept": percent(row["kept"], 0),
                "Base shifts alone": percent(row["base_only_kept"], 0),
                "Agents changed": f"{row['changed_agents']:+.1f}",
            }
            for row in found.weather.to_dict("records")
        ]
        st.dataframe(rows, hide_index=True, width="stretch", height="content")
        currency = found.base.scenario.currency
        st.caption(
            f"Base shifts {money(found.base_cost, currency)}; with flex staff as it is called"
            f" {money(found.expected_cost, currency)}; base shifts alone for the same promise"
            f" {money(found.base_only_cost, currency)}. Checked on futures that the search never"
            " saw. Calm: under 0.9 of the expected work; stormy: over 1.1; viral: over 1.5."
        )
    for note in found.notes:
        st.caption(unmarked(note))
    st.download_button(
        "Flex staff, CSV",
        lambda: safe_csv(found.flex),
        "flex_staff.csv",
        "text/csv",
        on_click="ignore",
        help="Who is called or sent home on which day, from which count on, how often, at what"
        " cost.",
    )
