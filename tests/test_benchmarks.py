"""What the speed of the floor is compared with serves the same queue, and the comparison works."""

from importlib.util import find_spec

import pytest

from benchmarks import differences
from benchmarks.floor_team import contacts_of, counting, queue, team
from benchmarks.peers import PEERS
from simulate.batches import Batch
from simulate.floor import run_replication
from simulate.measures import measure
from staffing.erlang import erlang_a
from support import assert_mean_near, need

AGENTS = 5
LOAD = 0.92 * AGENTS


@pytest.mark.parametrize("name", PEERS)
def test_a_peer_serves_the_same_queue(name: str) -> None:
    """
    The share that gives up is that of Erlang A.

    The floor is empty at first: of thirty hours the first minutes, well within the error.
    """
    if name == "ciw":
        need("ciw", find_spec("ciw") is not None, "Ciw is not installed")
    exact = erlang_a(LOAD, AGENTS, handle_time_s=300, patience_s=240).abandoned
    asked = queue(AGENTS, 30 * 3600)
    assert_mean_near([PEERS[name](asked, seed).abandonment for seed in range(20)], exact)


def test_engines_count_the_same_team_alike() -> None:
    floor_input = team(AGENTS, "4h")
    kernel, simpy = (counting(name)(floor_input, 1, 0) for name in ("kernel", "simpy"))
    assert differences.of_counts(kernel, simpy) == []
    assert contacts_of(kernel) > 100


def test_differences_are_found_wherever_they_are() -> None:
    floor_input = team(AGENTS, "4h")
    one, other = (run_replication(floor_input, 1, number) for number in (0, 1))
    assert differences.unlike_contacts(one, one) == 0
    assert differences.of_logs(one, one) == []
    assert differences.unlike_contacts(one, other) > 100
    assert "busy_us" in differences.of_logs(one, other)
    counts, others = (Batch.of(0, measure(log, floor_input)) for log in (one, other))
    assert differences.of_counts(counts, counts) == []
    assert {"contacts.offered", "waits.0.keys"} <= set(differences.of_counts(counts, others))
