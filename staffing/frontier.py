"""What does a better promise cost, point by point, and where does it become dear?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.demand import Demand
from scenario.errors import InvalidValueError
from scenario.model import Scenario
from scenario.targets import Target
from staffing.document import records
from staffing.rehearsal import Progress
from staffing.sizing import (
    BEYOND,
    Sized,
    Sizer,
    all_kept,
    beyond_limits,
    promised_channel,
    sizer,
    told_price,
    unlimited,
    with_target,
)

if TYPE_CHECKING:
    from simulate.outcome import Outcome
    from simulate.workers import Workers

FloatArray = NDArray[np.float64]

SHARES = (0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95)
MOST_POINTS = 50
WELL_ABOVE = 0.05  # by so much a promise is outdone where others keep the staff there
LEAST_BEND = 0.02  # of the chord's height: less than this is no knee
FRESH_PART = 0.3  # of a point's time, spent on its check
COLUMNS = [
    "target", "within_s", "floor_hours", "paid_hours", "cost", "achieved", "low", "high", "met",
    "marginal_cost", "knee",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Frontier:
    """
    Cost against service of one channel; all other promises stay as they are.

    Parameters
    ----------
    scenario
        What was assumed.
    channel
        Channel whose promise is varied.
    varies
        "target" (the share) or "within_s" (the time).
    table
        From the easiest promise to the hardest: `target` (share), `within_s`, `floor_hours`
        (least agent hours on the floor), `paid_hours`, `cost` (both without the shape of
        shifts), `achieved` with `low` and `high` (95 % interval, with numbers that the search
        never saw), `met`, `marginal_cost` (cost of one percentage point, or of one minute
        sooner, against the row before; NaN in the first) and `knee` (true once).
    notes
        What should be known beside it, in sentences.
    """

    scenario: Scenario
    channel: str
    varies: str
    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What the curve says, for a planner."""
        met = self.table[self.table["met"]]
        if len(met) < 2:
            kept = "only one" if len(met) else "none"
            return f"{self.channel}: {kept} of these promises can be kept."
        first, last, knee = met.iloc[0], met.iloc[-1], self.table[self.table["knee"]].iloc[0]
        what = "cost" if last["cost"] else "paid_hours"
        told = (
            f"{self.channel}: the whole floor takes {self._price(first[what], what)} with"
            f" {_promise(first)} promised and {self._price(last[what], what)} with {_promise(last)}"
        )
        if last[what] <= first[what]:
            return f"{told}: the staff is there for the other promises."
        before = met[met.index <= knee.name]
        after = met[met.index >= knee.name]
        if len(before) < 2 or len(after) < 2:
            return f"{told}, {self._step(first, last, what)} on average; the curve has no knee."
        return (
            f"{told}; {self._step(first, knee, what)} up to the knee at {_promise(knee)} and"
            f" {self._step(knee, last, what)} beyond it."
        )

    def _price(self, price: float, what: str) -> str:
        return told_price(price, self.scenario.currency, in_money=what == "cost")

    def _step(self, low: pd.Series, high: pd.Series, what: str) -> str:
        each = (high[what] - low[what]) / _distance(low, high, self.varies)
        unit = "a point" if self.varies == "target" else "a minute sooner"
        return f"{self._price(each, what)} {unit}"

    def document(self) -> dict[str, Any]:
        """The curve as JSON-ready `channel`, `varies`, `rows`, `sentence` and `notes`."""
        return {
            "channel": self.channel,
            "varies": self.varies,
            "rows": records(self.table),
            "sentence": self.sentence,
            "notes": list(self.notes),
        }


def frontier(
    scenario: Scenario,
    demand: Demand,
    channel: str,
    *,
    shares: Sequence[float] = SHARES,
    within_s: Sequence[float] | None = None,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "kernel",
    workers: int | Workers = 1,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Frontier:
    """
    Least cost for a row of promises on one channel.

    Parameters
    ----------
    scenario
        Channels with their promises; those of the other channels are kept throughout.
    demand
        Expected contacts, before scale and bursts.
    channel
        Channel whose promise is varied. What is promised to posts that arrive closed is varied
        with it where the scenario promises them the same.
    shares
        Shares to promise, in (0, 1); the time stays the scenario's.
    within_s
        Times to promise in seconds, positive; given, the share stays the scenario's instead.
    replications, seed, engine, workers, progress, cancel
        As for `staffing.plan`.

    Returns
    -------
    Frontier
        A row per promise. The cost never falls from an easier promise to a harder one.

    Raises
    ------
    InvalidValueError
        When the channel is unknown, served by nobody or without a target, or a number is out
        of range.
    RunCancelledError
        When cancelled.

    Notes
    -----
    All points meet the same customers. They are found from the hardest to the easiest, each
    from its neighbour's staff, which keeps the easier promise too and so bounds its cost: the
    search has no proof of its own, and where it ends dearer the neighbour's staff is taken. The
    knee is the point farthest below the chord from the first promise that is kept to the
    last, both axes scaled to 1: beyond it, a point costs more than on average.

    The staff is the requirement, as if agents came and went by the interval; shifts add to
    it (see `Plan.ladder`). People and desks are taken as if they could be had; `notes` names
    the promises that those of today are not enough for.

    References
    ----------
    .. [1] Satopää, V., Albrecht, J., Irwin, D. and Raghavan, B. (2011). Finding a "kneedle" in
       a haystack: detecting knee points in system behavior. ICDCS Workshops, 166-171.
    """
    target = promised_channel(scenario, channel)
    varies = "target" if within_s is None else "within_s"
    promises = _promises(scenario, channel, target, shares, within_s)
    points: list[tuple[Sized, Outcome]] = []
    with sizer(
        scenario, demand, replications=replications, seed=seed, engine=engine, workers=workers,
        progress=progress, cancel=cancel,
    ) as sizes:  # fmt: skip
        # The hardest first: its staff keeps the easier promises too.
        free = unlimited(scenario)
        for number, promise in enumerate(reversed(promises)):
            near = points[-1][0] if points else None
            points.append(_point(sizes, free, channel, promise, near, number, len(promises)))
    points.reverse()
    rows = [_row(channel, promise, *point) for promise, point in zip(promises, points, strict=True)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["marginal_cost"] = _marginal(table, varies)
    table["knee"] = np.arange(len(table)) == _knee(table, varies)
    beyond = [beyond_limits(scenario, found) for found, _ in points]
    return Frontier(scenario, channel, varies, table, tuple(_notes(channel, table, beyond)))


def _promises(
    scenario: Scenario,
    channel: str,
    target: Target,
    shares: Sequence[float],
    within_s: Sequence[float] | None,
) -> list[Target]:
    """The promises to keep, from the easiest to the hardest."""
    if within_s is None:
        values, name, rule = sorted(set(shares)), "shares", "in (0, 1)"
        wrong = [share for share in values if not 0 < share < 1]
    else:
        if scenario.channels[channel].kind == "callback":
            rule = "that of a live or deferred channel; a callback's is its window_s"
            raise InvalidValueError("within_s", rule, channel)
        values, name, rule = sorted(set(within_s), reverse=True), "within_s", "positive"
        wrong = [seconds for seconds in values if not 0 < seconds < np.inf]
    if wrong:
        raise InvalidValueError(name, rule, wrong[0])
    if not 2 <= len(values) <= MOST_POINTS:
        raise InvalidValueError(name, f"2 to {MOST_POINTS} different values", len(values))
    key = "share" if within_s is None else "within_s"
    return [target.model_copy(update={key: float(value)}) for value in values]


def _point(
    sizes: Sizer,
    scenario: Scenario,
    channel: str,
    promise: Target,
    near: Sized | None,
    number: int,
    count: int,
) -> tuple[Sized, Outcome]:
    """Least staff for one promise, and its fresh check."""
    said = f"{channel}, {100 * promise.share:.3g} % in {promise.within_s:g} s"
    begin, end = number / count, (number + 1) / count
    check = end - FRESH_PART / count
    changed = with_target(scenario, channel, share=promise.share, within_s=promise.within_s)
    found = sizes.size(changed, said, begin, check, near)
    if near is not None and near.price < found.price:
        # What keeps the harder promise keeps this one, whatever the search made of it.
        found = replace(near, scenario=found.scenario)
    return found, sizes.fresh(found, f"{said}: fresh check", check, end)


def _row(channel: str, promise: Target, found: Sized, outcome: Outcome) -> dict[str, object]:
    fresh = outcome.totals.set_index("channel").loc[channel]
    return {
        "target": promise.share,
        "within_s": promise.within_s,
        "floor_hours": found.floor_hours,
        "paid_hours": found.paid_hours,
        "cost": found.cost,
        "achieved": fresh["service_level"],
        "low": fresh["service_level_low"],
        "high": fresh["service_level_high"],
        "met": all_kept(outcome, channel),
    }


def _distance(low: pd.Series, high: pd.Series, varies: str) -> float:
    """Percentage points, or minutes sooner, from an easier promise to a harder one."""
    if varies == "target":
        return 100 * float(high["target"] - low["target"])
    return float(low["within_s"] - high["within_s"]) / 60


def _marginal(table: pd.DataFrame, varies: str) -> FloatArray:
    steps = table["target"].diff() * 100 if varies == "target" else -table["within_s"].diff() / 60
    marginal: FloatArray = (table["cost"].diff() / steps).to_numpy(dtype=np.float64)
    return marginal


def _knee(table: pd.DataFrame, varies: str) -> int:
    """Row of the knee among the promises that are kept; the last of all where none is."""
    kept = np.flatnonzero(table["met"])
    if not len(kept):
        return len(table) - 1
    price = table["cost"] if table["cost"].any() else table["paid_hours"]
    hard = table["target"] if varies == "target" else -table["within_s"]
    return int(kept[knee_of(hard.to_numpy()[kept], price.to_numpy()[kept])])


def knee_of(hardness: FloatArray, cost: FloatArray) -> int:
    """
    Place of the point farthest below the chord from the first point to the last.

    Parameters
    ----------
    hardness
        Rising, at least one.
    cost
        Of each point.

    Returns
    -------
    int
        The last place where the curve does not bend upwards by 2 % of its height.

    Examples
    --------
    Up to the third point each step costs 1, and then 8:

    >>> knee_of(np.array([60.0, 70.0, 80.0, 90.0]), np.array([1.0, 2.0, 3.0, 11.0]))
    2
    """
    height, width = cost[-1] - cost[0], hardness[-1] - hardness[0]
    if len(cost) < 3 or not height > 0:
        return len(cost) - 1
    below = (hardness - hardness[0]) / width - (cost - cost[0]) / height
    best = int(np.argmax(below))
    return best if below[best] > LEAST_BEND else len(cost) - 1


def _notes(channel: str, table: pd.DataFrame, beyond: list[bool]) -> list[str]:
    notes = []
    easiest = table.iloc[0]
    if easiest["achieved"] > easiest["target"] + WELL_ABOVE:
        notes.append(
            f"With {_promise(easiest)} promised, {100 * easiest['achieved']:.0f} % of {channel} is"
            " in time: the staff is there anyway, for other promises or since agents are whole."
        )
    if not table["met"].all():
        notes.append(f"No staff was found that keeps {_which(table[~table['met']], table)}.")
    if any(beyond):
        notes.append(
            f"{BEYOND} for {_which(table[beyond], table)}: within the limits of today it costs"
            " more, or less is kept."
        )
    return notes


def _which(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    """The promises of some of the rows of a table."""
    if len(rows) == len(table):
        return "any of these"
    return ", ".join(_promise(row) for _, row in rows.iterrows())


def _promise(row: pd.Series) -> str:
    """A promise as planners say it: 80 % in 60 s."""
    seconds = float(row["within_s"])
    time = f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} min"
    return f"{100 * row['target']:.3g} % in {time}"
