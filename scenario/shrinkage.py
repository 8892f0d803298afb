"""What is paid behind the hours on the floor: shrinkage, applied here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scenario.groups import Group

BREAKS = "breaks"  # the part that shifts may plan themselves
ABSENCE = ("absence", "sickness")  # parts that the floor draws itself where `absence` is not 0


@dataclass(frozen=True)
class Shrinkage:
    """
    The shrinkage of one group, without what is planned or simulated itself.

    Parameters
    ----------
    parts
        Shares of paid time that are neither on the floor nor on a paid break, by name; they
        add up to less than 1.
    planned, simulated
        Names of the parts left out since shifts plan them, and since the floor draws them.
    """

    parts: Mapping[str, float]
    planned: tuple[str, ...]
    simulated: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of paid time not available for contacts, in [0, 1)."""
        return sum(self.parts.values())

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of all parts left out."""
        return (*self.planned, *self.simulated)

    def paid(self, scheduled: float) -> float:
        """
        Paid time, or people, behind what is scheduled; in the same unit.

        Examples
        --------
        >>> from scenario.groups import Skill
        >>> group = Group(skills={"chat": Skill()}, shrinkage={"leave": 0.25, "breaks": 0.05})
        >>> shrinkage_of(group).paid(70)
        100.0
        >>> shrinkage_of(group, plans_breaks=True).paid(75)
        100.0
        """
        return scheduled / (1 - self.share)

    def scheduled(self, paid: float) -> float:
        """What can be scheduled of paid time, or people; in the same unit."""
        return paid * (1 - self.share)


def shrinkage_of(group: Group, *, plans_breaks: bool = False) -> Shrinkage:
    """
    The shrinkage that is applied to a group's hours.

    Parameters
    ----------
    group
        Declares the parts, and whether absence is simulated.
    plans_breaks
        Whether the hours come from shifts with paid breaks in them. Shrinkage is a share of
        paid time, so an unpaid lunch is not in it and takes nothing out.
    """
    planned = (BREAKS,) if plans_breaks and BREAKS in group.shrinkage else ()
    simulated = tuple(part for part in ABSENCE if group.absence > 0 and part in group.shrinkage)
    applied = {
        part: share
        for part, share in group.shrinkage.items()
        if part not in planned and part not in simulated
    }
    return Shrinkage(applied, planned, simulated)
