"""Which waiting contacts are tried, and in what order: at most two of every queue."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.floor import Floor
from simulate.kernel.queues import is_served
from simulate.kernel.state import (
    ABOVE_LIVE,
    CAP,
    CHANNEL,
    DEADLINE,
    END_COHORT,
    FIRST_COHORT,
    HEAD,
    ID,
    KIND,
    LENGTH,
    NEWCOMER,
    NOBODY,
    OFFERED,
    OWN_PRIORITY,
    PRIORITY,
    PROMOTED_HEAD,
)

# Columns of `Floor.heads`: the key, the lowest first, and the row of the contact. Whoever goes
# first has a deadline in place of a priority; promoted deferred work has the place of the first
# deferred contact, and is PROMOTED there.
PART = 0
PLACE = 1  # priority, offer and id
ORDINARY = 4
KEY_SIZE = 7
CONTACT = 7
HEAD_SIZE = 8

GOES_FIRST, IN_TURN = 0, 1
_PROMOTED, _ORDINARY = 0, 1

EVERYBODY = -1


@compiled_in_place
def find_heads(floor: Floor, group: int) -> int:
    """
    Write down the contacts to try, in order; how many they are.

    Promoted callbacks, and promoted work of channels that go above live, come first, by
    deadline. The others go by priority, then by who was offered first. Promoted deferred work
    takes the place of the first deferred contact in that order.

    Parameters
    ----------
    floor
        The floor.
    group
        Whose priorities hold, and whose channels count; `EVERYBODY` for the channels' own.
    """
    found, promoted = 0, 0
    for channel in range(len(floor.channels)):
        row = floor.channels[channel]
        if row[LENGTH] == 0 or not is_served(floor, channel):
            continue
        priority = row[PRIORITY]
        if group != EVERYBODY:
            cohort = _cohort_serving(floor, group, channel)
            if cohort == NOBODY:
                continue
            priority = floor.skills[cohort, channel, OWN_PRIORITY]
        if row[PROMOTED_HEAD] != NOBODY:
            _write_head(floor, found, row[PROMOTED_HEAD], channel, priority, True)
            found += 1
            promoted += 1
        if row[HEAD] != NOBODY:
            _write_head(floor, found, row[HEAD], channel, priority, False)
            found += 1
    if promoted:
        _let_promoted_overtake(floor, found)
    if found > 1:
        _sort(floor, found)
    return found


@compiled_inline
def only_head(floor: Floor) -> int:
    """Write down the newcomer, behind whom nobody waits anywhere; 1 if he may be tried."""
    contact = floor.state[NEWCOMER]
    floor.state[NEWCOMER] = NOBODY
    floor.heads[0, CONTACT] = contact
    return 1 if is_served(floor, floor.contacts[contact, CHANNEL]) else 0


@compiled_in_place
def precedes(floor: Floor, row: int, other: int) -> bool:
    """Whether one row of `Floor.heads` goes before another."""
    for column in range(KEY_SIZE):
        if floor.heads[row, column] != floor.heads[other, column]:
            return floor.heads[row, column] < floor.heads[other, column]
    return False


@compiled_in_place
def copy_head(floor: Floor, source: int, to: int) -> None:
    """Write a row of `Floor.heads` over another."""
    for column in range(HEAD_SIZE):
        floor.heads[to, column] = floor.heads[source, column]


@compiled_inline
def _cohort_serving(floor: Floor, group: int, channel: int) -> int:
    for cohort in range(floor.groups[group, FIRST_COHORT], floor.groups[group, END_COHORT]):
        if floor.skills[cohort, channel, CAP]:
            return cohort
    return NOBODY


@compiled_in_place
def _write_head(
    floor: Floor, place: int, contact: int, channel: int, priority: int, promoted: bool
) -> None:
    head, row = floor.heads[place], floor.contacts[contact]
    channel_row = floor.channels[channel]
    head[CONTACT] = contact
    head[PART] = IN_TURN
    head[PLACE] = priority
    head[PLACE + 1] = row[OFFERED]
    head[PLACE + 2] = row[ID]
    head[ORDINARY] = _ORDINARY
    head[ORDINARY + 1] = 0
    head[ORDINARY + 2] = 0
    if not promoted:
        return
    if rules.goes_first(channel_row[KIND], True, bool(channel_row[ABOVE_LIVE])):
        head[PART] = GOES_FIRST
        head[PLACE] = row[DEADLINE]
        head[PLACE + 1] = row[ID]
        head[PLACE + 2] = 0
    else:
        head[ORDINARY] = _PROMOTED
        head[ORDINARY + 1] = row[DEADLINE]
        head[ORDINARY + 2] = row[ID]


@compiled_in_place
def _let_promoted_overtake(floor: Floor, found: int) -> None:
    """Promoted deferred work takes the place of the first deferred contact."""
    heads = floor.heads
    first = NOBODY
    for place in range(found):
        if heads[place, PART] != IN_TURN or not _is_deferred(floor, place):
            continue
        if first == NOBODY or _has_place_before(floor, place, first):
            first = place
    if first == NOBODY:
        return
    taken = (heads[first, PLACE], heads[first, PLACE + 1], heads[first, PLACE + 2])
    for place in range(found):
        if heads[place, PART] == IN_TURN and heads[place, ORDINARY] == _PROMOTED:
            heads[place, PLACE], heads[place, PLACE + 1], heads[place, PLACE + 2] = taken


@compiled_in_place
def _is_deferred(floor: Floor, place: int) -> bool:
    from_channel = floor.contacts[floor.heads[place, CONTACT], CHANNEL]
    return floor.channels[from_channel, KIND] == rules.DEFERRED


@compiled_in_place
def _has_place_before(floor: Floor, place: int, other: int) -> bool:
    for column in range(PLACE, PLACE + 3):
        if floor.heads[place, column] != floor.heads[other, column]:
            return floor.heads[place, column] < floor.heads[other, column]
    return False


@compiled_in_place
def _sort(floor: Floor, found: int) -> None:
    """A handful, nearly in order: by insertion; the last row but the offers' is spare."""
    spare = 2 * len(floor.channels)
    for place in range(1, found):
        copy_head(floor, place, spare)
        hole = place
        while hole > 0 and precedes(floor, spare, hole - 1):
            copy_head(floor, hole - 1, hole)
            hole -= 1
        copy_head(floor, spare, hole)
