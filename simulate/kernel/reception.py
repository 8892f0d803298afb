"""What happens to customers: they come, wait, give up, take a callback, are called."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import ACCEPT, BALK, NEVER, uniform
from simulate.kernel.customers import callback_of, opening_after
from simulate.kernel.queues import join, leave, promote
from simulate.kernel.state import (
    ACCEPTS,
    ARRIVED_CLOSED,
    BALKS,
    BEHIND,
    CHANNEL,
    CHILD_HEAD,
    CHILD_TAIL,
    DEADLINE,
    DROPS_AT_CLOSE,
    END,
    ENDING,
    EXCESS,
    HEAD,
    HORIZON,
    INTERVAL_LENGTH,
    IS_OPEN,
    KEY,
    KIND,
    LENGTH,
    MAX_QUEUE,
    MOST,
    NOBODY,
    NOT_BEFORE,
    NOW,
    OFFER_CHANNEL,
    OFFER_CONDITION,
    OFFER_LIMIT,
    OFFERED,
    PATIENCE,
    PRESENT,
    PROMOTE_BEFORE,
    PROMOTED,
    QUEUED,
    ROOT,
    SPEED,
    TARGET,
    TARGET_CLOSED,
    TRIES,
    WINDOW,
    Floor,
)
from simulate.kernel.timers import set_timer
from simulate.log import Ending

_ABANDONED = int(Ending.ABANDONED)
_BLOCKED = int(Ending.BLOCKED)
_CLOSED = int(Ending.CLOSED)
_CONVERTED = int(Ending.CONVERTED)


@compiled_inline
def arrive(floor: Floor, contact: int) -> bool:
    """A customer comes in, or the child of a contact is born; whether anything changes."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    if channel[KIND] == rules.LIVE and not channel[IS_OPEN]:
        row[ARRIVED_CLOSED] = 1
        row[ENDING] = _CLOSED
        row[END] = floor.state[NOW]
        return False
    take_in(floor, contact, bool(channel[IS_OPEN]))
    return True


@compiled_inline
def take_in(floor: Floor, contact: int, arrived_open: bool) -> None:
    """New work joins its queue; a callback that is not due yet is put down for later."""
    due = _set_deadline(floor, contact, arrived_open)
    if due > max(floor.state[NOW], floor.contacts[contact, OFFERED]):
        call_later(floor, contact, due)
    else:
        _queue_up(floor, contact)


@compiled_inline
def stay_or_go(floor: Floor, contact: int) -> None:
    """Nobody could take a live customer: blocked, called back, gone at once, or patient."""
    state, row = floor.state, floor.contacts[contact]
    channel, now = floor.channels[row[CHANNEL]], state[NOW]
    if channel[KIND] != rules.LIVE or not row[QUEUED]:
        return
    others = channel[LENGTH] - 1
    balk = floor.chances[row[CHANNEL], BALKS]
    if rules.is_blocked(others, channel[MAX_QUEUE]):
        _end(floor, contact, _BLOCKED)
    elif _is_offered_callback(floor, row[CHANNEL], others) and _accepts(floor, contact):
        _convert(floor, contact)
    elif balk > 0.0 and uniform(state[ROOT], BALK, row[KEY]) < balk:
        _end(floor, contact, _ABANDONED)
    else:
        if row[PATIENCE] < NEVER:
            set_timer(floor, now + row[PATIENCE], rules.ABANDONMENT, contact)
        if channel[OFFER_CONDITION] == rules.AFTER_WAITING:
            offer = now + channel[OFFER_LIMIT]
            if offer < state[HORIZON]:
                place = rules.OFFER * rules.SUBRANK + contact
                set_timer(floor, offer, rules.WAITING_TIMER, place)


@compiled_in_place
def ring(floor: Floor, rank: int, entity: int) -> bool:
    """A timer goes off; whether anything changes."""
    if rank == rules.ABANDONMENT:
        return _give_up(floor, entity)
    if rank == rules.CALLBACK_DUE:
        _queue_up(floor, entity)
        return True
    if entity >= rules.OFFER * rules.SUBRANK:
        return _offer_callback(floor, entity - rules.OFFER * rules.SUBRANK)
    promote(floor, entity)
    return bool(floor.contacts[entity, QUEUED])


@compiled_in_place
def _give_up(floor: Floor, contact: int) -> bool:
    """A customer's patience is at its end."""
    if not floor.contacts[contact, QUEUED]:
        return False
    _end(floor, contact, _ABANDONED)
    return True


@compiled_in_place
def _offer_callback(floor: Floor, contact: int) -> bool:
    """A customer has waited so long that a callback is offered."""
    if not floor.contacts[contact, QUEUED] or not _accepts(floor, contact):
        return False
    _convert(floor, contact)
    return True


@compiled_in_place
def call_later(floor: Floor, contact: int, due: int) -> None:
    """Put a callback down for an instant; after the horizon nobody calls."""
    if due < floor.state[HORIZON]:
        set_timer(floor, due, rules.CALLBACK_DUE, contact)


@compiled_in_place
def close(floor: Floor, channel: int) -> None:
    """A channel closes; who waits there live is served by the last staff, or dropped."""
    row = floor.channels[channel]
    row[IS_OPEN] = 0
    if row[KIND] == rules.LIVE and row[DROPS_AT_CLOSE]:
        while row[HEAD] != NOBODY:
            _end(floor, row[HEAD], _ABANDONED)


@compiled_inline
def _queue_up(floor: Floor, contact: int) -> None:
    """Work joins its queue, among the promoted where its deadline is near already."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    if channel[KIND] != rules.LIVE and not row[PROMOTED]:
        instant = rules.promoted_at(row[DEADLINE], channel[PROMOTE_BEFORE])
        if instant <= floor.state[NOW]:
            row[PROMOTED] = 1
        # A callback that was missed keeps the moment set when it first joined.
        elif instant < floor.state[HORIZON] and row[TRIES] == 0:
            place = rules.PROMOTION * rules.SUBRANK + contact
            set_timer(floor, instant, rules.WAITING_TIMER, place)
    join(floor, contact)


@compiled_inline
def _set_deadline(floor: Floor, contact: int, arrived_open: bool) -> int:
    """
    Write down when the contact's reply or call is due.

    The clock of what arrives closed starts at the next opening.

    Returns
    -------
    int
        First instant at which the contact may be started: a callback's `not_before`.
    """
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    row[ARRIVED_CLOSED] = 0 if arrived_open else 1
    if channel[KIND] == rules.LIVE:
        return row[OFFERED]
    clock = row[OFFERED]
    if not arrived_open:
        clock = opening_after(floor, row[CHANNEL], row[OFFERED])
    if channel[KIND] == rules.CALLBACK:
        due = rules.promised(clock, channel[NOT_BEFORE])
        row[DEADLINE] = rules.promised(due, channel[WINDOW])
        return due
    allowed = channel[TARGET] if arrived_open else channel[TARGET_CLOSED]
    row[DEADLINE] = NEVER if allowed < 0 else rules.promised(clock, allowed)
    return row[OFFERED]


@compiled_in_place
def _is_offered_callback(floor: Floor, channel: int, others: int) -> bool:
    row = floor.channels[channel]
    condition = row[OFFER_CONDITION]
    if condition == rules.NO_OFFER or floor.state[NOW] >= floor.state[HORIZON]:
        return False
    wait = 0.0
    if condition == rules.EXPECTED_WAIT_OVER:
        wait = _expected_wait(floor, channel, others)
    return rules.is_offered(condition, row[OFFER_LIMIT], others, wait)


@compiled_in_place
def _expected_wait(floor: Floor, channel: int, others: int) -> float:
    """Microseconds until the customer is served if everybody present works at full load."""
    interval = floor.state[NOW] // floor.state[INTERVAL_LENGTH]
    rate = 0.0
    for group in range(len(floor.groups)):
        most = floor.skills[group, channel, MOST]
        if most:
            agents = floor.groups[group, PRESENT] - floor.groups[group, EXCESS]
            slowdown = floor.slowdown[group, channel, most]
            rate += rules.slot_rate(agents, most, slowdown, floor.skills[group, channel, SPEED])
    return rules.expected_wait(others, floor.work_means[channel, interval], rate)


@compiled_in_place
def _accepts(floor: Floor, contact: int) -> bool:
    share = floor.chances[floor.contacts[contact, CHANNEL], ACCEPTS]
    return uniform(floor.state[ROOT], ACCEPT, floor.contacts[contact, KEY]) < share


@compiled_in_place
def _convert(floor: Floor, contact: int) -> None:
    """The customer takes a callback, which is a contact of its own from now on."""
    _end(floor, contact, _CONVERTED)
    to = floor.channels[floor.contacts[contact, CHANNEL], OFFER_CHANNEL]
    child = callback_of(floor, contact, to)
    state = floor.state
    floor.contacts[child, BEHIND] = NOBODY
    if state[CHILD_HEAD] == NOBODY:
        state[CHILD_HEAD] = child
    else:
        floor.contacts[state[CHILD_TAIL], BEHIND] = child
    state[CHILD_TAIL] = child


@compiled_in_place
def _end(floor: Floor, contact: int, ending: int) -> None:
    """A waiting customer leaves without having been served."""
    leave(floor, contact)
    floor.contacts[contact, ENDING] = ending
    floor.contacts[contact, END] = floor.state[NOW]
