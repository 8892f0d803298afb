"""Any scenario survives its file; whatever stands in a file is read or told."""

import string
from datetime import date, datetime

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import InvalidInputError, Scenario
from scenario.reference import EXAMPLE

NAMES = st.text(string.ascii_letters + " _-#'\"äß[]=", min_size=1, max_size=8).map(str.strip)


@st.composite
def documents(draw):
    """Scenario documents that hold every rule."""
    names = draw(st.lists(NAMES.filter(bool), min_size=1, max_size=3, unique=True))
    channels, skills = {}, {}
    for name in names:
        kind = draw(st.sampled_from(["live", "deferred", "callback"]))
        channels[name] = {
            "kind": kind,
            "open": draw(st.sampled_from([{"daily": "00:00-24:00"}, {"mon-fri": "09:00-17:30"}])),
            "handle_time": {"mean_s": draw(st.floats(0.01, 86_400)), "cv": draw(st.floats(0, 3))},
            "priority": draw(st.integers(-3, 3)),
            "target": draw(st.none() | st.just({"share": 0.8, "within_s": 60, "period": "week"})),
            "thresholds_s": draw(st.lists(st.floats(0, 1e5), max_size=2)),
        }
        if kind == "deferred":
            channels[name]["initial_backlog"] = draw(
                st.just("endless") | st.lists(st.floats(0, 1e6), max_size=3)
            )
        if channels[name]["target"] is None:
            del channels[name]["target"]
        skills[name] = {
            "speed": draw(st.floats(0.01, 50)),
            "keep_free": 0 if kind == "live" else draw(st.integers(0, 3)),
            "after_s": draw(st.sampled_from([0.0, 12.5])),
            "priority": draw(st.none() | st.integers(-2, 2)),
        }
        if skills[name]["priority"] is None:
            del skills[name]["priority"]
    start = draw(
        st.sampled_from([date(2026, 4, 13), datetime(2026, 4, 13, 8), "2026-03-29", "2026-10-25"])
    )
    return {
        "name": draw(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z"]))),
        "timezone": "Europe/London",
        "seed": draw(st.integers(0, 2**63 - 1)),
        "horizon": {"start": start, "length": "1d", "interval_minutes": 60},
        "calendar": {"closed": draw(st.lists(st.dates(), max_size=2))},
        "demand": {"rates": {name: draw(st.floats(0, 1e6)) for name in names}},
        "bursts": {"b": {"channel": names[0], "start": datetime(2026, 3, 1), "factors": [2.0]}},
        "channels": channels,
        "groups": {
            "team": {
                "skills": skills,
                "agents": draw(st.integers(0, 300)),
                "shifts": {
                    "early": {
                        "earliest_start": "08:00",
                        "latest_start": "09:00",
                        "length_minutes": 480,
                        "breaks": draw(
                            st.lists(
                                st.just({"earliest_min": 60, "latest_min": 90, "minutes": 15}),
                                max_size=2,
                            )
                        ),
                        "max_agents": 3,
                    }
                },
                "absence": draw(st.floats(0, 0.99)),
                "novices": {"share": draw(st.floats(0, 1))},
                "shrinkage": {"leave": 0.11},
            }
        },
    }


@settings(max_examples=60)
@given(documents())
def test_any_scenario_survives_its_file(document):
    scenario = Scenario.model_validate(document)
    again = Scenario.parse(scenario.to_toml())
    assert again == scenario
    assert again.to_toml() == scenario.to_toml()
    assert scenario.with_changes({}) == scenario


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**30, 2**63, 1e308, float("nan"), float("inf"), -0.0]),
    st.sampled_from(["", "chat", "x.y", "24:00-25:00", "99999999w", "0d", "0.01s", "mon-", "\x00"]),
    st.dates(),
    st.datetimes(),
    st.just([]),
    st.just([[]]),
    st.just({}),
    st.just({"chat": {}}),
)


def leaves(document, path=()):
    """Paths of all keys of a document, tables too."""
    for name, value in document.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from leaves(value, (*path, name))


PATHS = [".".join(path) for path in leaves(tomlkit.parse(EXAMPLE.read_text()).unwrap())]


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(PATHS), ANYTHING, min_size=1, max_size=2))
def test_whatever_stands_in_a_file_it_is_read_or_told(changes):
    """Any value in the place of any key: a scenario or a fault, never a bare crash."""
    try:
        scenario = Scenario.load(EXAMPLE, changes)
    except InvalidInputError:
        return
    assert scenario.period.count > 0
    assert Scenario.parse(scenario.to_toml(), EXAMPLE.parent) == scenario
