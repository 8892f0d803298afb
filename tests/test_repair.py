"""What the repair asks for where a promise is out of reach."""

import numpy as np
import pandas as pd
import pytest

from scenario import Target
from staffing.promises import Promise, Verdict
from staffing.repair import LOST_EASE, USELESS_IN_A_ROW, Ask


def verdict(kept):
    """A promise of 80 % judged over one period, of which a share is kept."""
    promise = Promise("posts", Target(share=0.8, within_s=900), "deferred", closed=False)
    starts = pd.DatetimeIndex(["2026-04-13T08:00Z"])
    contacts = np.full((4, 1), 100.0)
    return Verdict(promise, starts, np.zeros(1, dtype=np.int64), kept * contacts, contacts)


def test_a_promise_out_of_reach_is_asked_for_as_far_as_it_was_ever_kept():
    """Agents who are taken from elsewhere can make things worse than they were."""
    ask = Ask.of(verdict(0.6))
    ask.learn(verdict(0.6), np.array([False]))
    for kept in (0.6, 0.5, 0.4, 0.3)[: USELESS_IN_A_ROW + 2]:
        ask.learn(verdict(kept), np.array([True]))

    assert ask.share == pytest.approx(0.6 * (1 - LOST_EASE))


def test_a_promise_that_additions_bring_nearer_is_asked_for_whole():
    ask = Ask.of(verdict(0.3))
    for kept in (0.3, 0.4, 0.5, 0.6, 0.7):
        ask.learn(verdict(kept), np.array([True]))

    assert ask.share == pytest.approx(0.8)
