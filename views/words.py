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
    "unmarked",
]


def unmarked(text: str) -> str:
    """A text given by a person, without the characters that Markdown would act on."""
    return "".join("\\" + sign if sign in r"\`*_{}[]()#+-.!|<>$:~" else sign for sign in text)
