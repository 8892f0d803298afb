"""Compare: named scenarios side by side, what really differs, and what a better promise costs."""

import streamlit as st

from report.comparison import Comparison
from report.comparison_page import comparison_page, service_differences
from report.journey_lines import journey_sentence
from scenario import PlanningError
from views import candidates, compare_charts, curve_panel, first_share, session, work
from views.downloads import packages
from views.faults import show_faults
from views.files import edited_content
from views.jobs import board
from views.rehearsal import side_by_side
from views.together import awaited_together
from views.uploads import scenario_from
from views.words import unmarked

MOST = 6  # scenarios side by side: more columns than this nobody reads
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NOT_COUNTED = (
    "Its volume counts all contacts, and it is not known how many of them are first attempts: open"
    " it on the History page, where they are found, and save or download it."
)

scenario = session.scenario()
st.title("Compare")

found = candidates.candidates()
candidates.keep_in_address()
chosen = candidates.chosen(found, MOST)

with st.expander("Add a scenario file"):
    left, right = st.columns([3, 2])
    files = left.file_uploader(
        "Scenario with the files it names",
        type=["toml", "zip", "csv", "gz", "parquet", "xlsx"],
        accept_multiple_files=True,
        key="compare-files",
        help="A scenario (.toml) with its history, staffing and events, or a .zip from this app;"
        " it is compared here and leaves the opened scenario as it is.",
    )
    name = right.text_input(
        "Name",
        key="compare-name",
        max_chars=40,
        help="What the column is called; empty: the scenario's own name.",
    )
    if files and right.button("Compare this file", key="compare-add", type="primary"):
        try:
            given = {file.name: file.getvalue() for file in files}
            opened = scenario_from(given, scenario)
            if first_share.is_missing(opened):
                raise PlanningError(NOT_COUNTED)
            candidates.keep(name.strip() or opened.name, opened, ("from a file",))
            st.rerun()
        except PlanningError as error:
            st.error("This cannot be used. What is compared stays as it is.")
            show_faults(error)
    if candidates.any_kept():
        right.button(
            "Forget what was kept",
            key="compare-forget",
            on_click=candidates.forget,
            help="Takes the what-ifs and files that were kept for comparing out of the list.",
        )

columns = {f"compare-{place}": one for place, one in enumerate(chosen)}
own_demand = edited_content(scenario)


def demand_of(slot: str):
    """What a column is rehearsed on: the session's forecast, or its own where edits differ."""
    if edited_content(columns[slot].scenario) == own_demand:
        return session.forecast_job()
    return work.ask_forecast(
        board(), session.session_id(), columns[slot].scenario, slot=f"{slot}-forecast"
    )


def ask(slot: str, *, again: bool = False):
    """The rehearsal of one column."""
    return work.ask_rehearsal(
        board(),
        session.session_id(),
        slot,
        columns[slot].scenario,
        demand_of(slot),
        again=again,
    )


answers = awaited_together({slot: ask(slot) for slot in columns}, ask, "Rehearsing side by side")
rehearsed = {
    one.label: answer
    for one, answer in zip(columns.values(), answers, strict=True)
    if answer is not None
}
if not rehearsed:
    st.caption("The scenarios are being rehearsed; what is ready is shown.")
else:
    comparison = Comparison(
        side_by_side(rehearsed), {one.label: one.moved for one in columns.values()}
    )
    for label in comparison.outcomes:
        st.text(f"● {label}: {comparison.verdict(label)}")
        if told := journey_sentence(comparison.outcomes[label]):
            st.caption(told)

    st.subheader("Side by side")
    st.dataframe(
        comparison.side_by_side(),
        hide_index=True,
        width="stretch",
        height=420,
        column_config={"Result": st.column_config.TextColumn(width=300, pinned=True)},
    )
    if len(comparison.outcomes) == 1:
        st.caption("Choose a second scenario above to see what differs.")

    pairs = service_differences(comparison)
    if len(pairs):
        st.subheader("What really differs")
        st.altair_chart(
            compare_charts.differences(pairs, comparison.others),
            width="stretch",
            alt="Differences of service levels to the baseline with their 95 % intervals; hollow"
            " where they may be noise.",
        )
        st.caption(
            f"Each line is the 95 % interval of the difference to {unmarked(comparison.baseline)};"
            " filled: real, hollow: may be noise. All scenarios meet the very same customers."
        )
    for label in comparison.others:
        st.markdown(f"**{unmarked(label)} against {unmarked(comparison.baseline)}**")
        if why := comparison.unpaired(label):
            st.text(f"Not compared customer by customer: {why}.")
            continue
        real = comparison.sentences(label, real=True)
        for sentence in real[:6]:
            st.text(f"● {sentence}")
        if not real:
            st.text("No difference is real: each may be noise.")
        maybe = comparison.sentences(label, real=False)
        if real[6:] or maybe:
            told = f"{len(real[6:])} more that are real, {len(maybe)} that may be noise"
            with st.expander(told):
                for sentence in [*real[6:], *maybe]:
                    st.text(sentence)
    if comparison.others:
        with st.expander("Every difference"):
            st.dataframe(
                comparison.differences_in_words(),
                hide_index=True,
                width="stretch",
                column_config={"Result": st.column_config.TextColumn(width=300, pinned=True)},
            )
        with st.expander("What is assumed differently"):
            st.dataframe(comparison.assumptions(), hide_index=True, width="stretch")

    left, *buttons = st.columns([2, 2, 2, 2, 2], vertical_alignment="center")
    left.caption("Take it away:")
    buttons[0].download_button(
        "One page, PDF",
        lambda: comparison_page(comparison),
        "comparison.pdf",
        "application/pdf",
        on_click="ignore",
        help="To print: promises, cost, what differs in sentences, assumptions, seed, version.",
        width="stretch",
    )
    buttons[1].download_button(
        "Differences, CSV",
        comparison.csv,
        "comparison.csv",
        "text/csv",
        on_click="ignore",
        help="Every paired difference as numbers, with its interval and its sentence.",
        width="stretch",
    )
    buttons[2].download_button(
        "All, XLSX",
        comparison.xlsx,
        "comparison.xlsx",
        XLSX,
        on_click="ignore",
        help="Results, differences, what is assumed differently, seeds.",
        width="stretch",
    )
    demands = {slot: demand_of(slot).result for slot in columns}
    if all(demand is not None for demand in demands.values()):
        buttons[3].download_button(
            "Scenarios, ZIP",
            lambda: packages(
                {one.label: (one.scenario, demands[slot]) for slot, one in columns.items()},
                next(iter(comparison.outcomes.values())).replications,
            ),
            "scenarios.zip",
            "application/zip",
            on_click="ignore",
            help="A folder a scenario, each with its forecast: `allweather simulate` gives these"
            " numbers.",
            width="stretch",
        )
    base = next(iter(comparison.outcomes.values()))
    st.caption(
        f"{base.replications} replications each, seed {base.seed}, engine {base.engine}."
        " Brackets are 95 % intervals of the mean; one in twenty differences that are called real"
        " is chance."
    )

st.divider()
curve_panel.draw(scenario, session.forecast_job())
