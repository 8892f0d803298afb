"""Waits of many replications, added up for whoever asks: most runs of a search nobody asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulate.quantile_influence import influence_of
from simulate.waits import WaitHistogram

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class Times:
    """
    Waits, or times to the response, of R replications.

    Parameters
    ----------
    histograms
        One a replication; let go once they are added up.
    cell_of
        Cell of the results for each cell of the histograms, -1 to leave its times out.
    channels
        Number of channels, C.
    """

    def __init__(
        self, histograms: Sequence[WaitHistogram], cell_of: IntArray, channels: int
    ) -> None:
        self._histograms = histograms
        self._cell_of = cell_of
        self._channels = channels
        self._told: tuple[WaitHistogram, FloatArray] | None = None

    @property
    def together(self) -> WaitHistogram:
        """Over all replications, in the cells of the results."""
        return self._added_up()[0]

    @property
    def influence(self) -> FloatArray:
        """What each replication adds to the error of the quantiles; see `quantile_influence`."""
        return self._added_up()[1]

    def _added_up(self) -> tuple[WaitHistogram, FloatArray]:
        histograms = self._histograms  # taken first: another thread may let them go
        if self._told is None:
            channel_of = np.arange(len(self._cell_of)) % self._channels
            kept = np.where(self._cell_of < 0, -1, channel_of)
            together = WaitHistogram.sum(histograms).merged(self._cell_of)
            self._told = together, influence_of(histograms, kept, self._channels)
            self._histograms = ()
        return self._told

    def __getstate__(self) -> dict[str, Any]:
        self._added_up()
        return vars(self)
