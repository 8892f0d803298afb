"""Where a volume counts all contacts: whether it is known what of it is first attempts."""

from __future__ import annotations

import numpy as np

from scenario import PlanningError, Scenario


def is_missing(scenario: Scenario) -> bool:
    """Whether the volume counts all contacts, and the part of first attempts is not known."""
    return scenario.demand.counts == "all" and not scenario.demand.first_share


def kept_where_it_holds(opened: Scenario, before: Scenario | None) -> Scenario:
    """
    The opened scenario without a share that was found on another baseline.

    Parameters
    ----------
    opened
        What is worked on from now on.
    before
        What was worked on so far. Where the volume or the staffing is another one, the share
        that both have is out of date.
    """
    share = opened.demand.first_share
    if before is None or opened.demand.counts != "all" or not share:
        return opened
    if share != before.demand.first_share or _met_alike(opened, before):
        return opened
    return opened.with_changes({"demand.first_share": None})


def _met_alike(one: Scenario, other: Scenario) -> bool:
    """Whether the same volume meets as many agents at the same time."""
    volumes = [each.demand.model_copy(update={"edits": None}) for each in (one, other)]
    if volumes[0] != volumes[1] or one.horizon != other.horizon:
        return False
    try:
        return np.array_equal(one.staff().agents, other.staff().agents)
    except PlanningError:
        return False
