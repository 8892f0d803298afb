"""A day being replayed as work for a job, and what the Floor page is given of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scenario import Demand, Scenario
from views.apart import apart
from views.files import scenario_content
from views.jobs import Board, Job, fingerprint
from views.replay_bytes import message, replay_bytes
from views.work import app_version

if TYPE_CHECKING:
    from simulate.replay import Replay


@dataclass(frozen=True, eq=False)
class Shown:
    """A replayed day, and the bytes that it is drawn from."""

    replay: Replay

    @cached_property
    def packed(self) -> tuple[dict[str, Any], bytes]:
        """Head and arrays; see `views.replay_bytes`."""
        return replay_bytes(self.replay)

    def message(self, chosen: int | None) -> bytes:
        """What the player is sent."""
        return message(*self.packed, chosen)


def ask_replay(
    board: Board,
    session: str,
    scenario: Scenario,
    demand: Job,
    *,
    day: int,
    replication: int,
    again: bool = False,
) -> Job:
    """
    Live through a replication up to the end of a day; answers with a `Shown`.

    Parameters
    ----------
    board, session
        Where the job stands.
    scenario
        Simulated with its own staffing.
    demand
        The job that resolves its demand.
    day, replication
        From 0.
    again
        Ask once more after a stop.
    """

    def work(job: Job) -> Shown:
        contacts = job.wait_for(demand)
        job.tell(0.2, "living through it event by event")
        return Shown(apart(replayed, scenario, contacts, day, replication, cancelled=job.cancelled))

    key = fingerprint("replay", app_version(), scenario_content(scenario), day, replication)
    return board.request(session, "replay", key, "Replaying the day", work, again=again)


def replayed(scenario: Scenario, demand: Demand, day: int, replication: int) -> Replay:
    """One day of one replication, with the scenario's own staffing and seed."""
    from simulate.replay import replay

    return replay(scenario, demand, day=day, replication=replication)
