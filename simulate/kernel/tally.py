"""What each contact amounts to: its counts, its times, and its line in the log."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from simulate import draws, journeys, rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel import counts
from simulate.kernel.customers import attempt_of, first_offer
from simulate.kernel.floor import Floor
from simulate.kernel.histograms import count_time
from simulate.kernel.state import (
    AGENT,
    ARRIVED_CLOSED,
    ATTEMPT,
    BEHIND,
    CAUSE,
    CHANNEL,
    COMES_BACK,
    DEADLINE,
    END,
    END_THRESHOLD,
    ENDING,
    FIRST_OFFERED,
    FIRST_THRESHOLD,
    FREE_SLOT,
    HAS_TARGET,
    HAS_TARGET_CLOSED,
    HORIZON,
    ID,
    JOURNEYS,
    KEEPS_LOG,
    KIND,
    LAST,
    LOUD_FROM,
    MOVES,
    NOBODY,
    OFFERED,
    OFFERED_IN,
    PARENT,
    PUT_ASIDE,
    REACH,
    RESPONSES,
    SHORT,
    SILENT,
    SILENT_WORK,
    SLOTS_TAKEN,
    SLOTS_USED,
    START,
    TARGET,
    TARGET_CLOSED,
    TRIES,
    WAITS,
    WORK,
)
from simulate.log import Ending

_IS_WAITING = int(Ending.WAITING)
_IS_ANSWERED = int(Ending.ANSWERED)
_IS_ABANDONED = int(Ending.ABANDONED)
_IS_BLOCKED = int(Ending.BLOCKED)
_IS_CONVERTED = int(Ending.CONVERTED)
_IS_CLOSED = int(Ending.CLOSED)
_IS_DEFLECTED = int(Ending.DEFLECTED)


@compiled_inline
def dismiss(floor: Floor, contact: int) -> None:
    """Nothing more can happen to a contact: it is counted, and its row is free again."""
    tell(floor, contact)
    state = floor.state
    floor.contacts[contact, ID] = NOBODY
    floor.contacts[contact, BEHIND] = state[FREE_SLOT]
    state[FREE_SLOT] = contact
    state[SLOTS_TAKEN] -= 1


@compiled_in_place
def tell_the_rest(floor: Floor) -> None:
    """Count the contacts that are on the floor when nothing is left to happen."""
    for contact in range(floor.state[SLOTS_USED]):
        if floor.contacts[contact, ID] != NOBODY:
            tell(floor, contact)


@compiled_in_place
def tell(floor: Floor, contact: int) -> None:
    """Count one contact in the interval of its offer."""
    row = floor.contacts[contact]
    if floor.state[KEEPS_LOG]:
        _write_down(floor, contact)
    interval, number = row[OFFERED_IN], row[CHANNEL]
    channel = floor.channels[number]
    cell = cell_of(floor, interval, number)
    tally = floor.tallies[cell]
    ending = row[ENDING]
    if floor.state[JOURNEYS]:
        if not journeys.is_of_a_customer(row[CAUSE]):
            _tell_closing_reply(floor, contact, tally)
            return
        _tell_journey(floor, contact, tally)
    elif ending == _IS_ANSWERED:
        tally[counts.SETTLED] += row[END] >= 0
    if ending in (_IS_CLOSED, _IS_DEFLECTED):
        tally[counts.CLOSED] += ending == _IS_CLOSED
        tally[counts.DEFLECTED] += ending == _IS_DEFLECTED
        return
    tally[counts.OFFERED] += 1
    if row[PARENT] < 0:
        tally[counts.FIRST_ATTEMPTS] += 1
    tally[counts.PUT_ASIDE] += row[PUT_ASIDE]
    if channel[KIND] == rules.CALLBACK:
        tally[counts.MISSES] += row[TRIES] - (ending == _IS_ANSWERED)
    left = _left(floor, contact)
    wait = left - row[OFFERED]
    in_time = channel[TARGET] < 0 or wait <= channel[TARGET]
    if ending == _IS_ANSWERED:
        _tell_answered(floor, contact, tally, cell, wait, in_time)
    else:
        _tell_unanswered(floor, contact, tally, wait, in_time)
    if channel[LOUD_FROM] >= 0 and row[REACH] >= channel[LOUD_FROM]:
        tally[counts.LOUD] += 1
        if ending != _IS_BLOCKED:
            tally[counts.LOUD_QUEUED_US] += wait
    if channel[KIND] != rules.LIVE:
        _tell_promises(floor, contact, tally)
    if interval >= 0:
        for threshold in range(channel[FIRST_THRESHOLD], channel[END_THRESHOLD]):
            _tell_threshold(floor, contact, threshold, wait)


@compiled_inline
def cell_of(floor: Floor, interval: int, channel: int) -> int:
    """Row of `Floor.tallies`; the opening backlog, of interval -1, is behind the others."""
    channels = len(floor.channels)
    return (len(floor.queue) if interval < 0 else interval) * channels + channel


@compiled_inline
def _tell_answered(
    floor: Floor, contact: int, tally: NDArray[Any], cell: int, wait: int, in_time: bool
) -> None:
    row = floor.contacts[contact]
    tally[counts.ANSWERED] += 1
    tally[counts.ANSWERED_WITHIN] += in_time
    tally[counts.DELAYED] += wait != 0
    tally[counts.IMPRESSIONS_S] += _impressions(floor, contact)
    tally[counts.WAIT_US] += wait
    tally[counts.QUEUED_US] += wait
    tally[counts.HANDLE_US] += row[WORK]
    tally[counts.REPLIED] += row[END] >= 0
    counted = row[OFFERED_IN] >= 0
    if counted:
        floor.state[WAITS] += count_time(floor.waits, cell, wait)
    kind = floor.channels[row[CHANNEL], KIND]
    response = wait
    if kind == rules.DEFERRED:
        response = row[END] - row[OFFERED] if row[END] >= 0 else -1
    elif kind == rules.CALLBACK:
        response = row[START] - first_offer(floor, contact)
    if response >= 0:
        tally[counts.RESPONDED] += 1
        tally[counts.RESPONSE_US] += response
        if counted and kind != rules.LIVE:
            floor.state[RESPONSES] += count_time(floor.responses, cell, response)


@compiled_in_place
def _tell_journey(floor: Floor, contact: int, tally: NDArray[Any]) -> None:
    """Count what brought a contact, and whether it settles the matter."""
    row = floor.contacts[contact]
    if row[ENDING] == _IS_ANSWERED and row[END] >= 0:
        moves = row[MOVES] >= 0
        tally[counts.HANDED_OVER] += moves
        tally[counts.SETTLED] += not moves and journeys.is_settled(row[END], row[COMES_BACK])
    if row[ENDING] not in (_IS_CLOSED, _IS_DEFLECTED) and row[PARENT] >= 0:
        tally[counts.REDIALS] += row[CAUSE] == draws.REDIAL
        tally[counts.REPEATS] += row[CAUSE] == draws.REPEAT
        tally[counts.REPOSTS] += row[CAUSE] == draws.REPOST
        tally[counts.SPREAD] += row[CAUSE] == draws.SPREAD
        tally[counts.HANDOFFS] += row[CAUSE] == draws.HANDOFF


@compiled_in_place
def _tell_closing_reply(floor: Floor, contact: int, tally: NDArray[Any]) -> None:
    """Count work that no customer waits for: the agents' time, and nothing of a promise."""
    row = floor.contacts[contact]
    tally[counts.CLOSING_REPLIES] += 1
    tally[counts.PUT_ASIDE] += row[PUT_ASIDE]
    if row[ENDING] == _IS_ANSWERED:
        tally[counts.CLOSING_US] += row[WORK]
        tally[counts.HANDLE_US] += row[WORK]


@compiled_in_place
def _tell_unanswered(
    floor: Floor, contact: int, tally: NDArray[Any], wait: int, in_time: bool
) -> None:
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    ending = row[ENDING]
    if ending == _IS_BLOCKED:
        tally[counts.BLOCKED] += 1
        return
    tally[counts.DELAYED] += 1
    tally[counts.IMPRESSIONS_S] += _impressions(floor, contact)
    tally[counts.QUEUED_US] += wait
    if ending == _IS_ABANDONED:
        tally[counts.ABANDONED] += 1
        tally[counts.ABANDONED_SHORT] += wait <= channel[SHORT]
        tally[counts.ABANDONED_WITHIN] += in_time
        tally[counts.ABANDONED_WAIT_US] += wait
        tally[counts.SILENT] += row[SILENT]
        if row[SILENT]:
            tally[counts.SILENT_US] += row[SILENT_WORK]
    elif ending == _IS_CONVERTED:
        tally[counts.CONVERTED] += 1
    elif ending == _IS_WAITING:
        tally[counts.WAITING] += 1
        tally[counts.WAITING_OVER] += channel[KIND] == rules.LIVE and not in_time
    else:
        tally[counts.GIVEN_UP] += 1


@compiled_in_place
def _tell_promises(floor: Floor, contact: int, tally: NDArray[Any]) -> None:
    """Count what deferred work and callbacks were promised."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    callback = channel[KIND] == rules.CALLBACK
    # A callback is promised whenever it is asked for: its window knows no closing.
    closed = row[ARRIVED_CLOSED] != 0 and not callback
    answered = row[ENDING] == _IS_ANSWERED
    inside = row[DEADLINE] < floor.state[HORIZON]
    if callback or channel[HAS_TARGET_CLOSED if closed else HAS_TARGET]:
        done = row[START] if callback else row[END]
        met = inside and answered and 0 <= done <= row[DEADLINE]
        if closed:
            tally[counts.DUE_CLOSED] += inside
            tally[counts.REPLIED_WITHIN_CLOSED] += met
            tally[counts.NOT_YET_DUE_CLOSED] += not inside
        else:
            tally[counts.DUE] += inside
            tally[counts.REPLIED_WITHIN] += met
            tally[counts.NOT_YET_DUE] += not inside
            if channel[LOUD_FROM] >= 0 and row[REACH] >= channel[LOUD_FROM]:
                tally[counts.LOUD_DUE] += inside
                tally[counts.LOUD_WITHIN] += met
    if callback:
        waiting = row[ENDING] == _IS_WAITING
        kept = answered and row[START] <= row[DEADLINE]
        tally[counts.PROMISED] += 1
        tally[counts.WITHIN_WINDOW] += kept
        tally[counts.PENDING] += waiting and not inside
        tally[counts.LATE] += (answered and not kept) or (waiting and inside)


@compiled_in_place
def _tell_threshold(floor: Floor, contact: int, threshold: int, wait: int) -> None:
    """Count a contact in the share that is served within a further time."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    limit, ending = floor.thresholds[threshold], row[ENDING]
    if channel[KIND] == rules.LIVE:
        good = ending == _IS_ANSWERED and wait <= limit
        base = ending in (_IS_ANSWERED, _IS_ABANDONED, _IS_BLOCKED)
        base = base or (ending == _IS_WAITING and wait > limit)
    else:
        clock = row[OFFERED]
        if channel[KIND] == rules.DEFERRED and channel[HAS_TARGET] and row[ARRIVED_CLOSED]:
            clock = row[DEADLINE] - channel[TARGET_CLOSED]
        base = clock + limit < floor.state[HORIZON]
        done = row[END] if channel[KIND] == rules.DEFERRED else row[START]
        good = base and ending == _IS_ANSWERED and 0 <= done <= clock + limit
    floor.within[row[OFFERED_IN], threshold] += good
    floor.of[row[OFFERED_IN], threshold] += base


@compiled_inline
def _impressions(floor: Floor, contact: int) -> int:
    """Followers times the seconds that they had to see no reply."""
    row = floor.contacts[contact]
    if row[REACH] == 0:
        return 0
    until = row[END] if row[END] >= 0 else max(floor.state[LAST], floor.state[HORIZON])
    return (until - row[OFFERED]) // 1_000_000 * row[REACH]


@compiled_inline
def _left(floor: Floor, contact: int) -> int:
    """When a contact left the queue; the end of the observation if it never did."""
    row = floor.contacts[contact]
    if row[ENDING] == _IS_ANSWERED:
        return row[START]
    if row[ENDING] == _IS_WAITING:
        return max(floor.state[LAST], floor.state[HORIZON])
    if row[ENDING] == _IS_BLOCKED:
        return row[OFFERED]
    return row[END]


@compiled_in_place
def _write_down(floor: Floor, contact: int) -> None:
    line = floor.log[floor.contacts[contact, ID]]
    for column in range(floor.contacts.shape[1]):
        line[column] = floor.contacts[contact, column]
    line[FIRST_OFFERED] = first_offer(floor, contact)
    if line[START] < 0:
        line[AGENT] = NOBODY
    if not line[SILENT]:
        line[SILENT_WORK] = 0
    line[ATTEMPT] = attempt_of(floor, contact)
    if not floor.state[JOURNEYS]:
        line[COMES_BACK] = -1
        line[MOVES] = -1
