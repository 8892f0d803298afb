"""What contacts beget: callbacks, and customers who come back."""

from __future__ import annotations

from simulate import draws, rules
from simulate.compiled import compiled_in_place
from simulate.draws import child_key, relative_duration, stream_of, uniform
from simulate.kernel.customers import drawn_contact, first_offer
from simulate.kernel.floor import Floor
from simulate.kernel.state import (
    ATTEMPT,
    CAUSE,
    CHANNEL,
    CHILD_ATTEMPT,
    CHILD_CAUSE,
    CHILD_CHANNEL,
    CHILD_FIRST_OFFERED,
    CHILD_KEY,
    CHILD_PARENT,
    CHILD_TOLD_ROW,
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
    KEY,
    NEXT_CHILD,
    NEXT_PLACE,
    NOBODY,
    NOW,
    PARENT,
    ROOT,
    TOLD,
    TOLD_ROW,
    UNBORN,
    UNBORN_USED,
)
from simulate.kernel.timers import drop_first_timer, set_timer


@compiled_in_place
def beget(floor: Floor, parent: int, cause: int, channel: int, instant: int) -> None:
    """A contact begets another, which comes in at an instant, now or later."""
    state = floor.state
    whose = floor.contacts[parent]
    child = _free_row(floor)
    row = floor.unborn[child]
    row[CHILD_KEY] = child_key(whose[KEY], cause, 0)
    row[CHILD_CHANNEL] = channel
    row[CHILD_CAUSE] = cause
    row[CHILD_PARENT] = whose[ID]
    row[CHILD_ATTEMPT] = attempt_of(floor, parent) + 1
    row[CHILD_FIRST_OFFERED] = first_offer(floor, parent)
    row[CHILD_TOLD_ROW] = whose[TOLD_ROW] if state[TOLD] and cause == draws.CALLBACK else NOBODY
    set_timer(floor, instant, rules.ARRIVAL, state[NEXT_PLACE], child)
    state[NEXT_PLACE] += 1


@compiled_in_place
def be_born(floor: Floor) -> int:
    """The child whose time has come, the first of the timers; its row among the contacts."""
    state = floor.state
    child = floor.timers[0, 2]
    drop_first_timer(floor)
    row = floor.unborn[child]
    now = state[NOW]
    contact = drawn_contact(
        floor,
        state[NEXT_CHILD],
        row[CHILD_KEY],
        row[CHILD_CHANNEL],
        now // state[INTERVAL_LENGTH],
        now,
    )
    state[NEXT_CHILD] += 1
    mine = floor.contacts[contact]
    mine[CAUSE] = row[CHILD_CAUSE]
    mine[PARENT] = row[CHILD_PARENT]
    mine[ATTEMPT] = row[CHILD_ATTEMPT]
    # Whoever had been served has not waited since then.
    mine[FIRST_OFFERED] = now if mine[CAUSE] == draws.REPEAT else row[CHILD_FIRST_OFFERED]
    if state[TOLD]:
        mine[TOLD_ROW] = row[CHILD_TOLD_ROW]
    row[CHILD_KEY] = state[FREE_UNBORN]
    state[FREE_UNBORN] = child
    state[UNBORN] -= 1
    return contact


@compiled_in_place
def come_back(floor: Floor, contact: int, reason: int) -> None:
    """A customer who was not served, or whose matter is not settled, may come back."""
    state, row = floor.state, floor.contacts[contact]
    chances = floor.way_chances[row[CHANNEL], reason]
    share = chances[COMES_BACK_SHARE]
    if share == 0.0 or not rules.happens(uniform(state[ROOT], draws.RETURN, row[KEY]), share):
        return
    way = floor.ways[row[CHANNEL], reason]
    cause = rules.cause_of_return(reason)
    relative = relative_duration(
        stream_of(state[ROOT], draws.DELAY),
        child_key(row[KEY], cause, 0),
        way[DELAY_SHAPE],
        chances[DELAY_SPREAD],
        floor.values,
        floor.values,
    )
    delay = rules.rounded(relative * chances[DELAY_MEAN], state[GRAIN])
    row[COMES_BACK] = state[NOW] + delay
    if rules.is_begotten(row[COMES_BACK], state[HORIZON]):
        beget(floor, contact, cause, way[COMES_BACK_TO], row[COMES_BACK])


@compiled_in_place
def is_deflected(floor: Floor, contact: int) -> bool:
    """Whether self-service or another customer answers before an agent sees the contact."""
    row = floor.contacts[contact]
    share = floor.chances[row[CHANNEL], IS_DEFLECTED]
    return (
        share > 0.0
        and rules.may_be_deflected(row[CAUSE])
        and rules.happens(uniform(floor.state[ROOT], draws.DEFLECTION, row[KEY]), share)
    )


@compiled_in_place
def attempt_of(floor: Floor, contact: int) -> int:
    """1, or one more than that of the contact that begot it."""
    row = floor.contacts[contact]
    return row[ATTEMPT] if row[PARENT] >= 0 else 1


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
