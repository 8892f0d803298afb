"""Whether a free agent may start work that must leave capacity free for others."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place, compiled_inline
from simulate.kernel.floor import Floor
from simulate.kernel.presence import open_live_slots, staying_free
from simulate.kernel.state import (
    ABOVE_LIVE,
    CHANNEL,
    ITS_GROUP,
    KEEP_FREE,
    KEEP_FREE_UNIT,
    KIND,
    LIVE_SLOTS,
    PROMOTED,
)


@compiled_inline
def is_gated(floor: Floor, contact: int, draining: bool) -> bool:
    """Whether a gate is asked; not for the last customers of a closed door."""
    row = floor.contacts[contact]
    channel = floor.channels[row[CHANNEL]]
    asks = rules.is_gated(channel[KIND], bool(row[PROMOTED]), bool(channel[ABOVE_LIVE]))
    return asks and not draining


@compiled_in_place
def gate_is_open(floor: Floor, cohort: int, channel: int) -> bool:
    """Whether a free agent of the cohort may start work that must leave capacity free."""
    skill = floor.skills[cohort, channel]
    if skill[KEEP_FREE] == 0:
        return True
    slots = open_live_slots(floor) if skill[KEEP_FREE_UNIT] == rules.SLOTS else 0
    return rules.gate_is_open(
        skill[KEEP_FREE_UNIT],
        skill[KEEP_FREE],
        staying_free(floor, floor.cohorts[cohort, ITS_GROUP]),
        slots,
        floor.cohorts[cohort, LIVE_SLOTS],
    )
