"""Benchmarks are measured in parts."""

import json

from benchmarks.parts import Part, measured


def test_a_part_that_fails_takes_no_other_with_it(capsys) -> None:
    def broken() -> dict[str, float]:
        raise ValueError("no processor left")

    parts = {
        "first": Part(("first_s",), broken),
        "second": Part(("second_s",), lambda: {"second_s": 2.0, "tried": 5}),
        "third": Part(("third_s",), lambda: {"third_s": 3.0}),
    }
    found = measured(parts, ["third"])
    assert found["failed"] == {"first": "ValueError: no processor left"}
    assert (found["first_s"], found["second_s"], found["third_s"]) == (None, 2.0, None)
    assert found["parts"]["second"]["tried"] == 5
    assert found["left_out"] == ["third"]
    assert list(found["parts"]) == ["first", "second"]
    assert len(found["parts"]["second"]["machine_load"]) == 2
    assert "no processor left" in capsys.readouterr().err
    json.dumps(found)
