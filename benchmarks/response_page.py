"""How the tables of docs/social.md are written between its markers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

HEADS = {
    "base": (
        "| four in five within | answered | agent hours a week | against the first row"
        " | in time, fresh days | half within | posts in all | repeats | written again | by others"
        " | followers × minutes | cost per customer |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ),
    "sweep": (
        "| assumed | at once, within 15 min: hours | posts in all | late, within 1 h: hours"
        " | posts in all | late, 4 h: hours | posts in all | late, 24 h: hours | posts in all |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ),
    "order": (
        "| first comes | loud: mean wait | quiet: mean wait | loud: within the hour"
        " | quiet: within the hour | followers × minutes | posts in all |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ),
    "law": (
        "| agents on the average | posts in all | against the row before | within the hour"
        " | posts in all, not stopped by answers | against the row before | within the hour |",
        "|---:|---:|---:|---:|---:|---:|---:|",
    ),
}
ENDLESS = "without end"
MISSED = 0.79  # on fresh days, where 0.80 was asked


def filled(page: str, found: dict[str, Any]) -> str:
    """The page with its tables made of these figures."""
    lines: dict[str, Callable[[dict[str, Any]], str]] = {
        "base": _base, "sweep": _sweep, "order": _order, "law": _law,
    }  # fmt: skip
    for name, line in lines.items():
        table = "\n".join([*HEADS[name], *(line(row) for row in found[name])])
        pattern = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        if not pattern.search(page):
            raise SystemExit(f"The page has no markers for the table {name!r}.")
        page = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", page)
    return page


def _base(row: dict[str, Any]) -> str:
    return _line(
        [
            time_of(row["within_s"]),
            ("late" if row["late"] else "at once") + (", the same all day" * row["steady"]),
            _number(row["hours"]),
            _change(row["hours_change"]),
            f"{100 * row['service_level']:.0f} %",
            time_of(row["response_p50_s"]),
            *(_hundred(row[name]) for name in ("offered", "repeats", "reposts", "spread")),
            _number([value / 1000 for value in row["impressions"]], "k", 1),
            f"{row['cost_per_resolved']:.2f}",
        ]
    )


def _sweep(row: dict[str, Any]) -> str:
    cells = [row["assumed"], _number(row["soonest"]["hours"]), _hundred(row["soonest"]["offered"])]
    for late in row["late"]:
        cells += [ENDLESS, ""] if late is None else _beside(late)
    return _line(cells)


def _beside(late: dict[str, Any]) -> list[str]:
    change, half = late["hours_change"]
    told = _change(late["hours_change"])
    # What chance cannot explain stands out.
    told = f"**{told}**" if abs(change) > half else told
    return [told + " \\*" * (late["service_level"] < MISSED), _hundred(late["offered"])]


def _order(row: dict[str, Any]) -> str:
    who = ("loud", "quiet")
    return _line(
        [
            row["order"],
            *(_number([value / 60 for value in row["wait_s"][name]], " min", 1) for name in who),
            *(_share(row["service_level"][name]) for name in who),
            _number([value / 1000 for value in row["impressions"]], "k", 1),
            f"{_hundred(row['offered'])} ({_difference(row['offered_change'])})",
        ]
    )


def _law(row: dict[str, Any]) -> str:
    cells = [f"{row['agents']:g}"]
    for name in ("stopped", "not_stopped"):
        change = row[f"{name}_change"]
        cells += [_hundred(row[name]), "" if change is None else _difference(change)]
        cells.append(_share(row[f"{name}_level"]))
    return _line(cells)


def time_of(seconds: float) -> str:
    """A time as planners say it."""
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.3g} h"


def _number(pair: list[float], unit: str = "", digits: int = 0) -> str:
    return f"{pair[0]:,.{digits}f} ± {pair[1]:,.{digits}f}{unit}"


def _hundred(pair: list[float]) -> str:
    """Of a hundred posts that come by themselves."""
    return _number([100 * value for value in pair])


def _difference(pair: list[float]) -> str:
    return f"{100 * pair[0]:+.1f} ± {100 * pair[1]:.1f}".replace("-", "−")


def _share(pair: list[float]) -> str:
    return f"{100 * pair[0]:.1f} ± {100 * pair[1]:.1f} %"


def _change(pair: list[float]) -> str:
    return f"{100 * pair[0]:+.0f} ± {100 * pair[1]:.0f} %".replace("-", "−")


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
