"""How it is said when a burst is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from views.words import UNKNOWN, percent

if TYPE_CHECKING:
    from simulate.recovery import Recovery

AGAIN_H = 2.0  # from here on it is told that more came later, as after a night


def over(recovery: Recovery) -> str:
    """When it is over, told without the channel."""
    if not recovery.hours.any():
        return "hardly felt, no backlog builds up."
    if np.isnan(recovery.median_h):
        return (
            "not over within the planned time;"
            f" {percent(1 - recovery.unrecovered, 0)} of the runs recover."
        )
    told = f"over after {hours_told(recovery.median_h)} in half of the runs"
    if not recovery.median_h:
        told = "hardly felt in half of the runs"
    if recovery.median_h - recovery.caught_up_h >= AGAIN_H:
        told = f"caught up for the first time after {hours_told(recovery.caught_up_h)}, {told}"
    if not np.isnan(recovery.sure_h):
        again = "" if recovery.median_h else "over "
        return f"{told}, {again}after {hours_told(recovery.sure_h)} in nine of ten."
    return f"{told}; {percent(recovery.unrecovered, 0)} do not recover in the planned time."


def hours_told(hours: float) -> str:
    """A duration in hours and minutes, e.g. "4 h 30 min"."""
    if np.isnan(hours):
        return UNKNOWN
    whole, minutes = divmod(round(60 * hours), 60)
    parts = [f"{whole} h" if whole or not minutes else "", f"{minutes} min" if minutes else ""]
    return " ".join(filter(None, parts))
