"""Where is a chain in continuous time after a while, and where was it meanwhile?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import gammaln

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NEGLIGIBLE = 1e-13  # probability that is left out at either end of the number of steps


@dataclass(frozen=True, eq=False)
class Chain:
    """
    A Markov chain in continuous time, made of steps of a Poisson process of one rate.

    Parameters
    ----------
    size
        Number of states, S.
    rate
        Steps per second: at least the rate at which any state is left.
    step
        Probabilities of a step from row to column, shape (S, S).
    """

    size: int
    rate: float
    step: csr_matrix
    back: csr_matrix

    @classmethod
    def of(cls, size: int, source: IntArray, target: IntArray, rates: FloatArray) -> Chain:
        """
        A chain from its moves.

        Parameters
        ----------
        size
            Number of states.
        source, target, rates
            Every move with its rate per second; moves of rate 0 may be among them.
        """
        leaving = np.bincount(source, rates, size)
        rate = float(leaving.max(initial=0.0)) or 1.0
        states = np.arange(size)
        values = np.concatenate([rates, rate - leaving]) / rate
        rows, columns = np.concatenate([source, states]), np.concatenate([target, states])
        step = csr_matrix((values, (rows, columns)), shape=(size, size))
        return cls(size, rate, step, csr_matrix(step.T))

    def after(self, start: FloatArray, seconds: float) -> tuple[FloatArray, FloatArray]:
        """
        Probabilities of the states later on, and the time spent in each until then.

        Parameters
        ----------
        start
            Probabilities now, shape (S,).
        seconds
            How much later, at least 0.

        References
        ----------
        .. [1] Jensen, A. (1953). Markoff chains as an aid in the study of Markoff processes.
           Scandinavian Actuarial Journal, 1953(sup1), 87-91.
        """
        return self._mixed(self.back, start, seconds)

    def before(self, end: FloatArray, seconds: float) -> FloatArray:
        """Expected value so long before, by state, of a value of the state reached, shape (S,)."""
        return self._mixed(self.step, end, seconds)[0]

    def _mixed(
        self, matrix: csr_matrix, vector: FloatArray, seconds: float
    ) -> tuple[FloatArray, FloatArray]:
        weights, longer = step_weights(self.rate * seconds)
        moved = vector
        mixed, spent = weights[0] * vector, longer[0] * vector
        for weight, rest in zip(weights[1:], longer[1:], strict=True):
            moved = matrix @ moved
            if weight:
                mixed = mixed + weight * moved
            spent = spent + rest * moved
        return mixed, spent / self.rate


@lru_cache(maxsize=4096)
def step_weights(mean: float) -> tuple[FloatArray, FloatArray]:
    """
    Probabilities of 0, 1, 2, ... steps, and of more than so many, of a Poisson number of steps.

    Examples
    --------
    >>> weights, more = step_weights(2.0)
    >>> weights[:3].round(4), more[:2].round(4)
    (array([0.1353, 0.2707, 0.2707]), array([0.8647, 0.594 ]))
    """
    if mean == 0:
        return np.ones(1), np.zeros(1)
    most = int(mean + 9 * math.sqrt(mean) + 30)
    number = np.arange(most + 1)
    weights = np.exp(number * math.log(mean) - mean - gammaln(number + 1))
    weights[weights < NEGLIGIBLE * 1e-3] = 0.0
    weights /= weights.sum()
    more = np.cumsum(weights[::-1])[::-1] - weights
    return weights, np.maximum(more, 0.0)
