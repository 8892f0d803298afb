"""The crisis drill: when a burst is over, and what calling people in changes."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from report.documents import as_json
from scenario import InvalidValueError, Scenario
from scenario.calendar import Horizon
from scenario.called_in import CalledIn, with_called_in
from scenario.separate import separated
from simulate.drill import BURST, CALLED_IN, CALM, drill
from simulate.recovery import recoveries, recovery
from simulate.run import simulate
from small_scenarios import MORNING, demand_of

SCENARIO = Scenario.parse(
    MORNING.replace('length = "3h"', 'length = "10h"').replace(
        "priority = 2", "priority = 2\nspread = { ratio = 0.4 }\nreach = {}"
    )
)
DEMAND = demand_of(SCENARIO)
AT = pd.Timestamp("2026-04-13T09:10", tz="Europe/London")
VIRAL = {"channel": "posts", "at": AT, "factor": 6.0, "half_life_h": 0.5}
START = pd.Timestamp("2026-04-13", tz="Europe/London")


def outcome_with(backlogs, seed=1):
    """What `recovery` reads of an outcome: the backlogs of half-hours, a row a replication."""
    waiting = np.array(backlogs)
    tallies = {"backlog": waiting, "queue_us": waiting * 1800 * 10**6}
    period = Horizon(START, 30, waiting.shape[1])
    data = SimpleNamespace(period=period, tallies=lambda _, __: tallies)
    return SimpleNamespace(seed=seed, replications=len(waiting), data=data)


def test_recovery_is_when_hardly_more_wait_than_on_the_calm_day():
    """The worst at 02:00; from 03:00 on no more than one beyond the calm day."""
    calm = outcome_with([[2, 2, 2, 2, 2, 2], [0, 0, 0, 0, 0, 0], [0] * 6, [5] * 6])
    burst = outcome_with([[2, 4, 9, 22, 5, 3], [0, 0, 1, 1, 0, 0], [0, 0, 9, 9, 9, 8], [5] * 6])
    found = recovery(calm, burst, "posts", START + pd.Timedelta(minutes=45))

    np.testing.assert_array_equal(found.hours, [2.25, 0, np.nan, 0])
    np.testing.assert_array_equal(found.caught_up, found.hours)
    np.testing.assert_array_equal(found.peak, [20, 1, 9, 0])
    assert found.waiting_h[0] == (2 + 7 + 20 + 3 + 1) / 2
    assert (found.median_h, found.unrecovered) == (0, 0.25)
    assert np.isnan(found.sure_h)
    assert "in 25 % it does not" in found.sentence


def test_floor_that_catches_up_may_find_more_in_the_morning():
    """Caught up at 01:30, felt once more at its worst at 04:00, over at 05:00."""
    calm = outcome_with([[0] * 10])
    found = recovery(calm, outcome_with([[0, 4, 1, 0, 0, 3, 8, 8, 2, 0]]), "posts", START)
    assert (found.caught_up_h, found.median_h) == (1.5, 5)
    assert "caught up for the first time after 1.5 h, and recovered after 5.0 h" in found.sentence


def test_dip_on_the_way_up_is_not_catching_up():
    """Four wait at 01:00, but the burst only comes: fifty, half of the worst, at 02:30."""
    calm = outcome_with([[0] * 7, [0] * 7])
    burst = outcome_with([[6, 4, 40, 100, 50, 4, 0], [0, 1, 2, 1, 0, 0, 0]])
    found = recovery(calm, burst, "posts", START)
    np.testing.assert_array_equal(found.caught_up, [3, 2])
    np.testing.assert_array_equal(found.hours, [3, 2])


@settings(max_examples=60, deadline=None)
@given(waiting=st.lists(st.integers(0, 40), min_size=2, max_size=12), first=st.integers(0, 5))
def test_recovery_is_what_one_reads_off_the_curve(waiting, first):
    """Beside a plain walk along the curve; what both days have in common changes nothing."""
    first = min(first, len(waiting) - 1)
    calm, burst = [3] * len(waiting), [3 + number for number in waiting]
    start = START + first * pd.Timedelta(minutes=30)
    found = recovery(outcome_with([calm]), outcome_with([burst]), "posts", start)

    felt = waiting[first:]
    most, few = max(felt), max(1, 0.05 * max(felt))

    def over_after(this):
        """Hours until few wait, from an interval on; 0 where it is never felt."""
        over = [n for n in range(this, len(felt)) if felt[n] <= few]
        return 0.0 if most <= 1 else (over[0] + 1) / 2 if over else np.nan

    np.testing.assert_equal(found.hours[0], over_after(felt.index(most)))
    heavy = next((n for n, number in enumerate(felt) if number > few and 2 * number >= most), 0)
    np.testing.assert_equal(found.caught_up[0], over_after(heavy))
    assert not found.caught_up[0] > found.hours[0]


def test_most_never_recovering_is_told():
    calm, burst = outcome_with([[0, 0]] * 3), outcome_with([[9, 9], [9, 9], [9, 0]])
    found = recovery(calm, burst, "posts", START)
    assert "does not recover before the end: only 33 % of the runs do" in found.sentence
    assert found.document()["recovered_median_h"] is None
    quiet = recovery(calm, calm, "posts", START)
    assert "hardly feels it" in quiet.sentence


def test_recovery_is_of_the_same_days():
    for other in (outcome_with([[0]], seed=2), outcome_with([[0], [0]])):
        with pytest.raises(InvalidValueError, match="as the calm day"):
            recovery(outcome_with([[0]]), other, "posts", START)
    with pytest.raises(InvalidValueError, match="before"):
        recovery(outcome_with([[0]]), outcome_with([[0]]), "posts", START + pd.Timedelta(hours=1))


@pytest.fixture(scope="module")
def drilled():
    return drill(SCENARIO, DEMAND, **VIRAL, call_in={"team": 3}, replications=40)


def test_three_days_are_met_by_the_same_customers(drilled):
    """The calm day is the scenario; the burst adds its integral; people called in add none."""
    calm = simulate(SCENARIO, DEMAND, replications=40)
    pd.testing.assert_frame_equal(drilled.outcomes[CALM].totals, calm.totals)
    first = drilled.table.set_index("arrangement")["first_attempts"]
    added = 16 * 5 * 0.5 / np.log(2)  # posts an hour, times the excess, over the half-life's decay
    assert first[BURST] - first[CALM] == pytest.approx(added, abs=4 * np.sqrt(added / 40))
    assert first[CALLED_IN] == first[BURST]
    cost = drilled.table.set_index("arrangement")["cost"]
    hours = 3 * (18 - 10) / 0.8  # from the first half-hour after 09:40 on
    assert cost[CALLED_IN] - cost[BURST] == pytest.approx(20 * hours)


def test_calling_people_in_heads_off_posts_and_is_over_sooner(drilled):
    """Posts spread until somebody answers: more people, less volume on the same customers."""
    told = drilled.table.set_index("arrangement")
    for worse in ("offered", "waiting_beyond_calm_h", "recovered_median_h", "impressions_waiting"):
        assert told.loc[CALLED_IN, worse] < told.loc[BURST, worse]
    assert told.loc[CALLED_IN, "service_level"] > told.loc[BURST, "service_level"]
    headed = drilled.difference.set_index(["measure", "channel"]).loc[("heads_off", "")]
    assert headed["difference"] > 0
    assert headed["real"]
    assert "With 3 more in team from 09:40" in drilled.sentence


def test_document_and_intervals_tell_the_curves(drilled):
    told = json.loads(as_json(drilled.document()))
    assert [row["arrangement"] for row in told["rows"]] == [CALM, BURST, CALLED_IN]
    assert told["rows"][0]["recovered_median_h"] is None
    assert len(told["intervals"]) == 20 * 2 * 3
    posts = drilled.intervals.query("channel == 'posts'")
    wide = posts.pivot_table(index="interval_start", columns="arrangement", values="backlog")
    before = wide[wide.index < AT.floor("30min")]
    assert (before[CALM] == before[BURST]).all()
    assert wide[BURST].max() > wide[CALM].max()


def test_drill_without_anybody_called_in_has_two_days():
    found = drill(SCENARIO, DEMAND, SCENARIO.staff(), **VIRAL, replications=2)
    assert list(found.outcomes) == [CALM, BURST]
    assert found.difference.empty
    assert "more in" not in found.sentence


def test_progress_is_of_all_days_and_a_cancelled_drill_is_none():
    told = []
    drill(SCENARIO, DEMAND, **VIRAL, replications=2, progress=lambda *at: told.append(at))
    assert told[-1] == (4, 4)
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"channel": "x"}, "channel must be one of"),
        ({"call_in": {"desk": 2}}, "call_in must be of groups"),
        ({"call_in": {"team": -2}}, "between 1 and 10,000"),
        ({"at": pd.Timestamp("2026-04-14")}, "at must be between"),
        ({"call_in": {"team": 1}, "after_minutes": 9_000}, "called in at must be between"),
        ({"call_in": {"team": 2.5}}, "call_in team must be a whole number between 1 and 10,000"),
        ({"call_in": {"team": 1}, "after_minutes": np.nan}, "after_minutes must be a number"),
        ({"after_minutes": np.inf}, "after_minutes must be a number"),
        ({"after_minutes": 1e300}, "after_minutes must be a number"),
        ({"factor": 0.5}, "factor must be at least 1"),
        ({"half_life_h": 0}, "half_life_h must be positive"),
    ],
)
def test_drills_that_make_no_sense_are_refused(changes, rule):
    with pytest.raises(InvalidValueError, match=rule):
        drill(SCENARIO, DEMAND, **{**VIRAL, **changes}, replications=2)


def test_burst_after_what_is_measured_is_refused_before_it_is_simulated():
    cooled = SCENARIO.with_changes({"horizon.cool_down": "2h"})
    late = {**VIRAL, "at": pd.Timestamp("2026-04-13T16:10")}
    with pytest.raises(InvalidValueError, match=r"at must be .* 16:00:00.*what is measured ends"):
        drill(cooled, demand_of(cooled), **late, replications=2)


def test_burst_in_the_last_half_hour_needs_nobody_to_come():
    late = {**VIRAL, "at": pd.Timestamp("2026-04-13T17:40")}
    assert "posts at 6 times" in drill(SCENARIO, DEMAND, **late, replications=2).sentence
    with pytest.raises(InvalidValueError, match="called in at must be between"):
        drill(SCENARIO, DEMAND, **late, call_in={"team": 1}, replications=2)


def test_bursts_of_a_scenario_are_told_one_by_one():
    late = {"channel": "posts", "start": AT.to_pydatetime(), "peak": 6, "half_life_h": 0.5}
    flat = {"channel": "chat", "start": AT.to_pydatetime(), "factors": [1.0]}
    stricken = SCENARIO.with_changes({"bursts.viral": late, "bursts.nothing": flat})
    outcome = simulate(stricken, DEMAND, replications=8)
    found = recoveries(stricken, DEMAND, outcome)
    same = drill(SCENARIO, DEMAND, **VIRAL, replications=8).recoveries[BURST]
    np.testing.assert_array_equal(found["viral"].hours, same.hours)
    assert not found["nothing"].hours.any()


APART = SCENARIO.with_changes({"routing.blend": "separate"})


def test_separate_teams_do_not_know_of_the_burst_beforehand():
    found = drill(APART, DEMAND, **VIRAL, call_in={"team": 3}, replications=2)
    calm, burst, more = found.outcomes.values()
    assert calm.staff.groups == ("team: chat", "team: posts")
    np.testing.assert_array_equal(burst.staff.agents, calm.staff.agents)
    staff = APART.staff()
    three = CalledIn(group="team", agents=3, at=pd.Timestamp("2026-04-13T09:40"))
    joined = with_called_in(APART, staff, [three])
    np.testing.assert_array_equal(more.staff.agents, separated(APART, DEMAND, joined)[1].agents)
    assert more.scenario.bursts == burst.scenario.bursts
    pd.testing.assert_frame_equal(calm.totals, simulate(APART, DEMAND, replications=2).totals)


def test_calm_days_have_the_teams_and_the_staff_of_the_burst():
    """A staff of the caller's, thrice the current one, on the calm day too."""
    late = {"channel": "posts", "start": AT.to_pydatetime(), "peak": 6, "half_life_h": 0.5}
    stricken = APART.with_changes({"bursts.viral": late})
    staff = APART.staff().with_agents(3 * APART.staff().agents)
    outcome = simulate(stricken, DEMAND, staff, replications=4)
    calm = simulate(outcome.scenario.with_changes({"bursts": None}), DEMAND, outcome.staff,
                    replications=4)  # fmt: skip
    found = recoveries(stricken, DEMAND, outcome)["viral"]
    np.testing.assert_array_equal(found.peak, recovery(calm, outcome, "posts", AT).peak)
    assert found.waiting_h.min() >= 0


def test_people_who_would_never_come_are_refused():
    gone = SCENARIO.with_changes({"groups.team.agents": [6] * 8 + [0] * 12})
    late = {**VIRAL, "at": pd.Timestamp("2026-04-13T11:10")}
    with pytest.raises(InvalidValueError, match="call_in team must be for a time"):
        drill(gone, DEMAND, **late, call_in={"team": 2}, replications=2)
