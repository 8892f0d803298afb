"""How names, numbers and times are written for a planner."""

from __future__ import annotations

import math

import pandas as pd

UNKNOWN = "–"
MILLION = 1_000_000


def name_of(name: str) -> str:
    """
    A channel or group as people write it.

    Examples
    --------
    >>> name_of("x"), name_of("on_site"), name_of("Web Chat")
    ('X', 'on site', 'Web Chat')
    """
    text = name.replace("_", " ")
    return text.upper() if len(text) == 1 else text


def heading(name: str) -> str:
    """A name at the beginning of a line, e.g. "Facebook"."""
    text = name_of(name)
    return text[:1].upper() + text[1:]


def percent(share: float, digits: int = 1) -> str:
    """
    A share in per cent; unknown is a dash, never 0.

    Examples
    --------
    >>> percent(0.8414), percent(float("nan"))
    ('84.1 %', '–')
    """
    return UNKNOWN if _unknown(share) else f"{100 * share:.{digits}f} %"


def points(difference: float, digits: int = 1) -> str:
    """A difference of shares in percentage points, with its sign, e.g. "+2.3 pp"."""
    return UNKNOWN if _unknown(difference) else f"{change(100 * difference, digits)} pp"


def duration(seconds: float) -> str:
    """
    A time as people say it: seconds below two minutes, minutes below an hour, then hours.

    Examples
    --------
    >>> duration(8), duration(95), duration(489), duration(11_400)
    ('8 s', '95 s', '8 min 09 s', '3 h 10 min')
    """
    if _unknown(seconds):
        return UNKNOWN
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(whole / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def limit(seconds: float) -> str:
    """
    A promised time as people say it.

    Examples
    --------
    >>> limit(60), limit(900), limit(7200), limit(5400)
    ('60 s', '15 min', '2 h', '90 min')
    """
    if _unknown(seconds):
        return UNKNOWN
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds > 120 and seconds % size == 0 and (unit == "min" or seconds > 3600):
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"


def change(value: float, digits: int = 0) -> str:
    """
    A difference with its sign; none is told without one.

    Examples
    --------
    >>> change(-26.4), change(-0.02, 1)
    ('-26', '±0.0')
    """
    rounded = round(value, digits)
    return f"{rounded:+,.{digits}f}" if rounded else f"±{0:.{digits}f}"


def number(value: float, digits: int = 0) -> str:
    """A number with thousands apart; unknown is a dash."""
    return UNKNOWN if _unknown(value) else f"{value:,.{digits}f}"


def millions(value: float) -> str:
    """
    A large number in millions; unknown is a dash.

    Examples
    --------
    >>> millions(311_934_700.0), millions(4_218_000.0), millions(5120.0)
    ('312 million', '4.2 million', '5,120')
    """
    if _unknown(value) or value < MILLION:
        return number(value)
    size = value / MILLION
    return f"{size:,.{0 if size >= 10 else 1}f} million"


def money(value: float, currency: str, digits: int = 0) -> str:
    """
    An amount with its currency.

    Examples
    --------
    >>> money(12030, "GBP"), money(2.6, "SEK", 2)
    ('£12,030', 'SEK 2.60')
    """
    if _unknown(value):
        return UNKNOWN
    sign = {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency, f"{currency} ")
    return f"{sign}{value:,.{digits}f}"


def moment(time: pd.Timestamp) -> str:
    """A time of the planned week, e.g. "Mon 13 Apr 10:00"."""
    return f"{time:%a %d %b %H:%M}"


def moment_of_year(time: pd.Timestamp) -> str:
    """A time of any year, e.g. "Mon 13 Apr 2026 10:00"."""
    return f"{time:%a %d %b %Y %H:%M}"


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """
    First and last day of a stretch of time whose end is not part of it.

    Examples
    --------
    >>> span(pd.Timestamp("2026-04-13"), pd.Timestamp("2026-04-20"))
    'Mon 13 Apr – Sun 19 Apr 2026'
    """
    last = end - pd.Timedelta(microseconds=1)
    if start.date() == last.date():
        return f"{last:%a %d %b %Y}"
    first = f"{start:%a %d %b}" if start.year == last.year else f"{start:%a %d %b %Y}"
    return f"{first} – {last:%a %d %b %Y}"


def _unknown(value: float) -> bool:
    return value is None or not math.isfinite(value)
