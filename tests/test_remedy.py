"""Where a promise is missed worst, and how many more people in those hours mend it."""

import numpy as np
import pandas as pd
import pytest

from forecast import demand_for
from scenario import InvalidValueError
from simulate.run import simulate
from small_scenarios import small_desk
from staffing.remedy import remedy, worst_stretch
from views.remedies import told

MORNING = range(9, 12)


@pytest.fixture(scope="module")
def desk():
    """Three agents from 8 to 20, one only from 9 to 12."""
    agents = [0] * 8 + [3, *[1] * 3, *[3] * 8] + [0] * 4
    return small_desk().with_changes({"groups.team.agents": agents, "replications": 8})


@pytest.fixture(scope="module")
def missed(desk):
    return simulate(desk, demand_for(desk))


def test_the_worst_stretch_is_where_hands_are_missing(missed):
    found = worst_stretch(missed)
    assert found.start.hour <= min(MORNING)
    assert found.end.hour > max(MORNING)
    assert found.level < found.target == 0.8
    parts = missed.parts("service_level", found.channel, "interval")
    starts = missed.data.period.starts
    within = (starts >= found.start) & (starts < found.end)
    level = parts.above[:, within].sum() / parts.below[:, within].sum()
    assert found.level == pytest.approx(level)


def test_the_fewest_that_mend_it_are_told(desk, missed):
    """As many as are told keep the promise there, one fewer does not, on the same customers."""
    stretch = worst_stretch(missed)
    found = remedy(missed, demand_for(desk), stretch)
    assert found.extra is not None
    levels = {}
    for extra in (found.extra - 1, found.extra):
        agents = np.asarray(desk.staff().agents).copy()
        agents[stretch.start.hour : stretch.end.hour] += extra
        more = desk.with_changes({"groups.team.agents": agents[:, 0].tolist()})
        outcome = simulate(more, demand_for(desk))
        parts = outcome.parts("service_level", stretch.channel, "interval")
        hours = slice(stretch.start.hour, stretch.end.hour)
        levels[extra] = parts.above[:, hours].sum() / parts.below[:, hours].sum()
        if extra == found.extra:
            assert found.cost == pytest.approx(outcome.cost - missed.cost)
    assert levels[found.extra - 1] < 0.8 <= levels[found.extra]
    assert found.achieved == pytest.approx(levels[found.extra])


def test_where_all_that_were_tried_are_not_enough_nothing_is_promised(desk):
    flood = desk.with_changes({"demand.scale.chat": 5.0})
    outcome = simulate(flood, demand_for(flood))
    stretch = worst_stretch(outcome)
    found = remedy(outcome, demand_for(flood), stretch, most=1)
    assert found.extra is None
    assert "are not enough" in told(stretch, found, "GBP")


def test_a_floor_with_hands_to_spare_misses_nothing(desk):
    ample = desk.with_changes({"groups.team.agents": 20, "groups.team.max_agents": None})
    assert worst_stretch(simulate(ample, demand_for(ample))) is None


def test_separate_teams_are_mended_in_the_team_that_is_short(desk):
    apart = desk.with_changes({"routing.blend": "separate"})
    outcome = simulate(apart, demand_for(apart))
    stretch = worst_stretch(outcome)
    found = remedy(outcome, demand_for(apart), stretch)
    assert found.group == f"team: {stretch.channel}"


def test_the_sentence_names_hours_people_and_price(desk, missed):
    stretch = worst_stretch(missed)
    sentence = told(stretch, remedy(missed, demand_for(desk), stretch), "GBP")
    assert "misses Mon 13 Apr" in sentence
    assert "would fix it" in sentence
    assert "£" in sentence


def test_hours_of_two_days_are_two_stretches(desk):
    agents = [0] * 8 + [1] * 12 + [0] * 4
    two = desk.with_changes(
        {"horizon.length": "2d", "groups.team.agents": agents * 2, "demand.scale.chat": 2.0}
    )
    found = worst_stretch(simulate(two, demand_for(two)))
    assert found.start.date() == (found.end - pd.Timedelta(microseconds=1)).date()


def test_no_agent_more_is_no_trial(desk, missed):
    with pytest.raises(InvalidValueError, match="most"):
        remedy(missed, demand_for(desk), worst_stretch(missed), most=0)
