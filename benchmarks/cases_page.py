"""How the tables of docs/cases.md are written between its markers."""

from __future__ import annotations

import re
from typing import Any

HEADS = {
    "centre": (
        "| agents on duty | assumed | staff | hours apart | hours blended | saved"
        " | busy apart | busy blended | busy, change | chats in time apart | blended"
        " | chats, pools' staff blended | callbacks, pools' staff blended |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ),
    "sites": (
        "| sites × seats | opening | staff | hours apart | hours pooled | saved"
        " | busy apart | busy pooled | busy, change | longest wait apart"
        " | pooled, least staff | pooled, same staff |",
        "|---:|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ),
}

ROUTED = ("chat", "callback")  # channels of the centre


def filled(page: str, found: dict[str, Any]) -> str:
    """The page with its tables made of these figures."""
    for name, line in (("centre", _centre), ("sites", _site)):
        table = "\n".join([*HEADS[name], *(line(row) for row in found[name])])
        pattern = re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)
        if not pattern.search(page):
            raise SystemExit(f"The page has no markers for the table {name!r}.")
        page = pattern.sub(lambda match, table=table: f"{match[1]}{table}\n{match[2]}", page)
    return page


def _centre(row: dict[str, Any]) -> str:
    cells = [str(row["agents"]), row["assumed"], row["staffed"]]
    chats = [_share(*row[key]["service_level"]["chat"]) for key in ("apart", "blended")]
    same = [f"{100 * row['same_staff']['service_level'][name][0]:.1f} %" for name in ROUTED]
    return _line([*cells, *_compared(row["apart"], row["blended"]), *chats, *same])


def _site(row: dict[str, Any]) -> str:
    cells = [f"{row['sites']} × {row['seats']}", row["day"], row["staffed"]]
    longest = [f"{row['longest_apart_s']:.0f} s"]
    longest += [_change(*row[key]) for key in ("longest_pooled", "longest_same_staff")]
    return _line([*cells, *_compared(row["apart"], row["pooled"]), *longest])


def _compared(apart: dict[str, Any], together: dict[str, Any]) -> list[str]:
    """Hours, what is saved, how busy the agents are and how much busier."""
    return [
        *(f"{found['hours']:,.0f}{'' if found['kept'] else ' *'}" for found in (apart, together)),
        _signed(1 - together["hours"] / apart["hours"]),
        *(_share(*found["busy"]) for found in (apart, together)),
        _signed(together["busy"][0] / apart["busy"][0] - 1),
    ]


def _share(value: float, low: float, high: float) -> str:
    return f"{100 * value:.1f} ± {50 * (high - low):.1f} %"


def _change(value: float, low: float, high: float) -> str:
    """A ratio as the change that it is."""
    return f"{_signed(value - 1)} ± {50 * (high - low):.0f}"


def _signed(share: float) -> str:
    return f"{100 * share:+.0f} %".replace("-", "−")


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
