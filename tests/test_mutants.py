"""Spoilt rules are noticed: the list fits the sources, and those who should object do."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import mutants
from benchmarks.mutants import Mutant, judge, listed

ROOT = Path(__file__).parents[1]


def test_the_lists_fit_the_sources() -> None:
    """Every text to replace is in its file exactly once, and replacing it changes something."""
    found = listed()
    assert len(found) >= 40
    assert len({(mutant.file, mutant.says) for mutant in found}) == len(found)
    assert all(mutant.old != mutant.new for mutant in found)


def test_a_list_that_fits_no_longer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = '[[mutants]]\nsays = "nothing"\nold = "no such text"\nnew = ""\n'
    (tmp_path / "rules.toml").write_text(f'file = "simulate/rules.py"\n{row}')
    monkeypatch.setattr(mutants, "LISTS", tmp_path)
    with pytest.raises(ValueError, match=r"rules\.py: nothing"):
        listed()


def test_a_spoilt_rule_is_noticed_and_a_comment_is_not() -> None:
    old = "# Ranks: what comes first among the events of one instant."
    harmless = Mutant("a comment says less", "simulate/rules.py", old, "# Ranks.")
    spoilt = next(one for one in listed() if one.says == "completions come before abandonments")
    verdicts = judge([harmless, spoilt], workers=1)
    assert [verdict.killer for verdict in verdicts] == [
        None,
        "the day abandonment_comes_before_completion",
    ]


@pytest.mark.slow
def test_every_spoilt_rule_is_noticed() -> None:
    command = [sys.executable, "-m", "benchmarks.mutants", "--workers", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
