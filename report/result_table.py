"""Every result of a rehearsal beside another one's: difference, interval, real or noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from report.result import Result
from report.result_lines import result_lines
from report.words import MILLION, UNKNOWN, change, points

if TYPE_CHECKING:
    from simulate.outcome import Outcome

GOOD, BAD, PLAIN = "●", "▼", ""
REAL, NOISE, EXACT, SAME = "real", "may be noise", "exact", "no difference"
MARKS: Mapping[bool | None, str] = {None: PLAIN, True: GOOD, False: BAD}
Differences = Mapping[tuple[str, str], Mapping[str, Any]]
"""Paired differences by measure and channel or group: rows of `simulate.compare.paired`."""
_EXACT = ("money", "hours", "posts")  # known without chance: staffing alone decides them


def results_table(
    outcome: Outcome, baseline: Outcome | None, required: pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Every result of a rehearsal beside its baseline's.

    Parameters
    ----------
    outcome
        What was simulated.
    baseline
        What it is compared with; None when it is the baseline itself.
    required
        The requirement of a plan for the same time (`Plan.requirement`), against which agents
        are over and under; None leaves these lines out.

    Returns
    -------
    DataFrame
        `Fine` (● or ▼), `Result`, `Here`, and with a baseline `Difference` (with its 95 %
        interval), `Real or noise`, `Baseline`; `Good is`; all texts.
    """
    here = list(result_lines(outcome, required))
    if baseline is None:
        return table_of(here)
    return table_of(here, list(result_lines(baseline, required)), differences_of(baseline, outcome))


def table_of(
    here: Sequence[Result],
    baseline: Sequence[Result] | None = None,
    differences: Differences | None = None,
) -> pd.DataFrame:
    """
    The same from lines that are told already.

    Parameters
    ----------
    here, baseline
        Lines of both; None leaves the baseline out.
    differences
        From `differences_of`.
    """
    here = worth_telling(here, baseline)
    table = pd.DataFrame(
        {
            "Fine": [MARKS[line.fine] for line in here],
            "Result": [line.name for line in here],
            "Here": [line.text for line in here],
        }
    )
    if baseline is not None:
        before = {line.name: line for line in baseline}
        told = [compared(line, before.get(line.name), differences or {}) for line in here]
        # The difference stands next to the result, before a narrow window cuts the table.
        table["Difference"] = [difference for difference, _ in told]
        table["Real or noise"] = [word for _, word in told]
        table["Baseline"] = [
            before[line.name].text if line.name in before else UNKNOWN for line in here
        ]
    table["Good is"] = [line.good for line in here]
    return table


def worth_telling(*sides: Sequence[Result] | None) -> list[Result]:
    """The lines of the first side that it, or another one, has reason to tell."""
    told = {line.name for side in sides for line in side or () if line.told}
    return [line for line in sides[0] or () if line.name in told]


def differences_of(baseline: Outcome, outcome: Outcome) -> Differences:
    """Paired differences by measure and channel (or group; "" where it is of all together)."""
    from simulate.compare import paired

    rows = paired(baseline, outcome, ("the baseline", "here"))
    found = {
        (str(row["measure"]), str(row["channel"])): {str(name): row[name] for name in row}
        for row in rows.to_dict("records")
    }
    # What is headed off is what is caused less: a result of its own tells how much is caused.
    for (measure, who), row in list(found.items()):
        if measure == "heads_off":
            ends = {"difference": -row["difference"], "low": -row["high"], "high": -row["low"]}
            found["caused", who] = row | ends
    return found


def compared(line: Result, before: Result | None, rows: Differences) -> tuple[str, str]:
    """Difference with its interval, and whether it is real; both as texts."""
    found = rows.get((line.measure, line.who)) if line.measure else None
    if found is not None and line.unit not in _EXACT:
        largest = max(abs(found[end]) for end in ("difference", "low", "high"))
        size = sized(found["difference"], line.unit, largest)
        if found["low"] == found["high"]:
            return size, EXACT if found["difference"] else SAME
        low, high = (sized(found[end], line.unit, largest) for end in ("low", "high"))
        ends = f"{low} to {high}"
        return f"{size} ({ends})", REAL if found["real"] else NOISE
    if before is None or not np.isfinite(line.value - before.value):
        return UNKNOWN, ""
    difference = line.value - before.value
    size = sized(difference, line.unit)
    if line.unit in _EXACT:
        return size, EXACT if difference else SAME
    return size, ""


def sized(difference: float, unit: str, largest: float = 0.0) -> str:
    """
    A difference in the unit of its line.

    Parameters
    ----------
    difference, unit
        As in `Result`.
    largest
        Size of the largest of the numbers that stand side by side: they are told alike.

    Examples
    --------
    >>> sized(-0.0312, "share"), sized(4.26, "seconds"), sized(-26.0, "money")
    ('-3.1 pp', '+4.3 s', '-26')
    >>> sized(392.0, "seconds", 840.0), sized(392.0, "seconds")
    ('+6.5 min', '+392 s')
    """
    largest = max(abs(difference), largest)
    match unit:
        case "share":
            return points(difference)
        case "seconds":
            if largest >= 600:
                return f"{change(difference / 60, 0 if abs(difference) >= 600 else 1)} min"
            return f"{change(difference, 0 if abs(difference) >= 10 else 1)} s"
        case "money" | "hours" | "intervals":
            return change(difference)
        case "pence":
            return change(difference, 2)
        case "impressions":
            if largest >= MILLION / 10:
                return f"{change(difference / MILLION, 1)} m"
            return change(difference)
    return change(difference, 1)
