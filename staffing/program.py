"""Linear programs, put together row by row and solved by HiGHS, stopped when asked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenario.errors import PlanningError, RunCancelledError

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
POLL_S = 0.1  # how often a solve in progress is asked whether it may go on


@dataclass(frozen=True)
class Solution:
    """
    Answer of a program.

    Parameters
    ----------
    values
        Value of every variable.
    cost
        Value of the objective.
    bound
        What no answer can cost less than; the cost itself when it is optimal.
    optimal
        Whether HiGHS proved it within the gap that was asked.
    """

    values: FloatArray
    cost: float
    bound: float
    optimal: bool


class Program:
    """Least cost over variables with bounds and rows of inequalities."""

    def __init__(self) -> None:
        self._costs: list[FloatArray] = []
        self._lows: list[FloatArray] = []
        self._highs: list[FloatArray] = []
        self._whole: list[NDArray[np.uint8]] = []
        self._count = 0
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._row_lows: list[FloatArray] = []
        self._row_highs: list[FloatArray] = []
        self._rows = 0

    def variables(
        self,
        shape: int | tuple[int, ...],
        cost: ArrayLike = 0.0,
        *,
        low: ArrayLike = 0.0,
        high: ArrayLike = np.inf,
        whole: bool = False,
    ) -> IntArray:
        """
        New variables; costs and bounds are broadcast to the shape.

        Returns
        -------
        ndarray
            Their numbers, of the shape asked for.
        """
        numbers = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape) + self._count
        for store, values in ((self._costs, cost), (self._lows, low), (self._highs, high)):
            store.append(np.broadcast_to(np.asarray(values, float), numbers.shape).ravel())
        self._whole.append(np.full(numbers.size, whole, dtype=np.uint8))
        self._count += numbers.size
        return numbers

    def rows(
        self,
        *terms: tuple[IntArray, ArrayLike],
        low: ArrayLike = -np.inf,
        high: ArrayLike = np.inf,
    ) -> None:
        """
        New rows: low <= sum of terms <= high.

        Parameters
        ----------
        terms
            (variables, factors): an array of shape (R,) gives one variable a row, (R, K) the
            sum of K; factors are broadcast to it.
        low, high
            Bounds, broadcast to (R,).
        """
        count = len(terms[0][0])
        for variables, factors in terms:
            weights = np.broadcast_to(np.asarray(factors, float), variables.shape)
            row = np.arange(count).reshape(-1, *[1] * (variables.ndim - 1)) + self._rows
            place = np.broadcast_to(row, variables.shape)
            self._entries.append((place.ravel(), variables.ravel(), weights.ravel()))
        for store, values in ((self._row_lows, low), (self._row_highs, high)):
            store.append(np.broadcast_to(np.asarray(values, float), (count,)))
        self._rows += count

    def sparse_rows(
        self,
        count: int,
        *entries: tuple[IntArray, IntArray, ArrayLike],
        low: ArrayLike = -np.inf,
        high: ArrayLike = np.inf,
    ) -> None:
        """
        New rows whose sums differ in length.

        Parameters
        ----------
        count
            Number of rows, R.
        entries
            (rows, variables, factors): a factor for each pair of a row in [0, R) and a variable.
        low, high
            Bounds, broadcast to (R,).
        """
        for rows, variables, factors in entries:
            weights = np.broadcast_to(np.asarray(factors, float), variables.shape)
            self._entries.append((rows + self._rows, variables, weights))
        for store, values in ((self._row_lows, low), (self._row_highs, high)):
            store.append(np.broadcast_to(np.asarray(values, float), (count,)))
        self._rows += count

    def solve(
        self,
        *,
        time_limit_s: float = 20.0,
        gap: float = 0.0,
        cancel: Callable[[], bool] | None = None,
    ) -> Solution:
        """
        Solve it.

        Parameters
        ----------
        time_limit_s
            Time after which the best answer so far is taken.
        gap
            Relative distance from the optimum that is good enough.
        cancel
            Asked ten times a second whether to stop.

        Raises
        ------
        RunCancelledError
            When `cancel` says so; HiGHS is left to end by itself within its time limit.
        PlanningError
            When no answer was found.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_matrix

        rows, columns, factors = (
            np.concatenate([entry[part] for entry in self._entries]) for part in range(3)
        )
        matrix = csr_matrix((factors, (rows, columns)), shape=(self._rows, self._count))
        bounds = LinearConstraint(
            matrix, np.concatenate(self._row_lows), np.concatenate(self._row_highs)
        )

        def run() -> Any:
            return milp(
                np.concatenate(self._costs),
                integrality=np.concatenate(self._whole),
                bounds=Bounds(np.concatenate(self._lows), np.concatenate(self._highs)),
                constraints=bounds,
                options={"time_limit": time_limit_s, "mip_rel_gap": gap},
            )

        answer = _while_not_cancelled(run, cancel)
        if answer.x is None:
            raise PlanningError(f"The solver found no plan: {answer.message}")
        cost, proven = float(answer.fun), getattr(answer, "mip_dual_bound", None)
        bound = cost if proven is None else min(float(proven), cost)
        return Solution(np.asarray(answer.x, float), cost, bound, answer.status == 0)


def _while_not_cancelled(run: Callable[[], Any], cancel: Callable[[], bool] | None) -> Any:
    """The result of `run`; HiGHS releases the interpreter lock, so a thread can watch over it."""
    if cancel is None:
        return run()
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        future = pool.submit(run)
        while True:
            if cancel():
                raise RunCancelledError
            try:
                return future.result(timeout=POLL_S)
            except NotYet:
                continue
    finally:
        pool.shutdown(wait=False)
