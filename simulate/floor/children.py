"""What contacts beget: callbacks, and customers who come back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulate import rules
from simulate.arrivals import delay_of
from simulate.draws import RETURN, child_key, uniform
from simulate.floor.contact import Contact

if TYPE_CHECKING:
    from simulate.floor.world import Floor


@dataclass(frozen=True, slots=True)
class Child:
    """
    A contact that is still to come, begotten by another.

    Attributes
    ----------
    parent
        The contact that begot it.
    cause
        Why; a code of `simulate.log.Cause`.
    key
        What its random numbers will be drawn by.
    channel
        Where it will come in.
    """

    parent: Contact
    cause: int
    key: int
    channel: int


def beget(floor: Floor, parent: Contact, cause: int, channel: int, instant: int) -> None:
    """A contact begets another, which comes in at an instant, now or later."""
    child = Child(parent, cause, child_key(parent.key, cause, 0), channel)
    place = floor.customers.place_of_next_child()
    floor.clock.at(instant, rules.ARRIVAL, place, floor.bear, child)


def come_back(floor: Floor, contact: Contact, reason: int) -> None:
    """A customer who was not served, or whose matter is not settled, may come back."""
    way = floor.channels[contact.channel].given.returns[reason]
    if way is None:
        return
    if not rules.happens(uniform(floor.root, RETURN, contact.key), way.probability):
        return
    cause = rules.cause_of_return(reason)
    delay = delay_of(
        floor.root,
        child_key(contact.key, cause, 0),
        way.delay.mean_us,
        way.delay.shape,
        way.delay.cv,
        floor.given.grain_us,
    )
    contact.comes_back_us = floor.now + delay
    if rules.is_begotten(contact.comes_back_us, floor.horizon_us):
        beget(floor, contact, cause, way.channel, contact.comes_back_us)
