"""Every version of a planner's shifts, so that each edit can be undone and done again."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from staffing.edit_rows import COLUMNS

MOST_VERSIONS = 200  # the oldest edits are forgotten, the plan as found never


@dataclass
class EditHistory:
    """
    Versions of a table of shifts.

    Parameters
    ----------
    plan
        Key of the plan that they began with.
    versions
        Tables as from `staffing.edit_rows.edit_table`; the first is the plan as found.
    place
        The version that holds.
    epoch
        Grows whenever the table is changed by anything but the editor itself, which then must
        begin anew.
    """

    plan: str
    versions: list[pd.DataFrame]
    place: int = 0
    epoch: int = field(default=0)

    @classmethod
    def of(cls, plan: str, as_found: pd.DataFrame) -> EditHistory:
        """The history of a plan that nobody has edited."""
        return cls(plan, [in_order(as_found)])

    @property
    def current(self) -> pd.DataFrame:
        """The table that holds."""
        return self.versions[self.place]

    @property
    def is_as_found(self) -> bool:
        """Whether the table is that of the plan."""
        return same(self.current, self.versions[0])

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier version."""
        return self.place > 0

    @property
    def can_redo(self) -> bool:
        """Whether an edit was undone and nothing was edited since."""
        return self.place + 1 < len(self.versions)

    def put(self, table: pd.DataFrame) -> bool:
        """Take what the editor shows; whether that is another version."""
        if same(table, self.current):
            return False
        self.versions[self.place + 1 :] = [in_order(table)]
        if len(self.versions) > MOST_VERSIONS:
            del self.versions[1]
        self.place = len(self.versions) - 1
        return True

    def undo(self) -> None:
        """Go back to the version before."""
        self.place -= self.can_undo
        self.epoch += 1

    def redo(self) -> None:
        """Go on to the version that was undone."""
        self.place += self.can_redo
        self.epoch += 1

    def back(self) -> None:
        """The plan as found, as an edit that can be undone too."""
        self.put(self.versions[0])
        self.epoch += 1

    def restart(self) -> None:
        """Let the editor begin anew from the version that holds."""
        self.epoch += 1


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by day, start, group and end, those without a day behind; empty rows left out."""
    rows = [row for _, row in _sorted(table)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two tables say the same, whatever the order of their rows."""
    return [texts for texts, _ in _sorted(one)] == [texts for texts, _ in _sorted(other)]


def as_text(table: pd.DataFrame) -> str:
    """A table as CSV, from which `from_text` makes it again."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(texts for texts, _ in _sorted(table))
    return written.getvalue()


def _sorted(table: pd.DataFrame) -> list[tuple[tuple[str, ...], tuple[Any, ...]]]:
    """Rows in order as texts and as they are: plain lists, since each edit asks several times."""
    columns = [table[name].tolist() for name in COLUMNS]
    rows = [(tuple(map(_text, row)), row) for row in zip(*columns, strict=True)]
    told = [one for one in rows if any(one[0])]
    return sorted(told, key=lambda one: _order(one[0]))


def from_text(text: str) -> pd.DataFrame:
    """The table that `as_text` wrote; days, times and numbers as far as they are such."""
    table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    table["day"] = [_read(value, lambda text: pd.Timestamp(text).date()) for value in table["day"]]
    for name in ("start", "end"):
        table[name] = [
            _read(value, lambda text: pd.Timestamp(f"2000-01-01 {text}").time())
            for value in table[name]
        ]
    table["agents"] = [_read(value, int) for value in table["agents"]]
    return table.astype(object)


def _read(text: str, reader: Any) -> Any:
    try:
        return reader(text) if text else None
    except ValueError:
        return text


def _order(texts: tuple[str, ...]) -> tuple[str, ...]:
    named = dict(zip(COLUMNS, texts, strict=True))
    return tuple(named[name] or "~" for name in ("day", "start", "group", "end", "breaks")) + texts


def _text(value: Any) -> str:
    if (
        value is None
        or value is pd.NaT
        or value is pd.NA
        or (isinstance(value, float) and pd.isna(value))
    ):
        return ""
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
