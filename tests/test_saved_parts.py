"""What is saved of a scenario, of drafts and of today's counts, and comes back after a restart."""

import numpy as np
import pytest

from forecast import demand_for
from scenario import Scenario
from views import drafts, files, saved, saving, this_day

pytestmark = pytest.mark.usefixtures("own_store")


@pytest.fixture
def desk(saving_desk):
    return Scenario.load(saving_desk)


def test_a_scenario_comes_back_with_its_files(desk):
    text, parts = saving.parts_of(desk)
    assert set(parts) == {"staffing.csv"}
    again = saving.scenario_of(text, parts)
    assert files.scenario_content(again) == files.scenario_content(desk)
    assert (again.staff().agents == desk.staff().agents).all()


def test_files_of_one_name_and_other_content_are_kept_apart(desk, tmp_path):
    other = tmp_path / "other" / "staffing.csv"
    other.parent.mkdir()
    other.write_text((tmp_path / "staffing.csv").read_text().replace(",2", ",4"))
    more = desk.with_changes({"staffing": str(other)})
    text, parts = saving.with_levers(saving.parts_of(desk), more, saving.Moved({"staff-team": 2}))
    assert {"staffing.csv", "staffing_2.csv", saving.WHATIF, saving.LEVERS} == set(parts)
    assert saving.scenario_of(text, parts).staff().agents.sum() == 24
    assert saving.whatif_of(text, parts).staff().agents.sum() == 48
    assert saving.moved_of(parts).values == {"staff-team": 2}


def test_what_differs_is_told_key_by_key(desk):
    mine = saving.parts_of(desk)
    theirs = saving.parts_of(desk.with_changes({"seed": 9, "channels.chat.target.share": 0.9}))
    assert saving.differences(mine, mine) == []
    assert saving.differences(mine, theirs) == [
        ("seed", "3", "9"),
        ("channels.chat.target.share", "0.8", "0.9"),
    ]


def test_a_draft_outlives_the_app(desk):
    origin = drafts.Origin("Easter", 3, "abc")
    key = drafts.keep(drafts.Draft(desk, {"scenario": origin}))
    drafts._opened.cache_clear()  # the server was started again
    found = drafts.find(key)
    assert files.scenario_content(found.scenario) == files.scenario_content(desk)
    assert found.origins == {"scenario": origin}
    assert found.key == key
    assert drafts.find("0123") is None


def test_a_draft_without_a_store_lasts_until_the_app_ends(desk, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_STORE", "sqlite:////proc/no/where.sqlite")
    key = drafts.keep(drafts.Draft(desk))
    assert drafts.find(key).scenario == desk
    assert drafts.find("0123") is None
    assert saved.saved_scenarios() == {}


@pytest.mark.parametrize("made", ["example", "typed"])
def test_counts_of_today_outlive_the_app(desk, made):
    demand = demand_for(desk)
    day = this_day.days_of(demand)[0]
    if made == "example":
        counts = this_day.example_morning(demand, day)
    else:
        grid = this_day.blank_hours(demand, day, demand.channels)
        grid.loc[:2, "chat"] = [7, 0, 11]
        counts = this_day.typed(demand, day, grid)
    key = this_day.keep(counts)
    this_day._mornings.cache_clear()  # the server was started again
    found = this_day.kept(key)
    np.testing.assert_allclose(found.volume, counts.volume)
    assert (found.starts == counts.starts).all()
    assert found.channels == counts.channels
    assert this_day.kept("0123") is None


def test_saved_scenarios_are_those_that_were_looked_at(desk):
    shelf = saved.shelf()
    busier = desk.with_changes({"demand.scale.chat": 1.5})
    text, parts = saving.with_levers(
        saving.parts_of(desk), busier, saving.Moved({"volume-chat": 50})
    )
    shelf.save("scenario", "Busier", text, files=parts)
    shelf.save("scenario", "Plain", *saving.parts_of(desk)[:1], files=saving.parts_of(desk)[1])
    shelf.save("scenario", "Broken", "colour = 1")
    found = saved.saved_scenarios()
    assert list(found) == ["Busier", "Plain"]
    assert found["Busier"].demand.scale == {"chat": 1.5}
    assert found["Plain"].demand.scale == {}
