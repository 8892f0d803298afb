"""Flex staff on the Plan page: what is asked for reaches the planner, and its answer the screen."""

from types import SimpleNamespace

import pandas as pd
import pytest

from app_pages import opened_app, settled, write_desk
from views import work

# Streamlit's own test runner leaves an event loop open.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture
def asked(monkeypatch):
    """Questions that reached the planner of any weather, in place of its minutes of work."""
    questions = []
    at_length = work._at_length

    def answered(job, function, *args, tells=False):
        if function is not work.weather_of:
            return at_length(job, function, *args, tells=tells)
        questions.append(args)
        return SimpleNamespace(
            sentence="Base shifts for GBP 300 and flex staff cost GBP 310 on average.",
            triggers=("Mon 13 Apr: if chat contacts reach 52 by 11:00, call 1",),
            weather=pd.DataFrame(
                [
                    {
                        "weather": "stormy",
                        "days": 0.2,
                        "kept": 0.95,
                        "base_only_kept": 0.9,
                        "changed_agents": 1.5,
                    }
                ]
            ),
            base=SimpleNamespace(scenario=args[0]),
            base_cost=300.0,
            expected_cost=310.0,
            base_only_cost=350.0,
            flex=pd.DataFrame({"agents": [1]}),
            notes=("Promises of single intervals are held against the whole day.",),
        )

    monkeypatch.setattr(work, "_at_length", answered)
    return questions


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLWEATHER_SCENARIO", str(write_desk(tmp_path)))
    return settled(opened_app("plan"))


def test_flex_staff_is_planned_as_it_is_set_and_told_in_sentences(app, asked):
    assert not asked
    app.slider(key="weather-chance").set_value(85)
    app.number_input(key="weather-called").set_value(3)
    app.number_input(key="weather-leaving").set_value(0)
    next(button for button in app.button if button.label == "Plan for any weather").click().run()
    settled(app)
    ((scenario, _demand, probability),) = asked
    assert probability == 0.85
    (flex,) = scenario.groups["team"].flex.values()
    assert (flex.action, flex.agents, flex.decide_at) == ("call", 3, "11:00")
    told = [text.value for text in app.text]
    assert "● Mon 13 Apr: if chat contacts reach 52 by 11:00, call 1" in told
    assert any("350" in caption.value for caption in app.caption)
    assert not app.exception
    # What is on the screen stays there when another page was looked at.
    app.switch_page("views/history.py").run()
    app.switch_page("views/plan.py").run()
    settled(app)
    assert any("call 1" in text.value for text in app.text)
    assert len(asked) == 1
