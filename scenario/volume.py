"""How many contacts are expected: where the volume comes from, what it counts, how it varies."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from scenario.keys import Declared, key


class DayFactor(Declared):
    """Gamma factor common to a whole day (or the horizon): some days are just busier."""

    cv: float = key("Coefficient of variation.", ge=0, lt=2, unit="ratio", source="8-20 % in trade")
    shared: float = key(
        "Part of the variance that is common to all channels.", 1.0, ge=0, le=1, unit="share"
    )
    per: Literal["day", "horizon"] = key("How long one draw holds.", "day")


class Residual(Declared):
    """
    Lognormal factor of every interval, mean one, that fades from interval to interval.

    Its logarithm is autoregressive of order 1; it multiplies the mean, beside the day factor.
    """

    cv: float = key("Coefficient of variation.", ge=0, lt=2, unit="ratio")
    correlation: float = key(
        "Correlation of the logarithms of neighbouring intervals.",
        0.8,
        ge=0,
        lt=1,
        source="0.8 between adjacent half-hours: Avramidis, Deslauriers, L'Ecuyer (2004)",
    )
    shared: float = key(
        "Part of the variance that is common to all channels.", 1.0, ge=0, le=1, unit="share"
    )


class DemandKeys(Declared):
    """Where the expected contacts come from; exactly one of rates, forecast and history."""

    rates: dict[str, tuple[float, ...] | float] = key(
        "Expected contacts by channel: a number for every interval, or one for all.",
        default_factory=dict,
        unit="contacts/interval",
    )
    forecast: str | None = key("Forecast file, relative to the scenario.", None)
    history: str | None = key("History file that is forecast on the way.", None)
    events: str | None = key("Events file used with the history.", None)
    edits: str | None = key(
        "File with the planner's edits of whatever the demand comes from, applied before scale.",
        None,
    )
    scale: dict[str, float] = key(
        "Multiplies the volume of a channel.", default_factory=dict, unit="ratio"
    )
    counts: Literal["first", "all"] = key(
        "What the volume counts: first attempts only, or all contacts, as a history does, those"
        " among them that the scenario's journeys beget. With `all`, first attempts are scaled"
        " until the floor as staffed now is offered that volume; see `first_share`.",
        "first",
    )
    first_share: dict[str, float] = key(
        'With `counts = "all"`: part of a channel\'s volume that is first attempts; above 1 where'
        " some are deflected. Left out, it is found by simulating the scenario as its file states"
        " it with its current staffing, once for every what-if.",
        default_factory=dict,
        unit="ratio",
    )
    uncertainty: Literal["paths", "day_factor", "none"] = key(
        "Volume of a replication: a path of the forecast, the mean times day factor and residual,"
        " or the mean.",
        "paths",
    )
    day_factor: DayFactor | None = key("Spread where the demand brings no paths.", None)
    residual: Residual | None = key(
        "Spread from interval to interval where the demand brings no paths.", None
    )

    @model_validator(mode="after")
    def _one_source(self) -> DemandKeys:
        sources = (bool(self.rates), self.forecast is not None, self.history is not None)
        if sum(sources) != 1:
            raise ValueError("exactly one of rates, forecast and history must be given")
        if self.events is not None and self.history is None:
            raise ValueError("events belongs to a history")
        if any(not factor >= 0 for factor in self.scale.values()):
            raise ValueError("scale must be at least 0")
        if any(not share > 0 for share in self.first_share.values()):
            raise ValueError("first_share must be above 0")
        if self.uncertainty == "day_factor" and self.day_factor is None and self.residual is None:
            raise ValueError("uncertainty day_factor needs a day_factor or a residual")
        return self
