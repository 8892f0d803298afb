"""
The plan that the README shows.

    python -m benchmarks.readme --write
"""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.print_plan import print_plan
from commands.terminal import out
from forecast import demand_for
from scenario import Scenario
from staffing import Plan, plan

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
SAMPLE = ROOT / "data" / "scenarios" / "sample.toml"
BEGIN, END = "prints, shifts left out here:\n\n```\n", "\n```\n"
WIDTH = 140  # characters that no line of it reaches
LEFT_OUT = ("Shifts", "Made in")  # the longest table, and what depends on the machine


def shown(made: Plan) -> str:
    """What the command prints of a plan, without its shifts."""
    width = out.width
    out.width = WIDTH
    try:
        with out.capture() as captured:
            print_plan(made)
    finally:
        out.width = width
    lines, left_out = [], False
    for line in captured.get().splitlines():
        begins_a_part = bool(line) and not line[0].isspace()
        if begins_a_part:
            left_out = line.startswith(LEFT_OUT)
        if not left_out:
            lines.append(line.rstrip())
    return "\n".join(lines).strip("\n")


def in_readme() -> str:
    """What the README shows."""
    _, rest = README.read_text(encoding="utf-8").split(BEGIN)
    return rest.split(END)[0]


def main() -> None:
    """Plan the sample's week; print it, or put it into the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="put it into the README")
    asked = parser.parse_args()
    scenario = Scenario.load(SAMPLE)
    told = shown(plan(scenario, demand_for(scenario), workers=2))
    print(told)
    if asked.write:
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(BEGIN + in_readme(), BEGIN + told), encoding="utf-8")


if __name__ == "__main__":
    main()
