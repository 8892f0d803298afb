"""Who serves: agent groups, their skills, contracts, shift kinds and shrinkage."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import model_validator

from scenario.errors import InvalidValueError
from scenario.flex import FlexStaff
from scenario.keys import Declared, key
from scenario.shift_kinds import Contract, ShiftKind

SLOWDOWN_SOURCE = "cautious default 1.0 / 1.25 / 1.6 / 2.0; +18 % reply delay in Goes et al."
SHRINKAGE_SOURCE = (
    "30 %: leave 11, sickness 5, training 3, meetings 4, breaks 5, other 2; trade surveys 25-40 %"
)


class Skill(Declared):
    """How a group serves one channel."""

    preference: int = key("Groups with a lower number are chosen first.", 1, unit="rank")
    speed: float = key(
        "Handle time multiplies by this (2 takes twice as long).", 1.0, gt=0, le=100, unit="ratio"
    )
    max_concurrent: int = key(
        "Most contacts of this channel that one agent holds at once.",
        1,
        ge=1,
        le=16,
        unit="contacts",
        source="two at a time at Palm Coast Data; 2-3 common in trade surveys",
    )
    slowdown: tuple[float, ...] = key(
        "How many times longer a contact takes with 1, 2, 3 ... in hand; the first is 1.",
        (1.0, 1.25, 1.6, 2.0),
        unit="ratio",
        source=SLOWDOWN_SOURCE,
    )
    keep_free: int = key(
        "Capacity that this deferred or callback work leaves open for live contacts; on a live"
        " channel, in agents only, for the group's other channels.",
        0,
        ge=0,
    )
    keep_free_unit: Literal["slots", "agents"] = key(
        "slots: so many live slots stay open over all groups that serve a live channel; agents:"
        " so many other agents of this group stay free.",
        "slots",
    )
    priority: int | None = key(
        "Lower is served first by this group; left out: the channel's own.", None, unit="rank"
    )
    after_s: float = key(
        "The group helps only with contacts that have waited this long.", 0.0, ge=0, unit="seconds"
    )

    @model_validator(mode="after")
    def _slowdown_covers_the_cap(self) -> Skill:
        if not self.slowdown or self.slowdown[0] != 1:
            raise ValueError("slowdown must begin with 1")
        if any(later < earlier for earlier, later in pairwise(self.slowdown)):
            raise ValueError("slowdown must not fall")
        if self.slowdown[-1] > 100:
            raise ValueError("slowdown must be at most 100")
        if len(self.slowdown) < self.max_concurrent:
            raise ValueError(
                f"slowdown must have a value for each of the {self.max_concurrent} contacts at"
                f" once, got {len(self.slowdown)}"
            )
        return self


class Novices(Declared):
    """Agents in training, spread evenly over the group."""

    share: float = key("Share of the group's agents.", ge=0, le=1, unit="share")
    speed: float = key(
        "Their handle time multiplies by this, on top of the skill's own speed.",
        1.35,
        gt=0,
        le=10,
        unit="ratio",
        source="rule of thumb of planners",
    )
    max_concurrent: int = key(
        "Most contacts that a novice holds at once, never more than the skill's own.",
        1,
        ge=1,
        le=16,
        unit="contacts",
        source="rule of thumb of planners",
    )


class Group(Declared):
    """Agents with the same skills."""

    skills: dict[str, Skill] = key("Channels the group serves.")
    agents: tuple[int, ...] | int | None = key(
        "Agents on the floor, one number for every interval or one for all; left out: from the"
        " scenario's staffing file.",
        None,
        unit="agents",
    )
    agents_change: int = key(
        "Agents added to (or taken from) every interval in which the group works.",
        0,
        unit="agents",
    )
    cost_per_hour: float | None = key(
        "Cost of a paid hour; left out: the mean over the contracts.",
        None,
        ge=0,
        unit="currency/hour",
    )
    contracts: dict[str, Contract] = key("Contracts by name.", default_factory=dict)
    shifts: dict[str, ShiftKind] = key("Kinds of shift by name.", default_factory=dict)
    fixed_shifts: str | None = key(
        "Staffing file of shifts that stay as they are, relative to the scenario: a plan counts"
        " and pays them, and plans the rest around them. Rows of other groups are left out.",
        None,
    )
    flex: dict[str, FlexStaff] = key(
        "Staff that can be called, or sent home, on the day itself, by name; planned for by"
        " `allweather weather`.",
        default_factory=dict,
    )
    exit: Literal["first_free", "named"] = key(
        "Who leaves when the number falls: first_free, whoever has empty hands first; named, each"
        " agent at the end of a shift (the agents come from shifts, with their breaks).",
        "first_free",
    )
    absence: float = key(
        "Share of the agents scheduled who stay away for a whole day (first_free) or shift"
        " (named), drawn for each; they are paid.",
        0.0,
        ge=0,
        lt=1,
        unit="share",
        source="sickness 5 %: trade surveys",
    )
    novices: Novices | None = key("Agents in training; left out: none.", None)
    shrinkage: dict[str, float] = key(
        "Shares of paid time not available for contacts, by part; they add up. A part that is"
        " planned or simulated itself is left out: `breaks` where shifts plan paid breaks,"
        " `absence` and `sickness` where the group's `absence` is not 0.",
        default_factory=dict,
        unit="share",
        source=SHRINKAGE_SOURCE,
    )
    min_agents: int = key("Fewest agents on the floor in an open interval.", 0, ge=0, unit="agents")
    max_agents: int | None = key(
        "Most agents on the floor; left out: no limit.", None, ge=0, unit="agents"
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> Group:
        if not self.skills:
            raise ValueError("skills must name at least one channel")
        numbers = (self.agents,) if isinstance(self.agents, int) else (self.agents or ())
        if any(number < 0 for number in numbers):
            raise ValueError("agents must be at least 0")
        if any(not 0 <= part < 1 for part in self.shrinkage.values()) or self.total_shrinkage >= 1:
            raise ValueError("shrinkage must have parts of at least 0 that add up to less than 1")
        if self.max_agents is not None and self.max_agents < self.min_agents:
            raise ValueError("max_agents must be at least min_agents")
        if self.novices is not None:
            for name, skill in self.skills.items():
                if skill.speed * self.novices.speed > 100:
                    raise ValueError(f"novices.speed times that of {name} must be at most 100")
        if self.exit == "named" and self.agents is not None:
            raise ValueError(
                'exit must be "first_free" where agents are given by interval; named agents come'
                " from the shifts of a staffing file or of a plan"
            )
        if self.exit == "named" and self.agents_change:
            raise ValueError(
                'agents_change must be 0 with exit = "named": add shifts to the staffing file, or'
                " take some out"
            )
        for name, kind in self.shifts.items():
            if kind.contract is None:
                continue
            if kind.contract not in self.contracts:
                raise ValueError(f"shifts.{name}.contract must be one of {list(self.contracts)}")
            people = self.contracts[kind.contract].agents
            if max(kind.min_agents, kind.min_agents_if_any) > people:
                rule = f"at most the {people} people of its contract"
                raise ValueError(f"shifts.{name}.min_agents must be {rule}")
        if self.fixed_shifts is not None and not self.fixed_shifts.strip():
            raise ValueError("fixed_shifts must name a file")
        return self

    def novice_skill(self, channel: str) -> Skill:
        """
        How the group's novices serve a channel: slower, and fewer at once.

        Raises
        ------
        InvalidValueError
            When the group has no novices.
        """
        if self.novices is None:
            raise InvalidValueError("novices", "declared", None)
        skill = self.skills[channel]
        return skill.model_copy(
            update={
                "speed": skill.speed * self.novices.speed,
                "max_concurrent": min(skill.max_concurrent, self.novices.max_concurrent),
            }
        )

    @property
    def total_shrinkage(self) -> float:
        """All parts of shrinkage together; `scenario.shrinkage` tells which are applied."""
        return sum(self.shrinkage.values())

    @property
    def rate(self) -> float:
        """Cost of a paid hour, the mean over contracted hours where none is given; may be 0."""
        if self.cost_per_hour is not None:
            return self.cost_per_hour
        hours = sum(c.agents * c.hours_per_week for c in self.contracts.values())
        cost = sum(c.agents * c.hours_per_week * c.cost_per_hour for c in self.contracts.values())
        return cost / hours if hours else 0.0
