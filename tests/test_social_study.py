"""The study of response times: its page is the program's, and a small run of it keeps its laws."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import response_study
from benchmarks.response_floor import (
    BATCHES,
    Policy,
    backlog_of,
    crossing,
    least_staff,
    least_step,
    posts_in_all,
    scenario_of,
    staffed,
    whole,
)
from benchmarks.response_page import HEADS, filled
from benchmarks.response_rules import more_staff, orders

PAGE = Path(__file__).parents[1] / "docs" / "social.md"
ROWS = {
    "base": 2 * len(response_study.TIMES_S),
    "sweep": len(response_study.ASSUMED),
    "order": 2,
    "law": 6,
}
SHORT = {"horizon.length": "4d", "horizon.warm_up": "2d", "demand.rates": {"x": 30.0}}


@pytest.fixture(scope="module")
def short():
    """Two measured days of a smaller volume."""
    return scenario_of(SHORT)


def test_the_tables_of_the_page_are_as_the_program_writes_them() -> None:
    """The heads are those of today, every row has their columns, and the picture is there."""
    page = PAGE.read_text(encoding="utf-8")
    for name, heads in HEADS.items():
        between = page.split(f"<!-- {name}: begin -->\n")[1].split(f"<!-- {name}: end -->")[0]
        lines = between.splitlines()
        assert tuple(lines[:2]) == heads
        assert len(lines) == 2 + ROWS[name]
        assert {line.count("|") for line in lines[2:]} == {heads[1].count("|")}
    assert PAGE.with_suffix(".png").stat().st_size > 10_000


def test_a_page_without_markers_is_refused() -> None:
    with pytest.raises(SystemExit, match="no markers"):
        filled("# Nothing here", {"base": [], "sweep": [], "order": [], "law": []})


def test_answering_late_takes_more_people_and_begets_more_posts(short) -> None:
    """Where posts spread, in pairs of days; and a longer promise alone never takes more."""
    assumed = {"channels.x.spread.ratio": 0.4, "channels.x.spread.delay.mean_s": 1800}
    scenario = short.with_changes(assumed)
    soon, late = (
        least_staff(scenario, policy, runs=BATCHES, follow_only=True)
        for policy in (Policy(900), Policy(4 * 3600, late=True))
    )
    row = response_study.row_of(late, soon)
    change, half = row["hours_change"]
    assert change - half > 0
    assert row["offered"][0] > response_study.row_of(soon, soon)["offered"][0]
    patient = least_staff(scenario, Policy(4 * 3600), runs=BATCHES, follow_only=True)
    assert patient.level <= soon.level * 1.001


def test_answering_late_saves_where_nothing_is_begotten(short) -> None:
    assumed = dict(response_study.ASSUMED["posts beget nothing, all is settled"])
    scenario = short.with_changes(assumed)
    soon, late = (
        least_staff(scenario, policy, runs=BATCHES, follow_only=True)
        for policy in (Policy(900), Policy(4 * 3600, late=True))
    )
    change, half = response_study.row_of(late, soon)["hours_change"]
    assert change + half < 0


def test_more_staff_never_means_more_posts(short) -> None:
    """On the same customers, while answers stop posts: the volume falls, up to chance."""
    rows = list(more_staff(short, BATCHES, (3.5, 4.0, 5.0, 7.0)))
    for row in rows[1:]:
        change, half = row["stopped_change"]
        assert change <= half
    assert rows[0]["stopped"][0] > rows[-1]["stopped"][0]


def test_the_loudest_first_makes_the_quiet_wait_longer_than_the_loud(short) -> None:
    oldest, loudest = orders(short, BATCHES, level=3.8)
    assert loudest["wait_s"]["loud"][0] < 0.5 * oldest["wait_s"]["loud"][0]
    assert loudest["wait_s"]["loud"][0] < 0.5 * loudest["wait_s"]["quiet"][0]
    assert loudest["impressions"][0] < oldest["impressions"][0]


def test_posts_held_back_are_no_backlog(short) -> None:
    """With plenty of people nothing waits but what may not be taken yet."""
    policy = Policy(4 * 3600, late=True)
    outcome = staffed(short.with_changes(policy.changes), policy, 12.0, BATCHES)
    waiting = outcome.data.tallies("x", "interval")["backlog"][:, 23]
    assert waiting.mean() > 30  # two hours of thirty posts and of what they beget
    assert abs(backlog_of(outcome, policy.gate_s).mean()) < 2


def test_posts_that_beget_more_than_themselves_have_no_end() -> None:
    scenario = scenario_of({"channels.x.repost.share": 0.2, "channels.x.repost.max_times": 3})
    scenario = scenario.with_changes({"channels.x.spread.ratio": 0.39})
    assert posts_in_all(scenario, Policy(900)) < 1.4
    assert posts_in_all(scenario, Policy(86_400, late=True)) is None
    assert least_staff(scenario, Policy(86_400, late=True)) is None


@pytest.mark.parametrize("least", [-13, -4, 0, 3, 9])
def test_the_least_step_is_found_from_above(least) -> None:
    asked = []

    def holds(step: int) -> bool:
        asked.append(step)
        return step >= least

    assert least_step(holds) == least
    assert {least - 1, least} <= set(asked)
    assert min(asked) > min(least, 1) - 5


def test_a_margin_is_read_off_between_two_levels() -> None:
    levels = np.array([8.0, 9.0, 10.0, 11.0])
    assert crossing(levels, np.array([-3.0, -1.0, 1.0, 2.0])) == pytest.approx(9.5)
    assert crossing(levels, np.array([1.0, -1.0, 3.0, 2.0])) == pytest.approx(9.25)
    assert crossing(levels, np.ones(4)) == 8.0


def test_fractions_of_people_are_whole_on_the_average() -> None:
    agents = whole(np.full(1000, 7.3))
    assert set(agents.tolist()) == {7, 8}
    assert agents.mean() == pytest.approx(7.3, abs=1e-3)
