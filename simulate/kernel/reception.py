"""What happens to customers: they come, wait, give up, take a callback, are called."""

from __future__ import annotations

from simulate import journeys, rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.draws import ACCEPT, BALK, CALLBACK, NEVER, child_key
from simulate.draws import SILENT as SILENT_STREAM
from simulate.kernel.children import (
    beget,
    come_back,
    have_offspring,
    is_deflected,
    write_again,
    write_again_later,
)
from simulate.kernel.customers import number_of, opening_after, patience_of
from simulate.kernel.floor import Floor
from simulate.kernel.presence import staying
from simulate.kernel.queues import join, leave, promote
from simulate.kernel.state import (
    ACCEPTS,
    ARRIVED_CLOSED,
    BALKS,
    CAP,
    CHANNEL,
    DEADLINE,
    DROPS_AT_CLOSE,
    END,
    END_GATE,
    ENDING,
    FIRST_GATE,
    HEAD,
    HORIZON,
    ID,
    INTERVAL_LENGTH,
    IS_OPEN,
    IS_SILENT,
    ITS_GROUP,
    JOURNEYS,
    KEY,
    KIND,
    LENGTH,
    MAX_QUEUE,
    NOBODY,
    NOT_BEFORE,
    NOW,
    OFFER_CHANNEL,
    OFFER_CONDITION,
    OFFER_LIMIT,
    OFFERED,
    PROMOTE_BEFORE,
    PROMOTED,
    QUEUED,
    SILENT,
    SILENT_WORK,
    SPEED,
    TARGET,
    TARGET_CLOSED,
    TOLD,
    TOLD_ROW,
    TOLD_SILENT,
    TRIES,
    WINDOW,
)
from simulate.kernel.tally import dismiss
from simulate.kernel.time_sheets import begin_waiting, end_waiting
from simulate.kernel.timers import set_timer
from simulate.log import Ending

_ABANDONED = int(Ending.ABANDONED)
_BLOCKED = int(Ending.BLOCKED)
_CLOSED = int(Ending.CLOSED)
_CONVERTED = int(Ending.CONVERTED)
_DEFLECTED = int(Ending.DEFLECTED)
_WAITING = int(Ending.WAITING)


@compiled_inline
def arrive(floor: Floor, contact: int) -> bool:
    """A customer comes in, or the child of a contact is born; whether anything changes."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    if floor.state[JOURNEYS] and is_deflected(floor, contact):
        row[ENDING] = _DEFLECTED
        row[END] = floor.state[NOW]
        dismiss(floor, contact)
        return False
    if channel[KIND] == rules.LIVE and not channel[IS_OPEN]:
        row[ARRIVED_CLOSED] = 1
        row[ENDING] = _CLOSED
        row[END] = floor.state[NOW]
        if floor.state[JOURNEYS]:
            come_back(floor, contact, journeys.AFTER_CLOSED)
        dismiss(floor, contact)
        return False
    if floor.state[JOURNEYS]:
        have_offspring(floor, contact)
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
    if row[ENDING] != _WAITING:
        return
    if channel[KIND] != rules.LIVE:
        begin_waiting(floor, contact)
        if state[JOURNEYS]:
            write_again_later(floor, contact)
        return
    others = channel[LENGTH] - 1
    balk = floor.chances[row[CHANNEL], BALKS]
    if rules.is_blocked(others, channel[MAX_QUEUE]):
        _end(floor, contact, _BLOCKED)
    elif _is_offered_callback(floor, row[CHANNEL], others) and _accepts(floor, contact):
        _convert(floor, contact)
    elif balk > 0.0 and number_of(floor, BALK, row[KEY]) < balk:
        _end(floor, contact, _ABANDONED)
    else:
        begin_waiting(floor, contact)
        patience = patience_of(floor, contact)
        if patience < NEVER:
            set_timer(floor, now + patience, rules.ABANDONMENT, row[ID], contact)
        if channel[OFFER_CONDITION] == rules.AFTER_WAITING:
            offer = now + channel[OFFER_LIMIT]
            if offer < state[HORIZON]:
                place = rules.OFFER * rules.SUBRANK + row[ID]
                set_timer(floor, offer, rules.WAITING_TIMER, place, contact)


@compiled_in_place
def ring(floor: Floor, rank: int, entity: int, contact: int) -> bool:
    """A contact's timer goes off; whether anything changes."""
    if floor.contacts[contact, ID] != entity % rules.SUBRANK:
        return False  # the contact has gone, and another has its row
    if rank == rules.ABANDONMENT:
        return _give_up(floor, contact)
    if rank == rules.CALLBACK_DUE:
        _queue_up(floor, contact)
        return True
    if entity >= rules.OFFER * rules.SUBRANK:
        return _offer_callback(floor, contact)
    if entity >= rules.WRITES_AGAIN * rules.SUBRANK:
        write_again(floor, contact)
        return False
    if entity < rules.AFTER_GATE * rules.SUBRANK:
        promote(floor, contact)
    return bool(floor.contacts[contact, QUEUED])


@compiled_in_place
def _give_up(floor: Floor, contact: int) -> bool:
    """A customer's patience is at its end; some leave unnoticed and keep their place."""
    row = floor.contacts[contact]
    if not row[QUEUED]:
        return False
    if _is_silent(floor, contact):
        end_waiting(floor, contact)
        row[SILENT] = 1
        row[SILENT_WORK] = 0
        row[ENDING] = _ABANDONED
        row[END] = floor.state[NOW]
        if floor.state[JOURNEYS]:
            come_back(floor, contact, journeys.AFTER_ABANDONMENT)
        return True
    _end(floor, contact, _ABANDONED)
    return True


@compiled_in_place
def _is_silent(floor: Floor, contact: int) -> bool:
    row = floor.contacts[contact]
    if (
        floor.state[TOLD]
        and row[TOLD_ROW] != NOBODY
        and floor.told[row[TOLD_ROW], TOLD_SILENT] >= 0
    ):
        return floor.told[row[TOLD_ROW], TOLD_SILENT] == 1
    share = floor.chances[row[CHANNEL], IS_SILENT]
    return share > 0.0 and number_of(floor, SILENT_STREAM, row[KEY]) < share


@compiled_in_place
def _offer_callback(floor: Floor, contact: int) -> bool:
    """A customer has waited so long that a callback is offered."""
    row = floor.contacts[contact]
    if not row[QUEUED] or row[SILENT] or not _accepts(floor, contact):
        return False
    _convert(floor, contact)
    return True


@compiled_in_place
def call_later(floor: Floor, contact: int, due: int) -> None:
    """Put a callback down for an instant; after the horizon nobody calls."""
    if due < floor.state[HORIZON]:
        set_timer(floor, due, rules.CALLBACK_DUE, floor.contacts[contact, ID], contact)


@compiled_in_place
def close(floor: Floor, channel: int) -> None:
    """A channel closes; who waits there live is served by the last staff, or dropped."""
    row = floor.channels[channel]
    row[IS_OPEN] = 0
    if row[KIND] == rules.LIVE and row[DROPS_AT_CLOSE]:
        while row[HEAD] != NOBODY:
            if floor.contacts[row[HEAD], SILENT]:
                unnoticed = row[HEAD]
                leave(floor, unnoticed)
                dismiss(floor, unnoticed)
            else:
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
            place = rules.PROMOTION * rules.SUBRANK + row[ID]
            set_timer(floor, instant, rules.WAITING_TIMER, place, contact)
    join(floor, contact)
    if channel[FIRST_GATE] < channel[END_GATE] and row[TRIES] == 0:
        _await_gates(floor, contact)


@compiled_in_place
def _await_gates(floor: Floor, contact: int) -> None:
    """Look again when the contact has waited as long as some group asks."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    for gate in range(channel[FIRST_GATE], channel[END_GATE]):
        instant = row[OFFERED] + floor.gates[gate]
        if instant > floor.state[NOW] and (
            instant < floor.state[HORIZON] or channel[KIND] == rules.LIVE
        ):
            place = rules.AFTER_GATE * rules.SUBRANK + row[ID]
            set_timer(floor, instant, rules.WAITING_TIMER, place, contact)


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
    for cohort in range(len(floor.cohorts)):
        most = floor.skills[cohort, channel, CAP]
        if most:
            agents = staying(floor, cohort, floor.cohorts[cohort, ITS_GROUP])
            slowdown = floor.slowdown[cohort, channel, most]
            rate += rules.slot_rate(agents, most, slowdown, floor.skills[cohort, channel, SPEED])
    return rules.expected_wait(others, floor.work_means[channel, interval], rate)


@compiled_in_place
def _accepts(floor: Floor, contact: int) -> bool:
    share = floor.chances[floor.contacts[contact, CHANNEL], ACCEPTS]
    return number_of(floor, ACCEPT, floor.contacts[contact, KEY]) < share


@compiled_in_place
def _convert(floor: Floor, contact: int) -> None:
    """The customer takes a callback, which is a contact of its own from now on."""
    to = floor.channels[floor.contacts[contact, CHANNEL], OFFER_CHANNEL]
    key = child_key(floor.contacts[contact, KEY], CALLBACK, 0)
    beget(floor, contact, CALLBACK, to, floor.state[NOW], key)
    _end(floor, contact, _CONVERTED)


@compiled_in_place
def _end(floor: Floor, contact: int, ending: int) -> None:
    """A waiting customer leaves without having been served."""
    leave(floor, contact)
    end_waiting(floor, contact)
    floor.contacts[contact, ENDING] = ending
    floor.contacts[contact, END] = floor.state[NOW]
    if floor.state[JOURNEYS] and ending != _CONVERTED:
        reason = journeys.AFTER_BLOCKING if ending == _BLOCKED else journeys.AFTER_ABANDONMENT
        come_back(floor, contact, reason)
    dismiss(floor, contact)
