"""How names, numbers and times are written on the screen: as in print."""

from report.words import (
    UNKNOWN,
    change,
    duration,
    heading,
    limit,
    moment,
    moment_of_year,
    money,
    name_of,
    number,
    percent,
    points,
    span,
)

__all__ = [
    "UNKNOWN",
    "change",
    "duration",
    "heading",
    "limit",
    "moment",
    "moment_of_year",
    "money",
    "name_of",
    "number",
    "percent",
    "points",
    "span",
]
