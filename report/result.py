"""What one result of a rehearsal is: its words, its number, and what would be good."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """
    One line of the table.

    Parameters
    ----------
    name, text
        What it is, and its value in words.
    value, unit
        The number behind it, and what it counts: "share", "seconds", "contacts", "intervals",
        "hours", "posts", "impressions", "money", or "pence" (money in small amounts).
    good, fine
        What would be good, and whether it is; None where nobody can say.
    measure, who
        Name the paired difference that belongs to it (`simulate.compare.paired`).
    told
        Whether it is worth telling; where not, it is told beside a scenario of which it is.
    """

    name: str
    text: str
    value: float
    unit: str
    good: str
    fine: bool | None
    measure: str = ""
    who: str = ""
    told: bool = True
