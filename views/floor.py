"""One simulated day replayed: agents as rows, contacts as bars, and the story of each."""

import streamlit as st

from scenario import InvalidValueError
from simulate.tale import contact_of
from views import session, story_words
from views.edit_work import planned_scenario
from views.jobs import board
from views.progress import awaited
from views.replay_player import player
from views.replaying import Shown, ask_replay
from views.shift_editor import edited_staffing
from views.words import heading, unmarked

NOW, PLANNED, EDITED, IMAGINED = "as now", "as planned", "as edited", "what-if"
PLAYER = "floor-player"

scenario = session.scenario()
st.title("Floor")
plan = session.plan_job()
others = {EDITED: edited_staffing(scenario), IMAGINED: st.session_state.get("whatif-imagined")}
there = {name: found for name, found in others.items() if found is not None}

days = list(dict.fromkeys(scenario.period.starts.strftime("%a %d %b")))
if st.session_state.get("floor-day", 0) not in range(len(days)):
    del st.session_state["floor-day"]  # another scenario has been opened since
if st.session_state.get("floor-start", NOW) not in (NOW, PLANNED, *there):
    del st.session_state["floor-start"]
left, middle, right = st.columns([3, 2, 3], vertical_alignment="bottom")
day = left.selectbox(
    "Day",
    range(len(days)),
    format_func=lambda number: days[number],
    key="floor-day",
    bind="query-params",
    persist_state="session",
    help="The day that is replayed; the days before it are lived through too.",
)
replication = middle.number_input(
    "Replication",
    1,
    10_000,
    value=1,
    key="floor-replication",
    bind="query-params",
    persist_state="session",
    help="Another one is another week that might come: other customers, other patience. The"
    " same number meets the same customers on every page.",
)
started = right.segmented_control(
    "Staffed",
    [NOW, PLANNED, *there],
    default=NOW,
    key="floor-start",
    required=True,
    persist_state="session",
    help="The current staffing, the plan's, the plan's with your edits, or the scenario that the"
    " What-if page shows.",
)

shown_scenario = there.get(str(started), scenario)
if started == PLANNED:
    if plan.result is None:
        st.info("The plan is not ready yet; the day is shown as it is staffed now.")
    else:
        shown_scenario = planned_scenario(scenario, plan.result)


def ask(*, again: bool = False):
    """The replay of the chosen day and run."""
    return ask_replay(
        board(),
        session.session_id(),
        shown_scenario,
        session.forecast_job(),
        day=int(day),
        replication=int(replication) - 1,
        again=again,
    )


def choose() -> None:
    """Remember the contact that was chosen in the picture."""
    chosen = st.session_state[PLAYER].get("contact")
    if chosen is not None:
        st.session_state["floor-contact"] = int(chosen)


@st.fragment
def replayed(shown: Shown) -> None:
    """The picture, and the story of the contact that was chosen in it."""
    replay = shown.replay
    chosen = st.session_state.get("floor-contact")
    player(shown.message(chosen), key=PLAYER, on_choose=choose)
    st.subheader("The story of a contact")
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    chosen = left.number_input(
        "Contact number",
        min_value=0,
        value=None,
        key="floor-contact",
        persist_state="session",
        placeholder="choose a bar above",
        help="Click a bar, a queue or a cross in the picture, or type a number.",
    )
    if chosen is None:
        right.caption(
            "Click a bar: who had the contact, and at what pace. Click a queue: who waits"
            " longest there. Click a cross: who left."
        )
        return
    try:
        fate = contact_of(replay, int(chosen))
    except InvalidValueError:
        right.info(f"{replay.start:%A %d %B} knows of no contact {int(chosen)}.")
        return
    name = unmarked(heading(replay.channels[fate["channel"]]))
    right.markdown(f"**{name} {int(chosen)}**")
    figures = story_words.facts(replay, int(chosen))
    left, right = st.columns([2, 3])
    with left:
        for label, value, text in figures:
            st.text(f"{label}: {value}", help=text)
    right.dataframe(
        story_words.story(replay, int(chosen)),
        hide_index=True,
        width="stretch",
        column_config={"Time": st.column_config.TextColumn(width=110)},
    )


shown = awaited("replay", ask(), ask)
if shown is not None:
    st.caption(unmarked(story_words.summary(shown.replay)))
    replayed(shown)
    st.caption(
        f"Replication {shown.replay.replication + 1}, seed {shown.replay.seed}. Times are the"
        " centre's own clock. One day of one replication is a story, not a forecast: the figures"
        " of the other pages are over many."
    )
