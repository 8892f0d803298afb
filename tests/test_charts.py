"""Pictures keep the centre's clock and never tell by colour alone."""

import numpy as np
import pandas as pd
import pytest

from views import charts, drawing, plan_charts


def encoded(chart, channel):
    """Every field that a channel of the chart or one of its layers shows."""
    document = chart.to_dict()
    layers = [document, *document.get("layer", [])]
    return {
        layer["encoding"][channel]["field"]
        for layer in layers
        if channel in layer.get("encoding", {}) and "field" in layer["encoding"][channel]
    }


def week(**columns):
    starts = pd.date_range("2026-04-13", periods=4, freq="D", tz="Europe/London")
    base = {"at": charts.clock_ms(starts), "when": charts.clock_text(starts)}
    return pd.DataFrame(base | columns)


def test_times_are_the_local_clock_on_a_scale_that_converts_nothing():
    """08:00 in London in summer is drawn at 08:00, whatever the browser's time zone."""
    start = pd.DatetimeIndex(["2026-04-13 08:00"]).tz_localize("Europe/London")
    assert charts.clock_ms(start)[0] == pd.Timestamp("2026-04-13 08:00").timestamp() * 1000
    axis = charts.time_axis(7).to_dict()
    assert axis["scale"]["type"] == "utc"


def test_lines_differ_in_dashes_as_well_as_in_colour():
    chart = charts.lines(week(name=list("abab"), value=range(4)), ["a", "b"], title="Contacts")
    assert encoded(chart, "strokeDash") == encoded(chart, "color") == {"name"}


def test_a_day_out_of_the_ordinary_carries_a_symbol():
    table = week(name="chat", value=[1.0, 2.0, np.nan, 3.0], mark=["", "public holiday", "", ""])
    assert "mark" in encoded(charts.daily_history(table, ["chat"]), "shape")


def test_a_missed_target_is_told_by_its_symbol():
    table = pd.DataFrame(
        {
            "day": ["Mon", "Mon"],
            "hour": [8, 9],
            "value": [0.5, 0.9],
            "symbol": [charts.UNDER, ""],
            "offered": [10.0, 12.0],
        }
    )
    chart = charts.target_heat(table, ["Mon"], 0.8)
    assert encoded(chart, "text") == {"symbol"}
    assert len(chart.to_dict()["layer"]) == 2


def test_a_chart_that_is_drawn_again_changes_its_rows_only():
    """The browser makes a new picture of another text, and keeps the old one otherwise."""
    from streamlit.testing.v1 import AppTest

    def page():
        import pandas as pd
        import streamlit as st

        from views import drawing

        value = st.session_state.get("value", 0.5)
        heat = {"day": ["Mon"], "hour": [8], "value": [value], "symbol": ["▼"], "offered": [9.0]}
        drawing.target_heat(pd.DataFrame(heat), 0.8, told="A heat map.")
        line = {"at": [0.0, 9e6], "when": ["a", "b"], "name": ["x", "x"], "value": [value, 2.0]}
        drawing.lines(pd.DataFrame(line), ["x"], title="Contacts", told="A line.")

    app = AppTest.from_function(page).run()
    first = [chart.proto for chart in app.get("vega_lite_chart")]
    app.session_state["value"] = 0.7
    second = [chart.proto for chart in app.run().get("vega_lite_chart")]
    assert [chart.alt for chart in first] == ["A heat map.", "A line."]
    assert [chart.spec for chart in first] == [chart.spec for chart in second]
    for before, after in zip(first, second, strict=True):
        assert [one.name for one in before.datasets] == ["rows"]
        assert before.datasets[0].data.data != after.datasets[0].data.data


def test_a_chart_on_a_name_is_the_chart_on_the_table():
    table = week(name="chat", value=[1.0, 2.0, np.nan, 3.0])
    whole = charts.lines(table, ["chat"], title="Contacts").to_dict()
    named = drawing._lines(("chat",), "Contacts", ",.1f", True, 7.0, True)
    assert charts.alike(7.0, charts.days_of(table))
    assert named["layer"] == whole["layer"]
    assert named["data"] == {"name": "rows"}


@pytest.mark.parametrize(("difference", "text"), [(2, "▲2"), (-1, "▼1"), (0, "●")])
def test_over_and_under_have_their_symbols(difference, text):
    assert plan_charts.over_under(difference) == text


def test_over_and_under_are_written_on_a_days_bars():
    table = week(difference=[1.0, -1.0, 0.0, 2.0])
    table["until"] = table["at"] + 1_800_000
    assert encoded(plan_charts.differences(table), "text") == {"label"}


def test_the_label_of_a_shortage_stands_outside_its_bar():
    table = week(difference=[1.0, -2.0, 0.0, 2.0])
    table["until"] = table["at"] + 1_800_000
    rows = next(iter(plan_charts.differences(table).to_dict()["datasets"].values()))
    assert [row["above"] for row in rows] == [1.0, 0.0, 0.0, 2.0]


def test_a_fan_without_spread_is_drawn_as_its_mean():
    table = week(mean=range(4), p05=np.nan, p10=np.nan, p90=np.nan, p95=np.nan)
    assert charts.fan(table, title="Contacts").to_dict()


def test_the_ladders_labels_stand_beside_steps_that_save():
    table = pd.DataFrame({"step": ["work", "blending"], "agent_hours": [100.0, -20.0]})
    rows = next(iter(plan_charts.steps(table).to_dict()["datasets"].values()))
    assert [row["right"] for row in rows] == [100.0, 100.0]
    assert [row["label"] for row in rows] == ["+100 h", "-20 h"]


def test_breaks_are_drawn_apart_from_work():
    table = week(row=["a", "a", "b", "b"], what=["work", "break"] * 2, group="Team")
    table = table.assign(until=table["at"] + 1_800_000, hours="08:00–09:00", people="2")
    assert len(plan_charts.gantt(table).to_dict()["layer"]) == 2


def test_staffing_without_a_current_one_has_two_lines():
    table = week(required=1.0, scheduled=2.0, now=np.nan)
    colours = plan_charts.staffing(table).to_dict()["layer"][0]["encoding"]["color"]
    assert colours["scale"]["domain"] == ["Required", "Scheduled"]
