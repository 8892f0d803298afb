"""Live work only, in richer settings: several chats at once, several channels or groups."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.exact_cases import Case, Entry, entries, live, steady, target, team
from benchmarks.exact_checks import (
    answered_within,
    busy_variance,
    concurrency,
    in_hand,
    number,
    occupancy,
    queue,
    ratio,
    seconds,
    share,
    threshold,
    time_in_hand,
)
from benchmarks.exact_queues import mmc_relaxation

PLENTY = 40  # agents of a second group that is never full: 35 standard deviations of its need
# In chats: inverse second eigenvalues of the chains, min, rounded up.
CHAT_RELAXATION_MIN = (3.0, 11.0, 16.0, 15.0)
N_MODEL_RELAXATION_MIN = 2.0


def cases() -> Iterator[Case]:
    """Every queue of this file."""
    for entry in entries("chat_concurrency"):
        yield _chats(entry)
    for entry in entries("priority_nonpreemptive_mmc"):
        yield _priorities(entry)
    for entry in entries("n_model"):
        yield _two_pools(entry)
    for entry in entries("overflow_moments"):
        yield _overflow(entry)


def _chats(entry: Entry) -> Case:
    """Several chats at once, each slower the more an agent holds."""
    given, values = entry.given, entry.values
    rates, most = given["total_rate_by_level"], given["max_chats"]
    within, *further = values["t"]
    slowdown = [n * rates[1] / rates[n] for n in range(1, most + 1)]
    document = steady(
        f"{given['agents']} agents, up to {most} chats at once, {given['lam']:.4g} a minute,"
        f" slowdown {' / '.join(f'{times:.4g}' for times in slowdown)}",
        {"chat": given["lam"]},
        {
            "chat": live(
                1 / rates[1],
                1 / given["theta"],
                target=target(float(within)),
                thresholds_s=[60 * float(time) for time in further],
            )
        },
        team(given["agents"], chat={"max_concurrent": most, "slowdown": slowdown}),
        relaxation_min=CHAT_RELAXATION_MIN[entry.number - 1],
    )
    answered = {time: at["p_answered_within"] for time, at in values["t"].items()}
    checks = (
        *answered_within(answered),
        share("share that waits", ratio("delayed_share"), values["p_wait"]),
        share("abandonment", ratio("abandonment"), values["p_ab"]),
        seconds("mean wait of all", ratio("wait_mean_s"), values["ew"]),
        number("mean queue", queue(), values["lq"]),
        share("occupancy", occupancy(), values["agent_busy_fraction"]),
        number("chats in hand", in_hand(), values["mean_chats_in_service"]),
        number("chats in hand while busy", concurrency, values["mean_concurrency_when_busy"]),
        seconds("start to end", time_in_hand, values["mean_handle_time_of_served"]),
    )
    return entry.case(document, checks)


def _priorities(entry: Entry) -> Case:
    """Two live channels, one before the other."""
    given, values = entry.given, entry.values
    first, second = list(values["p_w1_gt"]), list(values["p_w2_gt"])
    total = given["lam1"] + given["lam2"]
    document = steady(
        f"{given['c']} agents; calls {given['lam1']:g} and chats {given['lam2']:g} a minute, all of"
        f" {1 / given['mu']:g} min, calls first, endless patience",
        {"voice": given["lam1"], "chat": given["lam2"]},
        {
            name: live(1 / given["mu"], priority=rank, thresholds_s=[60 * float(t) for t in times])
            for rank, (name, times) in enumerate({"voice": first, "chat": second}.items())
        },
        team(given["c"], voice={}, chat={}),
        relaxation_min=mmc_relaxation(total, given["c"], given["mu"]),
    )
    levels = [("voice", time, values["p_w1_gt"][time]) for time in first]
    levels += [("chat", time, values["p_w2_gt"][time]) for time in second]
    checks = (
        *(
            share(f"{name}: within {60 * float(time):.4g} s", threshold(place), 1 - longer)
            for place, (name, time, longer) in enumerate(levels)
        ),
        share("voice: share that waits", ratio("delayed_share", "voice"), values["p_wait"]),
        share("chat: share that waits", ratio("delayed_share"), values["p_wait"]),
        seconds("voice: ASA", ratio("asa_s", "voice"), values["ew1"]),
        seconds("chat: ASA", ratio("asa_s"), values["ew2"]),
        share("occupancy", occupancy(), total / (given["c"] * given["mu"])),
    )
    return entry.case(document, checks)


def _two_pools(entry: Entry) -> Case:
    """Calls are taken by their own group, or by the chat group when it has nothing else."""
    given, values = entry.given, entry.values
    helping: dict[str, object] = {"preference": 2}
    reserve = ""
    if given["reserve_pool2"]:
        helping |= {"keep_free": given["reserve_pool2"], "keep_free_unit": "agents"}
        reserve = f" while more than {given['reserve_pool2']} of them are free"
    document = steady(
        f"{given['c1']} agents for calls and {given['c2']} for chats who help with calls{reserve};"
        f" {given['lam1']:g} calls and {given['lam2']:g} chats a minute of {1 / given['mu']:g} min,"
        f" patience {1 / given['theta1']:g} and {1 / given['theta2']:g} min",
        {"voice": given["lam1"], "chat": given["lam2"]},
        {
            "voice": live(1 / given["mu"], 1 / given["theta1"], priority=1),
            "chat": live(1 / given["mu"], 1 / given["theta2"], priority=0),
        },
        {
            "phones": {"agents": given["c1"], "skills": {"voice": {"preference": 1}}},
            "team": {"agents": given["c2"], "skills": {"voice": helping, "chat": {}}},
        },
        relaxation_min=N_MODEL_RELAXATION_MIN,
    )
    document["routing"] = {"choice": "preference_first"}
    checks = [
        check
        for place, name in (("1", "voice"), ("2", "chat"))
        for check in (
            share(
                f"{name}: share that waits", ratio("delayed_share", name), values["p_wait" + place]
            ),
            share(f"{name}: abandonment", ratio("abandonment", name), values["p_ab" + place]),
            seconds(f"{name}: mean wait of all", ratio("wait_mean_s", name), values["ew" + place]),
            number(f"{name}: mean queue", queue(name), values["lq" + place]),
        )
    ]
    checks += [
        share("phones: occupancy", occupancy("phones"), values["util1"]),
        share("team: occupancy", occupancy("team"), values["util2"]),
    ]
    return entry.case(document, checks)


def _overflow(entry: Entry) -> Case:
    """What a first group cannot take goes to a second that is never full."""
    given, values = entry.given, entry.values
    document = steady(
        f"{given['c']} agents first, {PLENTY} for what is left over: {given['a']:g} calls a minute"
        " of 1 min",
        {"chat": given["a"]},
        {"chat": live(1.0)},
        {
            "first": {"agents": given["c"], "skills": {"chat": {"preference": 1}}},
            "second": {"agents": PLENTY, "skills": {"chat": {"preference": 2}}},
        },
        relaxation_min=3.0,
    )
    document["routing"] = {"choice": "preference_first"}
    mean = values["overflow_mean"]
    checks = (
        number("second group: mean in hand", in_hand("second"), mean),
        number(
            "second group: variance in hand",
            busy_variance("second", mean),
            values["overflow_variance"],
        ),
    )
    return entry.case(document, checks, records=True)
