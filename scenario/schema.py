"""JSON Schema of scenario files, for editors that complete and check while one types."""

from __future__ import annotations

from typing import Any

from scenario.model import Scenario


def schema() -> dict[str, Any]:
    """
    JSON Schema (draft 2020-12) of scenario files, units and sources beside the keys.

    Returns
    -------
    dict
        Plain values that `json.dumps` takes. Rules between keys, such as the number of
        agents per interval, are not in it: `Scenario.load` checks them.
    """
    document = Scenario.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
