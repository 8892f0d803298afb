"""What the contacts were: handle times, and who was answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from centres import Centre, Channel
from numpy.typing import NDArray
from weather import generator, offered_counts, ordinary_rate, realised_rate, weeks_to_plan

CHAT_ABANDONS = 0.03  # of an ordinary interval's chats; grows with the square of the pressure
MOST_CHAT_ABANDONS = 0.3
REACHED_IN_THREE_TRIES = 1 - 0.3**3


@dataclass(frozen=True)
class Contacts:
    """
    Every contact of one channel, in order of its quarter-hour.

    `quarter` is the index of the quarter-hour in which it came, `solo_s` its handle time in
    whole seconds, `answered` whether it was ever served; arrays of one length.
    """

    channel: Channel
    starts: pd.DatetimeIndex
    quarter: NDArray[np.int64]
    solo_s: NDArray[np.int64]
    answered: NDArray[np.bool_]

    def history(self) -> pd.DataFrame:
        """
        The channel's history, a row for every quarter-hour, in order of time.

        Columns `interval_start` (local, with its offset), `channel`, `offered`, `answered`,
        `abandoned` and `handle_time_s`, the interval's total.
        """
        width = len(self.starts)

        def total(weights: NDArray[np.int64]) -> NDArray[np.int64]:
            # Whole numbers far below 2**53: the floats of bincount are exact.
            return np.bincount(self.quarter, weights, width).astype(np.int64)

        answered = self.answered.astype(np.int64)
        lost = 1 - answered if self.channel.name == "chat" else np.zeros_like(answered)
        return pd.DataFrame(
            {
                "interval_start": [stamp.isoformat() for stamp in self.starts],
                "channel": self.channel.name,
                "offered": total(np.ones_like(answered)),
                "answered": total(answered),
                "abandoned": total(lost),
                "handle_time_s": total(self.solo_s * answered),
            }
        )


def draw_contacts(centre: Centre, channel: Channel, starts: pd.DatetimeIndex) -> Contacts:
    """The contacts of one channel over the days."""
    rate = realised_rate(centre, channel, starts)
    counts = offered_counts(centre, channel, starts, rate)
    quarter = np.arange(len(starts)).repeat(counts)
    weeks = np.array([weeks_to_plan(stamp.date()) for stamp in starts])
    mean_s = (channel.handle_s * (1 + channel.handle_trend) ** weeks)[quarter]
    sigma = np.sqrt(np.log1p(channel.handle_cv**2))
    noise = generator(centre, channel.name, "handle time").standard_normal(len(quarter))
    solo = np.maximum(1, np.rint(mean_s * np.exp(sigma * noise - sigma**2 / 2))).astype(np.int64)
    luck = generator(centre, channel.name, "abandonment").random(len(quarter))
    served = luck >= _lost_share(channel, starts, rate)[quarter]
    return Contacts(channel, starts, quarter, solo, served)


def _lost_share(
    channel: Channel, starts: pd.DatetimeIndex, rate: NDArray[np.float64]
) -> NDArray[np.float64]:
    if channel.name == "callback":
        return np.full(len(rate), 1 - REACHED_IN_THREE_TRIES)
    if channel.social:  # every post has its reply in the end
        return np.zeros(len(rate))
    ordinary = ordinary_rate(channel, starts)
    pressure = np.divide(rate, ordinary, out=np.ones_like(rate), where=ordinary > 0)
    return np.minimum(MOST_CHAT_ABANDONS, CHAT_ABANDONS * pressure**2)
