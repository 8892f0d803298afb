"""Long work is answered once, watched, replaced and stopped."""

import threading
import time

import numpy as np
import pytest

from scenario import InvalidValueError, RunCancelledError
from support import telling
from views import jobs
from views.apart import apart
from views.jobs import Board, Job, State, fingerprint


def until_cancelled(job: Job) -> str:
    while not job.cancelled():
        time.sleep(0.005)
    raise RunCancelledError


def ended(job: Job) -> Job:
    assert job.join(10), "the job's thread did not end"
    return job


def test_a_job_tells_progress_and_its_answer():
    def work(job):
        job.count(3, 4)
        return 42

    job = ended(Board().request("me", "plan", "key", "Planning", work))
    assert (job.state, job.result, job.share) == (State.DONE, 42, 1.0)
    assert job.sentence == "3 of 4 replications"


def test_the_same_question_is_answered_once_for_every_session():
    calls = []
    board = Board()
    first = board.request("me", "plan", "key", "Planning", lambda _: calls.append(1))
    ended(first)
    second = board.request("you", "plan", "key", "Planning", lambda _: calls.append(1))
    assert second is first
    assert calls == [1]


def test_another_question_in_the_slot_replaces_the_pending_one():
    board = Board()
    pending = board.request("me", "whatif", "chat +10", "Rehearsing", until_cancelled)
    now = board.request("me", "whatif", "chat +20", "Rehearsing", lambda _: "answer")
    assert ended(pending).state is State.STOPPED
    assert ended(now).result == "answer"


def test_a_stop_frees_the_page_at_once_and_ends_the_work():
    board = Board()
    job = board.request("me", "plan", "key", "Planning", until_cancelled)
    board.cancel("me", "plan")
    assert not job.running, "the page does not wait for the work to notice"
    assert ended(job).state is State.STOPPED
    assert board.running() == []


def test_work_goes_on_while_another_session_wants_it():
    board = Board()
    job = board.request("me", "plan", "key", "Planning", until_cancelled)
    board.request("you", "plan", "key", "Planning", until_cancelled)
    board.cancel("me", "plan")
    assert job.running
    board.cancel("you", "plan")
    assert ended(job).state is State.STOPPED


def test_a_stopped_job_stays_stopped_until_asked_again():
    board = Board()
    board.request("me", "plan", "key", "Planning", until_cancelled)
    board.cancel("me", "plan")
    still = board.request("me", "plan", "key", "Planning", lambda _: "answer")
    assert still.state is State.STOPPED
    again = board.request("me", "plan", "key", "Planning", lambda _: "answer", again=True)
    assert ended(again).result == "answer"


def test_a_closed_tab_frees_its_work(monkeypatch):
    monkeypatch.setattr(jobs, "FORSAKEN_S", 0.05)
    open_tabs = {"me"}
    board = Board(here=open_tabs.__contains__)
    job = board.request("me", "whatif", "key", "Rehearsing", until_cancelled)
    time.sleep(0.2)
    assert job.running, "an open tab is no reason to stop, however long it looks elsewhere"
    open_tabs.clear()
    assert ended(job).state is State.STOPPED
    assert board.running() == []


def test_a_refresh_takes_over_the_work_of_the_tab_before():
    open_tabs = {"before"}
    board = Board(here=open_tabs.__contains__)
    job = board.request("before", "plan", "key", "Planning", until_cancelled)
    open_tabs.symmetric_difference_update({"before", "after"})
    assert board.request("after", "plan", "key", "Planning", until_cancelled) is job
    assert job.running
    board.cancel("after", "plan")
    assert ended(job).state is State.STOPPED, "the tab before cannot hold it any more"


def test_what_waits_for_a_forsaken_job_frees_it_too(monkeypatch):
    monkeypatch.setattr(jobs, "FORSAKEN_S", 0.05)
    open_tabs = {"me"}
    board = Board(here=open_tabs.__contains__)
    demand = board.request("me", "forecast", "f", "Forecasting", until_cancelled)
    plan = board.request("me", "plan", "p", "Planning", lambda job: job.wait_for(demand))
    open_tabs.clear()
    assert ended(plan).state is State.STOPPED
    assert ended(demand).state is State.STOPPED


def test_a_page_waits_a_moment_for_a_first_look():
    def work(job):
        job.publish("first")
        until_cancelled(job)

    board = Board()
    job = board.request("me", "whatif", "key", "Rehearsing", work)
    assert job.look(10) == "first"
    board.cancel("me", "whatif")
    ended(job)
    never = board.request("me", "whatif", "other", "Rehearsing", until_cancelled)
    assert never.look(0.01) is None
    board.cancel("me", "whatif")
    ended(never)


def test_a_fault_of_the_planner_is_kept_for_the_page():
    def work(_):
        raise InvalidValueError("seed", "at least 0", -1)

    job = ended(Board().request("me", "plan", "key", "Planning", work))
    assert job.state is State.FAILED
    assert "seed must be at least 0" in str(job.error)


def test_a_job_waits_for_another_and_keeps_it_alive():
    board, gate = Board(), threading.Event()
    demand = board.request(
        "me", "forecast", "f", "Forecasting", lambda _: gate.wait(10) and "rates"
    )
    plan = board.request("me", "plan", "p", "Planning", lambda job: job.wait_for(demand) + "!")
    time.sleep(0.1)
    board.cancel("me", "forecast")
    assert demand.running, "the plan still wants it"
    gate.set()
    assert ended(plan).result == "rates!"


def test_a_job_fails_with_what_it_waited_for():
    def broken(_):
        raise InvalidValueError("history", "readable", "")

    board = Board()
    demand = board.request("me", "forecast", "f", "Forecasting", broken)
    plan = board.request("me", "plan", "p", "Planning", lambda job: job.wait_for(demand))
    assert isinstance(ended(plan).error, InvalidValueError)


def test_an_early_answer_is_shown_while_the_work_goes_on():
    shown, gate = threading.Event(), threading.Event()

    def work(job):
        job.publish("four replications")
        shown.set()
        gate.wait(10)
        return "twenty"

    job = Board().request("me", "whatif", "key", "Rehearsing", work)
    assert shown.wait(10)
    assert (job.running, job.result, job.version) == (True, "four replications", 1)
    gate.set()
    assert ended(job).result == "twenty"


def test_old_answers_are_forgotten_and_running_work_is_not():
    board = Board(kept=2)
    running = board.request("me", "plan", "running", "Planning", until_cancelled)
    for number in range(5):
        ended(board.request("me", "whatif", str(number), "Rehearsing", lambda _: 0))
    again = board.request("you", "whatif", "0", "Rehearsing", lambda _: "anew")
    assert ended(again).result == "anew"
    assert running.running
    board.cancel("me", "plan")
    ended(running)


def test_a_fingerprint_tells_parts_from_their_join():
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", b"b") == fingerprint("a", b"b")


def test_a_call_apart_gives_its_answer():
    assert apart(np.cumsum, [1, 2, 3], cancelled=lambda: False).tolist() == [1, 3, 6]


def test_a_call_apart_raises_what_the_function_raised():
    with pytest.raises(ZeroDivisionError):
        apart(divmod, 1, 0, cancelled=lambda: False)


def test_a_call_apart_ends_within_a_second_of_a_stop():
    began = time.monotonic()
    with pytest.raises(RunCancelledError):
        apart(time.sleep, 30, cancelled=lambda: time.monotonic() - began > 0.2)
    assert time.monotonic() - began < 1.2


def test_a_call_apart_tells_how_far_it_is():
    told = []
    answer = apart(telling, 41, cancelled=lambda: False, tell=lambda *words: told.append(words))
    assert answer == 42
    assert told == [(0.5, "half"), (0.9,)]


class Large:
    nbytes = 60


def test_answers_that_take_much_memory_are_forgotten_and_worked_out_again():
    board = Board(kept_bytes=100)
    first = ended(board.request("me", "whatif", "a", "Rehearsing", lambda _: Large()))
    ended(board.request("you", "whatif", "b", "Rehearsing", lambda _: Large()))
    board.request("they", "plan", "c", "Planning", lambda _: 0)
    assert first.result is None, "an idle page holds nothing"
    again = board.request("me", "whatif", "a", "Rehearsing", lambda _: Large())
    assert again is not first
    assert isinstance(ended(again).result, Large)


def test_what_only_follows_from_an_answer_does_not_keep_it_from_being_stopped():
    board = Board()
    rehearsal = board.request("me", "whatif", "r", "Rehearsing", until_cancelled)

    def follow(job):
        return job.wait_for(rehearsal, keep=False)

    remedy = board.request("me", "remedy", "m", "Looking", follow)
    board.cancel("me", "whatif")
    assert ended(rehearsal).state is State.STOPPED
    assert ended(remedy).state is State.STOPPED
