"""What people can be asked to work: kinds of shift with their breaks, and contracts."""

from __future__ import annotations

from pydantic import model_validator

from scenario.calendar import minutes_in, weekdays_in
from scenario.errors import InvalidValueError
from scenario.keys import Declared, key

HOURS_A_WEEK = 168


class Break(Declared):
    """One break of a shift."""

    earliest_min: int = key("Earliest start after the shift's start.", ge=0, unit="minutes")
    latest_min: int = key("Latest start after the shift's start.", ge=0, unit="minutes")
    minutes: int = key("Length.", gt=0, unit="minutes")
    paid: bool = key("Whether the break is paid.", False)

    @model_validator(mode="after")
    def _window_is_a_window(self) -> Break:
        if self.latest_min < self.earliest_min:
            raise ValueError("latest_min must be at least earliest_min")
        return self


class ShiftKind(Declared):
    """One kind of shift that the plan may use."""

    days: str = key('Weekdays on which it may start, e.g. "mon-fri" or "daily".', "daily")
    earliest_start: str = key("Earliest start, local time.", unit="hh:mm")
    latest_start: str = key("Latest start, local time.", unit="hh:mm")
    step_minutes: int = key("Step between possible starts.", 30, gt=0, unit="minutes")
    length_minutes: int = key("From start to end, breaks included.", gt=0, unit="minutes")
    breaks: tuple[Break, ...] = key("Breaks, in order.", ())
    contract: str | None = key("Contract that works it; left out: any, at the group's rate.", None)
    cost_per_hour: float | None = key(
        "Cost of a paid hour of this kind, such as a night or an outsourcer's hour; left out: the"
        " contract's, else the group's.",
        None,
        ge=0,
        unit="currency/hour",
    )
    min_paid_minutes: int = key(
        "At least so much is paid, however short the shift: the minimum of a call-out.",
        0,
        ge=0,
        unit="minutes",
    )
    min_agents: int = key(
        "Fewest people on this kind in a day on which it may start; falling short is dear, not"
        " forbidden.",
        0,
        ge=0,
        unit="agents",
    )
    max_agents: int | None = key("Most people on this kind in a day.", None, ge=0, unit="agents")
    min_agents_if_any: int = key(
        "Fewest people on this kind in a day on which anybody works it.", 0, ge=0, unit="agents"
    )

    @model_validator(mode="after")
    def _times_can_be_read(self) -> ShiftKind:
        try:
            weekdays_in(self.days)
            first, last = minutes_in(self.earliest_start), minutes_in(self.latest_start)
        except InvalidValueError as error:
            raise ValueError(str(error)) from None
        if last < first:
            raise ValueError("latest_start must not be before earliest_start")
        if any(pause.latest_min + pause.minutes > self.length_minutes for pause in self.breaks):
            raise ValueError("breaks must end before the shift does")
        return self

    @model_validator(mode="after")
    def _a_minimum_is_below_its_maximum(self) -> ShiftKind:
        for name in ("min_agents", "min_agents_if_any"):
            if self.max_agents is not None and getattr(self, name) > self.max_agents:
                raise ValueError(f"max_agents must be at least {name}")
        return self

    @property
    def plans_paid_breaks(self) -> bool:
        """Whether such shifts plan the breaks that shrinkage speaks of."""
        return any(pause.paid for pause in self.breaks)

    @property
    def paid_hours(self) -> float:
        """Paid hours of one agent on such a shift, unpaid breaks taken out."""
        unpaid = sum(pause.minutes for pause in self.breaks if not pause.paid)
        return max(self.length_minutes - unpaid, self.min_paid_minutes) / 60


class Contract(Declared):
    """People with the same weekly hours, pay and rules of work."""

    agents: int = key("People on this contract.", ge=0, unit="people")
    hours_per_week: float = key(
        "Paid hours a week; nobody is planned for more unless max_hours_per_week says so.",
        gt=0,
        unit="hours",
    )
    cost_per_hour: float = key("Cost of a paid hour.", ge=0, unit="currency/hour")
    min_hours_per_week: float = key(
        "Fewest paid hours a week to plan for each person; falling short is dear, not forbidden.",
        0.0,
        ge=0,
        le=HOURS_A_WEEK,
        unit="hours",
    )
    max_hours_per_week: float | None = key(
        "Most paid hours a week of each person, overtime included; left out: hours_per_week.",
        None,
        gt=0,
        le=HOURS_A_WEEK,
        unit="hours",
    )
    days_off: int = key("Fewest days off in a week.", 0, ge=0, le=6, unit="days")
    paired_days_off: bool = key("Whether two days off of each week follow each other.", False)
    max_days_in_a_row: int | None = key(
        "Most days of work in a row, over the end of a week too; left out: no limit.",
        None,
        ge=1,
        unit="days",
    )
    rest_hours: float = key(
        "Least time between the end of a shift and the same person's next, for the rota.",
        0.0,
        ge=0,
        le=48,
        unit="hours",
    )

    @model_validator(mode="after")
    def _hours_can_be_kept(self) -> Contract:
        if self.min_hours_per_week > self.most_hours:
            rule = "hours_per_week" if self.max_hours_per_week is None else "max_hours_per_week"
            raise ValueError(f"min_hours_per_week must be at most {rule}, {self.most_hours:g}")
        if self.paired_days_off and self.days_off < 2:
            raise ValueError("days_off must be at least 2 where two of them follow each other")
        return self

    @property
    def most_hours(self) -> float:
        """Most paid hours a week of each person."""
        if self.max_hours_per_week is None:
            return self.hours_per_week
        return self.max_hours_per_week
