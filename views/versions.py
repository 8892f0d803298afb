"""Saved versions on the Saved page: listed, opened, restored, deleted, compared."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable

import pandas as pd
import streamlit as st

from scenario import PlanningError
from store import ConflictError, Saved, Version, default_url
from views import people, save_box, saveable, session
from views.saved import shelf_to_save
from views.saving import Parts, differences
from views.uploads import read_upload
from views.words import money, number, unmarked

TOLD, FAULT = "shelf-told", "shelf-fault"
CONTENT_NAMES = {"scenario": "scenario.toml", "plan": "plan.json"}
MOST_DIFFERENCES = 200


def listing(versions: Iterable[Version], *, named: bool = True) -> pd.DataFrame:
    """
    A row a version, for people.

    Returns
    -------
    DataFrame
        `Name` (where `named`), `Version`, `Saved by`, `When` (local), `What was done`, `Size`.
    """
    zone = session.scenario().timezone
    rows = [
        {"Name": version.name}
        | {
            "Version": version.number,
            "Saved by": version.author or "–",
            "When": f"{pd.Timestamp(version.saved_at).tz_convert(zone):%a %d %b %Y %H:%M}",
            "What was done": "deleted" if version.deleted else version.note,
            "Size": f"{version.size / 1000:,.1f} kB",
        }
        for version in versions
    ]
    table = pd.DataFrame(rows)
    return table if named else table.drop(columns="Name")


def save_another(kind: str) -> None:
    """A form that saves the session's work of a kind under a name."""
    origin = session.origins().get(kind)
    with st.form(f"shelf-save-{kind}", border=False):
        left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
        name = left.text_input(
            "Save the present one as",
            origin.name if origin else session.scenario().name,
            max_chars=120,
            key=f"shelf-save-name-{kind}-{origin.name if origin else ''}",
            help="The same name makes a new version; the older ones stay.",
        )
        with middle:
            people.field(f"shelf-{kind}-person")
        if right.form_submit_button("Save", width="stretch"):
            save_box.save(kind, name)
            st.rerun()


def open_it(saved: Saved) -> None:
    """Work with a version from now on."""
    version = saved.version
    try:
        saveable.open_saved(version.kind, saved)
    except PlanningError as error:
        st.session_state[FAULT] = error
        return
    st.session_state[TOLD] = (
        f"“{unmarked(version.name)}”, version {version.number}, is what you work with now."
    )


def restore(version: Version, latest: int) -> None:
    """Save an older version anew, unless somebody has saved meanwhile."""
    _try(
        lambda: shelf_to_save().restore(
            version.kind,
            version.name,
            version.number,
            expected_version=latest,
            author=people.name(),
        ),
        f"Version {version.number} of “{unmarked(version.name)}” is the latest again.",
    )


def delete(latest: Version) -> None:
    """Take a name off the list, unless somebody has saved meanwhile."""
    _try(
        lambda: shelf_to_save().delete(
            latest.kind, latest.name, expected_version=latest.number, author=people.name()
        ),
        f"“{unmarked(latest.name)}” is off the list; *Deleted ones too* shows it again.",
    )


def packed(saved: Saved) -> bytes:
    """A version with its files, as a ZIP."""
    content = CONTENT_NAMES.get(saved.version.kind, f"{saved.version.kind}.csv")
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {content: saved.content, **saved.files}.items():
            archive.writestr(name, data)
    return whole.getvalue()


def differing(mine: Parts | None, saved: Saved) -> pd.DataFrame:
    """A row a key that differs: what the present work says, and what the version says."""
    theirs = saved.text, dict(saved.files)
    rows = differences(mine or ("", {}), theirs)[:MOST_DIFFERENCES]
    return pd.DataFrame(rows, columns=["Key", "Mine", f"Version {saved.version.number}"])


def history_differing(saved: Saved) -> tuple[str, ...]:
    """What would become of the present history if a saved one were put to it, in sentences."""
    from forecast import joined

    job = session.history_job()
    if job is None or job.result is None:
        return ()
    zone = session.scenario().timezone
    theirs = read_upload(f"{saved.version.name}.csv", saved.content, zone, {})
    try:
        return joined(job.result, theirs).told
    except PlanningError as error:
        return (str(error),)


def plan_summary(saved: Saved) -> None:
    """The few numbers that a saved plan is told by."""
    told = saveable.plan_figures(json.loads(saved.text))
    places = st.columns(len(told))
    for place, (label, value) in zip(places, told.items(), strict=True):
        shown = value
        if label == "Cost":
            shown = money(value, session.scenario().currency)
        elif not isinstance(value, str):
            shown = number(value, 1)
        place.metric(label, shown)
    st.caption("*Open* takes its staffing as the current one.")


def place() -> str:
    """Where everything is kept, for people."""
    return default_url().removeprefix("sqlite:///")


def _try(act: Callable[[], object], told: str) -> None:
    try:
        act()
    except ConflictError as conflict:
        st.session_state[TOLD] = (
            f"{unmarked(save_box.told_of(conflict.latest))}: look at it first. Nothing was changed."
        )
    except PlanningError as error:
        st.session_state[FAULT] = error
    else:
        st.session_state[TOLD] = told
