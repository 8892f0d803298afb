"""What a run shows: ratios over replications, intervals, promises, cost, comparisons."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenario import InvalidValueError, Scenario, Staff
from simulate.batches import Batch
from simulate.compare import paired
from simulate.estimates import Parts, batches_of, estimate, estimate_difference
from simulate.log import CONTACT, Cause, Ending, FloorLog
from simulate.measures import measure
from simulate.outcome import Outcome
from simulate.replications import Replications

SECOND = 1_000_000

SCENARIO = Scenario.parse(
    """
    name = "Two channels"
    full_time_hours = 40
    [horizon]
    start = 2026-04-13T08:00:00Z
    length = "4h"
    interval_minutes = 60
    warm_up = "1h"
    cool_down = "1h"
    [demand.rates]
    chat = 5
    posts = 5
    [channels.chat]
    kind = "live"
    handle_time = { mean_s = 300 }
    patience = { distribution = "exponential" }
    target = { share = 0.8, within_s = 60, period = "interval" }
    [channels.posts]
    kind = "deferred"
    open = { daily = "08:00-10:30" }
    handle_time = { mean_s = 300 }
    target = { share = 0.8, within_s = 900 }
    target_closed = { share = 0.5, within_s = 900 }
    [groups.team]
    agents = 7
    cost_per_hour = 20
    shrinkage = { leave = 0.2, breaks = 0.1 }
    skills.chat = {}
    skills.posts = {}
    """
)


class Given:
    """What measuring needs to know, without a floor."""

    scenario = SCENARIO
    period = SCENARIO.period
    channel_names = ("chat", "posts")
    group_names = ("team",)
    scheduled_us = np.full((4, 1), 7 * 3600 * SECOND)


def one_replication(chats, posts=()):
    """Chats as (offer, wait) and posts as (offer, reply time, closed); seconds, 10 s of work."""
    rows = np.zeros(len(chats) + len(posts), dtype=CONTACT)
    rows["id"], rows["parent"] = np.arange(len(rows)), -1
    rows["comes_back_us"] = rows["moves_us"] = -1
    rows["cause"] = Cause.FIRST
    rows["ending"], rows["work_us"] = Ending.ANSWERED, 10 * SECOND
    offered = np.array([offer for offer, *_ in (*chats, *posts)], dtype=np.int64)
    after = np.array([time for _, time, *_ in (*chats, *posts)], dtype=np.int64)
    rows["channel"][len(chats) :] = 1
    rows["arrived_closed"][len(chats) :] = [closed for *_, closed in posts]
    live = rows["channel"] == 0
    rows["interval"] = offered // 3600
    rows["offered_us"] = rows["first_offered_us"] = offered * SECOND
    rows["start_us"] = np.where(live, offered + after, offered + after - 10) * SECOND
    rows["end_us"] = rows["start_us"] + 10 * SECOND
    rows["deadline_us"] = np.where(live, -1, (offered + 900) * SECOND)
    busy = np.zeros((4, 1, 2), dtype=np.int64)
    for row in rows:  # no contact of these tests crosses an hour
        busy[row["start_us"] // (3600 * SECOND), 0, row["channel"]] += 10 * SECOND
    present = np.full((4, 1), 7 * 3600 * SECOND)
    nothing = np.zeros((4, 1), dtype=np.int64)
    ends = 4 * 3600 * SECOND
    return FloorLog(
        rows,
        present,
        nothing,
        nothing,
        busy,
        busy.copy(),
        busy.sum(axis=2, keepdims=True),
        np.zeros(1, np.int64),
        nothing,
        ends,
        np.zeros((4, 2), dtype=np.int64),
    )


def outcome_of(*logs, seed=1, scenario=SCENARIO):
    counts = [Batch.of(number, measure(log, Given())) for number, log in enumerate(logs)]
    agents = np.full((4, 1), 7, dtype=np.int64)
    staff = Staff(scenario.period, ("team",), agents)
    return Outcome(scenario, staff, "by hand", seed, Replications.of(scenario, counts))


# Measured are 3600 to 10800 s; the first and the last chat lie outside.
QUIET = one_replication(
    [(10, 500), (3600, 0), (3700, 30), (7300, 90), (10900, 500)],
    [(3650, 100, False), (3660, 1000, False), (9500, 200, True)],
)
BUSY = one_replication(
    [(3600, 0), (3610, 100), (3620, 100), (3630, 100), (7300, 20)],
    [(3650, 100, False), (9500, 950, True)],
)


def test_totals_are_ratios_of_sums_and_leave_out_warm_up_and_cool_down():
    totals = outcome_of(QUIET, BUSY).totals.set_index("channel")

    assert totals.loc["chat", "offered"] == (3 + 5) / 2
    assert totals.loc["chat", "service_level"] == (2 + 2) / (3 + 5)
    assert totals.loc["chat", "asa_s"] == pytest.approx((30 + 90 + 3 * 100 + 20) / 8)
    assert totals.loc["posts", "service_level"] == (1 + 1) / (2 + 1)
    assert totals.loc["posts", "service_level_closed"] == (1 + 0) / (1 + 1)
    assert totals.loc["posts", "response_mean_s"] == pytest.approx((100 + 1000 + 200 + 1050) / 5)
    assert totals.loc["chat", "handle_time_s"] == 10


def test_probability_met_is_told_in_the_targets_own_period():
    """Chat: four intervals, of which the first of QUIET (2 of 2) and the last of BUSY are met."""
    outcome = outcome_of(QUIET, BUSY)
    totals = outcome.totals.set_index("channel")

    assert totals.loc["chat", "probability_met"] == 2 / 4
    assert totals.loc["chat", "probability_met_day"] == 0
    assert totals.loc["posts", "probability_met"] == 1 / 2
    assert totals.loc["posts", "probability_met_closed"] == 1 / 2


def test_a_period_with_nothing_to_judge_is_left_out_and_counted():
    outcome = outcome_of(QUIET, one_replication([(3600, 0)]))
    met = outcome.probability_met
    hour = met[(met["channel"] == "chat") & (met["period"] == "interval")].iloc[1]

    assert (hour["judged"], hour["undefined"], hour["probability_met"]) == (1, 1, 0.0)
    assert np.isnan(outcome.service_level("chat", "interval")[1, 1])
    assert outcome.service_level("posts", "day", closed=True).shape == (2, 1)


def test_no_contacts_give_no_service_level():
    outcome = outcome_of(one_replication([]), one_replication([]))

    assert outcome.totals["service_level"].isna().all()
    assert outcome.document()["totals"][0]["service_level"] is None
    assert np.isnan(outcome.cost_per_contact)


def test_intervals_have_a_row_per_measured_interval_and_channel():
    intervals = outcome_of(QUIET, BUSY).intervals
    chat = intervals[intervals["channel"] == "chat"]

    assert intervals["interval_start"].is_monotonic_increasing
    assert list(intervals["channel"]) == ["chat", "posts"] * 2
    assert str(chat["interval_start"].iloc[0]) == "2026-04-13 09:00:00+00:00"
    assert list(chat["service_level"]) == [3 / 6, 1 / 2]
    assert chat["wait_p50_s"].tolist() == pytest.approx([30, 20], rel=0.005)


def test_worst_interval_and_intervals_under_target():
    chat = outcome_of(QUIET, BUSY).totals.iloc[0]

    assert chat["intervals_judged"] == 2
    assert chat["intervals_under_target"] == 2
    assert chat["worst_service_level"] == 0.5
    assert str(chat["worst_interval_start"]) == "2026-04-13 09:00:00+00:00"


def test_shrinkage_is_applied_once():
    """7 agents in 2 measured hours: 14 floor hours, 20 paid, of 40 a week in 2 of 168 hours."""
    outcome = outcome_of(QUIET, BUSY)
    team = outcome.groups.iloc[0]

    assert team["floor_hours"] == 14
    assert team["paid_hours"] == pytest.approx(20)
    assert team["cost"] == outcome.cost == pytest.approx(400)
    assert team["fte"] == pytest.approx(20 * 84 / 40)
    # Measured: QUIET 3 chats and 3 posts, BUSY 5 and 2, ten seconds each.
    assert team["occupancy"] == pytest.approx((60 + 70) / (2 * 14 * 3600))
    assert outcome.cost_per_contact == pytest.approx(400 / ((6 + 7) / 2))


def test_time_by_number_in_hand_adds_up_to_the_time_present():
    outcome = outcome_of(QUIET, BUSY)
    hours = outcome.in_hand["hours"]

    assert outcome.in_hand["contacts"].tolist() == [0, 1]
    assert hours.sum() == pytest.approx(14)
    assert hours[1] == pytest.approx((60 + 70) / 2 / 3600)
    assert outcome.in_hand["share"][1] == pytest.approx(outcome.groups["occupancy"][0])


def test_breaks_and_the_absent_stand_beside_those_present():
    """Of seven agents one is absent and two are on a break for half of every hour."""
    hour = np.full((4, 1), 3600 * SECOND)
    log = replace(QUIET, present_us=5 * hour, break_us=hour, absent_us=hour)
    outcome = outcome_of(log, log)
    intervals, team = outcome.group_intervals, outcome.groups.iloc[0]

    assert (team["break_hours"], team["absent_hours"], team["floor_hours"]) == (2, 2, 14)
    assert (
        intervals[["agents", "present", "on_break", "absent"]].to_numpy().tolist()
        == [[7, 5, 1, 1]] * 2
    )


def test_work_left_at_closing_time():
    """Posts close at 10:30; one offered just before is started only at 11:05."""
    late = one_replication([], [(8990, 2120, False)])
    closing = outcome_of(late, one_replication([])).closings

    assert closing["channel"].tolist() == ["posts"]
    assert str(closing["closes"].iloc[0]) == "2026-04-13 10:30:00+00:00"
    # Counted at 11:00, the end of the interval in which the channel closes.
    assert closing["backlog"].iloc[0] == 0.5
    assert closing["cleared"].iloc[0] == 0.5
    assert closing["oldest_s"].iloc[0] == (10_800 - 8990) / 2


def test_the_document_is_json_without_nan():
    document = outcome_of(QUIET, BUSY).document()
    text = json.dumps(document, allow_nan=False)

    assert {"engine", "seed", "replications", "totals", "intervals", "groups"} <= set(document)
    for key in (
        "channel", "offered", "answered", "abandoned", "blocked", "waiting", "converted",
        "service_level", "service_level_low", "service_level_high", "probability_met", "asa_s",
        "wait_mean_s", "wait_p50_s", "wait_p90_s", "wait_p99_s", "abandonment", "backlog",
        "oldest_s", "not_yet_due",
    ):  # fmt: skip
        assert key in document["totals"][0]
        assert key in document["intervals"][0]
    assert document["intervals"][0]["interval_start"] == "2026-04-13T09:00:00+00:00"
    assert json.loads(text)["groups"][0]["group"] == "team"


def test_every_live_formula_stands_side_by_side():
    levels = outcome_of(QUIET, BUSY).service_levels()
    chat = levels[levels["channel"] == "chat"]

    assert len(chat) == 5
    assert chat["chosen"].sum() == 1
    assert set(levels[levels["channel"] == "posts"]["arrived"]) == {"in_hours", "closed"}


def test_unknown_channel_and_measure_are_refused():
    outcome = outcome_of(QUIET, BUSY)
    with pytest.raises(InvalidValueError, match="channel must be one of"):
        outcome.service_level("fax")
    with pytest.raises(InvalidValueError, match="measure must be one of"):
        outcome.parts("mood", "chat")


def test_the_jackknife_covers_the_true_ratio():
    """Ratios of correlated sums: a 95 % interval holds the truth in 95 % of 600 trials."""
    rng = np.random.default_rng(12)
    trials, size = 600, 20
    below = rng.poisson(50, (trials, size)) + 1.0
    above = rng.binomial(below.astype(int), 0.8).astype(float)
    batches = batches_of(size, stratified=False)
    found = [estimate(Parts(a, b), batches) for a, b in zip(above, below, strict=True)]
    held = np.mean([one.low <= 0.8 <= one.high for one in found])

    assert abs(held - 0.95) <= 4 * np.sqrt(0.95 * 0.05 / trials)


def test_a_single_replication_has_no_interval():
    found = estimate(Parts(np.array([3.0]), np.array([4.0])), batches_of(1, stratified=False))

    assert found.value == 0.75
    assert np.isnan(found.low)


@pytest.mark.parametrize(
    ("replications", "batches"), [(7, 7), (15, 15), (20, 10), (64, 8), (100, 13)]
)
def test_stratified_replications_are_batched_in_aligned_runs(replications, batches):
    numbers = batches_of(replications, stratified=True)

    assert numbers[-1] + 1 == batches
    assert np.array_equal(batches_of(replications, stratified=False), np.arange(replications))


def test_batches_of_a_stratified_sequence_do_not_overstate_the_error():
    """
    Means of u over evenly spread runs: single replications would claim an interval several
    times wider than the mean really errs; batches come near.
    """
    rng = np.random.default_rng(5)
    corput = np.array([int(f"{r:05b}"[::-1], 2) / 32 for r in range(32)])
    claimed, single, errors = [], [], []
    for _ in range(300):
        u = (corput + rng.random()) % 1 + rng.normal(0, 0.02, 32)
        parts = Parts(u, np.ones(32))
        claimed.append(float(estimate(parts, batches_of(32, stratified=True)).error))
        single.append(float(estimate(parts, batches_of(32, stratified=False)).error))
        errors.append(u.mean() - 0.5)
    truth = np.std(errors)

    assert np.mean(single) > 3 * truth
    assert truth <= np.mean(claimed) < 0.7 * np.mean(single)


def test_a_paired_difference_is_sharper_than_the_two_apart():
    rng = np.random.default_rng(8)
    shared = rng.poisson(100, 30) + 20.0
    ours, theirs = Parts(0.80 * shared, shared), Parts(0.78 * shared + rng.normal(0, 1, 30), shared)
    batches = batches_of(30, stratified=False)
    found = estimate_difference(ours, theirs, batches)

    assert found.value == pytest.approx(0.02, abs=4 * float(found.error))
    assert found.low > 0


def test_comparison_says_what_is_real_and_what_may_be_noise():
    rng = np.random.default_rng(2)
    base, better = [], []
    for _ in range(12):
        offers = np.sort(rng.choice(np.arange(3600, 10500), 30, replace=False))
        waits = rng.exponential(60, 30).astype(int)
        base.append(one_replication(list(zip(offers, waits, strict=True))))
        better.append(one_replication(list(zip(offers, waits // 2, strict=True))))
    table = paired(outcome_of(*base), outcome_of(*better), ["as it is", "more staff"])
    chat = table[table["channel"] == "chat"].set_index("measure")

    level = chat.loc["service_level"]
    assert level["real"]
    assert level["scenario"] == "more staff"
    assert level["low"] < level["difference"] < level["high"]
    points, low, high = (100 * level[name] for name in ("difference", "low", "high"))
    assert level["sentence"] == (
        f"chat is answered in time {points:.1f} points more often ({low:.1f} to {high:.1f}): real."
    )
    assert "sooner" in chat.loc["asa_s", "sentence"]
    assert not chat.loc["abandonment", "real"]
    assert chat.loc["abandonment", "sentence"] == "chat: no difference in abandonment."
    assert table.set_index("measure").loc["cost", "difference"] == 0


def test_differences_of_other_seeds_are_not_paired():
    with pytest.raises(InvalidValueError, match="seed must be"):
        paired(outcome_of(QUIET, BUSY), outcome_of(QUIET, BUSY, seed=2))
    with pytest.raises(InvalidValueError, match="at least 2"):
        paired(outcome_of(QUIET, BUSY), outcome_of(QUIET))


def test_stratified_replications_are_judged_in_batches():
    """The flag reaches the tables: batches of two give another interval than single ones."""
    logs = [QUIET, BUSY] * 10
    plain = outcome_of(*logs)
    batched = replace(plain, data=replace(plain.data, stratified=True))

    assert batched.totals["service_level_high"][0] < plain.totals["service_level_high"][0]
    assert isinstance(plain.group_intervals, pd.DataFrame)
    assert plain.group_intervals["agents"].tolist() == [7, 7]


def test_every_column_is_explained_in_the_documentation():
    page = (Path(__file__).parents[1] / "docs" / "measures.md").read_text(encoding="utf-8")
    outcome = outcome_of(QUIET, BUSY)
    columns = {*outcome.totals, *outcome.intervals, *outcome.groups} - {"group"}
    families = re.compile(r"(service_level|probability_met)(_\w+)?_closed.*")

    unexplained = {name for name in columns if f"`{name}`" not in page and not families.match(name)}
    assert unexplained == set()
