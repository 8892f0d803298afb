"""What a drill says, for a planner: sentences, a table, and what the picture draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from report.result_table import BAD, GOOD
from report.words import millions
from scenario import Scenario, Target
from views.charts import clock_ms, clock_text
from views.drill_work import Drilled
from views.recovery_words import hours_told, over
from views.words import (
    UNKNOWN,
    change,
    heading,
    moment,
    money,
    name_of,
    number,
    percent,
    points,
)

if TYPE_CHECKING:
    pass

Row = Mapping[str, Any]
CALM, BURST, CALLED_IN = "calm day", "burst", "called in"  # names in the drill's tables
BEFORE, AFTER = pd.Timedelta(hours=2), pd.Timedelta(hours=24)
TOLD = 6  # sentences on what calling people in changes
FIRST = ("heads_off", "service_level", "service_level_closed", "response_p90_s", "abandonment")


def names_of(found: Drilled) -> dict[str, str]:
    """Arrangements for people, by their names in the tables, in their order."""
    asked = found.asked
    names = {CALM: "Calm day", BURST: "Burst"}
    if CALLED_IN in found.rows:
        names[CALLED_IN] = f"Burst, {asked.more} more in {name_of(asked.group)}"
    return names


def sentences(found: Drilled) -> list[str]:
    """What happens, and what calling people in changes: a sentence each."""
    asked = found.asked
    begin = (
        f"{heading(asked.channel)} at {asked.factor:g} times its volume from {moment(asked.at)},"
        f" halving every {asked.half_life_h:g} h: {over(found.recoveries[BURST])}"
    )
    if CALLED_IN not in found.recoveries:
        return [begin]
    there = asked.at + pd.Timedelta(minutes=asked.after_minutes)
    who = f"{asked.more} more in {name_of(asked.group)} from {there:%H:%M}"
    return [begin, f"With {who}: {over(found.recoveries[CALLED_IN])}"]


def table(found: Drilled, scenario: Scenario) -> pd.DataFrame:
    """
    The arrangements side by side.

    Returns
    -------
    DataFrame
        A row a result: `Result`, and a column an arrangement by its name for people, the burst
        with its difference to the calm day and people called in with theirs to the burst; all
        texts.
    """
    who, target = heading(found.asked.channel), scenario.channels[found.asked.channel].target
    promise = "" if target is None else f" (promised {percent(target.share, 0)})"
    lines: dict[str, Callable[[Row, Row | None], str]] = {
        f"{who} in time{promise}": lambda row, before: _level(row, before, target),
        f"{who}: most waiting beyond the calm day": lambda row, _: number(row["peak_beyond_calm"]),
        f"{who}: hours waited beyond the calm day": lambda row, _: number(
            row["waiting_beyond_calm_h"]
        ),
        "First caught up after, in half of the runs": lambda row, _: hours_told(
            row["caught_up_median_h"]
        ),
        "Over after, in half of the runs": lambda row, _: hours_told(row["recovered_median_h"]),
        "Over after, in nine of ten": lambda row, _: hours_told(row["recovered_p90_h"]),
        "Runs not over in the planned time": lambda row, _: percent(row["unrecovered_share"], 0),
        "Contacts in all": lambda row, before: _beside(row, before, "offered"),
        "Of these caused by earlier ones": lambda row, before: _beside(row, before, "caused"),
        f"{who}: followers × minutes without a reply": lambda row, _: millions(
            row["impressions_waiting"]
        ),
        "Cost": lambda row, before: _cost(row, before, scenario.currency),
    }
    rows, names = found.rows, names_of(found)
    before = {CALM: None, BURST: rows[CALM], CALLED_IN: rows[BURST]}
    told = pd.DataFrame(
        {"Result": list(lines)}
        | {
            name: [tell(rows[key], before[key]) for tell in lines.values()]
            for key, name in names.items()
        }
    )
    told.loc[told["Result"].str.endswith("calm day"), names[CALM]] = UNKNOWN
    return told[~(told.drop(columns="Result").isin((UNKNOWN, "0", "0 (±0)")).all(axis=1))]


def over_time(found: Drilled, channel: str, column: str, scale: float) -> pd.DataFrame:
    """One column by arrangement from before the burst until it is over, as `charts.lines` wants."""
    asked = found.asked
    longest = max((one.sure_h for one in found.recoveries.values()), default=np.nan)
    shown = AFTER if np.isnan(longest) else max(AFTER, 1.2 * pd.Timedelta(hours=longest))
    if any(one.unrecovered > 0.1 for one in found.recoveries.values()):
        shown = pd.Timedelta(days=7)
    table = found.intervals
    time = table["interval_start"]
    own = table[
        (table["channel"] == channel) & (time >= asked.at - BEFORE) & (time <= asked.at + shown)
    ]
    names = names_of(found)
    return pd.DataFrame(
        {
            "at": clock_ms(own["interval_start"]),
            "when": clock_text(own["interval_start"]),
            "name": own["arrangement"].map(names),
            "value": own[column] * scale,
        }
    )


def what_changes(found: Drilled) -> list[str]:
    """Real differences that calling people in makes, promises first."""
    table = found.difference
    if table.empty:
        return []
    # What is headed off is told of all channels together.
    real = table[table["real"] & ((table["measure"] != "heads_off") | (table["channel"] == ""))]
    rank = {measure: place for place, measure in enumerate(FIRST)}
    ordered = real.assign(rank=real["measure"].map(rank).fillna(len(FIRST))).sort_values(
        "rank", kind="stable"
    )
    return [heading(text) for text in ordered["sentence"]][:TOLD]


def _level(row: Row, before: Row | None, target: Target | None) -> str:
    level = row["service_level"]
    mark = "" if target is None else f"{GOOD if level >= target.share else BAD} "
    beside = "" if before is None else f" ({points(level - before['service_level'])})"
    return f"{mark}{percent(level)}{beside}"


def _beside(row: Row, before: Row | None, key: str) -> str:
    """A number, with its difference to the arrangement before it."""
    beside = "" if before is None else f" ({change(row[key] - before[key])})"
    return f"{number(row[key])}{beside}"


def _cost(row: Row, before: Row | None, currency: str) -> str:
    beside = "" if before is None else f" ({change(row['cost'] - before['cost'])})"
    return f"{money(row['cost'], currency)}{beside}"
