"""
The program that makes the worked cases: `python data/cases/make.py [--out FOLDER]`.

It writes a scenario file for every size of the two cases; docs/cases.md tells them. Every figure
here is an assumption, except where a comment names a source.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from string import Template

HERE = Path(__file__).resolve().parent
HALF_HOURS = 24  # of a day of twelve hours

# One centre: chats and callbacks that the same agents can do.
CENTRES = (20, 60, 200)  # agents on duty
OPENS = 9
FLOOR_HOURS, BUSY = 7.0, 0.86  # of an agent on duty; 86 %: what Palm Coast Data came from
CALLBACKS = 0.30  # of the work
CHAT_S = 540 * 1.25 / 2  # agent time of a chat with two in hand
CALLBACK_S = 480
REQUESTED_BEFORE = 17  # so that the longest window ends with the day
CHAT_DAY = (5, 8, 10, 11, 10, 9, 9, 9, 8, 8, 7, 6)  # % of the chats by hour

# Several sites: calls that every site can take.
SITES = ((2, 10), (4, 10), (8, 10), (2, 50))  # sites, seats of each
SITE_OPENS, CALL_S = 8, 300
CALL_ERLANGS = 0.70  # of a seat, on average over the day; the busiest hour has 1.25 times as much
CALL_DAY = (0.78, 1.06, 1.20, 1.25, 1.12, 1.00, 1.05, 1.10, 1.05, 0.95, 0.80, 0.64)  # mean one
ZONES = 4  # hours between the first site and the last, less one

CENTRE = Template("""\
# One of the worked cases of docs/cases.md, made by data/cases/make.py.
# $agents agents on duty answer chats two at a time and make scheduled callbacks.

name = "Centre of $agents"
description = "A day of chats and scheduled callbacks, blended; docs/cases.md tells what it saves."
seed = 2026
replications = 32

[horizon]
start = 2026-04-14T09:00:00
length = "12h"

[demand]
uncertainty = "day_factor"
day_factor = { cv = 0.08, shared = 0.5 }

[demand.rates]
chat = $chat
callback = $callback

[channels.chat]
kind = "live"
priority = 1
handle_time = { mean_s = 540, cv = 0.8 }
patience = { mean_s = 240 }
target = { share = 0.80, within_s = 60 }

[channels.callback] # the customer is called within the four hours agreed on
kind = "callback"
priority = 2
handle_time = { mean_s = 480, cv = 0.9 }
callback = { window_s = 14400, reach_probability = 1.0 }
target = { share = 0.95, within_s = 14400 }

# Two in five agents work at home. They do the same work; the floor cannot tell them apart.
[groups.on_site]
agents = $on_site
cost_per_hour = 18
shrinkage = { leave = 0.11, sickness = 0.05, training = 0.03, meetings = 0.04, breaks = 0.05 }
skills.chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
skills.callback = {}

[groups.at_home]
agents = $at_home
cost_per_hour = 18
shrinkage = { leave = 0.11, sickness = 0.05, training = 0.03, meetings = 0.04, breaks = 0.05 }
skills.chat = { max_concurrent = 2, slowdown = [1.0, 1.25] }
skills.callback = {}
""")

SITE_HEAD = Template("""\
# One of the worked cases of docs/cases.md, made by data/cases/make.py.
# $sites sites of $seats seats $how$zones.

name = "$sites sites of $seats, $how"
description = "A day of calls$zones; what pooling changes is told in docs/cases.md."
seed = 2026
replications = 32

[horizon]
start = 2026-04-14T08:00:00
length = "${hours}h"

[demand]
uncertainty = "day_factor"
day_factor = { cv = 0.08, shared = 0.5 }

[demand.rates]
$rates
""")

SITE_CHANNEL = Template("""\
[channels.calls_$site]
kind = "live"
open = { daily = "$opens:00-$closes:00" }
handle_time = { mean_s = 300, cv = 0.8 }
patience = { mean_s = 300 }
target = { share = 0.80, within_s = 20 }
""")

SITE_GROUP = Template("""\
[groups.site_$site]
agents = $agents
cost_per_hour = 18
shrinkage = { leave = 0.11, sickness = 0.05, training = 0.03, meetings = 0.04, breaks = 0.05 }
$skills
""")


def main() -> None:
    """Write every file."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    out = parser.parse_args().out
    for name, text in files():
        (out / name).write_text(text, encoding="utf-8")


def files() -> Iterator[tuple[str, str]]:
    """Name and text of every scenario file."""
    for agents in CENTRES:
        yield f"centre_{agents}.toml", centre(agents)
    for (sites, seats), shifted, pooled in product(SITES, (False, True), (False, True)):
        name = f"sites_{sites}x{seats}{'_zones' * shifted}_{'pooled' if pooled else 'apart'}.toml"
        yield name, several_sites(sites, seats, shifted=shifted, pooled=pooled)


def centre(agents: int) -> str:
    """A centre whose work keeps so many agents busy for 86 % of seven hours each."""
    work_s = agents * FLOOR_HOURS * BUSY * 3600
    chats = (1 - CALLBACKS) * work_s / CHAT_S
    callbacks = CALLBACKS * work_s / CALLBACK_S
    asking = 2 * (REQUESTED_BEFORE - OPENS)  # half-hours
    floor = round(agents * FLOOR_HOURS / (HALF_HOURS / 2))  # on the floor at a time
    return CENTRE.substitute(
        agents=agents,
        chat=_row(chats * share / sum(CHAT_DAY) / 2 for share in CHAT_DAY for _ in range(2)),
        callback=_row(callbacks / asking * (number < asking) for number in range(HALF_HOURS)),
        on_site=floor - round(0.4 * floor),
        at_home=round(0.4 * floor),
    )


def several_sites(sites: int, seats: int, *, shifted: bool, pooled: bool) -> str:
    """Sites that take their own calls, or those of all; in one time zone or in four."""
    offsets = [ZONES * site // sites if shifted else 0 for site in range(sites)]
    hours = HALF_HOURS // 2 + max(offsets)
    channels, groups, rates = [], [], []
    for site, offset in enumerate(offsets, start=1):
        begin, end = 2 * offset, 2 * offset + HALF_HOURS
        day = [CALL_ERLANGS * seats * 1800 / CALL_S * level for level in CALL_DAY for _ in range(2)]
        rates.append(f"calls_{site} = {_row(_placed(day, begin, 2 * hours))}")
        opens = f"{SITE_OPENS + offset:02d}"
        closes = str(SITE_OPENS + offset + HALF_HOURS // 2)
        channels.append(SITE_CHANNEL.substitute(site=site, opens=opens, closes=closes))
        served = range(1, sites + 1) if pooled else [site]
        groups.append(
            SITE_GROUP.substitute(
                site=site,
                agents=[seats if begin <= number < end else 0 for number in range(2 * hours)],
                skills="\n".join(f"skills.calls_{channel} = {{}}" for channel in served),
            )
        )
    head = SITE_HEAD.substitute(
        sites=sites,
        seats=seats,
        how="pooled" if pooled else "apart",
        zones=" over the time zones" if shifted else "",
        hours=hours,
        rates="\n".join(rates),
    )
    return "\n".join([head, *channels, *groups])


def _placed(day: Sequence[float], begin: int, count: int) -> list[float]:
    """A day's values from an interval on, nothing around them."""
    return [0.0] * begin + list(day) + [0.0] * (count - begin - len(day))


def _row(values: Iterator[float] | list[float]) -> str:
    return "[" + ", ".join(f"{value:.4g}" for value in values) + "]"


if __name__ == "__main__":
    main()
