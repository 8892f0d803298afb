"""Contact logs under any column names, counted into the interval of arrival."""

import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast import read_history
from forecast.contact_log import suggest_mapping
from scenario.errors import InvalidInputError
from support import need

LONDON = "Europe/London"
MAPPING = {
    "arrival": "Started",
    "channel": "Queue",
    "wait": "Wait",
    "outcome": "Result",
    "handle_time": "Talk",
    "agent": "Agent",
    "reach": "Followers",
}
LOG = """Started,Queue,Wait,Result,Talk,Agent,Followers
2025-10-20 08:00:00,chat,10,Answered,300,A1,
2025-10-20 08:10:30,chat,65,Abandoned,,,
2025-10-20 08:29:59,chat,20,Answered,500,A2,
2025-10-20 08:30:00,chat,0,Answered,100,A1,
2025-10-20 09:05:00,x,900,Replied,200,A2,1300
2025-10-20 09:59:00,chat,5,Answered,60,A1,
"""


def read(text, *, mapping=MAPPING, **options):
    return read_history(
        io.BytesIO(text.encode()), name="log.csv", timezone=LONDON, mapping=mapping, **options
    )


def faults_of(text, **options):
    with pytest.raises(InvalidInputError) as caught:
        read(text, **options)
    return caught.value.faults


def test_times_at_the_end_of_all_years_are_told():
    """Suites write them where they know no time."""
    (fault, *_) = faults_of(LOG.replace("2025-10-20", "9999-12-31"))
    assert "of the years 1900 to 2200" in str(fault)


def test_contacts_count_where_they_arrive():
    history = read(LOG)

    assert history.channels == ("chat", "x")
    assert history.interval_minutes == 30
    assert history.starts[0] == pd.Timestamp("2025-10-20 08:00", tz=LONDON)
    assert history.volume.tolist() == [[3, 0], [1, 0], [0, 1], [1, 0]]
    assert history.counts("answered").tolist() == [[2, 0], [1, 0], [0, 1], [1, 0]]
    assert history.counts("abandoned").tolist() == [[1, 0], [0, 0], [0, 0], [0, 0]]
    assert history.counts("handle_time_s").tolist() == [[800, 0], [100, 0], [0, 200], [60, 0]]
    assert history.counts("wait_s")[:, 0].tolist() == [30, 0, 0, 5]


def test_the_length_of_the_intervals_can_be_asked_for():
    assert read(LOG, interval_minutes=60).volume.tolist() == [[4, 0], [1, 1]]


def test_half_hour_time_zones_have_their_intervals_on_the_local_hour():
    history = read_history(
        io.BytesIO(LOG.encode()),
        name="log.csv",
        timezone="Asia/Kolkata",
        mapping=MAPPING,
        interval_minutes=60,
    )

    assert history.volume.tolist() == [[4, 0], [1, 1]]


def test_a_log_of_one_channel_needs_no_column_for_it():
    history = read(LOG, mapping={"arrival": "Started"}, channel="chat")

    assert history.channels == ("chat",)
    assert np.isnan(history.counts("answered")[0, 0])


def test_without_an_outcome_a_handle_time_means_answered():
    mapping = {"arrival": "Started", "channel": "Queue", "handle_time": "Talk"}
    history = read(LOG, mapping=mapping)

    assert history.counts("abandoned")[0, 0] == 1
    assert any("count as answered" in repair for repair in history.repairs)


def test_outcomes_are_named_by_the_planner():
    log = LOG.replace("Abandoned", "Blocked").replace("Replied", "Bot")
    history = read(log, outcomes={"bot": "ignored"})

    assert history.volume.sum() == 5
    assert history.counts("abandoned").sum() == 0
    assert "1 row left out: not contacts." in history.repairs


def test_an_unknown_outcome_is_told_once_with_its_number_of_rows():
    (fault,) = faults_of(LOG.replace("Answered", "Anwsered"))

    assert (fault.where, fault.field, fault.value) == ("row 2", "Result", "Anwsered")
    assert 'perhaps it means the same as "answered"' in fault.rule
    assert "4 rows have it" in fault.rule


def test_handle_times_are_read_in_other_units_and_as_clock_texts():
    clock = LOG.replace(",300,", ",0:05:00,").replace(",500,", ",8:20,")
    assert read(clock).table.equals(read(LOG).table)

    minutes = read(LOG, units={"handle_time": "min", "wait": "ms"})
    assert minutes.counts("handle_time_s")[0, 0] == 800 * 60
    assert minutes.counts("wait_s")[0, 0] == pytest.approx(0.03)


def test_an_answered_contact_without_a_time_takes_the_mean_of_its_interval():
    history = read(LOG.replace(",300,", ",,"))

    assert history.mean_handle_time_s[0, 0] == 500


def test_the_handle_time_of_an_abandoned_contact_is_left_out_and_told():
    history = read(LOG.replace("Abandoned,,", "Abandoned,7,"))

    assert history.counts("handle_time_s")[0, 0] == 800
    assert any("1 abandoned contact with a handle time" in repair for repair in history.repairs)


def test_every_fault_of_a_log_is_told_at_once():
    log = LOG.replace(",65,", ",-65,").replace(",300,", ",long,").replace("1300", "some")
    log = log.replace("2025-10-20 09:59:00", "later")
    places = [(fault.where, fault.field, fault.value) for fault in faults_of(log)]

    assert places == [
        ("row 2", "Talk", "long"),
        ("row 3", "Wait", "-65"),
        ("row 6", "Followers", "some"),
        ("row 7", "Started", "later"),
    ]


def night_log(arrivals):
    return "Started\n" + "\n".join(arrivals)


def test_the_repeated_hour_of_a_log_in_order_is_told_apart():
    arrivals = [f"2025-10-26 {clock}" for clock in ("00:59", "01:10", "01:50", "01:05", "02:01")]
    for log in (arrivals, arrivals[::-1]):
        history = read(night_log(log), mapping={"arrival": "Started"}, channel="chat")
        assert history.volume.ravel().tolist() == [1, 1, 1, 1, 0, 1]


def test_the_repeated_hour_of_a_log_sorted_by_the_clock_is_unknown():
    arrivals = [f"2025-10-26 {clock}" for clock in ("00:59", "01:05", "01:10", "01:50", "02:01")]
    history = read(night_log(arrivals), mapping={"arrival": "Started"}, channel="chat")

    assert np.isnan(history.volume[1:5]).all()
    assert history.volume[[0, 5]].ravel().tolist() == [1, 1]
    assert "3 contacts of it cannot be told apart" in history.repairs[1]


def test_an_arrival_in_the_skipped_hour_is_a_fault():
    log = night_log(["2026-03-29 00:30", "2026-03-29 01:30"])
    (fault,) = faults_of(log, mapping={"arrival": "Started"}, channel="chat")

    assert (fault.where, fault.field) == ("row 3", "Started")


def test_a_column_without_any_time_is_told():
    found = faults_of(LOG, mapping=MAPPING | {"arrival": "Queue"})

    assert len(found) == 6
    assert {fault.field for fault in found} == {"Queue"}


def test_an_arrival_far_away_is_a_fault_at_its_row():
    (fault,) = faults_of(LOG.replace("2025-10-20 09:05", "2052-10-20 09:05"))

    assert (fault.where, fault.field) == ("row 6", "Started")
    assert fault.rule == "within ten years of most other rows"


def test_an_interval_without_contacts_is_zero_and_a_silent_day_unknown():
    """Six weeks of 12 contacts an hour from 9 to 17, with one working day missing."""
    hours = pd.date_range("2025-11-03", periods=6 * 7 * 24, freq="60min")
    hours = hours[(hours.day_of_week < 5) & (hours.hour >= 9) & (hours.hour < 17)]
    rng = np.random.default_rng(1)
    seconds = rng.integers(0, 3600, (len(hours), 12))
    arrivals = (hours.repeat(12) + pd.to_timedelta(seconds.ravel(), unit="s")).sort_values()
    arrivals = arrivals[arrivals.normalize() != "2025-12-04"]
    history = read(
        night_log(arrivals.astype(str)),
        mapping={"arrival": "Started"},
        channel="chat",
        interval_minutes=15,
    )

    volume = pd.Series(history.volume[:, 0], index=history.starts)
    assert volume.isna().sum() == 32
    assert volume["2025-12-04 09:00":"2025-12-04 16:45"].isna().all()
    assert volume.sum() == len(arrivals)


def test_common_column_names_are_guessed():
    columns = ["ID", "Created At", "Media Type", "Wait Time", "Status", "Handle Time", "Agent ID"]

    assert suggest_mapping(columns) == {
        "arrival": "Created At",
        "channel": "Media Type",
        "wait": "Wait Time",
        "outcome": "Status",
        "handle_time": "Handle Time",
        "agent": "Agent ID",
    }
    assert suggest_mapping(["a", "b"]) == {}


def test_the_sample_log_is_read_with_the_guessed_mapping():
    path = Path(__file__).parents[1] / "data" / "contact_log.csv.gz"
    log = pd.read_csv(path)
    history = read_history(path, timezone=LONDON, mapping=suggest_mapping(log.columns))

    assert history.volume.sum() == len(log)
    assert sorted(history.channels) == sorted(log["Medium"].unique())


def test_a_bank_s_call_log_is_read_whole():
    """
    Half a year of calls in 1999 with a clock change, two days that were not recorded and
    three days of holidays.

    Technion, Anonymous Bank: 213,268 rows, of which 1,970 are no calls (PHANTOM).
    """
    folder = os.environ.get("ALLWEATHER_DATA")
    path = Path(folder or ".") / "bank_call_log_1999.parquet"
    known = bool(folder) and path.is_file()
    need("data", known, "ALLWEATHER_DATA names no folder with bank_call_log_1999.parquet")
    history = read_history(
        path,
        timezone="Asia/Jerusalem",
        mapping={
            "arrival": "arrival",
            "channel": "type",
            "wait": "wait_s",
            "outcome": "outcome",
            "handle_time": "service_s",
            "agent": "agent",
        },
        outcomes={"AGENT": "answered", "HANG": "abandoned", "PHANTOM": "ignored"},
    )

    regular = history.channels.index("PS")
    volume = pd.Series(history.volume[:, regular], index=history.starts)
    assert np.nansum(history.volume) == 213_268 - 1_970
    assert volume["1999-01-11 08:00":"1999-01-11 20:00"].isna().all()
    assert "1,970 rows left out: not contacts." in history.repairs
    assert any(told.startswith("PS: 301 contacts on 23 May 1999") for told in history.suspicions)
