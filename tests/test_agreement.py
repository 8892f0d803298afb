"""Two engines, one model: every contact has the same fate and every agent the same day."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from random_scenarios import encoded, scenarios
from scenario import Scenario
from simulate.encode import FloorInput
from simulate.floor import run_replication as run_simpy
from simulate.kernel import run_replication as run_kernel
from simulate.log import CONTACT, FloorLog


def differences(one: FloorLog, other: FloorLog) -> list[str]:
    """What two logs tell differently: columns with the contacts' ids, and tables of time."""
    found = []
    if len(one.contacts) != len(other.contacts):
        found.append(f"{len(one.contacts)} contacts against {len(other.contacts)}")
    most = min(len(one.contacts), len(other.contacts))
    for name in CONTACT.names or ():
        unlike = one.contacts[name][:most] != other.contacts[name][:most]
        if unlike.any():
            found.append(f"{name} of {np.flatnonzero(unlike)[:5]}")
    for field in fields(FloorLog):
        if field.name != "contacts" and not np.array_equal(
            getattr(one, field.name), getattr(other, field.name)
        ):
            found.append(field.name)
    return found


def assert_same(floor_input: FloorInput, seed: int, replication: int) -> None:
    kernel = run_kernel(floor_input, seed, replication)
    assert differences(run_simpy(floor_input, seed, replication), kernel) == []


@settings(max_examples=60)
@given(scenarios(), st.integers(0, 3))
def test_engines_agree_on_random_scenarios(scenario: Scenario, replication: int) -> None:
    assert_same(encoded(scenario), scenario.seed, replication)


@pytest.mark.slow
@settings(max_examples=400)
@given(scenarios(), st.integers(4, 9))
def test_engines_agree_on_many_random_scenarios(scenario: Scenario, replication: int) -> None:
    assert_same(encoded(scenario), scenario.seed, replication)
