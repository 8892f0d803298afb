"""How comparisons, curves and explanations look on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from commands.terminal import cell, duration, out, percent, print_rows, span

if TYPE_CHECKING:
    import pandas as pd

    from report.comparison import Comparison
    from simulate.drill import Drill
    from staffing.blending import Blending
    from staffing.concurrency import ConcurrencyChoice
    from staffing.frontier import Frontier
    from staffing.ladder import Ladder
    from staffing.sensitivity import Sensitivity
    from staffing.weather import WeatherPlan


def comparison_document(found: Comparison) -> dict[str, Any]:
    """`baseline`, `seed`, `replications`, `scenarios` and `rows` of a comparison."""
    base = found.outcomes[found.baseline]
    return {
        "baseline": found.baseline,
        "seed": base.seed,
        "replications": base.replications,
        "scenarios": [
            {
                "scenario": name,
                "cost": outcome.cost,
                "paid_hours": outcome.paid_hours,
                "sentence": found.verdict(name),
            }
            for name, outcome in found.outcomes.items()
        ],
        "rows": found.differences(),
    }


def print_comparison(found: Comparison) -> None:
    """Each scenario's verdict, then what differs: real differences before noise."""
    print_rows(found.side_by_side().to_dict("records"), "Side by side")
    for name in found.others:
        out.print(f"{name}: {found.verdict(name)}", markup=False)
        for title, real in (
            (f"Really different from {found.baseline}", True),
            (f"Differences from {found.baseline} that may be noise", False),
        ):
            sentences = found.sentences(name, real=real)
            if sentences:
                out.print(f"{title}:", markup=False)
            for sentence in sentences:
                out.print(f"  {sentence}", markup=False)


def print_drill(found: Drill) -> None:
    """The calm day, the burst, and the burst with people called in, side by side."""
    rows = [
        {
            "day": row["arrangement"],
            "in time": percent(row["service_level"]),
            "contacts": cell(row["offered"]),
            "caused": cell(row["caused"]),
            "most waiting beyond calm": cell(row["peak_beyond_calm"]),
            "hours waited beyond calm": cell(row["waiting_beyond_calm_h"]),
            "caught up (half)": _hours(row["caught_up_median_h"]),
            "recovered (half)": _hours(row["recovered_median_h"]),
            "recovered (9 in 10)": _hours(row["recovered_p90_h"]),
            "never": percent(row["unrecovered_share"]),
            "cost": cell(row["cost"]),
        }
        for row in found.table.to_dict("records")
    ]
    print_rows(rows, f"{found.scenario.name}: crisis drill, {found.channel}")
    out.print(found.sentence, markup=False)
    for row in found.difference.to_dict("records"):
        if row["real"]:
            out.print(f"  {row['sentence']}", markup=False)


def _hours(hours: float) -> str:
    return "–" if hours != hours else f"{hours:.1f} h"


def print_frontier(found: Frontier) -> None:
    """The curve, its knee marked, and what it says."""
    each = "a point more" if found.varies == "target" else "a minute sooner"
    rows = [
        {
            "promise": f"{100 * row['target']:.3g} % in {duration(row['within_s'])}",
            "floor hours": cell(row["floor_hours"]),
            "paid hours": cell(row["paid_hours"]),
            "cost": cell(row["cost"]),
            each: cell(row["marginal_cost"]),
            "in time": f"{percent(row['achieved'])} ± {50 * (row['high'] - row['low']):.1f}",
            "kept": "yes" if row["met"] else "no",
            "knee": "◄" if row["knee"] else "",
        }
        for row in found.table.to_dict("records")
    ]
    print_rows(rows, f"{found.scenario.name}: cost against service, {found.channel}")
    out.print(found.sentence, markup=False)


def print_sensitivity(found: Sensitivity) -> None:
    """The tornado, widest swing first."""
    rows = [
        {
            "assumption": f"{row['assumption']} of {row['subject']}",
            "now": _value(row["now"], row["unit"]),
            "low": _value(row["low"], row["unit"]),
            "high": _value(row["high"], row["unit"]),
            "paid hours at low": f"{row['paid_hours_low']:,.0f}",
            "at high": f"{row['paid_hours_high']:,.0f}",
            "swing": f"{row['swing_hours']:,.0f}" if row["real"] else "noise",
        }
        for row in found.table.to_dict("records")
    ]
    title = f"{found.scenario.name}: {found.paid_hours:,.0f} paid hours as things are assumed"
    print_rows(rows, title)
    for source, of in found.table.groupby("source", sort=False)["assumption"]:
        names = " and ".join(dict.fromkeys(of))
        out.print(f"Ends of {names}: {source}.", markup=False)
    out.print(found.sentence, markup=False)


def print_concurrency(found: ConcurrencyChoice) -> None:
    """Cost and response time of each cap, the best marked."""
    rows = [
        {
            "at once": str(row["max_concurrent"]),
            "floor hours": cell(row["floor_hours"]),
            "cost": cell(row["cost"]),
            "in time": percent(row["achieved"]),
            "9 in 10 answered in": span(row["answer_p90_s"]),
            "mean time in hand": span(row["handle_mean_s"]),
            "promises kept": "yes" if row["met"] else "no",
            "best": "◄" if row["best"] else "",
        }
        for row in found.table.to_dict("records")
    ]
    print_rows(rows, f"{found.scenario.name}: {found.channel} held at once")
    out.print(found.sentence, markup=False)


def print_blending(found: Blending) -> None:
    """One team and separate teams side by side."""
    rows = [
        {
            "arrangement": row["arrangement"],
            "floor hours": cell(row["floor_hours"]),
            "paid hours": cell(row["paid_hours"]),
            "cost": cell(row["cost"]),
            "occupancy": percent(row["occupancy"]),
            "promises kept": "yes" if row["met"] else "no",
        }
        for row in found.table.to_dict("records")
    ]
    print_rows(rows, f"{found.scenario.name}: the value of blending")
    out.print(found.sentence, markup=False)


def print_ladder(why: Ladder, moments: Sequence[pd.Timestamp]) -> None:
    """The ladder of the whole time, then of the intervals asked for."""
    _print_rungs(why.table, "agent_hours", "Why so many hours")
    for moment in moments:
        start = why.period.starts[why.interval_at(moment)]
        _print_rungs(why.at(moment), "agents", f"Why so many agents on {start:%a %d %b at %H:%M}")
        out.print(why.sentence(moment), markup=False)


def _print_rungs(table: pd.DataFrame, added: str, title: str) -> None:
    rows = [
        {
            "step": rung["step"],
            added.replace("_", " "): f"{rung[added]:+,.1f}",
            "sum": f"{rung['total']:,.1f}",
            "meaning": rung["meaning"],
        }
        for rung in table.to_dict("records")
    ]
    print_rows(rows, title)


def _value(value: float, unit: str) -> str:
    match unit:
        case "share":
            return percent(value)
        case "seconds":
            return span(value)
        case "contacts":
            return f"{value:,.0f}"
        case _:
            return f"{value:.3g}"


def print_weather(found: WeatherPlan) -> None:
    """What the plan comes to, what to do on which day, and what each weather brings."""
    out.print(found.sentence, markup=False)
    for told in found.triggers:
        out.print(f"  {told}", markup=False)
    rows = [
        {
            "weather": row["weather"],
            "days": percent(row["days"]),
            "every promise kept": percent(row["kept"]),
            "without flex staff": percent(row["base_only_kept"]),
            "agents changed": f"{row['changed_agents']:+.1f}",
        }
        for row in found.weather.to_dict("records")
    ]
    print_rows(rows, "By weather")
