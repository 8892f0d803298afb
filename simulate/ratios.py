"""Which measures there are: each a numerator and a denominator over the counts of a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from numpy.typing import NDArray

from scenario.calendar import MICROSECONDS
from scenario.channels import Channel
from scenario.targets import LIVE_FORMULAS, Formula, service_level_parts
from simulate.estimates import Parts

Tallies = Mapping[str, NDArray[Any]]
ALL_KINDS = ("live", "deferred", "callback")
WAITING_WORK = ("deferred", "callback")


@dataclass(frozen=True, slots=True)
class Ratio:
    """
    One measure of a channel.

    Parameters
    ----------
    above, below
        Names of counts; sums in microseconds come out in seconds.
    kinds
        Kinds of channel that have it.
    declared
        Key of a channel without which it means nothing.
    but
        Names of the counts that are taken off either; "" takes nothing off.
    """

    above: str
    below: str
    kinds: tuple[str, ...] = ALL_KINDS
    declared: str = "kind"
    but: tuple[str, str] = ("", "")

    def is_of(self, channel: Channel) -> bool:
        """Whether a channel has it."""
        return channel.kind in self.kinds and getattr(channel, self.declared) is not None

    def parts(self, tallies: Tallies) -> Parts:
        """Numerator and denominator from one channel's counts, arrays of one shape."""
        scale = MICROSECONDS if self.above.endswith("_us") else 1
        above, below = (
            tallies[whole] - tallies[part] if part else tallies[whole]
            for whole, part in zip((self.above, self.below), self.but, strict=True)
        )
        return Parts.of(above / scale, below)


RATIOS: Mapping[str, Ratio] = {
    "asa_s": Ratio("wait_us", "answered"),
    "wait_mean_s": Ratio("queued_us", "offered"),
    "abandoned_wait_s": Ratio("abandoned_wait_us", "abandoned", ("live",)),
    "response_mean_s": Ratio("response_us", "responded"),
    "handle_time_s": Ratio("handle_us", "answered"),
    "abandonment": Ratio("abandoned", "offered", ("live",)),
    "blocked_share": Ratio("blocked", "offered", ("live",)),
    "converted_share": Ratio("converted", "offered", ("live",)),
    "delayed_share": Ratio("delayed", "offered"),
    "reached_share": Ratio("answered", "promised", ("callback",)),
    "service_level_loud": Ratio("loud_within", "loud_due", WAITING_WORK, "reach"),
    "service_level_quiet": Ratio(
        "replied_within", "due", WAITING_WORK, "reach", ("loud_within", "loud_due")
    ),
    "wait_mean_loud_s": Ratio("loud_queued_us", "loud", declared="reach"),
    "wait_mean_quiet_s": Ratio(
        "queued_us", "offered", declared="reach", but=("loud_queued_us", "loud")
    ),
    "fcr": Ratio("settled", "replied", declared="repeat", but=("", "handed_over")),
}
"""Measures by the name of their column; the service level has formulas of its own."""


def formulas_of(channel: Channel) -> tuple[Formula, ...]:
    """Service-level formulas of a channel's kind, its own one first."""
    if channel.kind != "live":
        return (cast("Formula", channel.kind),)
    own = formula_of(channel)
    return (own, *(other for other in LIVE_FORMULAS if other != own))


def formula_of(channel: Channel) -> Formula:
    """The formula that a channel is judged by: its target's, or its kind's default."""
    if channel.target is not None:
        return cast("Formula", channel.formula_of(channel.target))
    return "answered_of_offered" if channel.kind == "live" else cast("Formula", channel.kind)


def service_level_of(
    channel: Channel, tallies: Tallies, *, closed: bool = False, formula: Formula | None = None
) -> Parts:
    """
    Service level of one channel's counts, before division.

    Parameters
    ----------
    channel
        Tells the formula where none is given.
    tallies
        Counts of this channel, arrays of one shape, replications first.
    closed
        Deferred contacts that arrived outside opening hours instead of inside them.
    formula
        Another formula of the channel's kind.
    """
    counts = dict(tallies)
    if closed:
        counts["replied_within"], counts["due"] = (
            counts["replied_within_closed"],
            counts["due_closed"],
        )
    # Promises that fall due after the end are in neither sum, as with deferred work.
    counts["within_window"], counts["promised"] = counts["replied_within"], counts["due"]
    return Parts(*service_level_parts(formula or formula_of(channel), counts))
