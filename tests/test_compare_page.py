"""The Compare page: scenarios side by side, kept what-ifs, the curve, and what is taken away."""

import io
import zipfile

import pytest

from app_pages import captions, settled
from forecast import demand_for
from scenario import Scenario
from staffing.frontier import frontier
from views import candidates, compare_charts, curve
from views.compare_charts import KNEE
from views.downloads import packages

# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_the_plan_stands_beside_the_staffing_of_now_at_first(app):
    app.switch_page("views/compare.py").run()
    settled(app)
    settled(app)
    shown = app.multiselect(key="compare-shown").value
    assert shown == [candidates.NOW, candidates.PLANNED]
    table = app.dataframe[0].value
    assert list(table.columns) == ["Result", "As staffed now", "As planned", "Good is"]
    assert not app.error


def test_another_baseline_turns_the_differences_round(app):
    app.switch_page("views/compare.py").run()
    settled(app)
    settled(app)
    app.selectbox(key="compare-baseline").select(candidates.PLANNED).run()
    settled(app)
    assert list(app.dataframe[0].value.columns)[1] == "As planned"
    assert any("As staffed now against As planned" in text.value for text in app.markdown)


def test_a_what_if_is_compared_as_its_levers_stand_and_kept_under_a_name(app):
    app.switch_page("views/whatif.py").run()
    app.slider(key="lever-staff-team").set_value(1).run()
    settled(app)
    name = next(box for box in app.text_input if box.label == "Name")
    name.set_value("One more *person*").run()
    app.button(key="keep-go").click().run()
    app.switch_page("views/compare.py").run()
    settled(app)
    settled(app)
    columns = list(app.dataframe[0].value.columns)
    assert {"What-if", "One more *person*"} <= set(columns)
    table = app.dataframe[0].value.set_index("Result")
    assert (table["What-if"] == table["One more *person*"]).all(), "the same levers"
    app.button(key="compare-forget").click().run()
    settled(app)
    assert "One more *person*" not in app.dataframe[0].value


def test_what_is_compared_stands_in_the_address(app):
    app.switch_page("views/compare.py").run()
    settled(app)
    app.multiselect(key="compare-shown").set_value([candidates.NOW]).run()
    assert app.query_params["compared"] in (["now"], "now")
    assert any("Choose a second scenario" in caption.value for caption in app.caption)


def test_only_what_a_channel_promises_can_be_varied(small_file):
    small = Scenario.load(small_file)
    assert curve.can_vary(small) == {"chat": ("share", "time"), "x": ("share", "time")}
    none = small.with_changes({"channels.chat.target": None})
    assert set(curve.can_vary(none)) == {"x"}
    times = curve.times_of(small, "chat")
    assert 60.0 in times
    assert list(times) == sorted(times)
    assert len(set(times)) == len(times)


def test_the_curve_marks_the_knee_and_todays_promise(small_file):
    small = Scenario.load(small_file).with_changes({"channels.x.target": None})
    found = frontier(small, demand_for(small), "chat", shares=(0.6, 0.8, 0.9), replications=3)
    rows = curve.rows(found)
    assert list(rows["promise"]) == pytest.approx([60, 80, 90])
    assert curve.present(found) == pytest.approx(80)
    assert (rows["sign"] == KNEE).sum() <= 1
    assert rows["marginal"].iloc[0] == "–"
    table = curve.for_people(found)
    assert list(table["Promise"]) == ["60 % in 60 s", "80 % in 60 s", "90 % in 60 s"]
    compare_charts.frontier(rows, cost="Cost", promise="Promise", now=80.0).to_dict()
    compare_charts.marginal(rows.dropna(subset=["value"]), cost="Cost", promise="").to_dict()


def test_scenarios_are_taken_away_each_in_a_folder_of_its_own(small_file):
    small = Scenario.load(small_file)
    demand = demand_for(small)
    found = {"../Now": (small, demand), "More / chats": (small, demand)}
    with zipfile.ZipFile(io.BytesIO(packages(found, 4))) as archive:
        names = archive.namelist()
        text = archive.read("1____Now/scenario.toml").decode()
    assert {name.split("/")[0] for name in names} == {"1____Now", "2_More___chats"}
    assert Scenario.parse(text).replications == 4


def test_what_earlier_contacts_cause_is_told_of_the_scenario_that_has_it(app):
    app.switch_page("views/whatif.py").run()
    app.session_state["lever-unsolved-chat"] = 30  # its section is folded, and not drawn
    app.run()
    app.switch_page("views/compare.py").run()
    settled(app, {"Forecasting", "Rehearsing the week", "Planning the week"})
    settled(app, {"Rehearsing the week"})
    assert "were caused by earlier ones" in captions(app)
    table = app.dataframe[0].value.set_index("Result")
    assert table.loc["Chat: came back, not having been helped", "As staffed now"] == "0.0"
    assert table.loc["Chat: contacts in all", "What-if"] != "–"
