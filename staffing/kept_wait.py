"""How long does work wait that has been promised, if the promise is just kept?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from scenario.channels import Channel
from scenario.targets import Target

FloatArray = NDArray[np.float64]

MOST_SURE = 0.99  # a promise to everybody is taken for one to so many
SPARE_AGENTS = 0.5  # whole ones beyond the work, on the average
UNPROMISED_S, UNPROMISED_SHARE = 86_400.0, 0.8  # work without a promise


@dataclass(frozen=True)
class Wait:
    """
    Time until a contact is taken in hand: none, or an exponential one.

    Parameters
    ----------
    closed_s
        Time before the channel opens.
    mean_s
        Mean wait after that of those who wait; positive.
    share
        Who waits after that.
    """

    closed_s: float
    mean_s: float
    share: float = 1.0

    @property
    def whole_s(self) -> float:
        """Mean of all."""
        return self.closed_s + self.share * self.mean_s

    def beyond(self, times_s: FloatArray) -> FloatArray:
        """Share that waits longer than each of these times."""
        after = times_s - self.closed_s
        late = self.share * np.exp(-np.maximum(after, 0.0) / self.mean_s)
        return np.where(after < 0, 1.0, late)


def wait_of(channel: Channel, handle_s: float, closed_s: float) -> Wait:
    """
    The wait with which a deferred channel just keeps its promise, or a callback its window.

    Parameters
    ----------
    channel
        A channel of kind `deferred` or `callback`.
    handle_s
        Its mean handle time: a reply is promised when it is completed.
    closed_s
        Time before the channel opens; 0 when it is open.
    """
    if channel.callback is not None:
        return Wait(closed_s + channel.callback.not_before_s, channel.callback.window_s / 2)
    target: Target | None = channel.target
    if closed_s > 0:
        target = channel.target_closed or target
    within_s, share = UNPROMISED_S, UNPROMISED_SHARE
    if target is not None:
        within_s, share = target.within_s, min(target.share, MOST_SURE)
    start_within_s = max(within_s - handle_s, 0.1 * within_s, 1e-3)
    # A promise to nobody leaves a wait without end; a long one stands for it.
    return Wait(closed_s, start_within_s / max(-math.log1p(-share), 1e-3))


def queue_wait(load: float, handle_s: float) -> Wait:
    """
    The wait that whole agents leave, however long a promise is.

    Parameters
    ----------
    load
        Erlangs, at least 0.
    handle_s
        Mean handle time, positive.

    Notes
    -----
    Rounded up, agents are half an agent more than the work takes, on the average. So a queue
    that is there empties in a handle time over a half, and there is one as often as the agents
    are busy (M/M/1 with the floor as its server).
    """
    return Wait(0.0, handle_s / SPARE_AGENTS, load / (load + SPARE_AGENTS))


@dataclass(frozen=True)
class Waits:
    """
    How long the work of a channel waits; of a live one, next to nothing.

    Parameters
    ----------
    channel
        The channel.
    handle_s, interval_s
        Its mean handle time; length of an interval.
    queue
        A wait shorter than the promised one, for what arrives open; None where there is none.
    """

    channel: Channel
    handle_s: float
    interval_s: float
    queue: Wait | None = None

    def __call__(self, closed: int) -> Wait:
        """The wait of a contact that comes so many intervals before the opening; 0 when open."""
        if self.channel.kind == "live":
            return Wait(0.0, 1.0, 0.0)
        if not closed and self.queue is not None:
            return self.queue
        # Whoever comes closed does so in the middle of an interval, on the average.
        return wait_of(self.channel, self.handle_s, max(closed - 0.5, 0.0) * self.interval_s)

    def done_s(self, closed: int) -> float:
        """Mean time to the end of the contact."""
        return self(closed).whole_s + self.handle_s

    def or_shorter(self, queue: Wait) -> Waits:
        """The same with a shorter wait, where that is one."""
        if self.channel.kind == "deferred" and queue.whole_s < self(0).whole_s:
            return replace(self, queue=queue)
        return self
