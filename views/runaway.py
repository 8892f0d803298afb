"""Posts that multiply faster than anybody answers them: such a rehearsal would never end."""

from __future__ import annotations

import math

from scenario import PlanningError, Scenario
from views.words import heading

AT_LEAST_S = 6.0  # a first look takes a tenth of a second; a busy server's some
SLOWEST = 20_000  # contacts a second; usual are a million
LATER = 6  # times as long for what nobody waits for, and which makes room for others


def longest_s(scenario: Scenario, contacts: float) -> float:
    """
    How long replications may take before they count as endless.

    A post that waits is written again for as long as it waits, and each of these draws others.
    No ratio is too small for that to multiply without end where the staff never gets to the
    posts; only the simulation shows whether it does.

    Parameters
    ----------
    scenario
        What is rehearsed.
    contacts
        Expected in these replications, without what contacts beget.

    Returns
    -------
    float
        Seconds; without limit where nothing can multiply.
    """
    channels = scenario.channels.values()
    if not any(one.spread for one in channels) or not any(one.repost for one in channels):
        return math.inf
    return AT_LEAST_S + contacts / SLOWEST


def endless(scenario: Scenario) -> PlanningError:
    """What is said to the planner in place of results."""
    names = [heading(name) for name, one in scenario.channels.items() if one.spread]
    return PlanningError(
        f"Posts on {' and '.join(names)} multiply faster than this staff answers them, without"
        " end: who waits writes again, and each post draws others. More staff ends it, or fewer"
        " customers who write again, less often, or fewer posts that a post draws."
    )
