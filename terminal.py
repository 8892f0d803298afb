"""How results look on a terminal: tables on standard output, the rest on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from forecast.accuracy import WeeklySpread
    from forecast.backtesting import Backtest
    from forecast.today import Today
    from simulate.outcome import Outcome
    from staffing import Plan

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


@contextmanager
def progress(label: str) -> Iterator[Callable[[float, str], None]]:
    """A bar on standard error; `show(share, sentence)` moves it."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda share, sentence: bar.update(task, completed=share, description=sentence)


def tell(sentences: Sequence[str]) -> None:
    """Say on standard error what a person should know beside the result."""
    for sentence in sentences:
        err.print(f"Note: {sentence}", markup=False)


def print_outcome(outcome: Outcome) -> None:
    """What a planner wants to know first of a simulation; `--json` has every measure."""
    title = f"{outcome.scenario.name}: {outcome.replications} replications, seed {outcome.seed}"
    print_rows([_channel_row(row) for row in outcome.totals.to_dict("records")], title)
    print_rows([_group_row(row) for row in outcome.groups.to_dict("records")], "Groups")


def print_plan(made: Plan) -> None:
    """What a planner wants to know first of a plan; `--json` and `--out` have every figure."""
    currency = made.scenario.currency
    promises = [_promise_row(row) for row in made.targets.to_dict("records")]
    print_rows(promises, f"{made.scenario.name}: promises")
    print_rows([_rung_row(row) for row in made.ladder.to_dict("records")], "Why so many hours")
    if len(made.shifts):
        print_rows([_shift_row(row) for row in made.shifts.to_dict("records")], "Shifts")
    if len(made.unmet):
        print_rows([_unmet_row(row) for row in made.unmet.to_dict("records")], "Under target")
    else:
        out.print("Nothing is under its target.")
    for name, paid in (("Plan", made), ("Staffed now", made.baseline)):
        if paid is not None:
            out.print(
                f"{name}: {paid.paid_hours:,.0f} paid hours, {paid.fte:.1f} FTE,"
                f" {currency} {paid.cost:,.0f}"
            )
    out.print(f"Made in {made.seconds:.0f} s.")


def print_backtest(
    tested: Backtest, grains: pd.DataFrame, weekly: Mapping[str, WeeklySpread]
) -> None:
    """How good the forecast was, by channel, then by grain of time and week ahead."""
    figures = ("wape", "wape_week1", "naive_wape", "bias", "coverage_80", "coverage_95")
    rows = [
        {"channel": name, **{key: _percent(found[key]) for key in figures}}
        | {"mase": _cell(found["mase"]), "method": found["method"]}
        for name, found in tested.channels.items()
    ]
    print_rows(rows, f"{len(tested.origins)} origins, {tested.horizon_days:.0f} days ahead")
    rows = [
        {
            "channel": row["channel"],
            "weeks ahead": "all" if row["week"] == 0 else str(row["week"]),
            "by": row["grain"],
            "error": _percent(row["wape"]),
            "counting noise": _percent(row["counting_noise"]),
            "last week repeated": _percent(row["naive_wape"]),
            "bias": _percent(row["bias"]),
            "compared": _cell(row["sums"]),
        }
        for row in grains.to_dict("records")
    ]
    print_rows(rows, "Errors by lead time and grain; counting noise is what no forecast can beat")
    if weekly:
        rows = [
            {
                "channel": name,
                "paths stray by": _percent(one.paths),
                "weeks were off by": _percent(one.errors),
                "ratio": f"{one.ratio:.2f} ± {one.standard_error:.2f}",
                "weeks": str(one.weeks),
            }
            for name, one in weekly.items()
        ]
        print_rows(rows, "Weekly totals: the paths of each origin, and what came after it")


def print_today(today: Today) -> None:
    """The day so far and the rest of it, by channel; alarms first."""
    for alarm in today.alarms:
        out.print(f"▲ {alarm.sentence}", markup=False)
    rows = [
        {
            "channel": row["channel"],
            "so far": _cell(row["so_far"]),
            "expected": _cell(row["so_far_forecast"]),
            "band": f"{row['so_far_low']:,.0f}–{row['so_far_high']:,.0f}",
            "rest was": _cell(row["rest_forecast"]),
            "rest is": _cell(row["rest"]),
            "9 in 10": f"{row['rest_low']:,.0f}–{row['rest_high']:,.0f}",
            "change": _percent(row["change"]),
            "day": _cell(row["day"]),
        }
        for row in today.totals.to_dict("records")
    ]
    print_rows(rows, f"{today.day:%A %d %B %Y}, known to {today.at:%H:%M}")


def print_layers(layers: pd.DataFrame) -> None:
    """What the forecast and each edit were worth."""
    rows = [
        {
            "channel": row["channel"],
            "edit": "" if row["edit"] == 0 else str(row["edit"]),
            "what": row["what"],
            "contacts": _cell(row["actual"]),
            "last week repeated": _percent(row["naive_wape"]),
            "forecast": _percent(row["forecast_wape"]),
            "edited": _percent(row["edited_wape"]),
            "forecast adds": _percent(row["forecast_adds"]),
            "edits add": _percent(row["edits_add"]),
        }
        for row in layers.to_dict("records")
    ]
    print_rows(rows, "Errors by interval, and what each layer took off them")


def _promise_row(promise: Mapping[str, Any]) -> dict[str, str]:
    return {
        "channel": promise["channel"],
        "arrived": "closed" if promise["arrived_closed"] else "open",
        "promise": f"{_percent(promise['target'])} in {_duration(promise['within_s'])}",
        "judged by": promise["period"],
        "achieved": _percent(promise["achieved"]),
        "fresh seed": _percent(promise["fresh_seed_achieved"]),
        "chance": _percent(promise["probability_met"]),
        "kept": "yes" if promise["met"] else "no",
    }


def _rung_row(rung: Mapping[str, Any]) -> dict[str, str]:
    return {
        "step": rung["step"],
        "agent hours": f"{rung['agent_hours']:+,.1f}",
        "sum": f"{rung['total']:,.1f}",
        "meaning": rung["meaning"],
    }


def _shift_row(shift: Mapping[str, Any]) -> dict[str, str]:
    pauses = (f"{start:%H:%M}–{end:%H:%M}" for start, end in shift["breaks"])
    return {
        "group": shift["group"],
        "kind": shift["kind"],
        "day": f"{shift['start']:%a %d %b}",
        "hours": f"{shift['start']:%H:%M}–{shift['end']:%H:%M}",
        "break": ", ".join(pauses) or "–",
        "agents": _cell(shift["agents"]),
    }


def _unmet_row(unmet: Mapping[str, Any]) -> dict[str, str]:
    moment = unmet["interval_start"]
    return {
        "when": f"{moment:%a %d %b %H:%M}"
        if unmet["period"] == "interval"
        else f"{moment:%a %d %b}",
        "channel": unmet["channel"],
        "arrived": "closed" if unmet["arrived_closed"] else "open",
        "target": _percent(unmet["target"]),
        "achieved": _percent(unmet["achieved"]),
        "why": unmet["reason"],
    }


def _channel_row(total: Mapping[str, Any]) -> dict[str, str]:
    """What the terminal shows of a channel's totals; `--json` has every measure."""
    margin = 50 * (total["service_level_high"] - total["service_level_low"])
    return {
        "channel": total["channel"],
        "offered": _cell(total["offered"]),
        "gave up": _percent(total["abandonment"]),
        "service level": f"{_percent(total['service_level'])} ± {margin:.1f}",
        "arrived closed": _percent(total["service_level_closed"]),
        "chance met": _percent(total["probability_met"]),
        "90 % wait": _span(total["wait_p90_s"]),
        "left over": _cell(total["waiting"]),
    }


def _group_row(group: Mapping[str, Any]) -> dict[str, str]:
    return {
        "group": group["group"],
        "occupancy": _percent(group["occupancy"]),
        "floor hours": _cell(group["floor_hours"]),
        "paid hours": _cell(group["paid_hours"]),
        "FTE": f"{group['fte']:.1f}",
        "cost": _cell(group["cost"]),
    }


def _percent(share: float) -> str:
    return "–" if share != share else f"{100 * share:.1f} %"


def _span(seconds: float) -> str:
    """Seconds as h:mm:ss or m:ss."""
    if seconds != seconds:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _duration(seconds: float) -> str:
    """A promise's time as planners say it: 60 s, 15 min, 2 h."""
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * length or (seconds >= length and length == 3600):
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def print_table(table: pd.DataFrame, title: str) -> None:
    """Print a frame with its column names as headings."""
    print_rows(table.to_dict("records"), title)


def print_rows(rows: Sequence[Mapping[str, Any]], title: str) -> None:
    """Print rows that share their keys, which are the headings."""
    shown = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in rows[0] if rows else ():
        longest = max(len(word) for word in str(name).split())
        shown.add_column(str(name), overflow="fold", min_width=longest)
    for row in rows:
        shown.add_row(*(_cell(value) for value in row.values()))
    out.print(shown)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        if value != value:
            return "–"
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if hasattr(value, "strftime"):
        return str(value.strftime("%a %d %b %H:%M"))
    return str(value)
