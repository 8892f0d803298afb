"""What a rehearsal says, for a planner: a sentence, and every result beside the baseline's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scenario.channels import Channel
from scenario.targets import ratio
from views.charts import UNDER, clock_ms, clock_text
from views.words import UNKNOWN, duration, heading, moment, money, number, percent, points

if TYPE_CHECKING:
    from simulate.outcome import Outcome

GOOD, BAD, PLAIN = "●", "▼", ""
REAL, NOISE, EXACT = "real", "may be noise", "exact"
UNDER_TARGET_OK = 0.05  # share of the intervals
ABANDONED_OK = 0.05
CHANCE_OK = 0.80
OCCUPANCY_BLENDED, OCCUPANCY_LIVE = (0.80, 0.92), (0.0, 0.85)


@dataclass(frozen=True, slots=True)
class Result:
    """
    One line of the table.

    `measure` and `who` name the paired difference that belongs to it; `value` is the number
    that is compared where there is none, in the unit that `tell` writes.
    """

    name: str
    text: str
    value: float
    unit: str
    good: str
    fine: bool | None
    measure: str = ""
    who: str = ""


def results_table(outcome: Outcome, baseline: Outcome | None) -> pd.DataFrame:
    """
    Every result of a rehearsal beside its baseline's.

    Parameters
    ----------
    outcome
        What was simulated.
    baseline
        What it is compared with; None when it is the baseline itself.

    Returns
    -------
    DataFrame
        `Fine` (● or ▼), `Result`, `Here`, and with a baseline `Baseline`, `Difference` (with
        its 95 % interval), `Real or noise`; `Good is`; all texts.
    """
    here = list(_results(outcome))
    marks = {None: PLAIN, True: GOOD, False: BAD}
    table = pd.DataFrame(
        {
            "Fine": [marks[line.fine] for line in here],
            "Result": [line.name for line in here],
            "Here": [line.text for line in here],
        }
    )
    if baseline is not None:
        before = {line.name: line for line in _results(baseline)}
        rows = _paired(baseline, outcome)
        told = [_compared(line, before.get(line.name), rows) for line in here]
        table["Baseline"] = [
            before[line.name].text if line.name in before else UNKNOWN for line in here
        ]
        table["Difference"] = [difference for difference, _ in told]
        table["Real or noise"] = [word for _, word in told]
    table["Good is"] = [line.good for line in here]
    return table


def headline(outcome: Outcome) -> str:
    """
    One sentence: what is missed, where it is worst, or that every promise is kept.

    A promise counts as kept when its service level over the measured time reaches its target.
    """
    missed, worst = [], ""
    for row in outcome.totals.to_dict("records"):
        channel = outcome.scenario.channels[row["channel"]]
        for ending, target, words in (
            ("", channel.target, ""),
            ("_closed", channel.target_closed, " arrived closed"),
        ):
            level = row[f"service_level{ending}"]
            if target is None or not level < target.share:
                continue
            missed.append(f"{heading(row['channel'])}{words} {percent(level)}")
            if not ending and not worst and pd.notna(row["worst_interval_start"]):
                worst = (
                    f" {heading(row['channel'])} is worst on {moment(row['worst_interval_start'])}."
                )
    if not missed:
        return "Every promise is kept over the planned time."
    verb = "is" if len(missed) == 1 else "are"
    return f"{'; '.join(missed)} {verb} under target.{worst}"


def key_figures(outcome: Outcome, baseline: Outcome | None) -> list[dict[str, str]]:
    """Label, value, change and help of the figures at the top of the page."""
    figures = []
    before = None if baseline is None else baseline.totals.set_index("channel")
    for row in outcome.totals.to_dict("records"):
        target = outcome.scenario.channels[row["channel"]].target
        if target is None:
            continue
        change = ""
        if before is not None and row["channel"] in before.index:
            change = points(row["service_level"] - before.loc[row["channel"], "service_level"])
        mark = GOOD if row["service_level"] >= target.share else BAD
        figures.append(
            {
                "label": heading(row["channel"]),
                "value": f"{mark} {percent(row['service_level'])}",
                "delta": change,
                "help": f"Share served in time over the planned time; the target is {target}.",
            }
        )
    currency = outcome.scenario.currency
    change = ""
    if baseline is not None:
        change = f"{outcome.cost - baseline.cost:+,.0f}"
    figures.append(
        {
            "label": "Cost",
            "value": money(outcome.cost, currency),
            "delta": change,
            "help": "Paid hours times the rates, over the planned time.",
        }
    )
    return figures


def service_heat(outcome: Outcome, channel: str) -> pd.DataFrame:
    """
    Service level by day and hour.

    Returns
    -------
    DataFrame
        `day`, `hour`, `value` (share, NaN where nothing was due), `symbol` (▼ under the
        target) and `offered` (contacts a replication).
    """
    parts = outcome.parts("service_level", channel, "interval")
    intervals = outcome.intervals[outcome.intervals["channel"] == channel]
    starts = pd.DatetimeIndex(intervals["interval_start"])
    table = pd.DataFrame(
        {
            "day": clock_text(starts, "%a %d %b"),
            "hour": starts.hour,
            "above": np.asarray(parts.above).sum(axis=0),
            "below": np.asarray(parts.below).sum(axis=0),
            "offered": intervals["offered"].to_numpy(),
        }
    )
    summed = table.groupby(["day", "hour"], sort=False, as_index=False).sum()
    summed["value"] = ratio(summed["above"].to_numpy(), summed["below"].to_numpy())
    target = outcome.scenario.channels[channel].target
    limit = 0.0 if target is None else target.share
    summed["symbol"] = np.where(summed["value"] < limit, UNDER, "")
    return summed.drop(columns=["above", "below"])


def over_time(runs: dict[str, Outcome], channel: str, column: str, scale: float) -> pd.DataFrame:
    """One column of the intervals of several runs: `at`, `when`, `name` (of the run), `value`."""
    frames = []
    for name, outcome in runs.items():
        table = outcome.intervals[outcome.intervals["channel"] == channel]
        starts = pd.DatetimeIndex(table["interval_start"])
        frames.append(
            pd.DataFrame(
                {
                    "at": clock_ms(starts),
                    "when": clock_text(starts),
                    "name": name,
                    "value": table[column].to_numpy(dtype=float) * scale,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _results(outcome: Outcome) -> Iterator[Result]:
    totals = {row["channel"]: row for row in outcome.totals.to_dict("records")}
    for name, row in totals.items():
        yield from _promises(name, outcome.scenario.channels[name], row)
    for name, row in totals.items():
        yield from _waiting(name, outcome.scenario.channels[name], row)
    yield from _floor(outcome)


def _promises(name: str, channel: Channel, row: dict[str, Any]) -> Iterator[Result]:
    who = heading(name)
    kinds = [("", channel.target, "in time")]
    if channel.kind == "deferred":
        closed = channel.target_closed or channel.target
        kinds.append(("_closed", closed, "in time, arrived closed"))
    if channel.kind == "callback":
        kinds = [("", channel.target, "made within the promised window")]
    for ending, target, words in kinds:
        level = row[f"service_level{ending}"]
        low, high = row[f"service_level{ending}_low"], row[f"service_level{ending}_high"]
        fine = None if target is None or not np.isfinite(level) else level >= target.share
        yield Result(
            f"{who} {words}",
            f"{percent(level)} ({percent(low)} – {percent(high)})",
            level,
            "share",
            UNKNOWN if target is None else f"≥ {percent(target.share, 0)}",
            fine,
            f"service_level{ending}",
            name,
        )
    if channel.target is not None:
        chance = row["probability_met"]
        yield Result(
            f"{who}: chance that the {channel.target.period} meets its target",
            percent(chance, 0),
            chance,
            "share",
            f"≥ {percent(CHANCE_OK, 0)}",
            chance >= CHANCE_OK if np.isfinite(chance) else None,
        )
        under, judged = row["intervals_under_target"], row["intervals_judged"]
        worst = UNKNOWN
        if pd.notna(row["worst_interval_start"]):
            level = percent(row["worst_service_level"], 0)
            worst = f"{moment(row['worst_interval_start'])}, {level}"
        yield Result(
            f"{who}: intervals under target; the worst",
            f"{number(under)} of {number(judged)}; {worst}",
            under,
            "intervals",
            f"≤ {percent(UNDER_TARGET_OK, 0)} of them",
            bool(under <= UNDER_TARGET_OK * judged) if judged else None,
        )


def _waiting(name: str, channel: Channel, row: dict[str, Any]) -> Iterator[Result]:
    who = heading(name)
    if channel.kind == "live":
        share = row["abandonment"]
        fine = share <= ABANDONED_OK if np.isfinite(share) else None
        yield Result(
            f"{who}: customers who gave up",
            percent(share),
            share,
            "share",
            f"≤ {percent(ABANDONED_OK, 0)}",
            fine,
            "abandonment",
            name,
        )
        limit = channel.target.within_s if channel.target else float("nan")
        slow = row["wait_p90_s"]
        yield Result(
            f"{who}: mean wait of those answered; 9 in 10 within",
            f"{duration(row['asa_s'])}; {duration(slow)}",
            row["asa_s"],
            "seconds",
            f"9 in 10 ≤ {duration(limit)}",
            slow <= limit if np.isfinite(slow) and np.isfinite(limit) else None,
            "asa_s",
            name,
        )
        return
    if channel.kind == "deferred":
        limit = 2 * channel.target.within_s if channel.target else float("nan")
        slow = row["response_p90_s"]
        yield Result(
            f"{who}: half have a first response within; 9 in 10",
            f"{duration(row['response_p50_s'])}; {duration(slow)}",
            row["response_p50_s"],
            "seconds",
            f"9 in 10 ≤ {duration(limit)}",
            slow <= limit if np.isfinite(slow) and np.isfinite(limit) else None,
        )
    else:
        reached = row.get("reached_share", float("nan"))
        yield Result(
            f"{who}: customers reached",
            percent(reached),
            reached,
            "share",
            UNKNOWN,
            None,
            "reached_share",
            name,
        )
    left = row["backlog_at_close"]
    yield Result(
        f"{who}: waiting at close; the oldest; not yet due at the end",
        f"{number(left, 1)}; {duration(row['oldest_at_close_s'])}; {number(row['not_yet_due'], 1)}",
        left,
        "contacts",
        "few",
        None,
    )


def _floor(outcome: Outcome) -> Iterator[Result]:
    channels = outcome.scenario.channels
    for row in outcome.groups.to_dict("records"):
        skills = outcome.scenario.groups[row["group"]].skills
        live = all(channels[channel].kind == "live" for channel in skills)
        low, high = OCCUPANCY_LIVE if live else OCCUPANCY_BLENDED
        busy = row["occupancy"]
        good = f"≤ {percent(high, 0)}" if live else f"{percent(low, 0)} – {percent(high, 0)}"
        fine = low <= busy <= high if np.isfinite(busy) else None
        yield Result(
            f"{heading(row['group'])}: occupancy",
            percent(busy),
            busy,
            "share",
            good,
            fine,
            "occupancy",
            row["group"],
        )
    floor = float(outcome.groups["floor_hours"].sum())
    yield Result(
        "Hours on the floor → paid hours → full-time posts",
        f"{number(floor)} → {number(outcome.paid_hours)} → {number(outcome.fte, 1)} FTE",
        outcome.paid_hours,
        "paid hours",
        UNKNOWN,
        None,
        "paid_hours",
    )
    currency = outcome.scenario.currency
    yield Result(
        "Cost; per contact handled",
        f"{money(outcome.cost, currency)}; {money(outcome.cost_per_contact, currency, 2)}",
        outcome.cost,
        "money",
        UNKNOWN,
        None,
        "cost",
    )


def _paired(baseline: Outcome, outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    from simulate.compare import paired

    rows = paired(baseline, outcome, ("the baseline", "here")).to_dict("records")
    return {(row["measure"], row["channel"]): row for row in rows}


def _compared(
    line: Result, before: Result | None, rows: dict[tuple[str, str], dict[str, Any]]
) -> tuple[str, str]:
    """Difference with its interval, and whether it is real."""
    found = rows.get((line.measure, line.who)) if line.measure else None
    if found is not None:
        exact = line.unit in ("money", "paid hours")
        size = _sized(found["difference"], line.unit)
        if exact or found["low"] == found["high"]:
            return size, EXACT if found["difference"] else "no difference"
        ends = f"{_sized(found['low'], line.unit)} to {_sized(found['high'], line.unit)}"
        return f"{size} ({ends})", REAL if found["real"] else NOISE
    if before is None or not np.isfinite(line.value - before.value):
        return UNKNOWN, ""
    return _sized(line.value - before.value, line.unit), ""


def _sized(difference: float, unit: str) -> str:
    match unit:
        case "share":
            return points(difference)
        case "seconds":
            return f"{difference:+,.0f} s"
        case "money" | "paid hours" | "intervals":
            return f"{difference:+,.0f}"
    return f"{difference:+,.1f}"
