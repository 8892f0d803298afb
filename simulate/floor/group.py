"""The agents as a team: groups that come and go, and cohorts that serve alike."""

from __future__ import annotations

from collections.abc import Iterator

from simulate import rules
from simulate.floor.agent import Agent, Bench, Skill
from simulate.floor_input import GroupInput


class Cohort:
    """
    Agents of one group who serve alike: the experienced, or the novices.

    Attributes
    ----------
    agents
        Everybody who is present at some time, by id.
    free
        Agents with nothing in hand and nothing put aside.
    paused
        Agents with empty hands who have put work aside and are about to resume it.
    present
        How many are on the floor.
    live_slots
        Live contacts that a free agent could take.
    """

    def __init__(self, group: Group) -> None:
        self.group = group
        self.agents: list[Agent] = []
        self.free: Bench = {}
        self.paused: Bench = {}
        self.skills: dict[int, Skill] = {}
        self.present = 0
        self.live_slots = 0


class Group:
    """
    Agents who come and go together: as many as the staffing says, or each by a shift.

    Attributes
    ----------
    cohorts
        One, or two where there are novices.
    agents
        Everybody who is present at some time, by id.
    channels
        Numbers of the channels that the group serves.
    by_shifts
        Whether each agent has a shift.
    staff, present
        How many should be there, where the staffing says so, and how many are.
    over
        Agents still there whose shift is over.
    excess
        Agents who should have gone; between events all of them have contacts in hand.
    """

    def __init__(self, number: int, given: GroupInput, first_id: int, most: int) -> None:
        self.number = number
        self.given = given
        self.by_shifts = given.exit == rules.NAMED
        self.cohorts = [Cohort(self)]
        if given.novices > 0:
            self.cohorts.append(Cohort(self))
        self.agents: list[Agent] = []
        for place in range(most):
            cohort = self.cohorts[rules.is_novice(place, given.novices)]
            agent = Agent(first_id + place, cohort)
            cohort.agents.append(agent)
            self.agents.append(agent)
        self.channels: set[int] = set()
        self.staff = 0
        self.present = 0
        self.over: Bench = {}
        self.excess = 0

    @property
    def must_shrink(self) -> bool:
        """Whether whoever empties his hands next is to leave."""
        return not self.by_shifts and self.excess > 0

    def count_excess(self) -> None:
        """See again how many should have gone, after agents have come or gone."""
        gone = len(self.over) if self.by_shifts else rules.excess(self.present, self.staff)
        self.excess = gone

    def free(self) -> list[Agent]:
        """Agents with nothing in hand and nothing put aside, the one free longest first."""
        if len(self.cohorts) == 1:
            return list(self.cohorts[0].free)
        free = (agent for cohort in self.cohorts for agent in cohort.free)
        return sorted(free, key=lambda agent: agent.turn)

    def absent(self) -> Iterator[Agent]:
        """Agents who are not there, the lowest id first."""
        return (agent for agent in self.agents if not agent.present)

    def leaving(self) -> frozenset[Agent]:
        """
        The agents who take nothing new since they should have gone.

        By shifts, those whose shift is over; else as many as are too many, those with the
        fewest contacts in hand.
        """
        if not self.excess:
            return frozenset()
        if self.by_shifts:
            return frozenset(self.over)
        present = [agent for agent in self.agents if agent.present]
        if self.excess < len(present):
            present.sort(key=lambda agent: rules.exit_key(len(agent.hand), agent.id))
        return frozenset(present[: self.excess])

    def may_go(self) -> list[Agent]:
        """The free agents who should leave, in the order in which they do."""
        if self.by_shifts:
            return [agent for agent in self.free() if agent.shift_over]
        return self.free()[: self.excess]
