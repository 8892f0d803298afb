"""Rules that hold between the parts of a scenario; each part checks itself where it is declared."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS, parse_duration, weekly_spans
from scenario.channels import Channel

if TYPE_CHECKING:  # the model calls these checks
    from scenario.model import Scenario

LONGEST = pd.Timedelta(days=371)  # a year in whole weeks, one more for a clock change

YEARS = range(1970, 2200)  # instants of other years cannot all be told in microseconds

Ways = Callable[["Scenario", str], Iterator[tuple[str, float]]]
"""From a channel to the channels on which its contacts beget others, and how many."""

Broken = tuple[str, str]  # dotted key and what it must be, a clause such as "must be positive"


def broken_rules(scenario: Scenario) -> list[Broken]:
    """Every rule between parts that a scenario breaks, as (key, clause), in the file's order."""
    if broken := list(_horizon(scenario)):
        return broken  # nothing can be counted without a horizon
    return [
        *_names(scenario),
        *_demand(scenario),
        *_bursts(scenario),
        *_called_in(scenario),
        *_channels(scenario),
        *_groups(scenario),
    ]


def one_of(names: Iterable[str], wrong: str) -> str:
    """What a name must be: one of the known, with the nearest where one is near."""
    known = list(names)
    close = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"one of {', '.join(known)}{hint}"


def _horizon(scenario: Scenario) -> Iterator[Broken]:
    if scenario.horizon.start.year not in YEARS:
        yield "horizon.start", f"must be in the years {YEARS[0]} to {YEARS[-1]}"
        return
    interval = scenario.horizon.interval_minutes * 60
    if scenario.local(scenario.horizon.start) != scenario.local(scenario.horizon.start).floor(
        "min"
    ):
        yield "horizon.start", "must be a whole minute"
    uneven = [
        name
        for name in ("length", "warm_up", "cool_down")
        if parse_duration(getattr(scenario.horizon, name)).total_seconds() % interval
    ]
    for name in uneven:
        yield f"horizon.{name}", "must be a whole number of intervals"
    if parse_duration(scenario.horizon.length) > LONGEST:
        yield "horizon.length", f"must be at most {LONGEST.days}d"
    # Sub-second lengths would leave a horizon of no intervals, which cannot be built.
    if not uneven and parse_duration(scenario.horizon.length) <= sum(
        (parse_duration(scenario.horizon.warm_up), parse_duration(scenario.horizon.cool_down)),
        start=pd.Timedelta(0),
    ):
        yield "horizon.length", "must be longer than warm_up and cool_down together"


def _names(scenario: Scenario) -> Iterator[Broken]:
    tables: dict[str, Collection[str]] = {
        "channels": scenario.channels,
        "groups": scenario.groups,
        "bursts": scenario.bursts,
        **{f"groups.{name}.contracts": group.contracts for name, group in scenario.groups.items()},
        **{f"groups.{name}.shifts": group.shifts for name, group in scenario.groups.items()},
    }
    for table, names in tables.items():
        for name in names:
            # A dot separates keys in `--set groups.team.agents=5`.
            if not name or name != name.strip() or "." in name or not name.isprintable():
                yield table, f"must have names without dots and outer blanks, got {name!r}"
    for table in ("channels", "groups"):
        if not tables[table]:
            yield table, f"must name at least one {table[:-1]}"


def _demand(scenario: Scenario) -> Iterator[Broken]:
    count = scenario.interval_count
    for table in ("rates", "scale", "first_share"):
        for name in getattr(scenario.demand, table):
            if name not in scenario.channels:
                yield f"demand.{table}.{name}", f"must be {one_of(scenario.channels, name)}"
    for name, rates in scenario.demand.rates.items():
        if isinstance(rates, tuple) and len(rates) != count:
            yield f"demand.rates.{name}", f"must have {count} numbers, got {len(rates)}"
        if any(rate < 0 for rate in (rates if isinstance(rates, tuple) else (rates,))):
            yield f"demand.rates.{name}", "must be at least 0"


def _bursts(scenario: Scenario) -> Iterator[Broken]:
    end = scenario.period.end
    for name, burst in scenario.bursts.items():
        if burst.channel not in scenario.channels:
            rule = f"must be {one_of(scenario.channels, burst.channel)}"
            yield f"bursts.{name}.channel", rule
        if burst.start.year not in YEARS:
            yield f"bursts.{name}.start", f"must be in the years {YEARS[0]} to {YEARS[-1]}"
        elif scenario.local(burst.start) >= end:
            rule = f"must come before the end of the horizon, {end:%Y-%m-%d %H:%M}"
            yield f"bursts.{name}.start", f"{rule}, got {burst.start:%Y-%m-%d %H:%M}"


def _called_in(scenario: Scenario) -> Iterator[Broken]:
    period = scenario.period
    for number, called in enumerate(scenario.called_in):
        key = f"called_in.{number}"
        if called.group not in scenario.groups:
            yield f"{key}.group", f"must be {one_of(scenario.groups, called.group)}"
        moments = {"at": called.at, **({"until": called.until} if called.until else {})}
        far = [name for name, moment in moments.items() if moment.year not in YEARS]
        for name in far:
            yield f"{key}.{name}", f"must be in the years {YEARS[0]} to {YEARS[-1]}"
        if far:
            continue
        at = scenario.local(called.at)
        if not period.start <= at < period.end:
            rule = f"must be within the horizon, {period.start:%Y-%m-%d %H:%M} to"
            yield f"{key}.at", f"{rule} {period.end:%Y-%m-%d %H:%M}, got {called.at:%Y-%m-%d %H:%M}"
        if called.until is not None and not scenario.local(called.until) > at:
            yield f"{key}.until", "must come after `at`"


def _channels(scenario: Scenario) -> Iterator[Broken]:
    served = {channel for group in scenario.groups.values() for channel in group.skills}
    callbacks = [name for name, other in scenario.channels.items() if other.kind == "callback"]
    for name, channel in scenario.channels.items():
        if name not in served:
            yield f"channels.{name}", "must be served: no group has it among its skills"
        offer = channel.offer_callback
        if offer is not None and offer.channel not in callbacks:
            rule = "must be a callback channel, and none is declared"
            if callbacks:
                rule = f"must be {one_of(callbacks, offer.channel)} (the callback channels)"
            yield f"channels.{name}.offer_callback.channel", f"{rule}, got {offer.channel!r}"
        if channel.kind == "callback":
            yield from _promises(scenario, name, channel)
        yield from _ways_back(scenario, name, channel)
    yield from _branching(scenario)
    if scenario.calendar.region is not None and scenario.calendar.country is None:
        yield "calendar.region", "must stand beside a country"


def _ways_back(scenario: Scenario, name: str, channel: Channel) -> Iterator[Broken]:
    """Channels on which customers come in again."""
    ways = (
        ("redial", channel.redial),
        ("repeat", channel.repeat),
        ("repost", channel.repost),
        ("handoff", channel.handoff),
    )
    for part, way in ways:
        to = None if way is None else way.channel
        if to is not None and to not in scenario.channels:
            rule = f"must be {one_of(scenario.channels, to)}, got {to!r}"
            yield f"channels.{name}.{part}.channel", rule
        elif part == "handoff" and to is not None and scenario.channels[to].handoff is not None:
            rule = f"must be a private channel, and {to!r} hands customers over itself"
            yield f"channels.{name}.{part}.channel", rule


def _branching(scenario: Scenario) -> Iterator[Broken]:
    """Posts that would beget others without end: once they are served, or while nobody does."""
    spreads = [name for name, channel in scenario.channels.items() if channel.spread is not None]
    if not spreads:
        return
    field = f"channels.{spreads[0]}.spread.ratio"
    if not _ends(_begotten(scenario, _served)):
        yield field, "must be less: with the repeats, contacts would beget others without end"
    elif not _ends(_begotten(scenario, _unanswered)):
        yield (
            field,
            "must be less, or repost.share or repost.max_times: posts that nobody answers would"
            " multiply without end",
        )


def _begotten(scenario: Scenario, ways: Ways) -> NDArray[np.float64]:
    """Contacts that one contact begets on the average, by its channel and theirs."""
    names = list(scenario.channels)
    begotten = np.zeros((len(names), len(names)))
    for row, name in enumerate(names):
        for to, number in ways(scenario, name):
            if to in names:
                begotten[row, names.index(to)] += number
    return begotten


def _ends(begotten: NDArray[np.float64]) -> bool:
    return bool(max(abs(np.linalg.eigvals(begotten))) < 1)


def _served(scenario: Scenario, name: str) -> Iterator[tuple[str, float]]:
    """What a contact begets that is served, though late."""
    channel = scenario.channels[name]
    yield name, _spreading(channel)
    away = channel.handoff.share if channel.handoff is not None else 0.0
    if channel.repeat is not None:
        yield channel.repeat.channel or name, (1 - away) * (1 - channel.repeat.fcr)
    if channel.handoff is not None:
        yield channel.handoff.channel, away


def _unanswered(scenario: Scenario, name: str) -> Iterator[tuple[str, float]]:
    """Posts by others that one draws which nobody ever answers, by itself and written again."""
    repost = scenario.channels[name].repost
    yield name, _spreading(scenario.channels[name])
    to = name if repost is None else repost.channel or name
    if repost is not None and to in scenario.channels:
        yield to, repost.share * repost.max_times * _spreading(scenario.channels[to])


def _spreading(channel: Channel) -> float:
    """Posts by others that a post draws and that reach the floor."""
    kept = 1 - channel.deflection.share if channel.deflection else 1.0
    return 0.0 if channel.spread is None else channel.spread.ratio * kept


def _promises(scenario: Scenario, name: str, channel: Channel) -> Iterator[Broken]:
    """Callbacks that could never be made."""
    if not list(weekly_spans(channel.open)):
        yield f"channels.{name}.open", "must open at some time of the week: no call could be made"
    length_s = scenario.period.length_us / MICROSECONDS
    if channel.callback is not None and channel.callback.not_before_s >= length_s:
        rule = f"must be less than the {length_s:,.0f} seconds of the horizon"
        yield f"channels.{name}.callback.not_before_s", f"{rule}: no call could be made"


def _groups(scenario: Scenario) -> Iterator[Broken]:
    count = scenario.interval_count
    for name, group in scenario.groups.items():
        if isinstance(group.agents, tuple) and len(group.agents) != count:
            yield f"groups.{name}.agents", f"must have {count} numbers, got {len(group.agents)}"
        for channel, skill in group.skills.items():
            key = f"groups.{name}.skills.{channel}"
            if channel not in scenario.channels:
                yield key, f"must be a channel, {one_of(scenario.channels, channel)}"
            elif (
                skill.keep_free
                and skill.keep_free_unit == "slots"
                and scenario.channels[channel].kind == "live"
            ):
                rule = "must be 0 on a live channel, for which slots are kept, or count agents"
                yield f"{key}.keep_free", rule
