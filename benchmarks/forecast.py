"""
How good is the forecast beside public ones: the same series, the same past origins, one table.

    python -m benchmarks.forecast --json --data DATA --peers PEERS/bin/python

`--data` is a folder with the real series (default: $ALLWEATHER_DATA; without it the sample
alone), `--peers` the Python of an environment made from `benchmarks/peers.txt` (default:
$ALLWEATHER_PEERS; without it ours alone). Peers are slow: `--answers FOLDER` keeps what they
told, so that a second run asks only what is new, or with `--kept` nothing. `--write FILE` puts
the table into a document.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.forecast_series import Source, Task, sources, task
from forecast import backtest
from forecast.accuracy import bias, coverage, wape
from forecast.backtesting import Backtest

OURS = "Allweather"
NAIVE = "last week repeated"
# Origins of eight that a peer is asked for, where a fit takes longer than ten seconds or so.
FEW = {"AutoTBATS": 2, "AutoMFLES": 4, "LightGBM": 4}
PEERS = ("AutoARIMA + MSTL", "AutoETS + MSTL", "AutoTBATS", "AutoMFLES", "Prophet", "LightGBM")
HORIZON_DAYS = 28
LIMIT_S = 600.0  # of one fit; a peer that takes longer is asked no more of that series
MARK = "<!-- made by python -m benchmarks.forecast --write -->"


@dataclass(frozen=True)
class Answers:
    """
    What peers told, kept in a folder by the content of the question.

    Parameters
    ----------
    python
        Of the peers' environment.
    folder
        Where answers are kept; None: nowhere.
    asks
        Whether a peer is asked what the folder does not hold.
    """

    python: Path
    folder: Path | None
    asks: bool = True

    def of(self, peer: str, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """One answer a task; a peer that fails or takes too long is not asked again."""
        program = Path(__file__).with_name("forecast_peers.py")
        command = [str(self.python), str(program), peer, str(LIMIT_S)]
        questions = [json.dumps(one.document()) for one in tasks]
        kept = [self._kept(peer, question) for question in questions]
        if all(path is not None and path.is_file() for path in kept):
            return [json.loads(path.read_text()) for path in kept if path is not None]
        if not self.asks:
            return [
                json.loads(path.read_text())
                if path is not None and path.is_file()
                else {"error": "not asked"}
                for path in kept
            ]
        found = []
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            for question, path in zip(questions, kept, strict=True):
                if found and "error" in found[-1]:
                    found.append({"error": "not asked after a failure", "cpu_s": float("nan")})
                    continue
                process.stdin.write(question + "\n")
                process.stdin.flush()
                line = process.stdout.readline()
                found.append(json.loads(line) if line else {"error": "its process ended"})
                if path is not None:
                    path.write_text(json.dumps(found[-1]))
            process.stdin.close()
        return found

    def versions(self) -> dict[str, str]:
        """Versions of the peers."""
        program = Path(__file__).with_name("forecast_peers.py")
        done = subprocess.run(
            [str(self.python), str(program), "--versions"],
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def _kept(self, peer: str, question: str) -> Path | None:
        if self.folder is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        program = Path(__file__).with_name("forecast_peers.py").read_text()
        content = hashlib.sha256(f"{peer}\n{program}\n{question}".encode()).hexdigest()[:20]
        return self.folder / f"{content}.json"


def compared(
    source: Source, answers: Answers | None, origins: int, peers: Sequence[str]
) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """Series by series, the figures of ours, the naive forecast and every peer."""
    begun = time.process_time()
    tested = backtest(
        source.history,
        horizon=f"{HORIZON_DAYS}d",
        origins=origins,
        calendar=source.calendar,
        events=source.events,
    )
    fits = len(tested.origins) * len(source.history.channels)
    cpu_s = (time.process_time() - begun) / fits
    for channel in source.history.channels:
        rows = tested.table[tested.table["channel"] == channel]
        figures = {OURS: _ours(tested, channel, cpu_s), NAIVE: _naive(rows)}
        for peer in peers if answers is not None else ():
            assert answers is not None
            figures[peer] = _peer(source, channel, rows, tested.origins, peer, answers)
        yield source.series(channel), figures


def _ours(tested: Backtest, channel: str, cpu_s: float) -> dict[str, Any]:
    found = tested.channels[channel]
    keys = ("wape", "wape_week1", "bias", "coverage_80", "coverage_95")
    return {key: found[key] for key in keys} | {"cpu_s": cpu_s, "origins": len(tested.origins)}


def _naive(rows: pd.DataFrame) -> dict[str, Any]:
    return _figures(rows, rows["naive"].to_numpy(), {}, 0.0) | {
        "origins": int(rows["origin"].nunique())
    }


def _peer(
    source: Source,
    channel: str,
    rows: pd.DataFrame,
    origins: Sequence[pd.Timestamp],
    peer: str,
    answers: Answers,
) -> dict[str, Any]:
    """A peer's figures at the origins that it is asked for, the latest among them."""
    count = min(FEW.get(peer, len(origins)), len(origins))
    asked = [
        origins[place] for place in np.linspace(len(origins) - 1, 0, count).round().astype(int)
    ]
    tasks = [task(source, channel, origin, HORIZON_DAYS) for origin in asked]
    found = answers.of(peer, tasks)
    good = [
        (origin, one, told)
        for origin, one, told in zip(asked, tasks, found, strict=True)
        if "error" not in told
    ]
    errors = sorted({str(told["error"]) for told in found if "error" in told})
    if not good:
        return dict.fromkeys(
            ("wape", "wape_week1", "bias", "coverage_80", "coverage_95", "cpu_s"), float("nan")
        ) | {"origins": 0, "errors": errors}
    parts, told_parts, bands = [], [], []
    for origin, one, told in good:
        own = rows[rows["origin"] == origin]
        parts.append(own)
        told_parts.append(_on_intervals(own, one, told["mean"], source))
        bands.append(
            {
                name: _on_intervals(own, one, told[name], source)
                for name in ("low_80", "high_80", "low_95", "high_95")
                if told[name] is not None
            }
        )
    together = pd.concat(parts)
    joined = {
        name: np.concatenate([one[name] for one in bands])
        for name in bands[0]
        if all(name in one for one in bands)
    }
    cpu_s = float(np.mean([told["cpu_s"] for _, _, told in good]))
    figures = _figures(together, np.concatenate(told_parts), joined, cpu_s)
    ours = wape(together["mean"].to_numpy(), together["actual"].to_numpy())
    return figures | {"origins": len(good), "ours_at_these_origins": ours, "errors": errors}


def _on_intervals(
    rows: pd.DataFrame, one: Task, values: Sequence[float], source: Source
) -> np.ndarray:
    """A peer's cells as the intervals of the horizon; 0 where the series is closed."""
    slots = 24 * 60 // source.history.interval_minutes
    grid = np.zeros((HORIZON_DAYS + 1, slots))
    grid[one.day, one.slot] = values
    local = rows["interval_start"].dt.tz_localize(None)
    first = rows["origin"].iloc[0].tz_localize(None).normalize()
    day = (local.dt.normalize() - first).dt.days.to_numpy()
    slot = (local.dt.hour * 60 + local.dt.minute).to_numpy() // source.history.interval_minutes
    return grid[day, slot]


def _figures(
    rows: pd.DataFrame, told: np.ndarray, bands: dict[str, np.ndarray], cpu_s: float
) -> dict[str, Any]:
    actual = rows["actual"].to_numpy()
    first_week = (rows["interval_start"] - rows["origin"]).dt.days.to_numpy() < 7
    # Closed intervals are told exactly and would flatter the bands: judged where ours is open.
    judged = np.where(rows["mean"].to_numpy() > 0, actual, np.nan)
    return {
        "wape": wape(told, actual),
        "wape_week1": wape(told[first_week], actual[first_week]),
        "bias": bias(told, actual),
        **{
            f"coverage_{level}": coverage(bands[f"low_{level}"], bands[f"high_{level}"], judged)
            if f"low_{level}" in bands
            else float("nan")
            for level in (80, 95)
        },
        "cpu_s": cpu_s,
    }


def table(document: dict[str, Any]) -> str:
    """The figures as a table of a document: a row a series, a column a forecaster."""
    names = [OURS, NAIVE, *document["peers"]]
    heads = [f"{OURS} (bands)", NAIVE, *document["peers"]]
    lines = [f"| series | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for series, figures in document["series"].items():
        ours = figures[OURS]
        best = min(names, key=lambda name: _against_ours(figures, name))
        cells = []
        for name in names:
            found = figures[name]
            if found["wape"] is None:
                cells.append("–")
                continue
            text = f"{found['wape']:.1%}"
            text = f"**{text}**" if name == best else text
            if name == OURS:
                text += f" ({found['coverage_80']:.0%}, {found['coverage_95']:.0%})"
            elif found["origins"] < ours["origins"]:
                text += f" ({found['ours_at_these_origins']:.1%} at {found['origins']})"
            cells.append(text)
        lines.append(f"| {series} | {' | '.join(cells)} |")
    seconds = []
    for name in names:
        spent = [one[name]["cpu_s"] for one in document["series"].values()]
        known = [value for value in spent if value is not None]
        seconds.append(f"{np.mean(known):.2g} s" if known and name != NAIVE else "–")
    lines.append(f"| *processor time a forecast* | {' | '.join(seconds)} |")
    return "\n".join(lines)


def _against_ours(figures: dict[str, Any], name: str) -> float:
    """A forecaster's error over ours at the same origins; infinite where it told nothing."""
    found = figures[name]
    if found["wape"] is None:
        return float("inf")
    return float(found["wape"] / found.get("ours_at_these_origins", figures[OURS]["wape"]))


def write_table(text: str, path: Path, mark: str = MARK) -> None:
    """Put the table between the two marks of a document."""
    before, _, rest = path.read_text(encoding="utf-8").partition(mark)
    _, _, after = rest.partition(mark)
    path.write_text(f"{before}{mark}\n\n{text}\n\n{mark}{after}", encoding="utf-8")


def _known(value: Any) -> Any:
    """The same with NaN as null."""
    if isinstance(value, dict):
        return {key: _known(part) for key, part in value.items()}
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def main() -> None:
    """Measure, and print a table or one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--data", type=Path, default=os.environ.get("ALLWEATHER_DATA"))
    parser.add_argument("--peers", type=Path, default=os.environ.get("ALLWEATHER_PEERS"))
    parser.add_argument("--only", help="peers to ask, separated by commas")
    parser.add_argument("--series", help="sources to measure, separated by commas")
    parser.add_argument("--origins", type=int, default=8)
    parser.add_argument("--answers", type=Path, help="folder that keeps what peers told")
    parser.add_argument("--kept", action="store_true", help="ask peers nothing new")
    parser.add_argument("--write", type=Path, help="document to put the table into")
    chosen = parser.parse_args()
    load_before = os.getloadavg()[0]
    peers = tuple(chosen.only.split(",")) if chosen.only else PEERS
    answers = (
        None
        if chosen.peers is None
        else Answers(Path(chosen.peers), chosen.answers, not chosen.kept)
    )
    series: dict[str, Any] = {}
    for source in sources(None if chosen.data is None else Path(chosen.data)):
        if chosen.series and source.name not in chosen.series.split(","):
            continue
        for name, figures in compared(source, answers, chosen.origins, peers):
            series[name] = figures
            print(f"{name}: done", file=sys.stderr)
    versions = {"python": platform.python_version(), "statsmodels": version("statsmodels")}
    document = _known(
        {
            "horizon_days": HORIZON_DAYS,
            "peers": list(peers) if answers is not None else [],
            "series": series,
            "machine_load": [load_before, os.getloadavg()[0]],
            "versions": versions | (answers.versions() if answers is not None else {}),
        }
    )
    text = table(document)
    if chosen.write is not None:
        write_table(text, chosen.write)
    print(json.dumps(document, indent=2) if chosen.json else text)


if __name__ == "__main__":
    main()
