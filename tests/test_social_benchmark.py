"""What the benchmark of social channels measures."""

from benchmarks import social
from journeys_agreement import on_begetting_floors


def test_every_figure_that_the_benchmark_is_named_for_has_a_part() -> None:
    keys = {key for part in social.PARTS.values() for key in part.keys}
    assert keys == {
        "disagreements", "contacts_per_s", "slowdown_when_unused", "calibration_error",
    }  # fmt: skip


def test_the_engines_agree_where_contacts_beget_others_in_every_way() -> None:
    findings = on_begetting_floors(4)
    assert findings.disagreements == 0, findings.told
    for rule in ("repost", "spread", "redial after abandonment", "deflected"):
        assert findings.touched[rule] > 0, rule
