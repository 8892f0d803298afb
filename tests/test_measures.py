"""What one replication amounts to, on logs written by hand."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from scenario import Scenario
from simulate.laws import ConservationError
from simulate.log import CONTACT, Cause, Ending, FloorLog
from simulate.measures import CONTACT_COUNTS, GROUP_COUNTS, measure
from simulate.waits import WaitHistogram

SECOND = 1_000_000
MINUTE = 60 * SECOND

SCENARIO = Scenario.parse(
    """
    [horizon]
    start = 2026-04-13T08:00:00Z
    length = "1h"

    [demand.rates]
    chat = 1
    posts = 1
    callback = 1

    [channels.chat]
    kind = "live"
    handle_time = { mean_s = 300 }
    patience = { distribution = "exponential" }
    target = { share = 0.8, within_s = 60 }
    thresholds_s = [30, 120]

    [channels.posts]
    kind = "deferred"
    handle_time = { mean_s = 300 }
    target = { share = 0.8, within_s = 900 }
    target_closed = { share = 0.8, within_s = 1800 }
    thresholds_s = [600]

    [channels.callback]
    kind = "callback"
    handle_time = { mean_s = 300 }
    callback = { window_s = 1200 }
    target = { share = 0.9, within_s = 1200 }

    [groups.team]
    agents = 2
    skills.chat = { max_concurrent = 2 }
    skills.posts = {}
    skills.callback = {}
    """
)


@dataclass(frozen=True)
class Given:
    """What measuring needs to know, without a floor."""

    scenario: Scenario = SCENARIO
    channel_names: tuple[str, ...] = ("chat", "posts", "callback")
    group_names: tuple[str, ...] = ("team",)

    @property
    def period(self):
        return self.scenario.period

    @property
    def scheduled_us(self):
        return np.full((2, 1), 3600 * SECOND)


def with_channel(name, **qualities):
    """The scenario with other qualities of one channel."""
    return SCENARIO.with_changes(
        {f"channels.{name}.{key}": value for key, value in qualities.items()}
    )


def contact(
    number, channel, offered_s, ending, *, start_s=None, end_s=None, deadline_s=None, **others
):
    """One row of a log, times in seconds."""
    row = np.zeros((), dtype=CONTACT)
    names = Given().channel_names
    row["id"], row["parent"], row["channel"] = number, -1, names.index(channel)
    row["offered_us"] = row["first_offered_us"] = offered_s * SECOND
    row["interval"] = offered_s // 1800 if offered_s >= 0 else -1
    for field, value in (("start_us", start_s), ("end_us", end_s), ("deadline_us", deadline_s)):
        row[field] = -1 if value is None else value * SECOND
    row["agent"] = row["group"] = -1 if start_s is None else 0
    row["ending"] = ending
    row["comes_back_us"] = row["moves_us"] = -1
    row["attempt"], row["cause"] = 1, Cause.FIRST
    for field, value in others.items():
        row[field] = value
    return row


def log_of(*rows, present_s=3600, end_s=3600):
    """A log with agents' time worked out from the contacts, each agent holding one."""
    contacts = np.stack(rows) if rows else np.empty(0, CONTACT)
    held = np.zeros((2, 1, 3), dtype=np.int64)
    for row in contacts[contacts["ending"] == Ending.ANSWERED]:
        until = row["end_us"] if row["end_us"] >= 0 else 3600 * SECOND
        for interval in range(2):
            begin, end = interval * 1800 * SECOND, (interval + 1) * 1800 * SECOND
            time = min(until, end) - max(row["start_us"], begin)
            held[interval, 0, row["channel"]] += max(0, time)
    present = np.full((2, 1), present_s * SECOND)
    nothing = np.zeros((2, 1), dtype=np.int64)
    drained = np.zeros(1, dtype=np.int64)
    return FloorLog(
        contacts,
        present,
        nothing,
        nothing,
        held.copy(),
        held,
        held.sum(axis=2, keepdims=True),
        drained,
        nothing,
        end_s * SECOND,
        np.zeros((2, 3), dtype=np.int64),
    )


def test_live_contacts_count_by_their_ending_in_the_interval_of_the_offer():
    log = log_of(
        contact(0, "chat", 0, Ending.ANSWERED, start_s=0, end_s=100, work_us=90 * SECOND),
        contact(1, "chat", 10, Ending.ANSWERED, start_s=70, end_s=200, work_us=50 * SECOND),
        contact(2, "chat", 20, Ending.ANSWERED, start_s=81, end_s=300),
        contact(3, "chat", 30, Ending.ABANDONED, end_s=35),
        contact(4, "chat", 40, Ending.ABANDONED, end_s=140),
        contact(5, "chat", 50, Ending.BLOCKED, end_s=50),
        contact(6, "chat", 60, Ending.CLOSED),
        contact(7, "chat", 70, Ending.CONVERTED, end_s=75),
        contact(8, "chat", 1799, Ending.ANSWERED, start_s=1801, end_s=1900),
        contact(9, "chat", 3500, Ending.WAITING),
        contact(10, "chat", 3590, Ending.WAITING),
    )
    counts = measure(log, Given()).contacts
    chat = {name: values[:, 0].tolist() for name, values in counts.items()}

    assert chat["offered"] == [8, 2]
    assert chat["closed"] == [1, 0]
    assert chat["answered"] == [4, 0]
    assert chat["answered_within"] == [3, 0]  # after 0, 60 and 2 s: 60 s is within 60 s
    assert chat["abandoned"] == [2, 0]
    assert chat["abandoned_short"] == [1, 0]  # 5 s are up to 5 s
    assert chat["abandoned_within"] == [1, 0]
    assert chat["blocked"] == [1, 0]
    assert chat["converted"] == [1, 0]
    assert chat["waiting"] == [0, 2]
    assert chat["waiting_over"] == [0, 1]
    assert chat["delayed"] == [6, 2]  # all let in, but the first
    assert chat["wait_us"] == [(0 + 60 + 61 + 2) * SECOND, 0]
    assert chat["queued_us"] == [(0 + 60 + 61 + 2 + 5 + 100 + 5) * SECOND, 110 * SECOND]
    assert chat["handle_us"] == [140 * SECOND, 0]


def test_deferred_work_is_judged_once_its_deadline_has_passed():
    """Deadlines at 3600 s and later are not yet due, replied to or not."""
    log = log_of(
        contact(0, "posts", 0, Ending.ANSWERED, start_s=100, end_s=900, deadline_s=900),
        contact(1, "posts", 1, Ending.ANSWERED, start_s=200, end_s=902, deadline_s=901),
        contact(2, "posts", 2, Ending.WAITING, deadline_s=902),
        contact(3, "posts", 2000, Ending.ANSWERED, start_s=3000, deadline_s=2900),
        contact(4, "posts", 2700, Ending.WAITING, deadline_s=3600),
        contact(5, "posts", 3000, Ending.ANSWERED, start_s=3001, end_s=3002, deadline_s=3900),
        contact(
            6, "posts", 5, Ending.ANSWERED, start_s=9, end_s=10, deadline_s=2400,
            arrived_closed=True,
        ),
        contact(7, "posts", 3100, Ending.WAITING, deadline_s=9999, arrived_closed=True),
    )  # fmt: skip
    measured = measure(log, Given())
    posts = {name: values[:, 1].tolist() for name, values in measured.contacts.items()}

    assert posts["due"] == [3, 1]
    assert posts["replied_within"] == [1, 0]
    assert posts["not_yet_due"] == [0, 2]
    assert posts["due_closed"] == [1, 0]
    assert posts["replied_within_closed"] == [1, 0]
    assert posts["not_yet_due_closed"] == [0, 1]
    assert posts["replied"] == [3, 1]
    assert posts["response_us"] == [(900 + 901 + 5) * SECOND, 2 * SECOND]
    # The closed arrival's clock started at 600 s; all those of the first interval are judged.
    assert measured.of_threshold[:, 2].tolist() == [4, 2]
    assert measured.within_threshold[:, 2].tolist() == [1, 0]


def test_every_callback_promise_is_accounted_for():
    def callback(number, offered_s, ending, **others):
        return contact(number, "callback", offered_s, ending, **others)

    log = log_of(
        callback(0, 0, Ending.ANSWERED, start_s=600, end_s=700, deadline_s=1200, tries=2),
        callback(1, 1, Ending.ANSWERED, start_s=1500, end_s=1600, deadline_s=1201, tries=1),
        callback(2, 2, Ending.GIVEN_UP, end_s=1800, deadline_s=1202, tries=3),
        callback(3, 3, Ending.WAITING, deadline_s=1203),
        callback(4, 3000, Ending.WAITING, deadline_s=4200, tries=1),
        callback(5, 3100, Ending.ANSWERED, start_s=3200, end_s=3300, deadline_s=4300, tries=1),
        callback(
            6, 50, Ending.ANSWERED, start_s=60, end_s=70, deadline_s=1250, tries=1,
            parent=9, first_offered_us=20 * SECOND,
        ),
    )  # fmt: skip
    counts = measure(log, Given()).contacts
    story = {name: values[:, 2].tolist() for name, values in counts.items()}

    assert story["promised"] == [5, 2]
    assert story["within_window"] == [2, 1]
    assert story["late"] == [2, 0]
    assert story["given_up"] == [1, 0]
    assert story["pending"] == [0, 1]
    assert story["misses"] == [1 + 3, 1]
    assert story["due"] == [5, 0]
    assert story["replied_within"] == [2, 0]
    assert story["first_attempts"] == [4, 2]
    # The wait since the very first contact, not since the callback was promised.
    assert story["response_us"][0] == (600 + 1499 + 40) * SECOND


def test_opening_backlog_waits_in_the_queue_and_is_in_no_service_level():
    log = log_of(
        contact(0, "posts", -7200, Ending.ANSWERED, start_s=60, end_s=100, deadline_s=-6300),
        contact(1, "posts", -600, Ending.WAITING, deadline_s=300),
        contact(2, "posts", 1000, Ending.ANSWERED, start_s=1800, end_s=1900, deadline_s=1900),
    )
    measured = measure(log, Given())

    assert {name: int(values[1]) for name, values in measured.opening.items()} == {
        "offered": 2,
        "answered": 1,
        "replied": 1,
        "waiting": 1,
    }
    assert measured.contacts["offered"][:, 1].tolist() == [1, 0]
    assert measured.contacts["due"][:, 1].tolist() == [1, 0]
    # At 1800 s the third still waits: it starts in that instant, which is the next interval's.
    assert measured.contacts["backlog"][:, 1].tolist() == [2, 1]
    assert measured.contacts["oldest_us"][:, 1].tolist() == [2400 * SECOND, 4200 * SECOND]


def test_queue_integral_is_the_area_under_the_queue():
    log = log_of(
        contact(0, "chat", 1700, Ending.ANSWERED, start_s=1900, end_s=1950),
        contact(1, "chat", 1750, Ending.ABANDONED, end_s=1800),
        contact(2, "posts", -50, Ending.WAITING, deadline_s=850),
        contact(3, "chat", 100, Ending.BLOCKED, end_s=100),
    )
    area = measure(log, Given()).contacts["queue_us"]

    assert area[:, 0].tolist() == [150 * SECOND, 100 * SECOND]
    assert area[:, 1].tolist() == [1800 * SECOND, 1800 * SECOND]


def test_queues_agree_with_a_plain_count():
    """300 random stories against the definition, contact by contact."""
    rng = np.random.default_rng(7)
    rows = []
    for number in range(300):
        offered, wait = int(rng.integers(0, 3500)), int(rng.integers(0, 900))
        gone = offered + wait < 3600
        ending = Ending.ABANDONED if gone else Ending.WAITING
        rows.append(
            contact(number, "chat", offered, ending, end_s=offered + wait if gone else None)
        )
    measured = measure(log_of(*rows), Given()).contacts
    left = [row["end_us"] if row["end_us"] >= 0 else 3600 * SECOND for row in rows]

    for interval, edge in enumerate((1800 * SECOND, 3600 * SECOND)):
        stay = [(r["offered_us"], gone) for r, gone in zip(rows, left, strict=True)]
        waiting = [joined for joined, gone in stay if joined < edge <= gone]
        area = sum(
            max(0, min(gone, edge) - max(joined, edge - 1800 * SECOND)) for joined, gone in stay
        )
        assert measured["backlog"][interval, 0] == len(waiting)
        assert measured["oldest_us"][interval, 0] == edge - min(waiting)
        assert measured["queue_us"][interval, 0] == area


def test_agent_time_by_interval_and_slots_of_the_channel_in_hand():
    """Two agents: chats fill two slots each, posts one; whoever is free offers two."""
    log = log_of(
        contact(0, "chat", 0, Ending.ANSWERED, start_s=0, end_s=600),
        contact(1, "posts", 0, Ending.ANSWERED, start_s=0, end_s=300, deadline_s=900),
    )
    groups = {name: values[0, 0] // SECOND for name, values in measure(log, Given()).groups.items()}

    assert groups["present_us"] == 3600
    assert groups["busy_us"] == groups["held_us"] == 900
    assert groups["slots_us"] == 600 * 2 + 300 * 1 + (3600 - 900) * 2
    assert groups["leaving_us"] == 0


def test_customers_who_leave_unnoticed_cost_time_and_wait_no_longer():
    """Gone after 100 s; an agent finds out 400 s later, in 50 s at one contact in hand."""
    gone = contact(0, "chat", 0, Ending.ABANDONED, end_s=100, silent=True, silent_us=50 * SECOND)
    log = log_of(gone)
    log.held_us[0, 0, 0] = log.busy_us[0, 0, 0] = log.in_hand_us[0, 0, 0] = 50 * SECOND
    counts = measure(log, Given(with_channel("chat", silent=0.5))).contacts

    assert counts["abandoned"][0, 0] == counts["silent"][0, 0] == 1
    assert counts["silent_us"][0, 0] == 50 * SECOND
    assert counts["queue_us"][0, 0] == 100 * SECOND
    with pytest.raises(ConservationError, match="time in hand"):
        measure(log, Given())


def test_contacts_put_aside_are_in_nobodys_hands_for_a_while():
    """A post of 300 s, put aside for 100 s of a chat."""
    post = contact(0, "posts", 0, Ending.ANSWERED, start_s=0, end_s=400, deadline_s=900)
    post["put_aside"] = 1
    chat = contact(1, "chat", 50, Ending.ANSWERED, start_s=50, end_s=150)
    log = log_of(post, chat)
    log.held_us[0, 0, 1] -= 100 * SECOND
    log.busy_us[0, 0, 1] -= 100 * SECOND
    log.in_hand_us[0, 0, 0] -= 100 * SECOND
    measured = measure(log, Given(with_channel("posts", interruptible=True)))

    assert measured.contacts["put_aside"][0].tolist() == [0, 1, 0]
    assert measured.groups["busy_us"][0, 0] == 400 * SECOND
    with pytest.raises(ConservationError, match="time in hand"):
        measure(log, Given())


def test_impressions_are_followers_times_seconds_without_a_reply():
    rows = [
        contact(0, "posts", 0, Ending.ANSWERED, start_s=100, end_s=400, deadline_s=900, reach=10),
        contact(1, "posts", 3000, Ending.WAITING, deadline_s=3900, reach=7),
    ]
    counts = measure(log_of(*rows), Given()).contacts
    assert counts["impressions_s"][:, 1].tolist() == [10 * 400, 7 * 600]


def test_time_on_breaks_and_of_the_absent_is_scheduled_time():
    """Two agents for half an hour: one absent, the other ten minutes on a break."""
    log = log_of(present_s=1200)
    log = replace(log, break_us=np.full((2, 1), 600 * SECOND))
    log = replace(log, absent_us=np.full((2, 1), 1800 * SECOND))
    groups = measure(log, Given()).groups
    assert groups["break_us"].tolist() == [[600 * SECOND]] * 2
    assert groups["absent_us"].tolist() == [[1800 * SECOND]] * 2


def test_slots_of_a_group_with_novices_are_a_mean_over_its_agents():
    """A quarter are novices who hold one chat of two: 1.75 slots an agent."""
    novices = SCENARIO.with_changes({"groups.team.novices": {"share": 0.25}})
    groups = measure(log_of(), Given(novices)).groups
    assert groups["slots_us"][0, 0] == 3600 * SECOND * 7 // 4


def test_every_count_is_explained_and_every_explanation_counted():
    measured = measure(log_of(), Given())

    assert set(measured.contacts) == set(CONTACT_COUNTS)
    assert set(measured.groups) == set(GROUP_COUNTS)
    assert all(values.shape == (2, 3) for values in measured.contacts.values())


ANSWERED = contact(0, "chat", 0, Ending.ANSWERED, start_s=0, end_s=100)


@pytest.mark.parametrize(
    ("broken", "law"),
    [
        (log_of(contact(0, "chat", 50, Ending.ANSWERED, start_s=40, end_s=100)), "before their"),
        (log_of(ANSWERED, ANSWERED), "share an id"),
        (log_of(contact(0, "chat", 0, 9, end_s=5)), "offered = answered"),
        (log_of(contact(0, "posts", 0, Ending.GIVEN_UP, end_s=5)), "promised = "),
        (replace(log_of(ANSWERED), held_us=log_of().held_us), "fewer contacts than are busy"),
        (log_of(ANSWERED, present_s=50), "busier than present"),
        (log_of(present_s=3500), "team break paid = busy + free + break + absent"),
        (
            replace(log_of(), in_hand_us=np.ones((2, 1, 2), np.int64)),
            "times by number in hand add up",
        ),
        (log_of(contact(0, "chat", 0, Ending.ANSWERED, start_s=0, end_s=9, silent=True)),
         "others left unnoticed"),
        (log_of(contact(0, "posts", 0, Ending.WAITING, put_aside=1)), "others are put aside"),
    ],
)  # fmt: skip
def test_a_broken_law_is_an_error_with_its_name(broken, law):
    with pytest.raises(ConservationError) as told:
        measure(broken, Given())
    assert law in str(told.value)


def test_wait_quantiles_are_true_to_half_a_percent():
    rng = np.random.default_rng(3)
    waits = np.concatenate(
        [np.zeros(400, np.int64), rng.lognormal(17, 1.5, 9_600).astype(np.int64)]
    )
    cells = rng.integers(0, 3, len(waits))
    histogram = WaitHistogram.of(cells, waits)
    shares = (0.03, 0.5, 0.8, 0.9, 0.99)
    told = histogram.quantiles_s(4, shares)

    for cell in range(3):
        exact = np.quantile(waits[cells == cell] / 1e6, shares, method="inverted_cdf")
        assert told[cell] == pytest.approx(exact, rel=0.005)
    assert told[0, 0] == 0.0
    assert np.isnan(told[3]).all()


def test_histograms_add_up():
    rng = np.random.default_rng(4)
    cells, waits = rng.integers(0, 5, 1000), rng.integers(0, 10**9, 1000)
    whole = WaitHistogram.of(cells, waits)
    parts = [WaitHistogram.of(cells[i::3], waits[i::3]) for i in range(3)]
    merged = WaitHistogram.sum(parts)

    assert np.array_equal(merged.keys, whole.keys)
    assert np.array_equal(merged.counts, whole.counts)
    one_cell = whole.merged(np.array([0, 0, -1, 0, 0]))
    assert one_cell.counts.sum() == np.count_nonzero(cells != 2)
