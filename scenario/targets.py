"""What is promised: targets, and the service-level formulas on counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scenario.errors import InvalidValueError
from scenario.keys import Declared, key

Formula = Literal[
    "answered_of_offered",
    "answered_of_answered",
    "excluding_quick_abandons",
    "abandons_as_success",
    "excluding_short_abandons",
    "deferred",
    "callback",
]
LIVE_FORMULAS: tuple[Formula, ...] = (
    "answered_of_offered",
    "answered_of_answered",
    "excluding_quick_abandons",
    "abandons_as_success",
    "excluding_short_abandons",
)
Period = Literal["interval", "day", "week"]


class Target(Declared):
    """A promise such as "80 % of the chats of a day answered within 60 seconds"."""

    share: float = key("Share of the contacts served in time.", gt=0, le=1, unit="share")
    within_s: float = key(
        "Longest wait (live), time to the reply (deferred) or promised window (callback).",
        ge=0,
        unit="seconds",
    )
    formula: Formula | None = key(
        "Service-level formula; left out: answered_of_offered for live channels, else the"
        " channel's own.",
        None,
    )
    period: Period = key("Period in which the promise is judged.", "day")
    confidence: float | None = key(
        "Share of the periods in which the promise must hold; left out: on average.",
        None,
        gt=0,
        lt=1,
        unit="share",
    )

    def __str__(self) -> str:
        return f"{100 * self.share:g} % within {self.within_s:g} s"


def service_level_parts(
    formula: Formula, counts: Mapping[str, NDArray[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Numerator and denominator of a service level; sum both before dividing.

    Parameters
    ----------
    formula
        Which service level.
    counts
        Arrays of one shape. Live formulas read `answered`, `answered_within`, `abandoned`,
        `abandoned_within`, `abandoned_short`, `blocked` and `waiting_over` (still waiting at
        the end with a wait over the threshold, missed in every offered-based formula).
        `deferred` reads `replied_within` and `due` (deadline before the end of observation);
        `callback` reads `within_window` and `promised`.

    Returns
    -------
    tuple
        Two float arrays of the counts' shape.

    Raises
    ------
    InvalidValueError
        When the formula is unknown.
    """

    def count(name: str) -> NDArray[np.float64]:
        return np.asarray(counts[name], dtype=np.float64)

    match formula:
        case "answered_of_offered":
            offered = count("answered") + count("abandoned") + count("blocked")
            return count("answered_within"), offered + count("waiting_over")
        case "answered_of_answered":
            return count("answered_within"), count("answered")
        case "excluding_quick_abandons":
            kept = count("answered") + count("abandoned") - count("abandoned_within")
            return count("answered_within"), kept + count("waiting_over")
        case "abandons_as_success":
            good = count("answered_within") + count("abandoned_within")
            return good, count("answered") + count("abandoned") + count("waiting_over")
        case "excluding_short_abandons":
            kept = count("answered") + count("abandoned") - count("abandoned_short")
            return count("answered_within"), kept + count("waiting_over")
        case "deferred":
            return count("replied_within"), count("due")
        case "callback":
            return count("within_window"), count("promised")
        case _:
            raise InvalidValueError("formula", "a known service-level formula", formula)


def ratio(numerator: NDArray[Any], denominator: NDArray[Any]) -> NDArray[np.float64]:
    """Quotient, NaN where the denominator is 0: nobody offered means no service level."""
    top = np.asarray(numerator, dtype=np.float64)
    bottom = np.asarray(denominator, dtype=np.float64)
    undefined = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    quotient: NDArray[np.float64] = np.divide(top, bottom, out=undefined, where=bottom != 0)
    return quotient
