"""The What-if page tells when the bursts of a what-if are over."""

import numpy as np
import pandas as pd
import pytest

from app_pages import opened_app, settled, write_desk
from forecast import demand_for
from scenario import Scenario
from simulate.recovery import recoveries
from simulate.run import simulate
from small_scenarios import SMALL
from views import aftermath
from views.jobs import Job

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

BURSTS = """
[bursts.morning]
channel = "x"
start = 2026-04-13T10:00:00
peak = 8
half_life_h = 2
[bursts.afterwards]
channel = "x"
start = 2026-04-13T23:00:00
peak = 8
half_life_h = 2
"""


@pytest.fixture(scope="module")
def stricken(tmp_path_factory):
    # Nobody judges the second burst: it breaks out in the cool-down.
    text = SMALL.replace('length = "1d"', 'length = "1d"\ncool_down = "2h"') + BURSTS
    return write_desk(tmp_path_factory.mktemp("stricken"), text)


@pytest.mark.parametrize("blend", ["blended", "separate"])
def test_each_burst_is_over_when_the_library_says_so(stricken, blend):
    scenario = Scenario.load(stricken).with_changes({"routing.blend": blend})
    demand = demand_for(scenario)
    job = Job("a key", "Seeing when bursts are over", lambda _: None)
    job.hold("a page that waits")
    ((channel, begin, found),) = aftermath.recovered(job, scenario, demand)
    outcome = simulate(scenario, demand)
    known = recoveries(scenario, demand, outcome)["morning"]
    assert (channel, found.start) == ("x", scenario.local(pd.Timestamp("2026-04-13 10:00")))
    np.testing.assert_array_equal(found.hours, known.hours)
    np.testing.assert_array_equal(found.peak, known.peak)
    assert aftermath.told(channel, begin, found).startswith("Burst on X from Mon 13 Apr 10:00: ")


def test_the_page_tells_it(stricken, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(stricken))
    app = settled(settled(opened_app("whatif")))
    assert any("Burst on X from Mon 13 Apr 10" in text.value for text in app.markdown)
