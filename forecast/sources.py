"""Where a scenario's demand comes from: stated rates, a forecast file, or a history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenario.calendar import Horizon
from scenario.demand import Demand
from scenario.errors import PlanningError
from scenario.model import Scenario

if TYPE_CHECKING:
    from forecast.edits import Edits


def demand_for(scenario: Scenario) -> Demand:
    """
    The demand that a scenario names, with the planner's edits, before its scale and bursts.

    Parameters
    ----------
    scenario
        With stated rates, a forecast file, or a history that is forecast on the way; files
        are relative to the scenario's own folder.

    Returns
    -------
    Demand
        Covers the scenario's period. A forecast of a history is made at the history's interval
        length, from what was known before the period begins.

    Raises
    ------
    PlanningError
        When a file is missing or unusable, or the history is too short.
    """
    demand = without_edits(scenario)
    if scenario.demand.edits is None:
        return demand
    return edits_of(scenario).applied(demand)


def edits_of(scenario: Scenario) -> Edits:
    """
    The planner's edits that a scenario names; none where it names no file.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    from forecast.edits import Edits
    from forecast.edits_file import read_edits

    file = scenario.demand.edits
    return Edits() if file is None else read_edits(scenario.path_of(file))


def without_edits(scenario: Scenario) -> Demand:
    """The demand that a scenario names, as it was made: `demand_for` before the edits."""
    keys = scenario.demand
    if keys.forecast is not None:
        return Demand.load(scenario.path_of(keys.forecast), scenario.timezone)
    if keys.history is not None:
        return _from_history(scenario, keys.history, keys.events)
    period = scenario.period
    mean = np.zeros((period.count, len(scenario.channels)))
    for column, channel in enumerate(scenario.channels):
        mean[:, column] = keys.rates.get(channel, 0.0)
    unknown = np.full(mean.shape, np.nan)
    return Demand(period, tuple(scenario.channels), mean, unknown)


def _from_history(scenario: Scenario, file: str, events_file: str | None) -> Demand:
    from forecast.events import read_events
    from forecast.history import read_history
    from forecast.prediction import predict

    period = scenario.period
    history = read_history(scenario.path_of(file), timezone=scenario.timezone)
    events = None
    if events_file is not None:
        events = read_events(scenario.path_of(events_file), timezone=scenario.timezone)
    if history.starts[0] >= period.start:
        raise PlanningError(
            f"demand.history must begin before the scenario's horizon ({period.start}), got "
            f"{history.starts[0]}"
        )
    start, end = _covering(period, history.starts[0], history.interval_minutes)
    minutes = (end - start) // pd.Timedelta(minutes=1)
    return predict(
        history,
        horizon=f"{minutes}min",
        start=start,
        calendar=scenario.calendar,
        events=events,
        seed=scenario.seed,
    )


def _covering(
    period: Horizon, origin: pd.Timestamp, interval_minutes: int
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The period widened to whole intervals of the history's grid."""
    step = pd.Timedelta(minutes=interval_minutes)
    start = period.start - (period.start - origin) % step
    return start, period.end + (origin - period.end) % step
