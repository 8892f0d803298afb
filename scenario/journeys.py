"""How contacts beget others, and how some never come: redials, repeats, deflection."""

from __future__ import annotations

from pydantic import model_validator

from scenario.durations import Delay, HandleTime
from scenario.keys import Declared, key


class Deflection(Declared):
    """
    Customers answered by self-service or by other customers before an agent sees them.

    It takes a share of those who come by themselves; redials, repeats and callbacks come from
    customers who have got through to the floor already.
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
