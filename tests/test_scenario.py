"""Scenario files: every fault is told in the planner's words."""

import pytest

from scenario import InvalidInputError, Scenario
from small_scenarios import TWO_CHANNELS, two_channels


def faults_after(replaced, by):
    with pytest.raises(InvalidInputError) as caught:
        two_channels(replaced, by)
    return str(caught.value)


# Each line: what is broken, what is written instead, and the sentence that the planner reads.
FAULTS = {
    "unknown key, nearest named": (
        "max_concurrent",
        "max_concurent",
        "scenario.toml, line 25, groups.team.skills.chat.max_concurent: must be a known key;"
        " did you mean 'max_concurrent'?",
    ),
    "unknown key, known ones listed": (
        'length = "1d"',
        'length = "1d"\nzzz = 3',
        "scenario.toml, line 6, horizon.zzz: must be a known key, one of start, length,"
        " interval_minutes, warm_up, cool_down",
    ),
    "group without skills": (
        "[groups.team]\nagents = 8",
        "[groups.idle]\nskills = {}\n[groups.team]\nagents = 8",
        "scenario.toml, line 21, groups.idle: skills must name at least one channel",
    ),
    "group that says nothing about skills": (
        "[groups.team]\nagents = 8",
        "[groups.idle]\nagents = 3\n[groups.team]\nagents = 8",
        "scenario.toml, line 21, groups.idle.skills: must be present",
    ),
    "channel nobody serves": (
        "\n[groups.team.skills.x]\npreference = 2\n",
        "",
        "scenario.toml, line 17, channels.x: must be served: no group has it among its skills",
    ),
    "skill for a channel that is not there": (
        "\n[groups.team.skills.x]",
        "\n[groups.team.skills.x]\n[groups.team.skills.chatt]",
        "scenario.toml, line 28, groups.team.skills.chatt: must be a channel, one of chat, x;"
        " did you mean 'chat'?",
    ),
    "text where a number is wanted": (
        "mean_s = 480",
        'mean_s = "long"',
        "scenario.toml, line 14, channels.chat.handle_time.mean_s: must be a number, got 'long'",
    ),
    "slowdown shorter than concurrency": (
        "max_concurrent = 2",
        "max_concurrent = 2\nslowdown = [1.0]",
        "scenario.toml, line 24, groups.team.skills.chat: slowdown must have a value for each of"
        " the 2 contacts at once, got 1",
    ),
    "wrong number of intervals in agents": (
        "agents = 8",
        "agents = [8, 9]",
        "scenario.toml, line 22, groups.team.agents: must have 48 numbers, got 2",
    ),
    "wrong number of intervals in rates": (
        "chat = 10.0",
        "chat = [10.0]",
        "scenario.toml, line 8, demand.rates.chat: must have 48 numbers, got 1",
    ),
    "one item of a list": (
        "agents = 8",
        'agents = [8, "many"]',
        "scenario.toml, line 22, groups.team.agents.1: must be a whole number, got 'many'",
    ),
    "neither list nor number": (
        "agents = 8",
        'agents = "many"',
        "scenario.toml, line 22, groups.team.agents: must be a list or a whole number, got 'many'",
    ),
    "horizon eaten up by its edges": (
        'length = "1d"',
        'length = "1d"\nwarm_up = "20h"\ncool_down = "4h"',
        "scenario.toml, line 5, horizon.length: must be longer than warm_up and cool_down together",
    ),
    "horizon not whole": (
        'length = "1d"',
        'length = "100min"',
        "scenario.toml, line 5, horizon.length: must be a whole number of intervals",
    ),
    "duration that is none": (
        'length = "1d"',
        'length = "a day"',
        "scenario.toml, line 5, horizon.length: must be a duration such as \"28d\", \"8w\" or"
        " \"12h\", got 'a day'",
    ),
    "unknown time zone": (
        "Europe/London",
        "Europe/Londn",
        "scenario.toml, line 1, timezone: must be an IANA name such as Europe/London,"
        " got 'Europe/Londn'",
    ),
    "closing before opening": (
        '"08:00-20:00"',
        '"20:00-08:00"',
        "scenario.toml, line 13, channels.chat.open: open must be a span that ends after its"
        " start, got '20:00-08:00'",
    ),
    "name with a dot": (
        "[channels.x]",
        '[channels."a.b"]\nkind = "live"\nhandle_time = { mean_s = 9 }\n[channels.x]',
        "must have names without dots and outer blanks, got 'a.b'",
    ),
    "share in per cent": (
        "share = 0.8",
        "share = 80",
        "scenario.toml, line 15, channels.chat.target.share: must be less than or equal to 1,"
        " got '80'",
    ),
    "callbacks promised on a channel that makes none": (
        'kind = "live"',
        'kind = "live"\noffer_callback = { channel = "x", after_waiting_s = 60 }',
        "scenario.toml, line 13, channels.chat.offer_callback.channel: must be a callback"
        " channel, and none is declared, got 'x'",
    ),
    "redials on a channel that there is not": (
        'kind = "live"',
        'kind = "live"\nredial = { after_abandonment = 0.5, channel = "chats" }',
        "scenario.toml, line 13, channels.chat.redial.channel: must be one of chat, x; did you"
        " mean 'chat'?, got 'chats'",
    ),
    "repeats on a channel that there is not": (
        'kind = "deferred"',
        'kind = "deferred"\nrepeat = { fcr = 0.7, channel = "y" }',
        "scenario.toml, line 19, channels.x.repeat.channel: must be one of chat, x, got 'y'",
    ),
    "redials of nobody": (
        'kind = "live"',
        'kind = "live"\nredial = { delay = { mean_s = 60 } }',
        "channels.chat.redial: after_abandonment, after_blocking or after_closed must be above 0",
    ),
    "redials of posts": (
        'kind = "deferred"',
        'kind = "deferred"\nredial = { after_abandonment = 0.5 }',
        "channels.x: redial belongs to live channels only",
    ),
    "repeats without end": (
        'kind = "deferred"',
        'kind = "deferred"\nrepeat = { fcr = 0 }',
        "channels.x.repeat.fcr: must be greater than 0, got '0'",
    ),
    "posts that beget as many": (
        'kind = "deferred"',
        'kind = "deferred"\nspread = { ratio = 1.0 }',
        "channels.x.spread: ratio must be less than 1, got 1: each post would beget another",
    ),
    "posts that beget as many with the repeats": (
        'kind = "deferred"',
        'kind = "deferred"\nspread = { ratio = 0.6 }\nrepeat = { fcr = 0.6 }',
        "channels.x.spread.ratio: must be less: with the repeats, contacts would beget others",
    ),
    "posts that multiply while nobody answers": (
        'kind = "deferred"',
        'kind = "deferred"\nspread = { ratio = 0.6 }\nrepost = { share = 0.3, after_s = 3600 }',
        "channels.x.spread.ratio: must be less, or repost.share or repost.max_times: posts that"
        " nobody answers would multiply without end",
    ),
    "chats that spread": (
        'kind = "live"',
        'kind = "live"\nspread = { ratio = 0.5 }',
        "channels.chat: repost, spread and handoff belong to deferred channels only",
    ),
    "handed over to a channel that there is not": (
        'kind = "deferred"',
        'kind = "deferred"\nhandoff = { share = 0.3, channel = "chit" }',
        "scenario.toml, line 19, channels.x.handoff.channel: must be one of chat, x; did you mean"
        " 'chat'?, got 'chit'",
    ),
    "handed over to a public channel": (
        'kind = "deferred"',
        'kind = "deferred"\nhandoff = { share = 0.3, channel = "x" }',
        "channels.x.handoff.channel: must be a private channel, and 'x' hands customers over",
    ),
    "posts that beget as many with those handed over": (
        "[channels.x]",
        '[channels.chat.repeat]\nfcr = 0.1\nchannel = "x"\n[channels.x]\nspread = { ratio = 0.6 }\n'
        'handoff = { share = 0.7, channel = "chat" }',
        "channels.x.spread.ratio: must be less: with the repeats, contacts would beget others",
    ),
    "reposts on a channel that there is not": (
        'kind = "deferred"',
        'kind = "deferred"\nrepost = { share = 0.7, channel = "y" }',
        "scenario.toml, line 19, channels.x.repost.channel: must be one of chat, x, got 'y'",
    ),
    "deflected more than all": (
        'kind = "deferred"',
        'kind = "deferred"\ndeflection = { share = 1.2 }',
        "channels.x.deflection.share: must be less than or equal to 1, got '1.2'",
    ),
    "deflected callbacks": (
        "[channels.x]",
        '[channels.calls]\nkind = "callback"\nhandle_time = { mean_s = 9 }\n'
        "deflection = { share = 0.5 }\n[channels.x]",
        "channels.calls: deflection belongs to live and deferred channels only",
    ),
    "slots kept free for deferred work": (
        "max_concurrent = 2",
        "max_concurrent = 2\nkeep_free = 1",
        "scenario.toml, line 26, groups.team.skills.chat.keep_free: must be 0 on a live channel",
    ),
    "burst after the horizon": (
        "[channels.chat]",
        '[bursts.viral]\nchannel = "x"\nstart = 2026-05-01T10:00:00\nfactors = [3]\n'
        "[channels.chat]",
        "scenario.toml, line 13, bursts.viral.start: must come before the end of the horizon,"
        " 2026-04-14 00:00, got 2026-05-01 10:00",
    ),
    "truth for a number": (
        "agents = 8",
        "agents = true",
        "scenario.toml, line 22, groups.team.agents: must be a list or a whole number, got 'true'",
    ),
    "truth in a list of numbers": (
        'kind = "deferred"',
        'kind = "deferred"\nthresholds_s = [600, true]',
        "scenario.toml, line 19, channels.x.thresholds_s.1: must be a number, got 'true'",
    ),
    "a number in quotes": (
        "mean_s = 240",
        'mean_s = "240"',
        "channels.x.handle_time.mean_s: must be a number, got '240'",
    ),
    "a handle time beyond a day": (
        "mean_s = 240",
        "mean_s = 86401",
        "channels.x.handle_time.mean_s: must be less than or equal to 86400, got '86401'",
    ),
    "a number beyond measure": (
        'kind = "deferred"',
        'kind = "deferred"\npromote_before_s = 1e15',
        "channels.x.promote_before_s: must be less than or equal to 1000000000",
    ),
    "a year that cannot be counted": (
        "start = 2026-04-13",
        "start = 9999-12-31",
        "scenario.toml, line 4, horizon.start: must be in the years 1970 to 2199",
    ),
    "numbers for agents who leave by name": (
        "agents = 8",
        'agents = 8\nexit = "named"',
        'scenario.toml, line 21, groups.team: exit must be "first_free" where agents are given by'
        " interval; named agents come from the shifts",
    ),
    "agents added to shifts": (
        "agents = 8",
        'agents_change = 1\nexit = "named"',
        'groups.team: agents_change must be 0 with exit = "named": add shifts to the staffing file',
    ),
    "everybody absent": (
        "agents = 8",
        "agents = 8\nabsence = 1",
        "scenario.toml, line 23, groups.team.absence: must be less than 1, got '1'",
    ),
    "novices without a share": (
        "agents = 8",
        "agents = 8\nnovices = { speed = 1.5 }",
        "scenario.toml, line 23, groups.team.novices.share: must be present",
    ),
    "novices too slow to count": (
        "max_concurrent = 2",
        "max_concurrent = 2\nspeed = 90\n[groups.team.novices]\nshare = 0.2",
        "groups.team: novices.speed times that of chat must be at most 100",
    ),
    "order by reach that nobody knows": (
        'kind = "deferred"',
        'kind = "deferred"\norder = "reach"',
        "scenario.toml, line 17, channels.x: reach must be given for the order reach",
    ),
    "live work put aside": (
        'kind = "live"',
        'kind = "live"\ninterruptible = true',
        "scenario.toml, line 11, channels.chat: interruptible belongs to deferred channels only",
    ),
    "put aside for what goes behind it": (
        'kind = "deferred"',
        'kind = "deferred"\ninterruptible = true\nabove_live = true',
        "channels.x: interruptible cannot stand with above_live",
    ),
    "silence where nobody waits": (
        'kind = "deferred"',
        'kind = "deferred"\nsilent = 0.5',
        "channels.x: silent belongs to live channels only",
    ),
    "day factor asked for, and none": (
        "[demand.rates]",
        '[demand]\nuncertainty = "day_factor"\n[demand.rates]',
        "demand: uncertainty day_factor needs a day_factor or a residual",
    ),
    "residuals that never fade": (
        "[demand.rates]",
        "[demand]\nresidual = { cv = 0.2, correlation = 1 }\n[demand.rates]",
        "demand.residual.correlation: must be less than 1, got '1'",
    ),
    "callbacks that can never be made": (
        "[channels.x]",
        '[channels.calls]\nkind = "callback"\nhandle_time = { mean_s = 9 }\n'
        'open = { daily = "closed" }\ncallback = { not_before_s = 86400 }\n[channels.x]',
        "channels.calls.open: must open at some time of the week: no call could be made",
    ),
    "callbacks after the horizon": (
        "[channels.x]",
        '[channels.calls]\nkind = "callback"\nhandle_time = { mean_s = 9 }\n'
        "callback = { not_before_s = 86400 }\n[channels.x]",
        "channels.calls.callback.not_before_s: must be less than the 86,400 seconds",
    ),
    "not TOML": ("[horizon]", "[horizon", "must be valid TOML"),
}  # fmt: skip


@pytest.mark.parametrize(("replaced", "by", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_is_told_with_line_key_and_rule(replaced, by, sentence):
    assert sentence in faults_after(replaced, by)


def test_all_faults_of_a_file_are_told_at_once_in_its_order():
    text = TWO_CHANNELS.replace("mean_s = 480", "mean_s = -1").replace(
        "share = 0.8", 'share = "most"'
    )
    with pytest.raises(InvalidInputError) as caught:
        Scenario.parse(text.replace("agents = 8", "agents = 8\nhats = 9"), name="week.toml")
    fields = [fault.field for fault in caught.value.faults]
    assert fields == [
        "channels.chat.handle_time.mean_s",
        "channels.chat.target.share",
        "groups.team.hats",
    ]


def test_faults_between_parts_are_told_at_once_too():
    sentences = faults_after(
        "[groups.team.skills.x]\npreference", "[groups.team.skills.y]\npreference"
    )
    assert "channels.x: must be served" in sentences
    assert "groups.team.skills.y: must be a channel" in sentences


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("windw_s = 60", "channels.back.callback"),
        ("acept = 0.5", "channels.chat.offer_callback"),
        ("minuts = 5", "groups.team.shifts.early.breaks.0"),
        ("hours_per_weak = 3", "groups.team.contracts.full"),
        ("cvv = 3", "demand.day_factor"),
    ],
)
def test_unknown_key_deep_in_a_file_is_told_with_the_nearest(line, place):
    """However deep: through optional tables, named tables and lists of tables."""
    key, _, value = line.partition(" = ")
    document = {
        "channels.back": {"kind": "callback", "handle_time": {"mean_s": 9}},
        "channels.back.callback": {},
        "channels.chat.offer_callback": {"channel": "back", "after_waiting_s": 9},
        "groups.team.skills.back": {},
        "groups.team.contracts.full": {"agents": 1, "hours_per_week": 9, "cost_per_hour": 9},
        "demand.day_factor": {"cv": 0.1},
        "groups.team.shifts.early": {
            "earliest_start": "08:00",
            "latest_start": "09:00",
            "length_minutes": 480,
            "breaks": [{"earliest_min": 120, "latest_min": 240, "minutes": 30}],
        },
    }
    whole = two_channels().with_changes(document)
    if ".0" in place:
        document["groups.team.shifts.early"]["breaks"][0][key] = float(value)
    else:
        document[f"{place}.{key}"] = float(value)
    with pytest.raises(InvalidInputError, match=r"did you mean") as caught:
        two_channels().with_changes(document)
    assert caught.value.faults[0].field == f"{place}.{key}"
    assert whole.channels["back"].callback is not None


def test_files_that_are_no_scenario_are_told(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "picture.toml").write_bytes(b"\x89PNG\r\n\x1a\n\xff")
    for name, rule in {
        "nowhere.toml": "must be an existing file",
        "folder.toml": "must be a scenario file, and this is a folder",
        "picture.toml": "must be a TOML file in UTF-8",
        f"{'long' * 100}.toml": "must be a file that can be read",
    }.items():
        with pytest.raises(InvalidInputError, match=rule):
            Scenario.load(tmp_path / name)
