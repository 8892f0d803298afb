"""How contacts beget others, and how some never come."""

from __future__ import annotations

from pydantic import model_validator

from scenario.durations import Delay, HandleTime
from scenario.keys import Declared, key

JOURNEYS = ("deflection", "redial", "repeat", "repost", "spread", "handoff")
"""Names of the journeys that a channel may declare."""


class Deflection(Declared):
    """
    Customers answered by self-service or by other customers before an agent sees them.

    It takes a share of those who come by themselves, posts that others beget included; redials,
    repeats and callbacks come from customers who have got through to the floor already.
    """

    share: float = key(
        "Share of the contacts that never reach the floor.", ge=0, le=1, unit="share"
    )
    handle_time: HandleTime | None = key(
        "Agent time of the contacts that are left, which are the harder ones; takes the place of"
        " the channel's, and of the demand's where that carries its own.",
        None,
    )


class Redial(Declared):
    """Live customers who were not served come back, time after time with the same chances."""

    after_abandonment: float = key(
        "Share of those who gave up, balked or were dropped at closing who come back.",
        0.0,
        ge=0,
        le=1,
        unit="share",
    )
    after_blocking: float = key(
        "Share of those who met a full queue who come back.", 0.0, ge=0, le=1, unit="share"
    )
    after_closed: float = key(
        "Share of those who came outside opening hours who come back; whoever comes back outside"
        " them, too, is closed again.",
        0.0,
        ge=0,
        le=1,
        unit="share",
    )
    delay: Delay = key("Time until they come back.", default_factory=lambda: Delay(mean_s=1200))
    channel: str | None = key("Channel that they come back on; left out: the same.", None)

    @model_validator(mode="after")
    def _somebody_comes_back(self) -> Redial:
        if not (self.after_abandonment or self.after_blocking or self.after_closed):
            raise ValueError("after_abandonment, after_blocking or after_closed must be above 0")
        return self


class Repeat(Declared):
    """Customers whose matter was not settled come back."""

    fcr: float = key(
        "First contact resolution: share of the contacts served after which the customer does not"
        " come back. The others do, and of those who have come back the same share again.",
        gt=0,
        le=1,
        unit="share",
        source="about 70 % in trade surveys",
    )
    delay: Delay = key(
        "Time from the end of the contact until the customer comes back.",
        default_factory=lambda: Delay(mean_s=86_400),
    )
    channel: str | None = key("Channel that they come back on; left out: the same.", None)


class Repost(Declared):
    """
    Customers who are not answered write again, while their first post keeps waiting.

    A post of that kind is work of its own; it is not written again itself.
    """

    after_s: float = key(
        "Time between one post and the next, until the first is taken in hand.",
        3600.0,
        ge=1,
        unit="seconds",
    )
    share: float = key("Share who write again, each time.", gt=0, le=1, unit="share")
    max_times: int = key(
        "After so many chances to write again a customer gives up. If nobody ever did, posts that"
        " spread and are written again would multiply without end once a backlog lasts.",
        3,
        ge=1,
        unit="times",
    )
    channel: str | None = key("Channel that they write on; left out: the same.", None)


class Spread(Declared):
    """
    Posts beget posts by others who have seen them, and these do, too: a Hawkes process.

    The time in which the posts that one post begets fall to a half is 0.69 of an exponential
    delay's mean.
    """

    ratio: float = key(
        "Posts that one post begets by itself, on the average; 1 and more would never end.",
        ge=0,
        unit="posts",
        source="Hawkes (1971), Spectra of some self-exciting and mutually exciting point"
        " processes, Biometrika 58",
    )
    delay: Delay = key(
        "Time from a post to one that it begets.", default_factory=lambda: Delay(mean_s=7200)
    )
    until_answered: bool = key(
        "Whether a post begets none any more from the moment that an agent takes it in hand.",
        True,
    )

    @model_validator(mode="after")
    def _it_ends(self) -> Spread:
        if not self.ratio < 1:
            raise ValueError(
                f"ratio must be less than 1, got {self.ratio:g}: each post would beget another,"
                " without end"
            )
        return self


class Handoff(Declared):
    """
    Customers who are taken from a public channel to a private one when they are replied to.

    Their matter goes on there. Once it is solved, wherever that is, a closing reply can be
    posted where it began: work that no customer waits for.
    """

    share: float = key(
        "Share of the customers who are taken to the private channel with the public reply.",
        gt=0,
        le=1,
        unit="share",
    )
    channel: str = key("Private channel that they come in on.")
    delay: Delay = key(
        "Time from the public reply until they come in there.",
        default_factory=lambda: Delay(mean_s=600),
    )
    closing_handle_time: HandleTime | None = key(
        "Agent time of the closing reply in public; left out: none is posted.", None
    )
