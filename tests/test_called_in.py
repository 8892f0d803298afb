"""People called in on the day itself: when they are there, and when they are refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario import InvalidInputError, InvalidValueError, Scenario
from scenario.called_in import CalledIn, with_called_in
from scenario.separate import separated
from small_scenarios import MORNING, demand_of

SCENARIO = Scenario.parse(MORNING.replace('length = "3h"', 'length = "10h"'))
DEMAND = demand_of(SCENARIO)
AT = pd.Timestamp("2026-04-13T09:10", tz="Europe/London")


def called(**changes):
    return CalledIn.model_validate(
        {"group": "team", "agents": 2, "at": "2026-04-13T09:10"} | changes
    )


@settings(max_examples=40, deadline=None)
@given(minute=st.integers(0, 599), stay=st.integers(1, 900), agents=st.integers(1, 9))
def test_nobody_is_there_before_being_called_or_after_going(minute, stay, agents):
    begin = pd.Timestamp("2026-04-13T08:00") + pd.Timedelta(minutes=minute)
    end = begin + pd.Timedelta(minutes=stay)
    one = called(agents=agents, at=begin.to_pydatetime(), until=end.to_pydatetime())
    staff = SCENARIO.staff()
    whole = [agents * (minute <= 30 * n and 30 * n + 30 <= minute + stay) for n in range(20)]
    if not any(whole):
        with pytest.raises(InvalidValueError, match=r"called_in\.0\.until must be for a time"):
            with_called_in(SCENARIO, staff, [one])
        return
    more = (with_called_in(SCENARIO, staff, [one]).agents - staff.agents)[:, 0]
    np.testing.assert_array_equal(more, whole)


@pytest.mark.parametrize(
    ("until", "there"),
    [(None, slice(3, 20)), ("2026-04-13T11:00", slice(3, 6)), ("2026-04-13T11:29", slice(3, 6))],
)
def test_people_called_in_are_there_for_whole_intervals(until, there):
    staff = SCENARIO.staff()
    more = with_called_in(SCENARIO, staff, [called(until=until)]).agents - staff.agents
    assert (more[there] == 2).all()
    assert more.sum() == 2 * len(more[there])


def test_people_called_in_stay_as_long_as_the_group_works_that_day():
    gone = SCENARIO.with_changes({"groups.team.agents": [6] * 8 + [0] * 12})
    more = with_called_in(gone, gone.staff(), [called()]).agents[:, 0]
    np.testing.assert_array_equal(more, [6] * 3 + [8] * 5 + [0] * 12)


def test_nobody_is_called_in_who_would_never_come():
    """Until noon the group works: at 11:40 there is no half-hour left, at 12:10 a day of it."""
    gone = SCENARIO.with_changes({"groups.team.agents": [6] * 8 + [0] * 12})
    late = gone.with_changes({"called_in": [called(at="2026-04-13T11:40").model_dump()]})
    with pytest.raises(InvalidValueError, match=r"called_in\.0\.at .*30 minutes.*11:40 to .*12:00"):
        late.staff()
    alone = with_called_in(gone, gone.staff(), [called(at="2026-04-13T12:10")])
    np.testing.assert_array_equal(alone.agents[8:, 0], [0] + [2] * 11)


ROUND_THE_CLOCK = """group,start,end,agents
team,2026-04-13 06:00,2026-04-13 14:00,4
team,2026-04-13 14:00,2026-04-13 22:00,4
team,2026-04-13 22:00,2026-04-14 06:00,4
"""


@pytest.mark.parametrize(
    ("shifts", "at", "end"),
    [
        (3, "2026-04-13T15:00", "2026-04-14T00:00"),
        (2, "2026-04-13T15:00", "2026-04-13T22:00"),
        (3, "2026-04-13T22:10", "2026-04-14T00:00"),
        (3, "2026-04-14T01:00", "2026-04-14T06:00"),
        (3, "2026-04-14T05:50", "2026-04-14T06:00"),
        (1, "2026-04-13T15:00", "2026-04-14T00:00"),
    ],
)
def test_people_called_in_by_name_stay_until_the_last_shift_or_midnight(tmp_path, shifts, at, end):
    lines = ROUND_THE_CLOCK.splitlines(keepends=True)[: shifts + 1]
    (tmp_path / "staff.csv").write_text("".join(lines))
    named = Scenario.parse(
        MORNING.replace('length = "3h"', 'length = "2d"'), tmp_path
    ).with_changes(
        {
            "groups.team.agents": None,
            "groups.team.exit": "named",
            "staffing": "staff.csv",
            "called_in": [called(at=at).model_dump()],
        }
    )
    assert named.staff().shifts[-1].end == pd.Timestamp(end, tz="Europe/London")


def test_people_called_in_to_a_group_of_names_work_a_shift_to_the_minute(tmp_path):
    (tmp_path / "staff.csv").write_text(
        "group,start,end,agents\nteam,2026-04-13 08:00,2026-04-13 16:00,6\n"
    )
    named = Scenario.parse(SCENARIO.to_toml(), tmp_path).with_changes(
        {"groups.team.agents": None, "groups.team.exit": "named", "staffing": "staff.csv"}
    )
    staff = named.with_changes({"called_in": [called().model_dump()]}).staff()
    assert (staff.agents[[2, 3, 15, 16], 0] == [6, 8, 8, 0]).all()
    assert staff.shifts[-1].start == AT
    assert staff.shifts[-1].end == pd.Timestamp("2026-04-13T16:00", tz="Europe/London")
    assert staff.shifts[-1].paid_hours == pytest.approx(410 / 60)


def test_people_called_in_join_the_separate_teams():
    one = SCENARIO.with_changes({"called_in": [called().model_dump()], "routing.blend": "separate"})
    apart, staff = separated(one, DEMAND, one.staff())
    np.testing.assert_array_equal(staff.agents.sum(axis=1), one.staff().agents[:, 0])
    assert apart.with_changes({"seed": 2}).called_in == ()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"group": "taem"}, "did you mean 'team'"),
        ({"at": "2026-04-13T20:00"}, "called_in.0.at: must be within the horizon"),
        ({"until": "2026-04-13T09:10"}, "called_in.0.until: must come after"),
        ({"agents": 0}, "called_in.0.agents"),
        ({"at": "1960-04-13T20:00"}, "in the years"),
    ],
)
def test_people_called_in_where_nobody_can_be_are_refused(changes, rule):
    entry = {"group": "team", "agents": 2, "at": "2026-04-13T09:10"} | changes
    with pytest.raises(InvalidInputError, match=rule):
        SCENARIO.with_changes({"called_in": [entry]})


def test_scenario_with_people_called_in_is_written_and_read_again():
    one = SCENARIO.with_changes({"called_in": [called().model_dump()]})
    assert Scenario.parse(one.to_toml()) == one
    assert "[[called_in]]" in one.to_toml()
