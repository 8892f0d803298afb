"""What the benchmark of social channels measures, and that a part that fails is named."""

from benchmarks import social
from benchmarks.social import Part
from journeys_agreement import on_begetting_floors


def test_a_part_of_the_benchmark_that_fails_takes_no_other_with_it() -> None:
    def broken() -> dict[str, float]:
        raise ValueError("no processor left")

    parts = {
        "first": Part(("disagreements",), broken),
        "second": Part(("contacts_per_s",), lambda: {"contacts_per_s": 2.0, "offered_per_s": 1.0}),
    }
    found = social.figures(parts)
    assert found["failed"] == {"first": "ValueError: no processor left"}
    assert (found["disagreements"], found["contacts_per_s"]) == (None, 2.0)
    assert found["parts"]["second"]["offered_per_s"] == 1.0


def test_the_engines_agree_where_contacts_beget_others_in_every_way() -> None:
    findings = on_begetting_floors(4)
    assert findings.disagreements == 0, findings.told
    for rule in ("repost", "spread", "redial after abandonment", "deflected"):
        assert findings.touched[rule] > 0, rule
