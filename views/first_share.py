"""Where a volume counts all contacts: whether it is known what of it is first attempts."""

from __future__ import annotations

from scenario import Scenario

FOUND_ON = ("staffing", "horizon")  # of a scenario: what the share was found on


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
    demands = [one.demand.model_copy(update={"edits": None}) for one in (opened, before)]
    alike = demands[0] == demands[1] and all(
        getattr(opened, name) == getattr(before, name) for name in FOUND_ON
    )
    if alike or share != before.demand.first_share:
        return opened
    return opened.with_changes({"demand.first_share": None})
