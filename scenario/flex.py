"""Staff for the weather: who can be called in, or sent home, on the day itself."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from scenario.calendar import minutes_in, weekdays_in
from scenario.errors import InvalidValueError
from scenario.keys import Declared, key


class FlexStaff(Declared):
    """
    One way to change a group's staff within the day.

    On call, overtime, the second half of a split shift and an outsourcer's hours are all called;
    voluntary time off is sent home.
    """

    action: Literal["call", "send_home"] = key(
        "call: agents come for some hours; send_home: agents who are there may leave for them.",
        "call",
    )
    agents: int = key("Most of them on one day.", ge=1, le=1000, unit="agents")
    decide_at: str = key("When the day is looked at and they are told, local time.", unit="hh:mm")
    notice_minutes: int = key(
        "From then to the first minute of change on the floor.", 60, ge=0, unit="minutes"
    )
    length_minutes: int = key("How long the change lasts.", gt=0, le=1440, unit="minutes")
    cost_per_hour: float = key(
        "Cost of a called hour; or what an hour sent home saves.", ge=0, unit="currency/hour"
    )
    retainer: float = key(
        "Cost of a day on which one of them may be called, called or not.",
        0.0,
        ge=0,
        unit="currency/day",
    )
    days: str = key('Weekdays on which it can be done, e.g. "mon-fri" or "daily".', "daily")

    @model_validator(mode="after")
    def _times_can_be_read(self) -> FlexStaff:
        try:
            weekdays_in(self.days)
            minutes_in(self.decide_at)
        except InvalidValueError as error:
            raise ValueError(str(error)) from None
        return self
