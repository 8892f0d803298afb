"""What the forecast would have told at past origins, beside what came: the errors to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecast.channel import Basis
from forecast.days import FloatArray
from forecast.members import Method, rates_of

LEAD_WEEKS = 4
_ORIGINS = 8  # weekly ones, as far as the history allows
_FIRST_ORIGIN_DAYS = 56
_FEWEST_DAYS = 14


@dataclass(frozen=True)
class Errors:
    """
    Expected and actual contacts at past origins.

    Parameters
    ----------
    expected, actual
        Shape (O, 28, S): origin, days ahead, slot; NaN where there is nothing to compare.
    first_day
        Row of the history at which each origin's future begins, O of them.
    """

    expected: FloatArray
    actual: FloatArray
    first_day: tuple[int, ...]

    def where_told(self) -> Errors:
        """Without the cells in which nothing was expected: there is no rate to spread."""
        told = self.expected > 0
        return Errors(
            np.where(told, self.expected, np.nan),
            np.where(told, self.actual, np.nan),
            self.first_day,
        )

    def sums(self, days: int) -> tuple[FloatArray, FloatArray]:
        """Expected and actual contacts of stretches of so many days, what is known of them."""
        slots = self.expected.shape[2]
        shape = (len(self.first_day), 7 * LEAD_WEEKS // days, days * slots)
        seen = np.isfinite(self.expected)
        expected = np.where(seen, self.expected, 0.0).reshape(shape).sum(axis=2)
        return expected, np.where(seen, self.actual, 0.0).reshape(shape).sum(axis=2)


def errors_at_past_origins(
    basis: Basis, raw: FloatArray, methods: Sequence[Method]
) -> dict[Method, Errors]:
    """
    Forecast again from each of the last weeks, with today's selections.

    Parameters
    ----------
    basis
        What was learned from, bursts pulled in.
    raw
        What really came, shape (D, S); bursts are part of the risk.
    methods
        Whose errors are wanted.
    """
    known = basis.past.known
    # Origins with much less to learn from than today would err more than today's forecast.
    first = max(min(_FIRST_ORIGIN_DAYS, known // 2), _FEWEST_DAYS)
    cuts = [cut for cut in range(known - 7, known - 7 * _ORIGINS - 1, -7) if cut >= first]
    shape = (len(cuts), 7 * LEAD_WEEKS, raw.shape[1])
    actual = np.full(shape, np.nan)
    expected = {method: np.full(shape, np.nan) for method in methods}
    # Days that proved closed were known to be: the calendar tells them in time.
    open_day = ~basis.opening.shut & basis.opening.open_weekday[basis.past.days.weekday]
    fair = np.isfinite(raw) & open_day[:known, None]
    for row, cut in enumerate(cuts):
        upto = min(known, cut + 7 * LEAD_WEEKS)
        earlier = basis.until(cut)
        actual[row, : upto - cut] = np.where(fair, raw, np.nan)[cut:upto]
        for method in methods:
            rates = rates_of(earlier, method)[cut:upto]
            expected[method][row, : upto - cut] = np.where(fair[cut:upto], rates, np.nan)
    return {method: Errors(expected[method], actual, tuple(cuts)) for method in methods}


def errors_of_fit(raw: FloatArray, rates: FloatArray) -> Errors:
    """The last days against what the method makes of them afterwards: for short histories."""
    known = len(raw)
    first = max(0, known - 7 * LEAD_WEEKS)
    fitted = rates[first:known]
    fair = np.isfinite(raw[first:]) & (fitted > 0)
    shape = (1, 7 * LEAD_WEEKS, raw.shape[1])
    expected, actual = np.full(shape, np.nan), np.full(shape, np.nan)
    expected[0, : known - first] = np.where(fair, fitted, np.nan)
    actual[0, : known - first] = np.where(fair, raw[first:], np.nan)
    return Errors(expected, actual, (first,))
