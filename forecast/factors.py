"""What days of the past have in common: their main directions (singular vectors)."""

from __future__ import annotations

import numpy as np

from forecast.days import FloatArray

_ROUNDS = 6


def main_directions(rows: FloatArray, rank: int) -> FloatArray:
    """
    The first right singular vectors of a matrix, by turning a few vectors about again and again.

    Parameters
    ----------
    rows
        Shape (D, S).
    rank
        How many, at least 1.

    Returns
    -------
    ndarray
        Orthonormal rows, at most `rank` of them, shape (R, S).

    Notes
    -----
    Not by the linear algebra library: its threads cost more than a matrix this small is worth.
    Directions that explain nearly as much as the next one may not be told apart; what they span
    together is.
    """
    rank = min(rank, *rows.shape)
    # The same start every time: the mean row, and two that no pattern of a day looks like.
    vectors = np.random.default_rng(0).standard_normal((rank, rows.shape[1]))
    vectors[0] = rows.mean(axis=0)
    for _ in range(_ROUNDS):
        scores = np.einsum("ds,rs->dr", rows, vectors)
        vectors = orthonormal(np.einsum("dr,ds->rs", scores, rows))
    return vectors


def orthonormal(vectors: FloatArray) -> FloatArray:
    """Rows of length one at right angles, spanning the same; rows that add nothing are zero."""
    done = np.zeros_like(vectors)
    for row, vector in enumerate(vectors):
        rest = vector - np.einsum("rs,r->s", done[:row], np.einsum("rs,s->r", done[:row], vector))
        length = float(np.sqrt((rest**2).sum()))
        if length > 1e-9 * max(float(np.sqrt((vector**2).sum())), 1e-300):
            done[row] = rest / length
    return done


def scores_of(rows: FloatArray, directions: FloatArray) -> FloatArray:
    """How much of each direction is in each row, shape (D, R)."""
    return np.asarray(np.einsum("ds,rs->dr", rows, directions))
