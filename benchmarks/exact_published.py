"""Days that others have simulated and published, most of them with exact values too."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.exact_bilingual import bilingual
from benchmarks.exact_cases import REFERENCES, Case, Document, live, target
from benchmarks.exact_checks import (
    Check,
    agents_busy,
    formula,
    level,
    number,
    occupancy,
    per_cycle,
    ratio,
    seconds,
    share,
)
from benchmarks.exact_days import DAYS, at, day


def cases() -> Iterator[Case]:
    """Every day of this file."""
    file = json.loads((REFERENCES / "published_results.json").read_text(encoding="utf-8"))
    source = file["source"]
    yield _plain(file["MMC"], source)
    yield _impatient(file["MMCAb"], source)
    yield _limited(file["MMCBlocked"], source)
    yield _uncertain_days(file["CallCC"], source)
    yield _average_day(file["CallCC"], source)
    yield bilingual(file["Bilingual"], source)


def _working_day(told: str, given: Mapping[str, Any], **keys: Any) -> Document:
    """Eight hours from an empty floor; who waits at the end is served."""
    hours = round(given["open_min"] / 60)
    theta = given.get("theta")
    return day(
        f"{told}: {given['c']} agents, {given['lam']} calls a minute of {1 / given['mu']:g} min for"
        f" {hours} hours from an empty floor",
        60,
        [60 * given["lam"]] * hours,
        [given["c"]] * hours,
        live(1 / given["mu"], 1 / theta if theta else None, target=target(given["tau"]), **keys),
    )


def _open(given: Mapping[str, Any]) -> slice:
    return slice(0, round(given["open_min"] / 60))


def _plain(entry: Mapping[str, Any], source: str) -> Case:
    given, exact, printed = entry["params"], entry["exact"], entry["published"]
    checks = (
        number("in target", per_cycle("answered_within"), exact["in_target"], printed["in_target"]),
        share(
            "service level",
            formula("answered_of_offered"),
            exact["service_level"],
            printed["service_level"],
        ),
        seconds("ASA", ratio("asa_s"), exact["asa_min"], in_seconds(printed["asa_min"])),
        share("occupancy", occupancy(where=_open(given)), exact["occupancy"], printed["occupancy"]),
    )
    return Case("published", "MMC", source, _working_day("MMC", given), checks, DAYS)


def _impatient(entry: Mapping[str, Any], source: str) -> Case:
    given, exact, printed = entry["params"], entry["exact"], entry["published"]
    checks = (
        number("abandoned", per_cycle("abandoned"), exact["abandoned"], printed["abandoned"]),
        number("in target", per_cycle("answered_within"), exact["in_target"], printed["in_target"]),
        share(
            "answered_of_answered",
            formula("answered_of_answered"),
            exact["sl_served"],
            printed["sl_served"],
        ),
        share(
            "excluding_quick_abandons",
            formula("excluding_quick_abandons"),
            exact["sl_with_ab"],
            printed["sl_with_ab"],
        ),
        share("occupancy", occupancy(where=_open(given)), exact["occupancy"], printed["occupancy"]),
    )
    document = _working_day("MMCAb, patience 1 min", given)
    return Case("published", "MMCAb", source, document, checks, DAYS)


def _limited(entry: Mapping[str, Any], source: str) -> Case:
    given, exact, printed = entry["params"], entry["exact"], entry["published"]
    checks = (
        number("blocked", per_cycle("blocked"), exact["blocked"], printed["blocked"]),
        number("in target", per_cycle("answered_within"), exact["in_target"], printed["in_target"]),
        share(
            "answered_of_answered",
            formula("answered_of_answered"),
            exact["sl_served"],
            printed["sl_served"],
        ),
        seconds("ASA", ratio("asa_s"), exact["asa_min"], in_seconds(printed["asa_min"])),
        share("occupancy", occupancy(where=_open(given)), exact["occupancy"], printed["occupancy"]),
    )
    capacity = given["capacity"]
    document = _working_day(f"MMCBlocked, at most {capacity} wait", given, max_queue=capacity)
    return Case("published", "MMCBlocked", source, document, checks, DAYS)


def _call_centre(told: str, given: Mapping[str, Any]) -> Document:
    return day(
        f"{told}: {sum(given['offered'])} calls of {given['handle_s']} s over"
        f" {len(given['offered'])} hours, {min(given['staff'])} to {max(given['staff'])} agents; of"
        f" those who must wait {100 * given['balk']:.0f} % leave at once, the others have patience"
        f" {given['patience_s']} s",
        60,
        given["offered"],
        given["staff"],
        live(
            given["handle_s"] / 60,
            given["patience_s"] / 60,
            target=target(given["tau_s"] / 60),
            balk=given["balk"],
        ),
        night_h=24 - len(given["offered"]),
    )


def _uncertain_days(entry: Mapping[str, Any], source: str) -> Case:
    given, exact, printed = entry["params"], entry["exact"], entry["published"]
    document = _call_centre(f"CallCC, a gamma factor a day, shape {given['gamma_shape']}", given)
    document["demand"] |= {
        "uncertainty": "day_factor",
        "day_factor": {"cv": 1 / math.sqrt(given["gamma_shape"]), "per": "day"},
    }
    checks = (
        seconds(
            "mean wait of all",
            ratio("wait_mean_s"),
            exact["avg_wait_s_all"] / 60,
            printed["avg_wait_s"].replace("90%CI", ""),
        ),
        share(
            "served or gone within 20 s",
            formula("abandons_as_success"),
            exact["frac_wait_lt_20s_served_or_not"],
            printed["frac_wait_lt_20s"],
        ),
        share("lost", ratio("abandonment"), exact["frac_lost"], printed["frac_lost"]),
        share(
            "answered within 20 s",
            formula("answered_of_offered"),
            exact["frac_answered_within_20s"],
        ),
    )
    return Case("published", "CallCC", source, document, checks, DAYS, first_round=256)


def _average_day(entry: Mapping[str, Any], source: str) -> Case:
    """The same centre on a day like the mean, hour by hour."""
    given, total = entry["params"], entry["exact_on_an_average_day"]
    hours = len(given["offered"])
    offered = total["offered"]
    lost = total["balked"] + total["abandoned_from_queue"]
    checks: list[Check] = [
        share(
            "answered within 20 s",
            formula("answered_of_offered"),
            total["answered_within_tau"] / offered,
        ),
        share(
            "served or gone within 20 s",
            formula("abandons_as_success"),
            1 - total["waited_at_least_tau"] / offered,
        ),
        share("lost", ratio("abandonment"), lost / offered),
        seconds("mean wait of all", ratio("wait_mean_s"), total["int_queue"] / offered / 60),
        number("agents busy", agents_busy(slice(0, hours)), total["int_busy_open"] / 3600 / hours),
    ]
    for hour, exact in enumerate(entry["exact_on_an_average_day_by_hour"]):
        told, where = f"hour {hour + 1}", at(hour)
        checks += [
            share(f"{told}: answered within 20 s", level(where), exact["sl"]),
            share(
                f"{told}: share that waits",
                ratio("delayed_share", where=where),
                exact["p_all_busy"],
            ),
            number(f"{told}: agents busy", agents_busy(where), exact["int_busy"] / 3600),
        ]
    document = _call_centre("CallCC on an average day", given)
    exact_source = "Kolmogorov's forward equations by uniformisation, as for the days above"
    return Case("published", "CallCC by hour", exact_source, document, tuple(checks), DAYS)


def in_seconds(printed: str) -> str:
    """A published time and its interval from minutes to seconds."""
    value, _, ends = printed.partition(" ")
    low, high = (60 * float(end) for end in ends.strip("[]").split(","))
    return f"{60 * float(value):.2f} [{low:.2f},{high:.2f}]"
