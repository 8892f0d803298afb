"""What customers use: channels, their rules and their promises."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import Literal

from pydantic import model_validator

from scenario.calendar import ALWAYS_OPEN, WeeklyHours
from scenario.durations import HandleTime, Patience
from scenario.journeys import JOURNEYS, Deflection, Handoff, Redial, Repeat, Repost, Spread
from scenario.keys import Declared, key
from scenario.targets import LIVE_FORMULAS, Target

__all__ = ["CallbackOffer", "CallbackTerms", "Channel", "HandleTime", "Kind", "Patience", "Reach"]

Kind = Literal["live", "deferred", "callback"]


class CallbackOffer(Declared):
    """When a live customer is offered a call back instead of waiting."""

    channel: str = key("Name of the callback channel that takes the promise.")
    when_queue_at_least: int | None = key(
        "Offer when so many others wait in the channel.", None, ge=0, unit="contacts"
    )
    when_expected_wait_over_s: float | None = key(
        "Offer when the expected wait exceeds this.", None, ge=0, unit="seconds"
    )
    after_waiting_s: float | None = key(
        "Offer after so long a wait in the queue.", None, ge=0, unit="seconds"
    )
    accept: float = key(
        "Share of the customers who accept.",
        0.25,
        ge=0,
        le=1,
        unit="share",
        source="trade practice",
    )

    @model_validator(mode="after")
    def _one_condition(self) -> CallbackOffer:
        conditions = (
            self.when_queue_at_least,
            self.when_expected_wait_over_s,
            self.after_waiting_s,
        )
        if sum(condition is not None for condition in conditions) != 1:
            raise ValueError(
                "exactly one of when_queue_at_least, when_expected_wait_over_s and"
                " after_waiting_s must be given"
            )
        return self


class CallbackTerms(Declared):
    """How a callback channel keeps its promises."""

    not_before_s: float = key("Earliest call after the request.", 0.0, ge=0, unit="seconds")
    window_s: float = key(
        "The call is promised within not_before_s plus this.",
        3600.0,
        gt=0,
        unit="seconds",
        source="callback 90 % in 60 min: trade practice",
    )
    reach_probability: float = key(
        "Share of the calls that reach the customer.",
        0.7,
        gt=0,
        le=1,
        unit="share",
        source="trade practice",
    )
    dial_s: float = key("Agent time of a call that reaches nobody.", 45.0, ge=0, unit="seconds")
    retry_after_s: float = key("Time from a miss to the next try.", 1800.0, ge=0, unit="seconds")
    max_tries: int = key("Most calls per request.", 3, ge=1, unit="calls", source="trade practice")


class Reach(Declared):
    """How many people follow the customers who write in public."""

    mean: float = key(
        "Mean number of followers.",
        1300.0,
        gt=0,
        unit="followers",
        source="followers of an average poster: Constant Contact (Pace)",
    )
    cv: float = key(
        "Coefficient of variation, of a lognormal distribution.", 3.0, ge=0, le=100, unit="ratio"
    )

    @property
    def loud_from(self) -> int:
        """Followers from which a customer is loud: the 90th percentile, cut to a whole number."""
        variance = math.log1p(self.cv**2)
        ninetieth = NormalDist().inv_cdf(0.9) * math.sqrt(variance) - variance / 2
        return math.floor(self.mean * math.exp(ninetieth))


class Channel(Declared):
    """One way in or out: chat, voice, X posts, a forum, callbacks."""

    kind: Kind = key(
        "live: the customer waits; deferred: the work waits; callback: the centre calls."
    )
    open: WeeklyHours = key("Weekly opening hours.", default_factory=lambda: dict(ALWAYS_OPEN))
    at_close: Literal["serve", "drop"] = key(
        "What happens to live contacts waiting at closing time: the last staff serve them, or"
        " they count as abandoned.",
        "serve",
    )
    handle_time: HandleTime = key("Agent time of a contact.")
    patience: Patience = key(
        "Patience of live customers.", default_factory=lambda: Patience(distribution="none")
    )
    balk: float = key(
        "Share of live customers who leave at once when not served on arrival.",
        0.0,
        ge=0,
        le=1,
        unit="share",
    )
    silent: float = key(
        "Share of the live customers giving up who do so unnoticed: they keep their place in the"
        " queue until an agent finds nobody there.",
        0.0,
        ge=0,
        le=1,
        unit="share",
        source="3-70 % over 17 companies in Castellanos et al. (2025), Silent abandonment in"
        " text-based contact centers",
    )
    silent_s: float = key(
        "Agent time until it is noticed that the customer has gone.", 60.0, ge=0, unit="seconds"
    )
    max_queue: int | None = key(
        "Contacts waiting that block a further live arrival; 0 is a loss system; left out:"
        " no limit.",
        None,
        ge=0,
        unit="contacts",
    )
    priority: int = key("Lower is served first.", 0, unit="rank")
    order: Literal["fifo", "deadline", "lifo", "reach"] = key(
        "Order within the queue: by offer, by deadline, the latest first, or the most followers"
        " first.",
        "fifo",
    )
    reach: Reach | None = key("Followers of the customers; needed by the order `reach`.", None)
    interruptible: bool = key(
        "Whether deferred work in hand is put aside for a live contact that nobody else can take.",
        False,
    )
    promote_before_s: float | None = key(
        "Deferred or callback work whose deadline is this near is served first of its kind;"
        " left out: never.",
        None,
        ge=0,
        unit="seconds",
    )
    above_live: bool = key("Promoted deferred work goes before live work too.", False)
    target: Target | None = key("The promise to customers.", None)
    target_closed: Target | None = key(
        "The promise to deferred contacts that arrive outside opening hours; its clock starts"
        " at opening. Left out: the same as `target`.",
        None,
    )
    thresholds_s: tuple[float, ...] = key(
        "Further times whose share is reported.", (), unit="seconds"
    )
    short_abandon_s: float = key(
        "Abandons up to this wait count as short.", 5.0, ge=0, unit="seconds"
    )
    initial_backlog: tuple[float, ...] | Literal["endless"] = key(
        "Ages of the deferred contacts waiting at the start; `endless` never runs out.",
        (),
        unit="seconds",
    )
    callback: CallbackTerms | None = key("Terms of a callback channel.", None)
    offer_callback: CallbackOffer | None = key("When live customers are offered a callback.", None)
    deflection: Deflection | None = key("Contacts that never reach the floor.", None)
    redial: Redial | None = key("Live customers who come back when they were not served.", None)
    repeat: Repeat | None = key("Customers who come back when their matter was not settled.", None)
    repost: Repost | None = key("Customers who write again while they are not answered.", None)
    spread: Spread | None = key("Posts that beget posts by others.", None)
    handoff: Handoff | None = key("Customers who are taken to a private channel.", None)

    @model_validator(mode="after")
    def _parts_fit_the_kind(self) -> Channel:
        if self.kind == "callback" and self.callback is None:
            object.__setattr__(self, "callback", CallbackTerms())
        if self.kind != "callback" and self.callback is not None:
            raise ValueError("callback terms belong to callback channels only")
        if self.kind != "live":
            for name, value, default in (
                ("patience", self.patience.distribution, "none"),
                ("balk", self.balk, 0),
                ("silent", self.silent, 0),
                ("max_queue", self.max_queue, None),
                ("offer_callback", self.offer_callback, None),
                ("redial", self.redial, None),
            ):
                if value != default:
                    raise ValueError(f"{name} belongs to live channels only")
        if self.kind == "callback" and self.deflection is not None:
            raise ValueError("deflection belongs to live and deferred channels only")
        if self.kind != "deferred" and (self.repost, self.spread, self.handoff) != (None,) * 3:
            raise ValueError("repost, spread and handoff belong to deferred channels only")
        if self.kind != "deferred" and (self.initial_backlog or self.target_closed is not None):
            raise ValueError("initial_backlog and target_closed belong to deferred channels only")
        if isinstance(self.initial_backlog, tuple) and any(a < 0 for a in self.initial_backlog):
            raise ValueError("initial_backlog must hold ages of at least 0 seconds")
        if any(seconds < 0 for seconds in self.thresholds_s):
            raise ValueError("thresholds_s must be at least 0")
        for target in (self.target, self.target_closed):
            self._check_formula(target)
        if self.kind == "live" and self.promote_before_s is not None:
            raise ValueError("promote_before_s belongs to deferred and callback channels only")
        if self.order == "reach" and self.reach is None:
            raise ValueError("reach must be given for the order reach")
        if self.interruptible and self.kind != "deferred":
            raise ValueError("interruptible belongs to deferred channels only")
        if self.interruptible and self.above_live:
            raise ValueError("interruptible cannot stand with above_live: live work would go first")
        return self

    @property
    def journeys(self) -> dict[str, Declared]:
        """How its contacts beget others, or never come: what is declared of it, by name."""
        declared = {name: getattr(self, name) for name in JOURNEYS}
        return {name: part for name, part in declared.items() if part is not None}

    @property
    def handle_time_on_floor(self) -> HandleTime:
        """Agent time of the contacts that reach the floor: where some are deflected, the rest's."""
        if self.deflection is not None and self.deflection.handle_time is not None:
            return self.deflection.handle_time
        return self.handle_time

    def _check_formula(self, target: Target | None) -> None:
        if target is None or target.formula is None:
            return
        allowed = LIVE_FORMULAS if self.kind == "live" else (self.kind,)
        if target.formula not in allowed:
            raise ValueError(f"formula of a {self.kind} target must be one of {', '.join(allowed)}")

    def formula_of(self, target: Target) -> str:
        """Formula of a target, the kind's default where none is named."""
        if target.formula is not None:
            return target.formula
        return "answered_of_offered" if self.kind == "live" else self.kind
