"""One replication told event by event: what happened, when, to whom, and how long the queue was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scenario import Demand, InvalidValueError, Scenario, Staff
from simulate.floor import run_replication
from simulate.floor.recorder import Happening, Recorder

if TYPE_CHECKING:  # encoding loads the compiled draws
    from simulate.floor.policy import Policy
    from simulate.floor_input import FloorInput


def trace(
    scenario: Scenario,
    demand: Demand,
    staff: Staff | None = None,
    *,
    replication: int = 0,
    seed: int | None = None,
    policy: Policy | None = None,
) -> pd.DataFrame:
    """
    Live through one replication with the SimPy engine and tell everything that happens.

    Parameters
    ----------
    scenario
        Everything that is assumed.
    demand
        Expected contacts, before the scenario's scale and bursts.
    staff
        Agents on the floor; default: the scenario's current staffing.
    replication
        Number of the replication, from 0; the same customers as in `simulate`.
    seed
        Seed of every random number; default: the scenario's.
    policy
        Decides who takes what, in place of the ordinary rule.

    Returns
    -------
    DataFrame
        A row for each thing that happens, in the order in which it does: `instant` (local
        time), `rank` (of the event that it belongs to or follows from, -1 for what waits at the
        start), `what` (see `simulate.floor.recorder.WORDS`), `contact` (id, -1: none),
        `channel` (name, empty: none), `agent` (id, -1: nobody), `group` (the agent's) and
        `queue` (contacts waiting in the channel right after it, -1: no channel).

    Raises
    ------
    InvalidValueError
        When a number is out of range, demand and staff do not cover the scenario's horizon, or
        the policy's choice breaks a rule of the floor.
    """
    from simulate.encode import encode

    seed = scenario.seed if seed is None else seed
    if not 0 <= seed < 2**63:
        raise InvalidValueError("seed", "between 0 and 2**63 - 1", seed)
    if not replication >= 0:
        raise InvalidValueError("replication", "at least 0", replication)
    floor_input = encode(scenario, demand, scenario.staff() if staff is None else staff)
    recorder = Recorder()
    run_replication(floor_input, seed, replication, policy=policy, recorder=recorder)
    return trace_table(recorder.happenings, floor_input)


def trace_table(happenings: list[Happening], floor_input: FloorInput) -> pd.DataFrame:
    """What happened as a table; see `trace`."""
    table = pd.DataFrame(happenings, columns=list(Happening._fields))
    # A number of -1 picks the last name: that of nobody.
    channels = np.array([*floor_input.channel_names, ""], dtype=object)
    groups = np.array([*floor_input.group_names, ""], dtype=object)
    return pd.DataFrame(
        {
            "instant": table["instant_us"].astype("timedelta64[us]") + floor_input.period.start,
            "rank": table["rank"],
            "what": table["what"],
            "contact": table["contact"],
            "channel": channels[table["channel"]],
            "agent": table["agent"],
            "group": groups[table["group"]],
            "queue": table["queue"],
        }
    )
