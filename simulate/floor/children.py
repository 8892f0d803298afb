"""What contacts beget: callbacks, customers who come back, and posts by others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulate import journeys, rules
from simulate.arrivals import delay_of
from simulate.draws import (
    CLOSING,
    HAND_OVER,
    OFFSPRING,
    POST_AGAIN,
    REPOST,
    RETURN,
    SPREAD,
    child_key,
    hashed,
    uniform,
)
from simulate.floor.contact import Contact
from simulate.quantiles import poisson_quantile

if TYPE_CHECKING:
    from simulate.begetting import Again
    from simulate.floor.world import Floor
    from simulate.floor_input import Durations


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


def beget(
    floor: Floor, parent: Contact, cause: int, channel: int, instant: int, ordinal: int = 0
) -> None:
    """A contact begets another, which comes in at an instant, now or later."""
    child = Child(parent, cause, child_key(parent.key, cause, ordinal), channel)
    place = floor.customers.place_of_next_child()
    floor.clock.at(instant, rules.ARRIVAL, place, floor.bear, child)


def come_back(floor: Floor, contact: Contact, reason: int) -> None:
    """A customer who was not served, or whose matter is not settled, may come back."""
    contact.comes_back_us = _comes_in_again(floor, contact, reason, RETURN)


def follow_up(floor: Floor, contact: Contact) -> None:
    """What comes of a matter once a contact is done: it moves, comes back, or is closed."""
    if not journeys.is_of_a_customer(contact.cause):
        return
    if journeys.may_be_handed_over(contact.cause):
        contact.moves_us = _comes_in_again(floor, contact, journeys.HANDED_OVER, HAND_OVER)
    if contact.moves_us < 0:
        come_back(floor, contact, journeys.UNSETTLED)
        if contact.comes_back_us < 0 and contact.owes >= 0:
            _close_in_public(floor, contact)


def _close_in_public(floor: Floor, contact: Contact) -> None:
    """The matter is settled: a reply is due where others saw it begin."""
    if journeys.is_begotten(floor.now, floor.horizon_us):
        beget(floor, contact, CLOSING, contact.owes, floor.now)


def _comes_in_again(floor: Floor, contact: Contact, reason: int, stream: int) -> int:
    """When the customer comes in again for a reason, -1 for never."""
    way = floor.channels[contact.channel].given.returns[reason]
    if way is None:
        return -1
    if not journeys.happens(uniform(floor.root, stream, contact.key), way.probability):
        return -1
    cause = journeys.cause_of_return(reason)
    instant = floor.now + _delay(floor, contact, cause, 0, way.delay)
    if journeys.is_begotten(instant, floor.horizon_us):
        beget(floor, contact, cause, way.channel, instant)
    return instant


def have_offspring(floor: Floor, post: Contact) -> None:
    """Others who see a post will write posts of their own."""
    spread = floor.channels[post.channel].given.offspring
    if spread is None or not journeys.is_of_a_customer(post.cause):
        return
    number = post.offspring
    if number < 0:
        number = poisson_quantile(uniform(floor.root, OFFSPRING, post.key), spread.mean)
    for ordinal in range(number):
        instant = floor.now + _delay(floor, post, SPREAD, ordinal, spread.delay)
        if journeys.is_begotten(instant, floor.horizon_us):
            beget(floor, post, SPREAD, post.channel, instant, ordinal)


def write_again_later(floor: Floor, post: Contact) -> None:
    """Put down the next instant at which the customer of a post writes again."""
    again = floor.channels[post.channel].given.again
    if again is None or not journeys.may_write_again(post.cause):
        return
    instant = journeys.writes_again_at(floor.now, post.offered_us, again.every_us, again.most)
    if journeys.is_begotten(instant, floor.horizon_us):
        place = rules.WRITES_AGAIN * rules.SUBRANK + post.id
        floor.clock.at(instant, rules.WAITING_TIMER, place, write_again, floor, post, again)


def write_again(floor: Floor, post: Contact, again: Again) -> None:
    """A customer who has not been answered may write again."""
    if post.start_us >= 0:
        return
    times = (floor.now - post.offered_us) // again.every_us
    number = uniform(floor.root, POST_AGAIN, hashed(post.key, times))
    if journeys.happens(number, again.probability):
        beget(floor, post, REPOST, again.channel, floor.now, times)
    write_again_later(floor, post)


def _delay(floor: Floor, parent: Contact, cause: int, ordinal: int, delay: Durations) -> int:
    key = child_key(parent.key, cause, ordinal)
    grain = floor.given.grain_us
    return int(delay_of(floor.root, key, delay.mean_us, delay.shape, delay.cv, grain))
