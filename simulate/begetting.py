"""How contacts beget others, in the floor's own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulate import journeys

if TYPE_CHECKING:
    from simulate.floor_input import Durations


@dataclass(frozen=True)
class Return:
    """
    How customers of a channel come in again, for one reason.

    Parameters
    ----------
    probability
        That a customer does.
    channel
        Number of the channel on which.
    delay
        Time until then, shape and mean.
    """

    probability: float
    channel: int
    delay: Durations


@dataclass(frozen=True)
class Again:
    """
    How customers who are not answered write again.

    Parameters
    ----------
    probability
        That a customer does, each time.
    channel
        Number of the channel on which.
    every_us
        Time between.
    most
        Times at most.
    """

    probability: float
    channel: int
    every_us: int
    most: int


@dataclass(frozen=True)
class Offspring:
    """
    How posts beget posts.

    Parameters
    ----------
    mean
        Posts that one begets by itself.
    delay
        Time until one of them.
    until_answered
        Whether they come only as long as the first has not been taken in hand.
    """

    mean: float
    delay: Durations
    until_answered: bool


NOBODY_RETURNS: tuple[Return | None, ...] = (None,) * journeys.REASONS
