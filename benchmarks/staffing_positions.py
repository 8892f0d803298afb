"""
pyworkforce's required positions for single queues, in a Python of their own.

Reads a list of questions from standard input (`transactions`, `aht`, `asa`, `interval`, all in
minutes, and `service_level`) and answers with their positions. Nothing of the project is imported.
"""

from __future__ import annotations

import json
import sys

from pyworkforce.queuing import ErlangC


def main() -> None:
    """Answer the questions on standard input."""
    positions = []
    for question in json.load(sys.stdin):
        share = question.pop("service_level")
        queue = ErlangC(shrinkage=0.0, **question)
        found = queue.required_positions(service_level=share, max_occupancy=1.0)
        positions.append(int(found["positions"]))
    print(json.dumps(positions))


if __name__ == "__main__":
    main()
