"""Two engines, one model: every contact has the same fate, every agent the same day."""

import pytest

from agreement import ENOUGH, Findings, compare, on_random_scenarios
from random_scenarios import encoded
from scenario import Scenario
from simulate.floor_input import FloorInput
from simulate.log import FloorLog

SCENARIOS = 440


@pytest.fixture(scope="module")
def findings() -> Findings:
    """What comes of the random scenarios, grains of 1 µs to a minute among them."""
    return on_random_scenarios(SCENARIOS)


def test_engines_agree_on_random_scenarios(findings: Findings) -> None:
    assert findings.told == []
    assert findings.disagreements == 0
    assert findings.scenarios >= 200


def test_every_rule_has_touched_enough_contacts(findings: Findings) -> None:
    """Engines that agree where a rule has no part say nothing about that rule."""
    assert len(findings.touched) > 80
    assert findings.rarely_touched() == {}, f"fewer than {ENOUGH} contacts"


def test_a_difference_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison itself can find something: here the kernel meets another replication."""
    import agreement

    scenario = Scenario.parse(_TEAM)
    run = agreement.kernel.run_replication

    def run_another(given: FloorInput, seed: int, replication: int) -> FloorLog:
        return run(given, seed, replication + 1)

    monkeypatch.setattr(agreement.kernel, "run_replication", run_another)
    findings = Findings()
    told = compare(encoded(scenario), 0, findings)
    assert any(line.startswith("offered_us of") for line in told)
    assert findings.disagreements > 0


_TEAM = """
[horizon]
start = 2026-04-13
length = "1h"
interval_minutes = 15
[demand]
rates = { chat = 20.0 }
[channels.chat]
kind = "live"
handle_time = { mean_s = 120 }
[groups.team]
agents = 2
skills = { chat = {} }
"""
