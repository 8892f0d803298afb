"""Many replications on one floor: each is what it would be alone, whoever runs the others."""

import pickle

import numpy as np
import pytest

from benchmarks.differences import of_counts
from blended_day import BLENDED, demand, staffed
from simulate import kernel
from simulate.batches import Batch, finished, logs_of, without_gaps
from simulate.by_replication import simulate_each
from simulate.encode import encode
from simulate.engines import engine_named, replicate
from simulate.measures import measure
from simulate.replications import Replications
from simulate.run import simulate
from simulate.threads import in_threads

SEED = 5
ABSENT = BLENDED.with_changes({"groups.team.absence": 0.3})
COMES_BACK = BLENDED.with_changes(
    {
        "channels.chat.redial": {"after_abandonment": 0.9, "delay": {"mean_s": 600}},
        "channels.chat.repeat": {"fcr": 0.3, "delay": {"mean_s": 1200}},
    }
)
NUMBERS = [7, 0, 3, 3, 1]


def on_the_floor(scenario=BLENDED, agents=7):
    return encode(scenario, demand(), staffed(agents))


def one_by_one(batches):
    return [batch.at(np.array([row])) for batch in batches for row in range(batch.count)]


def alone(floor_input, number, engine=kernel):
    """A replication on a floor of its own, counted from its log."""
    log = engine.run_replication(floor_input, SEED, number)
    return Batch.of(number, measure(log, floor_input), log.contacts)


@pytest.mark.parametrize(
    ("scenario", "agents"), [(BLENDED, 7), (ABSENT, 7), (BLENDED, 1), (COMES_BACK, 1)],
    ids=["all come", "some are absent", "crowds that the tables grow for", "all come back"],
)  # fmt: skip
def test_a_floor_that_is_used_again_has_forgotten_the_day_before(scenario, agents):
    floor_input = on_the_floor(scenario, agents)
    found = one_by_one(kernel.count_replications(floor_input, SEED, NUMBERS))
    assert [int(one.numbers[0]) for one in found] == NUMBERS
    for number, one in zip(NUMBERS, found, strict=True):
        counted = alone(floor_input, number)
        assert of_counts(one, Batch(**{**vars(counted), "logs": ()})) == []


def test_every_contact_is_kept_with_its_replication():
    floor_input = on_the_floor()
    found = list(replicate(engine_named("kernel"), floor_input, SEED, NUMBERS, None, records=True))
    kept = logs_of(found)
    assert [number for number, _ in kept] == sorted(NUMBERS)
    assert np.array_equal(kept[0][1], alone(floor_input, 0).logs[0])


def test_whoever_asks_first_gets_the_next_replication_and_none_is_run_twice():
    floor_input, engine = on_the_floor(), engine_named("kernel")
    told = []
    found = in_threads(
        lambda numbers, stop: replicate(engine, floor_input, SEED, numbers, stop),
        range(300),
        threads=3,
        progress=lambda *numbers: told.append(numbers),
        cancel=None,
    )
    assert sorted(np.concatenate([one.numbers for one in found])) == list(range(300))
    assert told == sorted(set(told))
    assert told[-1] == (300, 300)
    whole = Replications.of(BLENDED, found)
    (row,) = one_by_one(kernel.count_replications(floor_input, SEED, [123]))
    offered = Replications.of(BLENDED, [row]).contacts["offered"]
    assert np.array_equal(whole.contacts["offered"][123], offered[0])


def test_a_cancellation_leaves_what_was_finished_before():
    floor_input = on_the_floor()
    asked = []

    def cancel():
        asked.append(None)
        return len(asked) > 40

    found = list(kernel.count_replications(floor_input, SEED, range(10_000), cancel))
    assert 1 <= finished(found) < 10_000
    assert without_gaps(found) == found


def test_a_staff_of_its_own_for_each_replication_is_that_of_a_run_with_it():
    few, many = staffed(5), staffed(9)
    mixed = simulate_each(BLENDED, demand(), [many, few, few, many], seed=SEED, workers=2)
    for staff, numbers in ((few, [1, 2]), (many, [0, 3])):
        whole = simulate(BLENDED, demand(), staff, replications=4, seed=SEED)
        levels = whole.service_level("chat")[numbers]
        assert np.array_equal(mixed.service_level("chat")[numbers], levels, equal_nan=True)


def test_waits_are_the_same_whenever_they_are_asked_for():
    asked, sent = (simulate(BLENDED, demand(), staffed(7), replications=6).data for _ in range(2))
    assert asked.waits.counts.sum() == asked.contacts["answered"].sum()
    arrived = pickle.loads(pickle.dumps(sent))
    for one in (sent, arrived):
        for histogram, told in ((one.waits, asked.waits), (one.responses, asked.responses)):
            assert np.array_equal(histogram.keys, told.keys)
            assert np.array_equal(histogram.counts, told.counts)
        assert np.array_equal(one.wait_influence, asked.wait_influence)


def test_what_lies_behind_a_gap_is_left_out():
    floor_input = on_the_floor()
    first, second = (
        next(kernel.count_replications(floor_input, SEED, numbers)) for numbers in ([0, 3], [1, 4])
    )
    kept = without_gaps([second, first])
    assert sorted(np.concatenate([one.numbers for one in kept])) == [0, 1]
    assert without_gaps([second]) == []
    assert finished([]) == 0
