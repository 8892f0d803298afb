"""Moved levers are told beside their baseline, and nothing but what is shown is kept."""

import gc
import time

import pytest

from app_pages import write_desk
from forecast import demand_for
from report.result_table import results_table
from scenario import RunCancelledError, Scenario
from simulate.outcome import Outcome
from simulate.run import simulate
from views import results, work
from views.answer import Answer, answer_of
from views.jobs import Board, State
from views.what_if_work import ask_what_if


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Scenario.load(write_desk(tmp_path_factory.mktemp("desk")))


@pytest.fixture
def board():
    return Board()


def asked(board, desk, session="me", **changes):
    """The jobs of the demand, the baseline and the levers."""
    demand = board.request(session, "forecast", "demand", "Forecasting", lambda _: demand_for(desk))
    baseline = work.ask_rehearsal(board, session, "baseline", desk, demand)
    moved = desk.with_changes(changes or {"demand.scale.chat": 1.5})
    return demand, baseline, ask_what_if(board, session, moved, demand, baseline)


def test_what_is_told_is_what_the_library_gives_beside_the_baseline(board, desk):
    _, _, job = asked(board, desk)
    assert job.join(60)
    answer = job.result
    busier = desk.with_changes({"demand.scale.chat": 1.5})
    here, before = (
        simulate(one, demand_for(one), replications=answer.replications) for one in (busier, desk)
    )
    assert answer.replications == 100
    assert answer.table().equals(results_table(here, before))
    assert answer.sentence == results.headline(here)
    assert list(answer.figures) == results.key_figures(here, before)


def test_lines_that_compare_with_a_plan_stand_where_the_table_has_them(desk):
    outcome = simulate(desk, demand_for(desk), replications=4)
    starts = desk.period.starts
    required = outcome.groups.iloc[:0].assign()
    required = required.reindex(range(len(starts))).assign(
        interval_start=starts, group="team", required=1
    )
    assert answer_of(outcome).table(required).equals(results_table(outcome, None, required))


def test_the_counts_of_a_what_if_are_let_go(board, desk):
    """A week of a centre of 200 takes 60 MB, and twenty people look at one each."""
    name = "Counts that are let go"
    _, baseline, job = asked(board, desk.with_changes({"name": name}))
    assert job.join(60)
    assert isinstance(job.result, Answer)
    gc.collect()
    held = [one for one in gc.get_objects() if isinstance(one, Outcome)]
    found = {id(one) for one in held if one.scenario.name == name}
    assert found == {id(look) for look in baseline.result.looks}


def test_twenty_what_ifs_forget_neither_each_other_nor_their_baseline(desk):
    """What is forgotten under an open page is worked out anew with its next drawing."""
    board = Board(kept_bytes=20_000_000)
    jobs = [asked(board, desk, f"person {place}", seed=place)[1:] for place in range(20)]
    for baseline, job in jobs:
        assert job.join(120)
        assert baseline.result is not None
    again = [asked(board, desk, f"person {place}", seed=place)[1:] for place in range(20)]
    assert again == jobs


def test_a_lever_moved_again_replaces_the_run_before(board, desk):
    _, _, first = asked(board, desk, replications=100_000)
    _, _, second = asked(board, desk)
    assert not first.running
    assert second.join(60)
    assert second.result.before is not None
    assert first.join(5)
    assert first.state is State.STOPPED


def test_without_its_baseline_a_what_if_is_told_alone(board, desk):
    def stopped(_):
        time.sleep(0.1)
        raise RunCancelledError

    demand = board.request("me", "forecast", "demand", "Forecasting", lambda _: demand_for(desk))
    baseline = board.request("me", "baseline", "b", "Rehearsing", stopped)
    job = ask_what_if(board, "me", desk, demand, baseline)
    assert job.join(60)
    assert job.state is State.DONE
    assert job.result.before is None
    assert "Difference" not in job.result.table()
