"""
Write the scenario files of the queues whose exact values are known.

    python -m benchmarks.exact_files
"""

from __future__ import annotations

import textwrap
from typing import Any

from benchmarks.exact_cases import SCENARIOS, Case, cases
from scenario import Scenario

WIDTH = 96
HEAD = "# Made by `python -m benchmarks.exact_files`; compared in docs/validation.md."


def text_of(case: Case) -> str:
    """The scenario file of a case."""
    document: dict[str, Any] = {"name": case.name, **case.document}
    lines = Scenario.model_validate(document).to_toml().splitlines()
    folded = [part for line in lines for part in _folded(line)]
    return "\n".join([HEAD, *folded]) + "\n"


def _folded(line: str) -> list[str]:
    """A long list over several lines."""
    name, equals, value = line.partition(" = [")
    if len(line) <= WIDTH or not equals:
        return [line]
    numbers = textwrap.wrap(value.removesuffix("]"), WIDTH - 4, break_long_words=False)
    return [f"{name} = [", *(f"    {numbers_line}" for numbers_line in numbers), "]"]


def main() -> None:
    """Write them all, and take away those that no case has any more."""
    SCENARIOS.mkdir(exist_ok=True)
    wanted = {case.file: text_of(case) for case in cases()}
    for file in set(SCENARIOS.glob("*.toml")) - wanted.keys():
        file.unlink()
    for file, text in wanted.items():
        file.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} files in {SCENARIOS}")


if __name__ == "__main__":
    main()
