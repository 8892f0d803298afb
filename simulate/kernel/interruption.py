"""Who puts work aside for a live contact, and who takes another one before going on with it."""

from __future__ import annotations

from simulate import rules
from simulate.compiled import compiled_in_place
from simulate.kernel.benches import bench_of, latest_there
from simulate.kernel.floor import Floor
from simulate.kernel.hands import put_aside
from simulate.kernel.presence import limit_for, stays_away
from simulate.kernel.state import (
    AFTER_WAIT,
    BEFORE,
    CAP,
    CHANNEL,
    COHORT,
    GROUP,
    IN_HAND,
    INTERRUPTIBLE,
    ITS_GROUP,
    KIND,
    NOBODY,
    NOW,
    OFFERED,
    PREFERENCE,
    TURN,
)


@compiled_in_place
def interrupted_for(floor: Floor, contact: int) -> int:
    """
    The agent who puts everything in hand aside for a live contact, `NOBODY` if nobody does.

    Of those whose group is preferred most, the one whose hands changed last.
    """
    waiting = floor.contacts[contact]
    channel = waiting[CHANNEL]
    if floor.channels[channel, KIND] != rules.LIVE:
        return NOBODY
    chosen, best = NOBODY, 0
    for cohort in range(len(floor.cohorts)):
        skill = floor.skills[cohort, channel]
        if skill[CAP] == 0 or not rules.has_waited(
            floor.state[NOW], waiting[OFFERED], skill[AFTER_WAIT]
        ):
            continue
        limit = limit_for(floor, floor.cohorts[cohort, ITS_GROUP], False)
        for other in range(len(floor.channels)):
            if not floor.channels[other, INTERRUPTIBLE]:
                continue
            for held in range(1, floor.skills[cohort, other, CAP] + 1):
                agent = latest_there(floor, bench_of(floor, cohort, other, held))
                while agent != NOBODY and stays_away(floor, agent, limit, False):
                    agent = floor.agents[agent, BEFORE]
                if agent == NOBODY:
                    continue
                key = rules.interruption_key(skill[PREFERENCE], floor.agents[agent, TURN])
                if chosen == NOBODY or key < best:
                    chosen, best = agent, key
    if chosen != NOBODY:
        put_aside(floor, chosen)
    return chosen


@compiled_in_place
def can_return_to(floor: Floor, agent: int, contact: int, group: int) -> bool:
    """Whether an agent with contacts put aside takes a live one before going on with them."""
    row, waiting = floor.agents[agent], floor.contacts[contact]
    skill = floor.skills[row[COHORT], waiting[CHANNEL]]
    return (
        row[GROUP] == group
        and row[IN_HAND] == 0
        and floor.channels[waiting[CHANNEL], KIND] == rules.LIVE
        and skill[CAP] > 0
        and rules.has_waited(floor.state[NOW], waiting[OFFERED], skill[AFTER_WAIT])
    )
