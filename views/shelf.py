"""What is saved: by name, with versions, who and when; opened, restored, looked at."""

import streamlit as st

from scenario import PlanningError
from views import people, save_box, saveable, session, versions
from views.faults import show_faults
from views.saved import shelf
from views.words import unmarked

st.title("Saved")
st.caption(
    "Scenarios, histories, edits, staffing and plans by name. Every save is a new version; the"
    " older ones stay and can be opened or restored."
)
try:
    store = shelf()
except PlanningError as error:
    st.error(str(error))
    st.caption("Everything else works; what you do is kept until the app ends.")
    st.stop()

look = st.session_state.pop(save_box.LOOK_AT, None)
if look is not None:
    st.session_state["shelf-kind"] = look[0]
kind = st.segmented_control(
    "Kind",
    list(saveable.LABELS),
    default=None if "shelf-kind" in st.session_state else "scenario",
    format_func=saveable.LABELS.get,
    key="shelf-kind",
    required=True,
    help="What kind of work is listed.",
)
st.caption(saveable.MEANINGS[kind])
told = st.session_state.pop(versions.TOLD, None)
if told:
    st.success(told)
if kind != "scenario" and people.may_save():
    versions.save_another(kind)

gone_too = st.toggle(
    "Deleted ones too", key="shelf-deleted", help="Lists names that were deleted, to restore them."
)
listed = store.latest(kind, deleted=gone_too)
if not listed:
    where = "with *Save* in the sidebar" if kind == "scenario" else "above"
    st.info(f"Nothing is saved here yet; the present one is saved {where}.")
    st.stop()
st.dataframe(versions.listing(listed), hide_index=True, width="stretch")

names = [version.name for version in listed]
if look is not None and look[1] in names:
    st.session_state[f"shelf-name-{kind}"] = look[1]
name = st.selectbox(
    "Name", names, key=f"shelf-name-{kind}", help="Its versions are listed below, newest first."
)
own = store.versions(kind, name)
st.dataframe(versions.listing(own, named=False), hide_index=True, width="stretch")
number = st.selectbox(
    "Version",
    [version.number for version in own if not version.deleted],
    key=f"shelf-version-{kind}-{name}-{own[0].number}",
    help="Which version the buttons below are about; the latest unless you choose another.",
)
try:
    chosen = store.load(kind, name, number)
except PlanningError as error:
    st.error(str(error))
    st.stop()

buttons = st.columns([3, 3, 2, 2, 2])
buttons[0].button(
    "Open this version",
    key="shelf-open",
    on_click=versions.open_it,
    args=(chosen,),
    width="stretch",
    help="Work with this version from now on. What you have now stays under its own address.",
)
buttons[1].button(
    "Restore this version",
    key="shelf-restore",
    on_click=versions.restore,
    args=(chosen.version, own[0].number),
    disabled=number == own[0].number or not people.may_save(),
    width="stretch",
    help="Saves this older version anew as the latest.",
)
buttons[2].download_button(
    "Download",
    lambda: versions.packed(chosen),
    f"{kind}.zip",
    "application/zip",
    key="shelf-download",
    on_click="ignore",
    width="stretch",
    help="Its content and files as a ZIP.",
)
buttons[3].button(
    "Delete",
    key="shelf-delete",
    on_click=versions.delete,
    args=(own[0],),
    disabled=own[0].deleted or not people.may_save(),
    width="stretch",
    help="Takes the name off the list; its versions stay and can be restored.",
)
if fault := st.session_state.pop(versions.FAULT, None):
    st.error("This version cannot be used. What was there before is still in use.")
    show_faults(fault)

if kind == "scenario":
    st.subheader("What differs from the present work")
    mine = saveable.present("scenario")
    rows = versions.differing(mine, chosen)
    if len(rows):
        st.dataframe(rows, hide_index=True, width="stretch")
    else:
        st.caption(f"Nothing: version {number} is what you see.")
elif kind == "history":
    st.subheader("Put to the present history")
    st.caption("What would be added, and where both tell, as if this version were new weeks.")
    for sentence in versions.history_differing(chosen):
        st.text(sentence)
elif kind == "plan":
    versions.plan_summary(chosen)
st.caption(
    f"Kept in {unmarked(versions.place())}. Times are those of {session.scenario().timezone}."
)
