"""How the numbers that exact values exist for are read off an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS
from scenario.targets import Formula
from simulate.estimates import Parts
from simulate.outcome import Outcome
from simulate.ratios import RATIOS, service_level_of

FloatArray = NDArray[np.float64]
WHOLE = slice(None)
MINUTE_US = 60 * MICROSECONDS


class Reading:
    """
    An outcome whose measured time repeats one cycle, such as a day.

    Parameters
    ----------
    outcome
        R replications of a scenario with a whole number of cycles.
    cycle
        Intervals of a cycle.

    Notes
    -----
    `where` is a slice of the intervals of a cycle; what lies there is summed over all cycles.
    """

    def __init__(self, outcome: Outcome, cycle: int) -> None:
        self.outcome = outcome
        self.data = outcome.data
        self.cycle = cycle
        self.cycles = self.data.period.count // cycle
        self.length_us = self.data.period.length_us // self.data.period.count

    def tallies(self, channel: str, where: slice = WHOLE) -> Mapping[str, NDArray[np.int64]]:
        """Counts of a channel, each of shape (R,)."""
        column = list(self.data.scenario.channels).index(channel)
        return {name: one[:, where, column].sum(axis=1) for name, one in self._contacts.items()}

    def agent_time(self, group: str, where: slice = WHOLE) -> Mapping[str, NDArray[np.int64]]:
        """Agent time of a group in microseconds, each of shape (R,)."""
        column = list(self.data.scenario.groups).index(group)
        return {name: one[:, where, column].sum(axis=1) for name, one in self._groups.items()}

    def time(self, where: slice = WHOLE) -> FloatArray:
        """Microseconds observed in each replication, shape (R,)."""
        intervals = len(range(self.cycle)[where]) * self.cycles
        return np.full(self.data.count, float(intervals * self.length_us))

    def by_cycle(self, name: str, channel: str) -> NDArray[np.int64]:
        """One count of a channel, shape (R, cycles, intervals of a cycle)."""
        column = list(self.data.scenario.channels).index(channel)
        counts: NDArray[np.int64] = self.data.contacts[name][:, :, column]
        return counts.reshape(self.data.count, self.cycles, self.cycle)

    @cached_property
    def _contacts(self) -> dict[str, NDArray[np.int64]]:
        return {name: self._folded(one) for name, one in self.data.contacts.items()}

    @cached_property
    def _groups(self) -> dict[str, NDArray[np.int64]]:
        return {name: self._folded(one) for name, one in self.data.groups.items()}

    def _folded(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        split = counts.reshape(self.data.count, self.cycles, self.cycle, counts.shape[2])
        folded: NDArray[np.int64] = split.sum(axis=1, dtype=np.int64)
        return folded


Reader = Callable[[Reading], Parts]


@dataclass(frozen=True)
class Check:
    """
    One number of a case.

    Parameters
    ----------
    name
        What it is, in words.
    parts
        Reads it off an outcome, before division, shape (R,).
    exact
        Exact value: a share, seconds or a number.
    unit
        "share", "seconds" or "number".
    published
        The same number as somebody else simulated it, with their interval; "" where nobody has.
    exact_error
        Standard error of `exact`, where it is itself a published estimate.
    """

    name: str
    parts: Reader
    exact: float
    unit: str
    published: str = ""
    exact_error: float = 0.0


def share(name: str, parts: Reader, exact: float, published: str = "") -> Check:
    """A share in 0-1."""
    return Check(name, parts, exact, "share", published)


def seconds(name: str, parts: Reader, exact_min: float, published: str = "") -> Check:
    """A time; the exact value is in minutes."""
    return Check(name, parts, 60 * exact_min, "seconds", published)


def number(name: str, parts: Reader, exact: float, published: str = "") -> Check:
    """A mean number of contacts or agents."""
    return Check(name, parts, exact, "number", published)


def ratio(measure: str, channel: str = "chat", where: slice = WHOLE) -> Reader:
    """A measure of `simulate.ratios.RATIOS`."""
    return lambda reading: RATIOS[measure].parts(reading.tallies(channel, where))


def quotient(above: str, below: str, *minus: str, channel: str = "chat") -> Reader:
    """One count over another less some more; sums in microseconds come out in seconds."""

    def parts(reading: Reading) -> Parts:
        tallies = reading.tallies(channel)
        scale = MICROSECONDS if above.endswith("_us") else 1
        return Parts.of(tallies[above] / scale, tallies[below] - sum(tallies[n] for n in minus))

    return parts


def per_cycle(count: str, channel: str = "chat") -> Reader:
    """Mean count of a cycle."""

    def parts(reading: Reading) -> Parts:
        counted = reading.tallies(channel)[count]
        return Parts.of(counted, np.full(len(counted), reading.cycles))

    return parts


def formula(name: Formula, channel: str = "chat", where: slice = WHOLE) -> Reader:
    """The service level of a channel by one formula."""

    def parts(reading: Reading) -> Parts:
        declared = reading.data.scenario.channels[channel]
        return service_level_of(declared, reading.tallies(channel, where), formula=name)

    return parts


def threshold(place: int) -> Reader:
    """Share served within one of the further times, counted over all channels."""
    return lambda reading: Parts.of(
        reading.data.within_threshold[:, place], reading.data.of_threshold[:, place]
    )


def level(where: slice) -> Reader:
    """Share of the offered that is answered within the target, in some intervals."""
    return formula("answered_of_offered", where=where)


def answered_within(answered: Mapping[str, float]) -> list[Check]:
    """
    Shares of the offered that are answered within some times.

    Parameters
    ----------
    answered
        Share by time in minutes; the first is the scenario's target, the others are its further
        times in their order.
    """
    first, *further = answered
    readers = [formula("answered_of_offered"), *map(threshold, range(len(further)))]
    return [
        share(f"answered_of_offered, {60 * float(time):.4g} s", reader, answered[time])
        for time, reader in zip((first, *further), readers, strict=True)
    ]


def queue(channel: str = "chat", where: slice = WHOLE) -> Reader:
    """Mean number waiting."""
    return lambda reading: Parts.of(
        reading.tallies(channel, where)["queue_us"], reading.time(where)
    )


def waiting_at_end_of(interval: int, channel: str = "chat") -> Reader:
    """Mean number waiting at the end of one interval of the cycle."""

    def parts(reading: Reading) -> Parts:
        waiting = reading.tallies(channel, slice(interval, interval + 1))["backlog"]
        return Parts.of(waiting, np.full(len(waiting), reading.cycles))

    return parts


def in_hand(group: str = "team", where: slice = WHOLE) -> Reader:
    """Mean number of contacts in the hands of a group."""
    return lambda reading: Parts.of(
        reading.agent_time(group, where)["held_us"], reading.time(where)
    )


def in_system(channel: str = "chat", group: str = "team") -> Reader:
    """Mean number of contacts waiting or in hand, where there is one channel and one group."""

    def parts(reading: Reading) -> Parts:
        held = reading.agent_time(group)["held_us"]
        return Parts.of(held + reading.tallies(channel)["queue_us"], reading.time())

    return parts


def busy_with(channel: str, group: str = "team") -> Reader:
    """Mean number of agents with a contact of one channel in hand."""

    def parts(reading: Reading) -> Parts:
        row = list(reading.data.scenario.groups).index(group)
        column = list(reading.data.scenario.channels).index(channel)
        return Parts.of(reading.data.busy_by_channel_us[:, row, column], reading.time())

    return parts


def in_hand_beside(channel: str, group: str = "team") -> Reader:
    """Mean number in the hands of a group, less those of a channel handled one at a time."""

    def parts(reading: Reading) -> Parts:
        all_held, alone = in_hand(group)(reading), busy_with(channel, group)(reading)
        return Parts(all_held.above - alone.above, all_held.below)

    return parts


def occupancy(group: str = "team", where: slice = WHOLE) -> Reader:
    """Share of a group's time with a contact in hand."""

    def parts(reading: Reading) -> Parts:
        time = reading.agent_time(group, where)
        return Parts.of(time["busy_us"], time["present_us"])

    return parts


def agents_busy(where: slice = WHOLE, group: str = "team") -> Reader:
    """Mean number of agents with a contact in hand, those about to leave included."""

    def parts(reading: Reading) -> Parts:
        time = reading.agent_time(group, where)
        return Parts.of(time["busy_us"] + time["leaving_us"], reading.time(where))

    return parts


def concurrency(reading: Reading) -> Parts:
    """Contacts that an agent of the team holds while holding any."""
    time = reading.agent_time("team")
    return Parts.of(time["held_us"], time["busy_us"])


def time_in_hand(reading: Reading) -> Parts:
    """Seconds from start to end of a contact, by Little's law, slowed down as it was."""
    held = reading.agent_time("team")["held_us"]
    return Parts.of(held / MICROSECONDS, reading.tallies("chat")["answered"])


def time_in_system(reading: Reading) -> Parts:
    """Seconds from offer to end of a contact that was let in, by Little's law."""
    tallies = reading.tallies("chat")
    spent = reading.agent_time("team")["held_us"] + tallies["queue_us"]
    return Parts.of(spent / MICROSECONDS, tallies["offered"] - tallies["blocked"])


def real_time_wait(reading: Reading) -> Parts:
    """Mean wait of the chat customers who took no callback."""
    tallies = reading.tallies("chat")
    stayed = tallies["offered"] - tallies["converted"]
    return Parts.of(tallies["queued_us"] / MICROSECONDS, stayed)


def count_variance(interval: int, mean: float, channel: str = "chat") -> Reader:
    """Variance of the contacts offered in one interval of the cycle, about a mean known."""
    return count_covariance(interval, interval, mean, channel)


def count_covariance(one: int, other: int, mean: float, channel: str = "chat") -> Reader:
    """Covariance of the contacts offered in two intervals of the cycle, about a mean known."""

    def parts(reading: Reading) -> Parts:
        apart = reading.by_cycle("offered", channel) - mean
        products = (apart[:, :, one] * apart[:, :, other]).sum(axis=1)
        return Parts.of(products, np.full(len(products), reading.cycles))

    return parts


def busy_variance(group: str, mean: float) -> Reader:
    """Variance over time of a group's contacts in hand, about a mean known; needs the records."""

    def parts(reading: Reading) -> Parts:
        period = reading.data.period
        contacts = reading.outcome.contacts
        assert contacts is not None, "the scenario must be run with records"
        own = contacts[contacts["group"] == group]
        squares = np.zeros(reading.data.count)
        for replication, rows in own.groupby("replication"):
            number = int(str(replication))
            spans = (
                (rows[name] - period.start).to_numpy("timedelta64[us]").astype(np.int64)
                for name in ("start", "end")
            )
            begins, ends = (np.clip(span, 0, period.length_us) for span in spans)
            squares[number] = _squared_gap(begins, ends, mean, period.length_us)
        return Parts.of(squares, reading.time())

    return parts


def _squared_gap(
    begins: NDArray[np.int64], ends: NDArray[np.int64], mean: float, length: int
) -> float:
    """Integral over time of the squared distance between the number in hand and its mean."""
    instants = np.concatenate([begins, ends])
    steps = np.concatenate([np.ones(len(begins)), -np.ones(len(ends))])
    order = np.argsort(instants, kind="stable")
    stays = np.diff(instants[order], prepend=0, append=length)
    numbers = np.concatenate([[0.0], np.cumsum(steps[order])])
    return float((stays * (numbers - mean) ** 2).sum())
