"""Measurements of the project: accuracy against exact values, speed, real input."""

import sys
from pathlib import Path

# Helpers of the tests are used here too. They are no package of their own: a dependency has
# installed one named `tests`.
_TESTS = str(Path(__file__).resolve().parents[1] / "tests")
if _TESTS not in sys.path:
    sys.path.insert(0, _TESTS)
