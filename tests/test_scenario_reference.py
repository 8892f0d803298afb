"""The page of all keys and the JSON Schema say what the models say."""

import json

import pytest

from scenario import Scenario
from scenario.reference import EXAMPLE, PAGE, page
from scenario.schema import schema


def test_committed_page_is_what_the_models_say():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_what_a_table_is_about_is_told_as_text():
    """Indented as in a docstring it would be shown as code."""
    assert not [line for line in page().splitlines() if line.startswith("    ")]


def test_example_of_the_page_is_a_scenario():
    scenario = Scenario.load(EXAMPLE)
    assert scenario == Scenario.parse(scenario.to_toml(), EXAMPLE.parent)
    assert list(scenario.channels) == ["chat", "posts", "callback"]


def properties(document):
    """Every key of every table of the schema, with its description."""
    for table in (document, *document["$defs"].values()):
        for name, key in table.get("properties", {}).items():
            yield f"{table['title']}.{name}", key


def test_schema_describes_every_key_and_refuses_others():
    document = schema()
    json.dumps(document, allow_nan=False)
    described = dict(properties(document))
    assert all(key.get("description") or "$ref" in key for key in described.values())
    assert described["Scenario.grain_us"]["unit"] == "microseconds"
    assert "Goes" in described["Skill.slowdown"]["source"]
    assert all(not table["additionalProperties"] for table in document["$defs"].values())


@pytest.mark.parametrize(
    ("text", "valid"),
    [("", True), ("zzz = 1", False), ("seed = -1", False), ('seed = "one"', False)],
)
def test_an_editor_with_the_schema_sees_what_load_refuses(text, valid):
    jsonschema = pytest.importorskip("jsonschema")
    import tomlkit

    example = (
        f"{text}\n{EXAMPLE.read_text().replace('seed = 1', '' if 'seed' in text else 'seed = 1')}"
    )
    document = json.loads(json.dumps(tomlkit.parse(example).unwrap(), default=str))
    checked = jsonschema.Draft202012Validator(schema()).is_valid(document)
    assert checked == valid
