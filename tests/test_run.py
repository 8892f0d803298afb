"""Running a scenario: the same numbers every time, and what is asked for is what one gets."""

import numpy as np
import pandas as pd
import pytest

from blended_day import BLENDED, demand, staffed
from scenario import InvalidValueError, RunCancelledError
from simulate import paired, simulate
from simulate.workers import Workers
from support import assert_mean_near


@pytest.fixture(scope="module")
def outcome():
    """Ten blended days with every contact kept; conservation is checked in each."""
    return simulate(BLENDED, demand(), staffed(7), replications=10, records=True)


def test_two_runs_with_one_seed_are_identical(outcome):
    again = simulate(BLENDED, demand(), staffed(7), replications=10, records=True)

    assert again.document() == outcome.document()
    pd.testing.assert_frame_equal(again.contacts, outcome.contacts)


def test_another_seed_is_another_run(outcome):
    other = simulate(BLENDED, demand(), staffed(7), replications=10, seed=5)

    assert other.document()["totals"] != outcome.document()["totals"]


def test_a_replication_does_not_depend_on_how_many_are_run(outcome):
    few = simulate(BLENDED, demand(), staffed(7), replications=2)

    levels = outcome.service_level("chat", "interval")
    assert np.array_equal(few.service_level("chat", "interval"), levels[:2], equal_nan=True)


def test_what_is_left_out_comes_from_the_scenario(outcome):
    with_staff = BLENDED.with_changes({"groups.team.agents": 7})
    run = simulate(with_staff, demand())

    assert (run.replications, run.seed, run.engine) == (3, 4, "kernel")
    assert outcome.replications == 10
    assert not outcome.cancelled


def test_records_tell_the_story_of_every_contact(outcome):
    """Names, local times and endings; they add up to the totals."""
    records = outcome.contacts
    totals = outcome.totals.set_index("channel")
    offered = records[records["interval_start"].notna() & (records["ending"] != "closed")]

    assert str(records["offered"].dt.tz) == "Europe/London"
    for channel, rows in offered.groupby("channel"):
        assert len(rows) == round(10 * totals.loc[channel, "offered"])
        answered = rows[rows["ending"] == "answered"]
        assert len(answered) == round(10 * totals.loc[channel, "answered"])
        assert answered["wait_s"].mean() == pytest.approx(totals.loc[channel, "asa_s"])
        assert (answered["group"] == "team").all()
    backlog = records[records["interval_start"].isna()]
    assert len(backlog) == 3 * 10
    assert backlog["offered"].min() == pd.Timestamp("2026-04-12 14:00", tz="Europe/London")
    children = records[records["parent"] >= 0]
    assert set(children["channel"]) == {"callback"}
    assert (children["first_offered"] <= children["offered"]).all()


def test_quantiles_of_the_histogram_agree_with_the_contacts(outcome):
    records = outcome.contacts
    posts = records[(records["channel"] == "posts") & (records["ending"] == "answered")]
    waits = posts[posts["interval_start"].notna()]["wait_s"]
    told = outcome.totals.set_index("channel").loc["posts"]

    for share, column in ((0.5, "wait_p50_s"), (0.9, "wait_p90_s"), (0.99, "wait_p99_s")):
        exact = np.quantile(waits, share, method="inverted_cdf")
        assert told[column] == pytest.approx(exact, rel=0.005)


def test_contacts_that_arrive_closed_have_a_promise_of_their_own(outcome):
    promises = outcome.probability_met.set_index(["channel", "arrived", "period"])

    assert ("posts", "closed", "day") in promises.index
    assert ("chat", "closed", "day") not in promises.index
    assert promises.loc[("posts", "closed", "day"), "target"] == 0.8
    # 24 half-hours closed, a dozen chats in each; the day factor varies by 12 %.
    turned_away = outcome.data.contacts["closed"][:, :, 0].sum(axis=1)
    assert_mean_near(turned_away, 24 * 12)


def test_more_agents_answer_sooner_and_the_difference_is_real(outcome):
    """Common random numbers: two agents more, the same customers."""
    fewer = simulate(BLENDED, demand(), staffed(5), replications=10)
    table = paired(fewer, outcome, ["two fewer", "as it is"]).set_index(["measure", "channel"])

    for measure, better in (("asa_s", -1), ("abandonment", -1), ("service_level", 1)):
        told = table.loc[(measure, "chat")]
        assert np.sign(told["difference"]) == better
        assert told["real"], told["sentence"]
    # The very same first contacts: nobody more, nobody less.
    assert table.loc[("offered", "chat"), "difference"] == 0
    assert table.loc[("cost", ""), "difference"] == pytest.approx(2 * 12 * 18)


def test_separate_teams_are_reported_by_team():
    separate = BLENDED.with_changes({"routing.blend": "separate"})
    run = simulate(separate, demand(), staffed(7), replications=2)

    assert run.groups["group"].tolist() == ["team: chat", "team: posts", "team: callback"]
    assert run.groups["floor_hours"].sum() == 7 * 12


def test_progress_counts_the_replications():
    seen = []
    simulate(
        BLENDED, demand(), staffed(7), replications=3, progress=lambda *told: seen.append(told)
    )

    assert seen == sorted(set(seen))
    assert seen[-1] == (3, 3)


def test_a_cancelled_run_returns_what_is_finished():
    finished = []
    run = simulate(
        BLENDED,
        demand(),
        staffed(7),
        replications=5_000,
        progress=lambda done, _: finished.append(done),
        cancel=lambda: len(finished) >= 2,
    )

    assert run.cancelled
    assert run.replications == finished[-1] < 5_000
    levels = run.service_level("chat")[:3]
    shorter = simulate(BLENDED, demand(), staffed(7), replications=3)
    assert shorter.service_level("chat").tolist() == levels.tolist()


def test_a_run_cancelled_at_once_raises():
    with pytest.raises(RunCancelledError):
        simulate(BLENDED, demand(), staffed(7), replications=50, cancel=lambda: True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"engine": "abacus"}, "engine must be one of"),
        ({"replications": 0}, "replications must be at least 1"),
        ({"seed": -1}, "seed must be between"),
        ({"workers": 0}, "workers must be at least 1"),
    ],
)
def test_values_out_of_range_are_told(changes, message):
    with pytest.raises(InvalidValueError, match=message):
        simulate(BLENDED, demand(), staffed(7), **changes)


def test_threads_and_processes_give_the_numbers_of_one_after_the_other():
    told = []
    alone = simulate(BLENDED, demand(), staffed(7), replications=5)
    threads = simulate(
        BLENDED,
        demand(),
        staffed(7),
        replications=5,
        workers=3,
        progress=lambda *numbers: told.append(numbers),
    )
    with Workers(2) as pool:
        processes = simulate(BLENDED, demand(), staffed(7), replications=5, workers=pool)

    assert threads.document() == alone.document()
    assert processes.document() == alone.document()
    assert told[-1] == (5, 5)


def test_cancelled_threads_keep_an_unbroken_beginning():
    """More replications than are waited for: whatever is finished at the cancellation is whole."""
    finished = 0

    def progress(done, _total):
        nonlocal finished
        finished = done

    outcome = simulate(
        BLENDED,
        demand(),
        staffed(7),
        replications=500,
        workers=2,
        progress=progress,
        cancel=lambda: finished >= 10,
    )

    assert outcome.cancelled
    assert 2 <= outcome.replications < 500


def test_threads_cancelled_at_once_give_nothing():
    with pytest.raises(RunCancelledError):
        simulate(BLENDED, demand(), staffed(7), replications=20_000, workers=2, cancel=lambda: True)


def test_what_goes_wrong_in_a_thread_is_told(monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError("in a thread")

    monkeypatch.setattr("simulate.kernel.count_replications", broken)
    with pytest.raises(ZeroDivisionError, match="in a thread"):
        simulate(BLENDED, demand(), staffed(7), replications=4, workers=2)
