"""Tables of Erlang C and A against the single queues that are checked against exact values."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from scenario import InvalidValueError, Target
from staffing.calculator import agents_for, service_levels
from staffing.erlang import agents_needed, erlang_a, erlang_c

STEADY = json.loads((Path(__file__).parent / "references/staffing_single_queue.json").read_text())[
    "steady"
]


@pytest.mark.parametrize("load", [0.3, 4.0, 48.0, 180.0])
@pytest.mark.parametrize("patience_s", [20.0, 240.0, 3600.0, math.inf])
def test_a_table_says_what_single_queues_say(load: float, patience_s: float) -> None:
    agents = np.unique(np.maximum(0, np.round(load * np.array([0, 0.5, 0.9, 1.0, 1.1, 1.5]))))
    within_s = np.array([0.0, 20.0, 600.0])
    table = service_levels(
        load, agents[:, None], handle_time_s=300, within_s=within_s, patience_s=patience_s
    )
    for row, present in enumerate(agents):
        if math.isinf(patience_s):
            queue = erlang_c(load, int(present), handle_time_s=300)
        else:
            queue = erlang_a(load, int(present), handle_time_s=300, patience_s=patience_s)
        for column, seconds in enumerate(within_s):
            assert table[row, column] == pytest.approx(queue.answered_within(seconds), abs=1e-9)


def test_the_fewest_agents_of_a_table_are_those_of_the_exact_values() -> None:
    params = [case["params"] for case in STEADY]
    asked = {
        "load": [case["offered_load"] for case in params],
        "handle_time_s": [60 * case["aht_min"] for case in params],
        "within_s": [case["tau_s"] for case in params],
        "share": [case["target"] for case in params],
    }
    patience_s = [60 * case["patience_min"] for case in params]
    values = [case["values"] for case in STEADY]
    assert agents_for(**asked).tolist() == [case["erlangC_min_agents"] for case in values]
    assert agents_for(**asked, patience_s=patience_s).tolist() == [
        case["erlangA_min_agents"] for case in values
    ]


def test_the_fewest_agents_are_those_of_single_queues() -> None:
    load = np.array([0.0, 0.05, 1.0, 7.3, 60.0, 400.0])
    found = agents_for(load, handle_time_s=240, within_s=30, share=0.9, patience_s=200)
    target = Target(share=0.9, within_s=30)
    for erlangs, agents in zip(load, found, strict=True):
        assert agents == agents_needed(
            float(erlangs), handle_time_s=240, target=target, patience_s=200
        )


def test_cells_without_contacts_have_no_level_and_need_nobody() -> None:
    levels = service_levels([0.0, 1.0], 2, handle_time_s=60, within_s=10, patience_s=60)
    assert np.isnan(levels[0])
    assert levels[1] > 0.5
    assert agents_for([[0.0]], handle_time_s=60, within_s=10, share=0.8).tolist() == [[0]]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"load": [-1.0]}, "load"), ({"handle_time_s": 0.0}, "handle"), ({"share": 1.0}, "share")],
)
def test_values_out_of_range_are_named(change: dict, field: str) -> None:
    asked = {"load": [1.0], "handle_time_s": 60.0, "within_s": 20.0, "share": 0.8}
    with pytest.raises(InvalidValueError, match=field):
        agents_for(**{**asked, **change})
