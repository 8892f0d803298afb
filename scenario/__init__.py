"""What a planner declares and what passes between the stages."""

from scenario.calendar import Horizon, parse_duration
from scenario.demand import Demand
from scenario.errors import (
    Fault,
    InvalidInputError,
    InvalidValueError,
    PlanningError,
    RunCancelledError,
)
from scenario.model import Scenario
from scenario.staff import Shift, Staff
from scenario.targets import Target

__all__ = [
    "Demand",
    "Fault",
    "Horizon",
    "InvalidInputError",
    "InvalidValueError",
    "PlanningError",
    "RunCancelledError",
    "Scenario",
    "Shift",
    "Staff",
    "Target",
    "parse_duration",
]
