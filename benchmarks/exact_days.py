"""Days on which rates and staff change, from an empty floor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.exact_cases import (
    START,
    Case,
    Document,
    Entry,
    entries,
    live,
    target,
    team,
)
from benchmarks.exact_checks import (
    Check,
    agents_busy,
    formula,
    in_hand,
    level,
    number,
    per_cycle,
    ratio,
    seconds,
    share,
)

NIGHT_H = 4  # after the last interval: every floor here is empty by then, but for once in 10^9
DAYS = 28  # in one replication
CHAT_NIGHT_H = 6
LONG_NIGHT_H = 14  # for log-normal times, which now and then last very long, and 40-minute calls


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for entry in entries("time_varying_MtMctM"):
        yield _calls(entry)
    for entry in entries("staffing_rules"):
        yield _staffed_by_rule(entry)
    for entry in entries("time_varying_chat"):
        yield _chats(entry)


def day(
    description: str,
    interval_min: float,
    offered: Sequence[float],
    staff: Sequence[int],
    channel: Document,
    *,
    night_h: int = NIGHT_H,
    skill: Document | None = None,
) -> Document:
    """
    A day that begins with an empty floor, as a scenario.

    Parameters
    ----------
    description
        The day in words.
    interval_min
        Minutes of an interval.
    offered, staff
        Contacts expected and agents, by interval.
    channel
        The live channel.
    night_h
        Hours afterwards in which nobody comes and the last staff finish.
    skill
        Of the group.
    """
    night = round(60 * night_h / interval_min)
    length = round((len(offered) + night) * interval_min)
    rates = [float(mean) for mean in offered] + [0.0] * night
    return {
        "description": description,
        "horizon": {
            "start": START,
            "length": f"{length}min",
            "interval_minutes": round(interval_min),
        },
        "demand": {"rates": {"chat": rates}, "uncertainty": "none"},
        "channels": {"chat": channel},
        "groups": team([*staff, *[staff[-1]] * night], chat=skill or {}),
    }


def at(interval: int) -> slice:
    """One interval of the day."""
    return slice(interval, interval + 1)


def day_totals(values: Mapping[str, Any], intervals: int, theta: float) -> list[Check]:
    """What a whole day with impatient customers amounts to; times in minutes."""
    offered = values["offered"]
    return [
        share("day: answered_of_offered", formula("answered_of_offered"), values["day_sl"]),
        share(
            "day: served or gone within the time",
            formula("abandons_as_success"),
            1 - values["waited_at_least_tau"] / offered,
        ),
        share("day: abandonment", ratio("abandonment"), values["day_abandon_frac"]),
        seconds("day: mean wait of all", ratio("wait_mean_s"), values["int_queue"] / offered),
        number("day: contacts abandoned", per_cycle("abandoned"), theta * values["int_queue"]),
    ]


def _calls(entry: Entry) -> Case:
    given, values = entry.given, entry.values
    intervals = len(given["staff"])
    document = _impatient_day(
        f"a day of {intervals} intervals of {given['interval_min']:.0f} min,"
        f" {sum(given['offered_per_interval'])} calls of {1 / given['mu']:.3g} min, patience"
        f" {1 / given['theta']:.3g} min, {min(given['staff'])} to {max(given['staff'])} agents",
        given,
    )
    checks = day_totals(values["total"], intervals, given["theta"])
    open_min = intervals * given["interval_min"]
    checks.append(
        number(
            "day: agents busy",
            agents_busy(slice(0, intervals)),
            values["total"]["int_busy_open"] / open_min,
        )
    )
    for interval, exact in enumerate(values["per_interval"]):
        told, where = f"interval {interval + 1}", at(interval)
        checks += [
            share(f"{told}: answered_of_offered", level(where), exact["sl"]),
            share(
                f"{told}: share that waits",
                ratio("delayed_share", where=where),
                exact["p_all_busy"],
            ),
            number(f"{told}: agents busy", agents_busy(where), exact["mean_busy"]),
        ]
    return entry.case(document, checks, repeats=DAYS)


def _staffed_by_rule(entry: Entry) -> Case:
    """The same kind of day under the staffing that a rule found for it."""
    given, values = entry.given, entry.values
    long = given["mu"] < 1 / 20
    document = _impatient_day(
        f"a day of {1 / given['mu']:.3g}-minute calls, patience {1 / given['theta']:.3g} min,"
        f" staffed by the rule: {given['rule']}",
        given,
        LONG_NIGHT_H if long else CHAT_NIGHT_H,
    )
    # The least staffed interval, whose level is known to every digit.
    worst = int(np.argmin(values["sl"]))
    checks = (
        share("day: answered_of_offered", formula("answered_of_offered"), values["day_sl"]),
        share(f"interval {worst + 1}: answered_of_offered", level(at(worst)), values["min_sl"]),
    )
    return entry.case(document, checks, repeats=DAYS)


def _impatient_day(description: str, given: Mapping[str, Any], night_h: int = NIGHT_H) -> Document:
    channel = live(1 / given["mu"], 1 / given["theta"], target=target(given["tau"]))
    return day(
        description,
        given["interval_min"],
        given["offered_per_interval"],
        given["staff"],
        channel,
        night_h=night_h,
    )


def _chats(entry: Entry) -> Case:
    given, values = entry.given, entry.values
    rates, most = given["total_rate_by_level"], given["max_chats"]
    slowdown = [n * rates[1] / rates[n] for n in range(1, most + 1)]
    intervals = len(given["offered"])
    document = day(
        f"{intervals} quarter-hours, {given['agents']} agents, up to {most} chats at once,"
        f" {sum(given['offered'])} chats, slowdown {' / '.join(f'{s:.4g}' for s in slowdown)}",
        given["interval_min"],
        given["offered"],
        [given["agents"]] * intervals,
        live(1 / rates[1], 1 / given["theta"], target=target(given["tau"])),
        night_h=CHAT_NIGHT_H,
        skill={"max_concurrent": most, "slowdown": slowdown},
    )
    checks = [share("day: answered_of_offered", level(slice(None)), values["total"]["day_sl"])]
    for interval, exact in enumerate(values["per_interval"]):
        told, where = f"interval {interval + 1}", at(interval)
        checks += [
            share(f"{told}: answered_of_offered", level(where), exact["sl_answered_within_tau"]),
            share(
                f"{told}: share that waits",
                ratio("delayed_share", where=where),
                exact["p_all_slots_full"],
            ),
            number(f"{told}: chats in hand", in_hand(where=where), exact["mean_chats"]),
            number(f"{told}: agents busy", agents_busy(where), exact["mean_busy_agents"]),
        ]
    return entry.case(document, checks, repeats=DAYS)
