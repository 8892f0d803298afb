"""What stands behind the Today page: counts of the day, its tables, and the rest as a scenario."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scenario import Demand, Scenario
from scenario.errors import Fault, InvalidInputError, PlanningError
from views.charts import clock_ms, clock_text
from views.jobs import fingerprint
from views.saved import shelf
from views.uploads import own_rows, read_upload
from views.words import change, heading, number

if TYPE_CHECKING:
    from forecast import History
    from forecast.today import Today

KEPT = 100  # mornings in memory; what was dropped is read from the store again
COUNTS_FILE = "counts.csv"
BURST_HOUR = 9  # of the example
BURST_BEYOND = 1.25  # times what a path in a thousand brings


def keep(so_far: History) -> str:
    """Keep the counts as a draft; the key names them in the page's address."""
    key = fingerprint(so_far.table.to_csv(index=False))[:16]
    known = _mornings()
    known.pop(key, None)
    known[key] = so_far
    while len(known) > KEPT:
        del known[next(iter(known))]
    told = {"timezone": so_far.timezone, "interval_minutes": so_far.interval_minutes}
    rows = own_rows(so_far).to_csv(index=False).encode()
    with suppress(PlanningError):  # without a store they last until the app ends
        shelf().keep_draft(f"today-{key}", json.dumps(told), {COUNTS_FILE: rows})
    return key


def kept(key: str) -> History | None:
    """Counts kept under a key; None where they are gone."""
    if not key or key in _mornings():
        return _mornings().get(key)
    try:
        saved = shelf().draft(f"today-{key}")
        if saved is None:
            return None
        told = json.loads(saved.text)
        zone, minutes = told["timezone"], told["interval_minutes"]
        content = saved.files[COUNTS_FILE]
        found = read_upload(COUNTS_FILE, content, zone, {"interval_minutes": minutes})
    except PlanningError:
        return None
    _mornings()[key] = found
    return found


@cache
def _mornings() -> dict[str, History]:
    return {}


def in_order(demand: Demand, scenario: Scenario) -> list[str]:
    """The demand's channels, those of the scenario first and in its order."""
    known = [channel for channel in scenario.channels if channel in demand.channels]
    return known + [channel for channel in demand.channels if channel not in known]


def days_of(demand: Demand) -> list[date]:
    """The local days of a demand."""
    return list(dict.fromkeys(demand.horizon.starts.date))


def blank_hours(demand: Demand, day: date, channels: Sequence[str]) -> pd.DataFrame:
    """
    A grid to type the day's counts into, channels in that order.

    Returns
    -------
    DataFrame
        A row an hour in which something is expected: `Hour` (text), then a column a channel
        (its name), all empty.
    """
    starts, hours = _hours(demand, day)
    rows = np.isin(demand.horizon.starts, starts)
    busy = [hour for hour in dict.fromkeys(hours) if demand.mean[rows][hours == hour].any()]
    table = pd.DataFrame({"Hour": [f"{hour:02d}:00" for hour in busy]})
    for channel in channels:
        table[channel] = np.full(len(busy), np.nan)
    return table


def typed(demand: Demand, day: date, grid: pd.DataFrame) -> History:
    """
    Counts by hour as a history at the demand's intervals, up to the last hour typed.

    Parameters
    ----------
    demand
        Tells how an hour's contacts spread over its intervals.
    day
        The local day.
    grid
        As `blank_hours` gives it, filled in from the top; empty cells are not known.

    Raises
    ------
    InvalidInputError
        When nothing is typed, or a number is negative.
    """
    columns = list(demand.channels)
    filled = grid.dropna(how="all", subset=columns)
    faults = [
        Fault("contacts so far", str(row["Hour"]), heading(channel), str(row[channel]), "0 or more")
        for row in filled.to_dict("records")
        for channel in columns
        if row[channel] < 0
    ]
    if not len(filled):
        faults = [Fault("contacts so far", "", "", "", "filled in for an hour at least")]
    if faults:
        raise InvalidInputError(faults)
    starts, hours = _hours(demand, day)
    last = int(str(filled["Hour"].iloc[-1])[:2])
    counts = np.full((len(starts), len(columns)), np.nan)
    rows = np.flatnonzero(np.isin(demand.horizon.starts, starts))
    told = {int(str(row["Hour"])[:2]): row for row in grid.to_dict("records")}
    for hour in range(last + 1):
        inside = hours == hour
        if not inside.any():
            continue
        for column, channel in enumerate(columns):
            # An hour that is not in the grid is one in which nothing is expected.
            total = told[hour][channel] if hour in told else 0.0
            shape = demand.mean[rows[inside], column]
            share = shape / shape.sum() if shape.sum() > 0 else np.full(len(shape), 1 / len(shape))
            counts[inside, column] = total * share
    known = hours <= last
    return history_from(demand, starts[known], counts[known])


def example_morning(demand: Demand, day: date, until_hour: int = 11) -> History:
    """Made-up counts of a lively morning, with a burst on the first channel from nine on."""
    starts, hours = _hours(demand, day)
    known = hours < until_hour
    rows = np.flatnonzero(np.isin(demand.horizon.starts, starts))[known]
    rates = demand.mean[rows]
    if demand.paths is not None:
        totals = demand.paths[:, rows].sum(axis=(1, 2))
        rates = demand.paths[int(np.argsort(totals)[len(totals) * 3 // 4])][rows]
    counts = np.random.default_rng(11).poisson(rates).astype(float)
    if demand.paths is not None:
        burst = hours[known] >= BURST_HOUR
        far = BURST_BEYOND * float(np.quantile(demand.paths[:, rows, 0].sum(axis=1), 0.999))
        wanted = far - counts[~burst, 0].sum()
        factor = max(wanted / max(counts[burst, 0].sum(), 1.0), 1.0)
        counts[burst, 0] = np.ceil(counts[burst, 0] * factor)
    return history_from(demand, starts[known], counts)


def nothing_yet(demand: Demand) -> History:
    """No counts at all: the first interval of the demand, not known."""
    return history_from(
        demand, demand.horizon.starts[:1], np.full((1, len(demand.channels)), np.nan)
    )


def history_from(demand: Demand, starts: pd.DatetimeIndex, counts: np.ndarray) -> History:
    """Counts by interval and channel as a history of the demand's channels and intervals."""
    from forecast import History

    names = pd.Series(list(demand.channels) * len(starts), dtype=str)
    table = pd.DataFrame(
        {
            "interval_start": starts.repeat(len(demand.channels)),
            "channel": names,
            "offered": counts.ravel(),
            "answered": np.nan,
            "abandoned": np.nan,
            "handle_time_s": np.nan,
        }
    )
    horizon = demand.horizon
    return History(horizon.timezone, horizon.interval_minutes, demand.channels, table)


def uploaded(name: str, content: bytes, demand: Demand) -> History:
    """
    Counts of the day from a file that a history may have, at the demand's intervals.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    from forecast import read_history

    return read_history(
        io.BytesIO(content),
        name=name,
        timezone=demand.horizon.timezone,
        interval_minutes=demand.horizon.interval_minutes,
    )


def _hours(demand: Demand, day: date) -> tuple[pd.DatetimeIndex, np.ndarray]:
    starts = demand.horizon.starts
    own = starts[starts.date == day]
    return own, np.asarray(own.hour)


def totals(today: Today, channels: Sequence[str]) -> pd.DataFrame:
    """The day by channel, in that order, for people."""
    told = today.totals.set_index("channel").loc[list(channels)].reset_index()
    rows = [
        {
            "Channel": heading(str(row["channel"])),
            "So far": number(row["so_far"]),
            "Expected by now": number(row["so_far_forecast"]),
            "Usual range": f"{row['so_far_low']:,.0f} – {row['so_far_high']:,.0f}",
            "Rest, as forecast": number(row["rest_forecast"]),
            "Rest, now": number(row["rest"]),
            "9 in 10 within": f"{row['rest_low']:,.0f} – {row['rest_high']:,.0f}",
            "Change": percent_change(row["change"]),
            "Whole day": number(row["day"]),
        }
        for row in told.to_dict("records")
    ]
    return pd.DataFrame(rows)


def percent_change(share: float) -> str:
    """A relative change with its sign, e.g. "+12 %"; unknown is a dash."""
    return f"{change(100 * share)} %" if np.isfinite(share) else "–"


def hourly(today: Today, channel: str) -> pd.DataFrame:
    """
    One channel's day by hour: what came, what was forecast, what is expected now.

    Returns
    -------
    DataFrame
        `at`, `when`, `counted` (NaN where the hour is not over), `forecast`, `expected`, `low`,
        `high` (nine in ten counts; NaN where the hour is over). An hour that is partly over is
        told as still to come, what came of it included.
    """
    from forecast.bands import count_quantiles

    own = today.table[today.table["channel"] == channel].reset_index(drop=True)
    local = own["interval_start"].dt.tz_localize(None).dt.floor("h")
    label = np.concatenate([[0], np.cumsum(np.diff(local.to_numpy().astype("int64")) != 0)])
    first = np.flatnonzero(np.diff(label, prepend=-1))
    ahead = np.asarray(own["interval_start"] >= today.at)
    open_hour = np.bincount(label, ahead) > 0
    came = np.bincount(label, np.where(ahead, 0.0, own["expected"]))
    expected = np.bincount(label, own["expected"])
    low = high = np.full(len(first), np.nan)
    if today.rest is not None and today.rest.paths is not None and ahead.any():
        paths = today.rest.paths[:, :, today.rest.index_of(channel)]
        rest = label[ahead]
        sums = np.add.reduceat(paths, np.flatnonzero(np.diff(rest, prepend=-1)), axis=1)
        band = count_quantiles(sums, [0.05, 0.95], rng=np.random.default_rng(0))
        low, high = low.copy(), high.copy()
        low[open_hour], high[open_hour] = band + came[open_hour]
    times = pd.DatetimeIndex(local.iloc[first])
    return pd.DataFrame(
        {
            "at": clock_ms(times),
            "when": clock_text(times, "%H:%M"),
            "counted": np.where(open_hour, np.nan, came),
            "forecast": np.bincount(label, own["forecast"]),
            "expected": expected,
            "low": low,
            "high": high,
        }
    )


def rest_scenario(
    scenario: Scenario,
    today: Today,
    waiting: Mapping[str, tuple[int, float]],
    more_agents: Mapping[str, int],
) -> Scenario:
    """
    The rest of the day as a scenario of its own.

    Parameters
    ----------
    scenario
        Of the whole planned time; its staffing of the rest of the day is taken.
    today
        With a rest that lies within the planned time.
    waiting
        By deferred channel: contacts that wait now, and the age of the oldest in minutes; the
        ages of the others lie evenly between.
    more_agents
        By group: agents more (or fewer) while the group is at work.

    Notes
    -----
    Live contacts that are in hand or wait at that instant are not known and left out.
    """
    assert today.rest is not None
    horizon = today.rest.horizon
    staff = scenario.staff()
    place = staff.horizon.starts.searchsorted(horizon.starts, side="right") - 1
    changes: dict[str, Any] = {
        "horizon.start": horizon.start.tz_localize(None).isoformat(),
        "horizon.length": f"{horizon.count * horizon.interval_minutes}min",
        "horizon.interval_minutes": horizon.interval_minutes,
        "staffing": None,
        **{f"demand.scale.{channel}": 1.0 for channel in scenario.demand.scale},
    }
    for column, group in enumerate(staff.groups):
        agents = staff.agents[place, column]
        moved = np.where(agents > 0, np.maximum(agents + more_agents.get(group, 0), 0), 0)
        changes[f"groups.{group}.agents"] = moved.tolist()
        changes[f"groups.{group}.agents_change"] = 0
        changes[f"groups.{group}.exit"] = "first_free"
    for channel, (count, oldest_min) in waiting.items():
        ages = np.linspace(oldest_min, 0, count) * 60 if count else np.zeros(0)
        changes[f"channels.{channel}.initial_backlog"] = ages.round().tolist()
    return scenario.with_changes(changes)
