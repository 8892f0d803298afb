"""Named scenarios side by side: every result, the paired differences, and a sentence each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from report.result import Result
from report.result_lines import result_lines
from report.result_table import MARKS, compared, differences_of
from report.tables import flat, safe_csv, workbook
from report.words import UNKNOWN, change, heading, money, percent
from scenario.errors import InvalidValueError

if TYPE_CHECKING:
    from simulate.outcome import Outcome

DIFFERENCES = ["scenario", "measure", "channel", "difference", "low", "high", "real", "sentence"]
FIRST = ("service_level", "service_level_closed")  # what a manager asks first
FELT = (
    *FIRST, "abandonment", "response_mean_s", "begotten", "heads_off", "cost_per_resolved",
    "probability_met_day", "occupancy",
)  # fmt: skip
LONG_VALUE = 60  # characters: staffing by interval is a sheet of its own, not a cell


@dataclass(frozen=True, eq=False)
class Comparison:
    """
    Outcomes of several scenarios, one of them the baseline.

    Parameters
    ----------
    outcomes
        Outcomes by the scenarios' names for people, the baseline first.
    moved
        What each scenario changes, in sentences of the planner; may be empty.

    Raises
    ------
    InvalidValueError
        When there is no outcome.
    """

    outcomes: Mapping[str, Outcome]
    moved: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        if not self.outcomes:
            raise InvalidValueError("outcomes", "at least one scenario", 0)

    @property
    def baseline(self) -> str:
        """Name of the scenario that the others are compared with."""
        return next(iter(self.outcomes))

    @property
    def others(self) -> tuple[str, ...]:
        """Names of the scenarios that are compared with the baseline."""
        return tuple(self.outcomes)[1:]

    @cached_property
    def lines(self) -> Mapping[str, Mapping[str, Result]]:
        """Every result by scenario and by its name."""
        return {
            name: {line.name: line for line in result_lines(outcome)}
            for name, outcome in self.outcomes.items()
        }

    @property
    def line_names(self) -> tuple[str, ...]:
        """Names of all results, in the order of the scenario that has most."""
        longest = max(self.lines.values(), key=len)
        rest = [name for lines in self.lines.values() for name in lines if name not in longest]
        told = {line.name for own in self.lines.values() for line in own.values() if line.told}
        return tuple(name for name in dict.fromkeys([*longest, *rest]) if name in told)

    def side_by_side(self) -> pd.DataFrame:
        """A row a result: `Result`, a column a scenario (with ● or ▼), `Good is`; all texts."""
        names = self.line_names
        table: dict[str, list[str]] = {"Result": list(names)}
        for scenario, lines in self.lines.items():
            table[scenario] = [_cell(lines.get(name)) for name in names]
        table["Good is"] = [
            next(lines[name].good for lines in self.lines.values() if name in lines)
            for name in names
        ]
        return pd.DataFrame(table)

    def unpaired(self, name: str) -> str:
        """Why a scenario cannot be compared customer by customer; empty where it can."""
        here, base = self.outcomes[name], self.outcomes[self.baseline]
        if here.seed != base.seed:
            return f"it has the seed {here.seed}, the baseline {base.seed}"
        if here.scenario.period != base.scenario.period:
            return "it plans another time"
        if min(here.replications, base.replications) < 2:
            return "fewer than two replications are there"
        return ""

    def paired(self, name: str) -> Mapping[tuple[str, str], Mapping[str, Any]]:
        """Differences of a scenario to the baseline by measure and channel; none if unpaired."""
        return self._differences.get(name, {})

    @cached_property
    def _differences(self) -> Mapping[str, Mapping[tuple[str, str], Mapping[str, Any]]]:
        base = self.outcomes[self.baseline]
        return {
            name: differences_of(base, self.outcomes[name])
            for name in self.others
            if not self.unpaired(name)
        }

    def differences(self) -> pd.DataFrame:
        """All paired differences as numbers: the columns of `simulate.compare.paired`."""
        rows = [
            {**row, "scenario": name} for name in self.others for row in self.paired(name).values()
        ]
        return pd.DataFrame(rows, columns=DIFFERENCES)

    def differences_in_words(self) -> pd.DataFrame:
        """A row a result, for people: `Result`, and a column with the difference a scenario."""
        names = self.line_names
        base = self.lines[self.baseline]
        table: dict[str, list[str]] = {"Result": list(names)}
        for name in self.others:
            if self.unpaired(name):
                continue
            rows, lines = self.paired(name), self.lines[name]
            told = [
                compared(lines[line], base.get(line), rows) if line in lines else (UNKNOWN, "")
                for line in names
            ]
            table[name] = [f"{size}, {word}" if word else size for size, word in told]
        return pd.DataFrame(table)

    def verdict(self, name: str) -> str:
        """One sentence: promises kept, what is missed, and the cost beside the baseline's."""
        outcome, base = self.outcomes[name], self.outcomes[self.baseline]
        kept, missed = _promises(outcome)
        text = f"{kept} of {kept + len(missed)} promises kept"
        if missed:
            text += f" ({', '.join(missed)} under target)"
        currency = outcome.scenario.currency
        text += f", {money(outcome.cost, currency)}"
        if name == self.baseline or currency != base.scenario.currency:
            return f"{text}."
        extra = outcome.cost - base.cost
        if not round(extra):
            return f"{text}, the same cost as “{self.baseline}”."
        share = f" ({change(100 * extra / base.cost, 1)} %)" if base.cost else ""
        return f"{text}, {change(extra)}{share} against “{self.baseline}”."

    def sentences(self, name: str, *, real: bool) -> list[str]:
        """What differs for real, or what may be noise; service levels first."""
        rows = [row for row in self.paired(name).values() if bool(row["real"]) is real]
        rows = [row for row in rows if row["measure"] not in ("cost", "paid_hours")]
        if not real:
            rows = [row for row in rows if row["difference"]]
        rows.sort(key=lambda row: _place(row["measure"]))
        return [heading(str(row["sentence"])) for row in rows]

    def assumptions(self) -> pd.DataFrame:
        """Keys of the scenarios that differ: `key`, and a column a scenario; texts."""
        keys = {
            name: {key: str(value) for key, value in flat(_dumped(outcome))}
            for name, outcome in self.outcomes.items()
        }
        every = dict.fromkeys(key for found in keys.values() for key in found)
        differing = [
            key for key in every if len({found.get(key, UNKNOWN) for found in keys.values()}) > 1
        ]
        table = {"key": differing}
        for name, found in keys.items():
            table[name] = [_short(found.get(key, UNKNOWN)) for key in differing]
        return pd.DataFrame(table)

    def csv(self) -> bytes:
        """All paired differences as CSV."""
        return safe_csv(self.differences())

    def xlsx(self) -> bytes:
        """A workbook: results, differences in words and in numbers, what was assumed, origin."""
        sheets = {"Results": self.side_by_side(), "Differences": self.differences_in_words()}
        sheets["Numbers"] = self.differences()
        sheets["Assumptions"] = self.assumptions()
        return workbook(sheets | {"Origin": self.origin()})

    def origin(self) -> pd.DataFrame:
        """Where the numbers come from: a row a scenario with seed, replications and engine."""
        rows = [
            {
                "scenario": name,
                "from": f"{outcome.scenario.period.start:%a %d %b %Y %H:%M}",
                "to": f"{outcome.scenario.period.end:%a %d %b %Y %H:%M}",
                "time zone": outcome.scenario.timezone,
                "seed": outcome.seed,
                "replications": outcome.replications,
                "engine": outcome.engine,
                "moved": "; ".join(self.moved.get(name, ())),
            }
            for name, outcome in self.outcomes.items()
        ]
        return pd.DataFrame(rows)


def _place(measure: str) -> int:
    """The promises first, then what customers feel, then the rest in its own order."""
    return FELT.index(measure) if measure in FELT else len(FELT)


def _cell(line: Result | None) -> str:
    if line is None:
        return UNKNOWN
    mark = MARKS[line.fine]
    return f"{mark} {line.text}" if mark else line.text


def _promises(outcome: Outcome) -> tuple[int, list[str]]:
    """How many promises are kept over the measured time, and what is missed, with its level."""
    kept, missed = 0, []
    for line in result_lines(outcome):
        if line.measure in FIRST and line.fine is not None:
            kept += line.fine
            if not line.fine:
                closed = " arrived closed" if line.measure.endswith("closed") else ""
                missed.append(f"{heading(line.who)}{closed} {percent(line.value)}")
    return kept, missed


def _dumped(outcome: Outcome) -> dict[str, Any]:
    dumped: dict[str, Any] = outcome.scenario.model_dump(mode="json", exclude_unset=True)
    dumped.pop("name", None)
    return dumped


def _short(text: str) -> str:
    return text if len(text) <= LONG_VALUE else f"{text[:LONG_VALUE]} …"
