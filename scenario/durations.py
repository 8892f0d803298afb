"""How long things take: contacts, customers' patience, and until they come back."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from scenario.keys import Declared, key


class HandleTime(Declared):
    """Agent time of one contact handled alone, from answer to wrapped up."""

    distribution: Literal["exponential", "lognormal", "gamma", "constant", "empirical"] = key(
        "Shape of the handle times.",
        "lognormal",
        source="Brown et al. (2005), Statistical analysis of a telephone call center, JASA 100",
    )
    mean_s: float = key(
        "Mean handle time; where the demand carries handle times by interval, theirs are used.",
        gt=0,
        le=86_400,
        unit="seconds",
    )
    cv: float = key(
        "Coefficient of variation; used by lognormal and gamma.",
        0.8,
        ge=0,
        unit="ratio",
        source="0.8-1.4 in Brown et al. (2005)",
    )
    values_s: tuple[float, ...] = key(
        "Observed handle times for `empirical`; scaled to the mean.", (), unit="seconds"
    )
    scale: float = key(
        "Multiplies every handle time of the channel.", 1.0, gt=0, le=100, unit="ratio"
    )

    @model_validator(mode="after")
    def _empirical_has_values(self) -> HandleTime:
        if (self.distribution == "empirical") != bool(self.values_s):
            raise ValueError("values_s must be given for the empirical distribution, and only then")
        if any(not value > 0 for value in self.values_s):
            raise ValueError("values_s must all be positive")
        return self


class Patience(Declared):
    """How long a live customer waits before giving up."""

    distribution: Literal[
        "none", "exponential", "lognormal", "gamma", "constant", "empirical", "survival"
    ] = key("Shape of the patience; `none` never gives up.", "exponential")
    mean_s: float = key(
        "Mean patience; not used by none, empirical and survival.",
        240.0,
        ge=0,
        unit="seconds",
        source="chat 240 s, voice 300 s: bank call log of 1999, censoring allowed for",
    )
    cv: float = key(
        "Coefficient of variation; used by lognormal and gamma.", 1.0, ge=0, unit="ratio"
    )
    values_s: tuple[float, ...] = key(
        "Observed patience times for `empirical`.", (), unit="seconds"
    )
    survival: tuple[tuple[float, float], ...] = key(
        "Points (seconds, share still waiting) for `survival`, falling from (0, 1); straight"
        " lines between them, and whoever outlasts the last point never gives up.",
        (),
    )

    @model_validator(mode="after")
    def _data_fit_the_shape(self) -> Patience:
        if (self.distribution == "empirical") != bool(self.values_s):
            raise ValueError("values_s must be given for the empirical distribution, and only then")
        if (self.distribution == "survival") != bool(self.survival):
            raise ValueError("survival must be given for the survival distribution, and only then")
        if any(not value >= 0 for value in self.values_s):
            raise ValueError("values_s must all be at least 0")
        times = [time for time, _ in self.survival]
        shares = [share for _, share in self.survival]
        if self.survival and (self.survival[0] != (0.0, 1.0) or times != sorted(set(times))):
            raise ValueError("survival must start at (0, 1) with rising times")
        if shares != sorted(shares, reverse=True) or any(not 0 <= share <= 1 for share in shares):
            raise ValueError("survival must fall from 1 and stay between 0 and 1")
        return self


class Delay(Declared):
    """Time until a customer comes back."""

    distribution: Literal["exponential", "lognormal", "gamma", "constant"] = key(
        "Shape of the delays.", "exponential"
    )
    mean_s: float = key("Mean delay.", ge=1, unit="seconds")
    cv: float = key(
        "Coefficient of variation; used by lognormal and gamma.", 1.0, ge=0, le=100, unit="ratio"
    )
