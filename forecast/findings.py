"""What was found while reading one file: its faults, and what was put right and told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.errors import Fault, InvalidInputError

FIRST_ROW = 2  # the header is row 1, as a spreadsheet counts
MOST_ROWS_OF_ONE_RULE = 1000


@dataclass
class Findings:
    """
    Faults, repairs and suspicions of one file, gathered while it is read.

    Parameters
    ----------
    file
        File name that faults begin with.
    names
        Our field to the file's own column, where they differ; faults name the file's.
    """

    file: str
    names: dict[str, str] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)
    suspicions: list[str] = field(default_factory=list)
    _faults: list[tuple[int, Fault]] = field(default_factory=list)

    def fault(self, where: str, name: str, value: str, rule: str) -> None:
        """Add a fault of the file as a whole."""
        self._faults.append((0, Fault(self.file, where, self.names.get(name, name), value, rule)))

    def fault_rows(
        self, broken: NDArray[np.bool_], name: str, values: pd.Series, rule: str
    ) -> None:
        """
        Add a fault for every row where `broken` is true.

        Parameters
        ----------
        broken
            One flag a row of `values`.
        name
            Our field.
        values
            The cells as they stand in the file; the index holds positions in the file.
        rule
            What they must be.
        """
        broken = np.asarray(broken, dtype=bool)
        if not broken.any():
            return
        bad = values[broken]
        column = self.names.get(name, name)
        for position, value in bad.iloc[:MOST_ROWS_OF_ONE_RULE].items():
            row = int(str(position)) + FIRST_ROW
            self._faults.append((row, Fault(self.file, f"row {row}", column, str(value), rule)))
        if len(bad) > MOST_ROWS_OF_ONE_RULE:
            rest = len(bad) - MOST_ROWS_OF_ONE_RULE
            clause = f"{rest:,} further rows break the same rule: must be {rule}"
            self._faults.append(
                (len(values) + FIRST_ROW, Fault(self.file, "", column, "", clause, whole=True))
            )

    def __len__(self) -> int:
        return len(self._faults)

    def told(self, sentence: str) -> None:
        """Add a sentence about something that was put right."""
        self.repairs.append(sentence)

    def suspect(self, sentence: str) -> None:
        """Add a sentence about something that looks odd and was left as it is."""
        self.suspicions.append(sentence)

    def raise_faults(self) -> None:
        """
        Stop when there are faults.

        Raises
        ------
        InvalidInputError
            With every fault, in the order of the file.
        """
        if self._faults:
            ordered = sorted(self._faults, key=lambda entry: entry[0])
            raise InvalidInputError(fault for _, fault in ordered)


def nearest(name: str, known: list[str]) -> str | None:
    """The known name that looks most like this one, or None when none does."""
    from difflib import get_close_matches

    by_key = {_key(other): other for other in known}
    found = get_close_matches(_key(name), list(by_key), n=1, cutoff=0.6)
    return by_key[found[0]] if found else None


def _key(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def plural(count: int, noun: str) -> str:
    """A number with its noun: "1 row", "2,500 rows"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
