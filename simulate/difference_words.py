"""How differences of measures are told to a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "seconds", "contacts", "impressions", "money"]
LONG_S = 120  # from here on a person thinks in minutes


@dataclass(frozen=True, slots=True)
class Wording:
    """
    How a difference of one measure is told: "{who} {verb} {size} {up or down} {rest}".

    `verb_down` takes the verb's place where the difference is negative.
    """

    verb: str
    up: str
    down: str
    unit: Unit
    rest: str = ""
    verb_down: str = ""


WORDINGS: Mapping[str, Wording] = {
    "service_level": Wording("is answered in time", "more often", "less often", "share"),
    "service_level_closed": Wording(
        "that arrives closed is answered in time", "more often", "less often", "share"
    ),
    "asa_s": Wording("is answered", "later", "sooner", "seconds", "on average"),
    "response_mean_s": Wording(
        "has its first response", "later", "sooner", "seconds", "on average"
    ),
    "wait_p90_s": Wording("has 9 in 10 answered", "later", "sooner", "seconds"),
    "response_p50_s": Wording("has half of its first responses", "later", "sooner", "seconds"),
    "response_p90_s": Wording("has 9 in 10 first responses", "later", "sooner", "seconds"),
    "abandonment": Wording("is abandoned", "more often", "less often", "share"),
    "converted_share": Wording("turns into a callback", "more often", "less often", "share"),
    "reached_share": Wording("is reached", "more often", "less often", "share"),
    "offered": Wording("has", "more contacts", "fewer contacts", "contacts"),
    "backlog": Wording(
        "leaves", "more contacts", "fewer contacts", "contacts", "waiting at the end"
    ),
    "backlog_at_close": Wording(
        "leaves", "more contacts", "fewer contacts", "contacts", "waiting at close"
    ),
    "probability_met_day": Wording("keeps its promise on", "more", "fewer", "share", "of the days"),
    "probability_met_week": Wording(
        "keeps its promise in", "more", "fewer", "share", "of the weeks"
    ),
    "begotten": Wording(
        "gets", "more contacts", "fewer contacts", "contacts", "that earlier ones beget"
    ),
    "deflected": Wording("has", "more contacts", "fewer contacts", "contacts", "deflected"),
    "fcr": Wording("is settled at the first contact", "more often", "less often", "share"),
    "impressions_waiting": Wording(
        "is seen unanswered for", "more", "fewer", "impressions", "follower-minutes"
    ),
    "service_level_loud": Wording(
        "answers writers with most followers in time", "more often", "less often", "share"
    ),
    "service_level_quiet": Wording(
        "answers all other writers in time", "more often", "less often", "share"
    ),
    "wait_mean_loud_s": Wording(
        "lets writers with most followers wait", "longer", "less", "seconds", "on average"
    ),
    "wait_mean_quiet_s": Wording(
        "lets all other writers wait", "longer", "less", "seconds", "on average"
    ),
    "heads_off": Wording(
        "heads off",
        "contacts that the same customers would have caused",
        "contacts more than the same customers did",
        "contacts",
        verb_down="causes",
    ),
    "occupancy": Wording("is busy for", "more", "less", "share", "of its time"),
    "cost_per_contact": Wording("a contact handled costs", "more", "less", "money"),
    "cost_per_resolved": Wording("a customer resolved costs", "more", "less", "money"),
}


def sentence(
    measure: str, who: str, difference: float, low: float, high: float, *, real: bool
) -> str:
    """Tell a difference: 'x is answered in time 5.2 points more often (3.9 to 6.5): real.'."""
    if difference == 0 and low == high:
        what = measure.removesuffix("_s").replace("_", " ")
        return f"{who}: no difference in {what}." if who else f"No difference in {what}."
    wording = WORDINGS[measure]
    scale, unit = {
        "share": (100.0, " points"),
        "seconds": (1.0, " s"),
        "contacts": (1.0, ""),
        "impressions": (1.0, ""),
        "money": (1.0, ""),
    }[wording.unit]
    digits = {"money": 2, "impressions": 0}.get(wording.unit, 1)
    if wording.unit == "seconds" and abs(difference) >= LONG_S:
        scale, unit = 1 / 60, " min"
    sign = 1 if difference >= 0 else -1
    # Adding zero turns a minus zero into a plain one.
    ends = sorted(round(sign * scale * end, digits) + 0.0 for end in (low, high))
    direction = wording.up if difference >= 0 else wording.down
    size = f"{abs(scale * difference):,.{digits}f}{unit}"
    verb = wording.verb_down if difference < 0 and wording.verb_down else wording.verb
    everybody = "all together" if measure == "heads_off" else ""
    told = " ".join(
        word for word in (who or everybody, verb, size, direction, wording.rest) if word
    )
    interval = f"{ends[0]:,.{digits}f} to {ends[1]:,.{digits}f}"
    return f"{told} ({interval}): {'real' if real else 'may be noise'}."
