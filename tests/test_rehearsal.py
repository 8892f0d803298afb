"""The screen answers at once and grows surer while it is looked at; both sides grow alike."""

from types import SimpleNamespace

import pytest

from forecast import demand_for
from scenario import RunCancelledError, Scenario
from simulate.run import simulate
from views.rehearsal import WHILE_LOOKED_AT, Rehearsal, looks_of, rehearse
from views.turns import Turns

DESK = """
name = "Desk"
timezone = "Europe/London"
replications = 12
[horizon]
start = 2026-04-13
length = "1d"
interval_minutes = 60
[demand.rates]
chat = 6.0
[channels.chat]
kind = "live"
handle_time.mean_s = 480
target = { share = 0.8, within_s = 60 }
[groups.team]
agents = 2
[groups.team.skills.chat]
"""


@pytest.fixture(scope="module")
def desk():
    return Scenario.parse(DESK)


def shown(scenario, *, cancelled=lambda: False):
    """The rehearsal and every look that was published on the way."""
    published = []
    found = rehearse(
        scenario,
        demand_for(scenario),
        turns=Turns(2),
        publish=published.append,
        count=lambda *_: None,
        cancelled=cancelled,
    )
    return found, published


def test_the_scenarios_own_number_is_always_one_of_the_looks():
    for asked in (1, 2, 8, 9, 20, 100, 101, 10_000):
        looks = looks_of(asked)
        assert asked in looks
        assert looks == tuple(sorted(set(looks)))
        assert looks[-1] == max(asked, WHILE_LOOKED_AT)


def test_looks_come_one_after_the_other_and_grow_surer(desk):
    found, published = shown(desk)
    assert [look.latest.replications for look in published] == [4, 12]
    assert [look.replications for look in found.looks] == [4, 12, 100]
    widths = []
    for look in found.looks:
        chat = look.totals.iloc[0]
        widths.append(chat["service_level_high"] - chat["service_level_low"])
    assert widths[2] < widths[1]


def test_a_look_is_what_the_library_gives_for_so_many_replications(desk):
    found, _ = shown(desk)
    alone = simulate(desk, demand_for(desk))
    assert found.looks[1].totals.equals(alone.totals)


def test_progress_never_goes_back(desk):
    told = []
    rehearse(
        desk,
        demand_for(desk),
        turns=Turns(2),
        publish=lambda _: None,
        count=lambda done, total: told.append((done, total)),
        cancelled=lambda: False,
    )
    assert told == sorted(told)
    assert told[-1] == (100, 100)


def test_both_sides_are_compared_after_equally_many_replications():
    looks = {count: SimpleNamespace(replications=count) for count in (4, 20, 100)}
    here = Rehearsal((looks[4], looks[20]))
    outcome, baseline = here.beside(Rehearsal(tuple(looks.values())))
    assert (outcome.replications, baseline.replications) == (20, 20)


def test_a_stop_leaves_what_was_published(desk):
    published = []
    with pytest.raises(RunCancelledError):
        rehearse(
            desk,
            demand_for(desk),
            turns=Turns(1),
            publish=published.append,
            count=lambda *_: None,
            cancelled=lambda: bool(published),
        )
    assert [look.latest.replications for look in published] == [4]
