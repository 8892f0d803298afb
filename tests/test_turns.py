"""First answers go before later ones, and a half-done piece of work before a younger one."""

import threading
import time

import pytest

from scenario import RunCancelledError
from views.turns import Turns


def never():
    return False


def until(told):
    limit = time.monotonic() + 5
    while not told():
        assert time.monotonic() < limit
        time.sleep(0.002)


def queued(turns, wishes):
    """Who is served in which order when all wait for the one place that is held."""
    served, threads = [], []
    with turns.taken(0, turns.age(), never):
        for number, (name, rank, age) in enumerate(wishes, 1):

            def serve(name=name, rank=rank, age=age):
                with turns.taken(rank, age, never):
                    served.append(name)

            threads.append(threading.Thread(target=serve))
            threads[-1].start()
            until(lambda number=number: len(turns._waiting) == number)
    for thread in threads:
        thread.join(5)
    return served


def test_a_first_answer_goes_before_later_ones_and_older_work_before_younger():
    turns = Turns(1)
    old, young = turns.age(), turns.age()
    wishes = [("young, later", 2, young), ("old, later", 2, old), ("young, first", 0, young)]
    assert queued(turns, wishes) == ["young, first", "old, later", "young, later"]


def test_whoever_is_alone_gets_all_places_and_gives_them_back():
    turns = Turns(3)
    for _ in range(2):
        with turns.taken(0, turns.age(), never) as places:
            assert places == 3
            assert turns.busy
        assert not turns.busy
    with turns.taken(0, turns.age(), never, most=1) as places:
        assert places == 1
        with turns.taken(0, turns.age(), never) as others:
            assert others == 2


def test_what_nobody_waits_for_leaves_a_place_free():
    turns = Turns(3)
    with turns.taken(5, turns.age(), never) as later:
        assert later == 2
        with pytest.raises(RunCancelledError), turns.taken(1, turns.age(), lambda: True):
            pass
        with turns.taken(0, turns.age(), never) as first:
            assert first == 1


def test_whoever_waits_can_be_cancelled_and_blocks_nobody():
    turns = Turns(1)
    with turns.taken(0, turns.age(), never):
        with pytest.raises(RunCancelledError), turns.taken(0, turns.age(), lambda: True):
            pass
        assert turns._waiting == []
    with turns.taken(1, turns.age(), never) as places:
        assert places == 1
