"""What contacts beget: callbacks, customers who come back, and posts by others."""

from __future__ import annotations

from simulate import draws, journeys, rules
from simulate.compiled import compiled_in_place
from simulate.draws import child_key, hashed, relative_duration
from simulate.kernel import counts
from simulate.kernel.customers import (
    attempt_of,
    closing_work,
    drawn_contact,
    first_offer,
    is_told,
    new_contact,
    number_of,
)
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    ATTEMPT,
    CAUSE,
    CHANNEL,
    CHILD_ATTEMPT,
    CHILD_CAUSE,
    CHILD_CELL,
    CHILD_CHANNEL,
    CHILD_FIRST_OFFERED,
    CHILD_KEY,
    CHILD_OWES,
    CHILD_PARENT,
    CHILD_PARENT_ROW,
    CHILD_TOLD_ROW,
    CLOSING_SHAPE,
    COMES_BACK,
    COMES_BACK_SHARE,
    COMES_BACK_TO,
    DELAY_MEAN,
    DELAY_SHAPE,
    DELAY_SPREAD,
    FIRST_OFFERED,
    FREE_UNBORN,
    GRAIN,
    HORIZON,
    ID,
    INTERVAL_LENGTH,
    IS_DEFLECTED,
    JOURNEYS,
    KEY,
    MOVES,
    NEXT_CHILD,
    NEXT_PLACE,
    NO_OFFSPRING,
    NOBODY,
    NOW,
    OFFERED,
    OFFERED_IN,
    OFFSPRING_MEAN,
    OWES,
    PARENT,
    SPREAD_MEAN,
    SPREAD_SHAPE,
    SPREAD_SPREAD,
    START,
    STREAMS,
    TOLD,
    TOLD_OFFSPRING,
    TOLD_ROW,
    UNBORN,
    UNBORN_USED,
    UNTIL_ANSWERED,
    WRITE_AGAIN_AFTER,
    WRITE_AGAIN_MOST,
    WRITE_AGAIN_TO,
    WRITES_AGAIN,
)
from simulate.kernel.tally import cell_of
from simulate.kernel.timers import drop_first_timer, set_timer
from simulate.quantiles import poisson_quantile


@compiled_in_place
def beget(floor: Floor, parent: int, cause: int, channel: int, instant: int, key: int) -> None:
    """A contact begets another, which comes in at an instant, now or later."""
    state = floor.state
    whose = floor.contacts[parent]
    child = _free_row(floor)
    row = floor.unborn[child]
    row[CHILD_KEY] = key
    row[CHILD_CHANNEL] = channel
    row[CHILD_CAUSE] = cause
    row[CHILD_PARENT] = whose[ID]
    row[CHILD_ATTEMPT] = attempt_of(floor, parent) + 1
    row[CHILD_FIRST_OFFERED] = first_offer(floor, parent)
    row[CHILD_TOLD_ROW] = whose[TOLD_ROW] if state[TOLD] and cause == draws.CALLBACK else NOBODY
    row[CHILD_PARENT_ROW] = parent
    row[CHILD_CELL] = cell_of(floor, whose[OFFERED_IN], whose[CHANNEL])
    if state[JOURNEYS]:
        row[CHILD_OWES] = _owed(floor, parent, cause, channel)
    set_timer(floor, instant, rules.ARRIVAL, state[NEXT_PLACE], child)
    state[NEXT_PLACE] += 1


@compiled_in_place
def be_born(floor: Floor) -> int:
    """The child whose time has come; its row among the contacts, NOBODY if it does not come."""
    state = floor.state
    child = floor.timers[0, 2]
    drop_first_timer(floor)
    row = floor.unborn[child]
    key, now = row[CHILD_KEY], state[NOW]
    row[CHILD_KEY] = state[FREE_UNBORN]
    state[FREE_UNBORN] = child
    state[UNBORN] -= 1
    channel, interval = row[CHILD_CHANNEL], now // state[INTERVAL_LENGTH]
    cause = row[CHILD_CAUSE]
    if cause == draws.SPREAD and journeys.is_headed_off(
        floor.channels[channel, UNTIL_ANSWERED] == 1, _has_been_started(floor, child)
    ):
        floor.tallies[cell_of(floor, interval, channel), counts.HEADED_OFF] += 1
        return NOBODY
    if cause == draws.CLOSING:
        work = closing_work(floor, key, channel)
        contact = new_contact(floor, state[NEXT_CHILD], key, channel, interval, now, work)
    else:
        contact = drawn_contact(floor, state[NEXT_CHILD], key, channel, interval, now)
    state[NEXT_CHILD] += 1
    mine = floor.contacts[contact]
    mine[CAUSE] = cause
    mine[PARENT] = row[CHILD_PARENT]
    mine[ATTEMPT] = row[CHILD_ATTEMPT]
    keeps_waiting = journeys.keeps_waiting(cause)
    mine[FIRST_OFFERED] = row[CHILD_FIRST_OFFERED] if keeps_waiting else now
    if state[TOLD]:
        mine[TOLD_ROW] = row[CHILD_TOLD_ROW]
    if state[JOURNEYS]:
        mine[OWES] = row[CHILD_OWES]
    if journeys.is_caused(cause):
        floor.tallies[row[CHILD_CELL], counts.CAUSED] += 1
    return contact


@compiled_in_place
def _has_been_started(floor: Floor, child: int) -> bool:
    """Whether the parent of a child has been taken in hand, and perhaps gone since."""
    row = floor.unborn[child]
    parent = floor.contacts[row[CHILD_PARENT_ROW]]
    return parent[ID] != row[CHILD_PARENT] or parent[START] >= 0


@compiled_in_place
def come_back(floor: Floor, contact: int, reason: int) -> None:
    """A customer who was not served, or whose matter is not settled, may come back."""
    floor.contacts[contact, COMES_BACK] = _comes_in_again(floor, contact, reason, draws.RETURN)


@compiled_in_place
def follow_up(floor: Floor, contact: int) -> None:
    """What comes of a matter once a contact is done: it moves, comes back, or is closed."""
    state, row = floor.state, floor.contacts[contact]
    if not journeys.is_of_a_customer(row[CAUSE]):
        return
    if journeys.may_be_handed_over(row[CAUSE]):
        row[MOVES] = _comes_in_again(floor, contact, journeys.HANDED_OVER, draws.HAND_OVER)
        if row[MOVES] >= 0:
            return
    come_back(floor, contact, journeys.UNSETTLED)
    if (
        row[COMES_BACK] < 0
        and row[OWES] != NOBODY
        and journeys.is_begotten(state[NOW], state[HORIZON])
    ):
        key = child_key(row[KEY], draws.CLOSING, 0)
        beget(floor, contact, draws.CLOSING, row[OWES], state[NOW], key)


@compiled_in_place
def _comes_in_again(floor: Floor, contact: int, reason: int, stream: int) -> int:
    """When the customer comes in again for a reason, -1 for never."""
    state, row = floor.state, floor.contacts[contact]
    chances = floor.way_chances[row[CHANNEL], reason]
    share = chances[COMES_BACK_SHARE]
    if share == 0.0 or not journeys.happens(number_of(floor, stream, row[KEY]), share):
        return -1
    way = floor.ways[row[CHANNEL], reason]
    cause = journeys.cause_of_return(reason)
    key = child_key(row[KEY], cause, 0)
    delay = _delay(floor, key, way[DELAY_SHAPE], chances[DELAY_MEAN], chances[DELAY_SPREAD])
    instant = state[NOW] + delay
    if journeys.is_begotten(instant, state[HORIZON]):
        beget(floor, contact, cause, way[COMES_BACK_TO], instant, key)
    return instant


@compiled_in_place
def _owed(floor: Floor, parent: int, cause: int, channel: int) -> int:
    """Channel on which a closing reply is due for a child, NOBODY for none."""
    whose = floor.contacts[parent]
    public = whose[CHANNEL]
    if floor.channels[public, CLOSING_SHAPE] < 0:
        public = NOBODY
    return journeys.owes_closing(cause, channel, public, whose[OWES])


@compiled_in_place
def have_offspring(floor: Floor, post: int) -> None:
    """Others who see a post will write posts of their own."""
    state, row = floor.state, floor.contacts[post]
    number = row[CHANNEL]
    if floor.channels[number, UNTIL_ANSWERED] < 0 or not journeys.is_of_a_customer(row[CAUSE]):
        return
    chances = floor.chances[number]
    many = -1
    if is_told(floor, post):
        many = floor.told[row[TOLD_ROW], TOLD_OFFSPRING]
    if many < 0:
        share = number_of(floor, draws.OFFSPRING, row[KEY])
        if share <= chances[NO_OFFSPRING]:
            return
        many = poisson_quantile(share, chances[OFFSPRING_MEAN])
    shape = floor.channels[number, SPREAD_SHAPE]
    for ordinal in range(many):
        key = child_key(row[KEY], draws.SPREAD, ordinal)
        instant = state[NOW] + _delay(
            floor, key, shape, chances[SPREAD_MEAN], chances[SPREAD_SPREAD]
        )
        if journeys.is_begotten(instant, state[HORIZON]):
            beget(floor, post, draws.SPREAD, number, instant, key)


@compiled_in_place
def write_again_later(floor: Floor, post: int) -> None:
    """Put down the next instant at which the customer of a post writes again."""
    state, row = floor.state, floor.contacts[post]
    every = floor.channels[row[CHANNEL], WRITE_AGAIN_AFTER]
    if every < 0 or not journeys.may_write_again(row[CAUSE]):
        return
    instant = journeys.writes_again_at(
        state[NOW], row[OFFERED], every, floor.channels[row[CHANNEL], WRITE_AGAIN_MOST]
    )
    if journeys.is_begotten(instant, state[HORIZON]):
        place = rules.WRITES_AGAIN * rules.SUBRANK + row[ID]
        set_timer(floor, instant, rules.WAITING_TIMER, place, post)


@compiled_in_place
def write_again(floor: Floor, post: int) -> None:
    """A customer who has not been answered may write again."""
    state, row = floor.state, floor.contacts[post]
    if row[START] >= 0:
        return
    channel = floor.channels[row[CHANNEL]]
    times = (state[NOW] - row[OFFERED]) // channel[WRITE_AGAIN_AFTER]
    number = number_of(floor, draws.POST_AGAIN, hashed(row[KEY], times))
    if journeys.happens(number, floor.chances[row[CHANNEL], WRITES_AGAIN]):
        key = child_key(row[KEY], draws.REPOST, times)
        beget(floor, post, draws.REPOST, channel[WRITE_AGAIN_TO], state[NOW], key)
    write_again_later(floor, post)


@compiled_in_place
def _delay(floor: Floor, key: int, shape: int, mean: float, spread: float) -> int:
    """Time until a contact comes in; the key is its own."""
    stream = floor.state[STREAMS + draws.DELAY]
    relative = relative_duration(stream, key, shape, spread, floor.values, floor.values)
    return rules.rounded(relative * mean, floor.state[GRAIN])


@compiled_in_place
def is_deflected(floor: Floor, contact: int) -> bool:
    """Whether self-service or another customer answers before an agent sees the contact."""
    row = floor.contacts[contact]
    share = floor.chances[row[CHANNEL], IS_DEFLECTED]
    return (
        share > 0.0
        and journeys.may_be_deflected(row[CAUSE])
        and journeys.happens(number_of(floor, draws.DEFLECTION, row[KEY]), share)
    )


@compiled_in_place
def _free_row(floor: Floor) -> int:
    state = floor.state
    state[UNBORN] += 1
    child = state[FREE_UNBORN]
    if child != NOBODY:
        state[FREE_UNBORN] = floor.unborn[child, CHILD_KEY]
        return child
    child = state[UNBORN_USED]
    state[UNBORN_USED] = child + 1
    return child
