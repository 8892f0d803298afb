"""How are first attempts told apart where a scenario's volume counts all contacts?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from commands.terminal import percent, progress, tell
from scenario import Demand, Scenario
from scenario.assumptions import base_demand, channels_met


def with_first_attempts(
    file: Path, declared: Scenario, demand: Demand, *, workers: int, like: Scenario | None = None
) -> Scenario:
    """
    A scenario whose first attempts are known.

    Parameters
    ----------
    file
        The scenario's file: the baseline is what stands in it, before `--set`.
    declared
        The scenario of that file with the changes asked for.
    demand
        Its demand.
    workers
        How many replications to run at once.
    like
        A scenario whose first attempts hold for this one, too: the first one compared. Those of
        channels that it has no volume for are found on this one.
    """
    if declared.demand.counts == "first" or declared.demand.first_share:
        return declared
    shares = {} if like is None else like.demand.first_share
    everything = declared.with_changes({"demand.counts": "first"})
    unknown = [one for one in channels_met(base_demand(everything, demand)) if one not in shares]
    if unknown or not shares:
        found = _found(file, declared, demand, workers)
        _tell_found({name: share for name, share in found.items() if name not in shares})
        shares = {**found, **shares}
    known = {name: share for name, share in shares.items() if name in declared.channels}
    return declared.with_changes({"demand.first_share": known})


def _found(file: Path, declared: Scenario, demand: Demand, workers: int) -> dict[str, float]:
    """First attempts of the scenario as its file states it, with its current staffing."""
    from forecast import demand_for
    from simulate.calibration import calibrated

    baseline = Scenario.load(file, {"demand.counts": "all", "demand.first_share": None})
    if _source(baseline) != _source(declared):
        demand = demand_for(baseline)
    with progress("Telling first attempts apart") as show:
        found = calibrated(
            baseline,
            demand,
            workers=workers,
            progress=lambda done, total: show(done / total, "Telling first attempts apart"),
        )
    return found.demand.first_share


def _tell_found(shares: Mapping[str, float]) -> None:
    told = ", ".join(f"{percent(share)} on {channel}" for channel, share in shares.items())
    tell([f"The volume counts all contacts; as staffed now, first attempts are {told}."])


def _source(scenario: Scenario) -> object:
    """What its demand comes from: scenarios with equal sources have equal demands."""
    unmoved = {"scale": {}, "counts": "first", "first_share": {}}
    keys = scenario.demand.model_copy(update=unmoved)
    return keys, scenario.period, scenario.calendar, tuple(scenario.channels)
