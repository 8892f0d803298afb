"""What it costs to settle a customer's matter, however many contacts that takes."""

from __future__ import annotations

import numpy as np

from scenario.targets import ratio
from simulate.estimates import FloatArray, Parts
from simulate.replications import Replications


def customers_resolved(replications: Replications) -> FloatArray:
    """
    Customers whose matter was settled, by replication, shape (R,).

    A customer is resolved with the contact after which nobody comes back within seven days; the
    contacts before it are not counted. Someone who wrote again while waiting has two such
    contacts, so each channel's are cut by the share of reposts among its contacts. Deflected
    customers are not in it.
    """
    total = np.zeros(replications.count)
    for channel in replications.scenario.channels:
        tallies = replications.tallies(channel, "horizon")
        settled, again, offered = (
            tallies[name][:, 0].astype(np.float64) for name in ("settled", "reposts", "offered")
        )
        total += settled * (1.0 - np.nan_to_num(ratio(again, offered)))
    return total


def cost_of_resolved(replications: Replications, cost: float) -> Parts:
    """Cost, which is the same in every replication, over the customers resolved, shape (R,)."""
    resolved = customers_resolved(replications)
    return Parts.of(np.full(resolved.shape, cost), resolved)
