"""Every lever is values at keys of the scenario, within bounds that the scenario accepts."""

from pathlib import Path

import pytest

from scenario import InvalidValueError, Scenario
from scenario.channels import ALWAYS_OPEN
from views.lever import POSTS, RETURNS, SELF_SERVICE
from views.levers import AS_DECLARED, BY_REACH, changes_of, levers_of, moved, read_presets
from views.promise_levers import hours_in

SCENARIOS = Path(__file__).parents[1] / "data" / "scenarios"
SAMPLE = Scenario.load(SCENARIOS / "sample.toml")
LEVERS = {lever.key: lever for lever in levers_of(SAMPLE)}


def put(**positions):
    """The sample with levers moved; a key is written with underscores for hyphens."""
    named = {key.replace("_", "-"): position for key, position in positions.items()}
    assert set(named) <= set(LEVERS)
    return SAMPLE.with_changes(changes_of(SAMPLE, named))


@pytest.mark.parametrize("name", ["sample", "centre_200", "social_12"])
def test_at_their_defaults_the_levers_put_nothing(name):
    scenario = Scenario.load(SCENARIOS / f"{name}.toml")
    defaults = {lever.key: lever.default for lever in levers_of(scenario)}
    assert changes_of(scenario, defaults) == {}
    assert moved(scenario, defaults) == []


@pytest.mark.parametrize("name", ["sample", "centre_200", "social_12"])
def test_every_lever_has_a_name_a_help_and_a_default_within_its_range(name):
    levers = levers_of(Scenario.load(SCENARIOS / f"{name}.toml"))
    assert len({lever.key for lever in levers}) == len(levers)
    for lever in levers:
        assert lever.label
        assert lever.help
        if lever.options:
            assert lever.default in lever.options
        elif lever.high:
            assert lever.low <= lever.default <= lever.high


@pytest.mark.parametrize("lever", LEVERS.values(), ids=LEVERS)
def test_the_scenario_accepts_every_end_of_every_lever(lever):
    ends = lever.options or ((lever.low, lever.high) if lever.high else (lever.default,))
    for end in ends:
        changed = SAMPLE.with_changes(changes_of(SAMPLE, {lever.key: end}))
        assert isinstance(changed, Scenario)


def test_volume_scales_the_forecast():
    assert put(volume_x=25).demand.scale == {"x": 1.25}


def test_staff_is_added_to_every_hour_in_which_the_group_works():
    now, more = SAMPLE.staff().agents, put(staff_team=2).staff().agents
    assert ((more - now)[now > 0] == 2).all()
    assert (more[now == 0] == 0).all()


def test_blend_separates_the_teams():
    assert put(blend="separate").routing.blend == "separate"


def test_four_chats_at_once_have_a_slowdown_for_each():
    skill = put(at_once_chat=4).groups["team"].skills["chat"]
    assert (skill.max_concurrent, skill.slowdown) == (4, (1.0, 1.25, 1.6, 2.0))


def test_a_slowdown_never_falls_with_more_in_hand():
    skill = put(slowdown_chat_2=2.5).groups["team"].skills["chat"]
    assert skill.slowdown == (1.0, 2.5, 2.5, 2.5)


def test_a_burst_starts_on_its_day_and_hour():
    changed = put(burst="X", burst_day="Wed 15 Apr", burst_hour=14, burst_peak=6.0)
    burst = changed.bursts["lever"]
    assert (burst.channel, burst.peak, burst.half_life_h) == ("x", 6.0, 3.0)
    assert burst.start.isoformat() == "2026-04-15T14:00:00"


def test_an_opening_backlog_has_ages_up_to_its_oldest():
    ages = put(backlog_x=4, backlog_x_oldest=8.0).channels["x"].initial_backlog
    assert ages == (7200.0, 14400.0, 21600.0, 28800.0)


def test_one_channel_first_puts_the_other_posts_behind_it():
    changed = put(work_order="Facebook first").channels
    assert changed["facebook"].priority < changed["x"].priority
    assert put(work_order="oldest").channels["x"].order == "fifo"
    assert LEVERS["work-order"].default == AS_DECLARED


def test_callbacks_can_be_switched_off():
    assert put(offer_chat="off").channels["chat"].offer_callback is None
    both = put(offer_chat="off", accept_chat=50)
    assert both.channels["chat"].offer_callback is None


def test_a_callback_window_is_the_promise_too():
    callback = put(window_callback=120).channels["callback"]
    assert callback.callback.window_s == 7200
    assert callback.target.within_s == 7200


def test_shrinkage_keeps_the_proportion_of_its_parts():
    parts = put(shrinkage_team=50.0).groups["team"].shrinkage
    assert parts["leave"] == pytest.approx(0.5 * 11 / 25)
    assert parts["sickness"] == 0.05
    assert sum(parts.values()) == pytest.approx(0.55)


def test_opening_hours_are_read_as_they_are_written():
    assert put(open_chat="mon-fri 09:00-18:00").channels["chat"].open == {"mon-fri": "09:00-18:00"}


def test_opening_hours_without_hours_are_refused():
    with pytest.raises(InvalidValueError, match="mon-fri 08:00-20:00"):
        hours_in("mon-fri")


def test_moved_levers_are_told_in_words():
    assert moved(SAMPLE, {"volume-chat": 10, "staff-team": 0}) == ["Chat volume, %: 10"]


PRESETS = {preset.key: preset for preset in read_presets(SCENARIOS / "presets.toml")}


def test_every_preset_fits_the_sample():
    assert len(PRESETS) == 14
    for preset in PRESETS.values():
        assert SAMPLE.with_changes(preset.changes).staff().agents.sum() > 0


def with_preset(key):
    """The channels of the sample under a preset, and its line."""
    return SAMPLE.with_changes(PRESETS[key].changes).channels, PRESETS[key].description


def test_the_post_that_spreads_draws_as_many_as_it_says():
    changed, told = with_preset("viral_spread")
    spread = changed["x"].spread
    assert f"draws {spread.ratio:g} others" in told
    assert spread.delay.mean_s == 2 * 3600
    assert spread.until_answered
    burst = SAMPLE.with_changes(PRESETS["viral_spread"].changes).bursts["viral_spread"]
    assert (burst.channel, burst.peak, burst.start.strftime("%A %H")) == ("x", 4, "Wednesday 14")


def test_no_answer_calms_anybody_in_the_crisis():
    changed, told = with_preset("crisis")
    bursts = SAMPLE.with_changes(PRESETS["crisis"].changes).bursts.values()
    assert {"x", "facebook"} <= {burst.channel for burst in bursts if burst.peak == 3}
    for one in (changed["x"], changed["facebook"]):
        assert not one.spread.until_answered
        assert f"draws {one.spread.ratio:g} others" in told
        assert f"after {round(100 * (1 - one.repeat.fcr))} % of the replies" in told


def test_after_the_outage_people_try_again_and_write_again_as_often_as_is_said():
    changed, told = with_preset("outage_returns")
    assert "six in ten who give up a chat" in told
    assert changed["chat"].redial.after_abandonment == 0.6
    assert "one in ten" in told
    assert "after six hours writes again, and after twelve and eighteen" in told
    for name, elsewhere in (("x", None), ("facebook", "chat")):
        repost = changed[name].repost
        assert (repost.share, repost.after_s, repost.max_times) == (0.1, 6 * 3600, 3)
        assert repost.channel == elsewhere
    assert PRESETS["outage_monday"].changes.items() <= PRESETS["outage_returns"].changes.items()


def test_the_community_helps_as_many_as_it_says_and_leaves_what_is_harder():
    changed, told = with_preset("community")
    for name, words in (("chat", "of the chats"), ("x", "of X"), ("facebook", "of Facebook")):
        deflection = changed[name].deflection
        assert f"{round(100 * deflection.share)} % {words}" in told
        harder = deflection.handle_time
        assert harder.mean_s == pytest.approx(1.1 * SAMPLE.channels[name].handle_time.mean_s)
        assert harder.cv == SAMPLE.channels[name].handle_time.cv


def test_in_public_and_taken_offline_the_customers_are_the_same():
    public, offline = with_preset("in_public")[0], with_preset("offline")[0]
    for name in ("x", "facebook"):
        assert public[name].handoff is None
        assert public[name].repeat == offline[name].repeat
        assert public[name].repeat.fcr == 0.85
        handoff = offline[name].handoff
        assert (handoff.share, handoff.channel) == (0.3, "chat")
        assert handoff.closing_handle_time.mean_s == 60
        assert offline[name].handle_time.scale == 0.7


def test_the_promises_of_posts_differ_and_their_customers_do_not():
    soon, late = with_preset("posts_15_min")[0], with_preset("posts_24_h")[0]
    for name in ("x", "facebook"):
        assert (soon[name].target.within_s, late[name].target.within_s) == (900, 86_400)
        assert late[name].target_closed.within_s == 86_400
        assert soon[name].spread == late[name].spread
        assert soon[name].spread.ratio == 0.2
        assert soon[name].repost == late[name].repost
        assert (soon[name].repost.share, soon[name].repost.after_s) == (0.1, 4 * 3600)
    more = SAMPLE.with_changes(PRESETS["posts_15_min"].changes).groups["team"]
    assert more.agents_change == 2


def test_no_preset_file_means_no_presets(tmp_path):
    assert read_presets(tmp_path / "none.toml") == ()


def test_novices_hold_one_chat_and_take_longer():
    novices = put(novices_team=20.0, novice_time_team=1.5).groups["team"].novices
    assert (novices.share, novices.speed, novices.max_concurrent) == (0.2, 1.5, 1)
    assert put(novice_time_team=1.5).groups["team"].novices is None


def test_simulated_absence_moves_the_floor_and_stays_out_of_the_factor():
    simulated = SAMPLE.with_changes({"groups.team.absence": 0.05})
    changed = simulated.with_changes(changes_of(simulated, {"absence-team": 0.0})).groups["team"]
    assert changed.absence == 0
    assert "sickness" not in changed.shrinkage
    assert put(absence_team=8.0).groups["team"].shrinkage["sickness"] == 0.08


def test_agents_who_leave_by_name_have_no_number_to_move():
    named = SAMPLE.with_changes({"groups.team.exit": "named"})
    assert "staff-team" not in {lever.key for lever in levers_of(named)}


def test_customers_who_come_back_are_the_rest_of_the_first_contact_resolution():
    changed = put(unsolved_chat=30, unsolved_after_chat=4.0).channels["chat"]
    assert changed.repeat.fcr == pytest.approx(0.7)
    assert changed.repeat.delay.mean_s == 4 * 3600


def test_levers_of_journeys_start_at_nobody_and_say_nothing_by_themselves():
    for lever in LEVERS.values():
        if lever.section in (RETURNS, POSTS, SELF_SERVICE) and lever.label.endswith("%"):
            assert lever.default == 0
    alone = put(unsolved_after_chat=4.0, redial_after_chat=5, repost_every_x=30, spread_after_x=1.0)
    assert alone == SAMPLE


def test_who_gives_up_tries_again_and_who_met_a_full_queue_only_where_one_can_be_full():
    assert put(redial_chat=50).channels["chat"].redial.after_abandonment == 0.5
    assert "redial-full-chat" not in LEVERS
    full = SAMPLE.with_changes({"channels.chat.max_queue": 5})
    changed = full.with_changes(changes_of(full, {"redial-full-chat": 70}))
    assert changed.channels["chat"].redial.after_blocking == 0.7


def test_who_comes_while_it_is_closed_tries_again_only_where_it_ever_is():
    assert put(redial_closed_chat=30).channels["chat"].redial.after_closed == 0.3
    always = SAMPLE.with_changes({"channels.chat.open": ALWAYS_OPEN})
    assert "redial-closed-chat" not in {lever.key for lever in levers_of(always)}


def test_a_rule_that_is_declared_keeps_what_no_lever_moves():
    declared = SAMPLE.with_changes(
        {
            "channels.chat.redial": {"after_closed": 0.5, "channel": "x"},
            "channels.x.repeat": {"fcr": 0.8, "delay": {"distribution": "constant", "mean_s": 60}},
        }
    )
    positions = {"redial-chat": 40, "unsolved-x": 40}
    changed = declared.with_changes(changes_of(declared, positions)).channels
    assert changed["chat"].redial.after_closed == 0.5
    assert changed["chat"].redial.channel == "x"
    assert changed["x"].repeat.delay.distribution == "constant"
    gone = declared.with_changes(changes_of(declared, {"unsolved-x": 0})).channels
    assert gone["x"].repeat is None


def test_posts_are_written_again_elsewhere_and_draw_others():
    changed = put(repost_x=20, repost_every_x=30, repost_on_x="Chat").channels["x"].repost
    assert (changed.share, changed.after_s, changed.channel) == (0.2, 1800, "chat")
    spread = put(spread_x=0.5, spread_until_x="always").channels["x"].spread
    assert (spread.ratio, spread.until_answered) == (0.5, False)


def test_what_self_service_leaves_is_harder_beside_the_lever_of_the_handle_time():
    rest = put(deflected_x=20, deflected_handle_x=10, handle_x=50).channels["x"].deflection
    assert rest.share == 0.2
    assert rest.handle_time.mean_s == pytest.approx(240 * 1.1 * 1.5)
    declared = SAMPLE.with_changes(
        {"channels.x.deflection": {"share": 0.1, "handle_time": {"mean_s": 300}}}
    )
    changed = declared.with_changes(changes_of(declared, {"handle-x": 50})).channels["x"]
    assert changed.deflection.handle_time.scale == 1.5, "it is that of what reaches the floor"


def test_the_loudest_first_needs_no_more_than_the_lever():
    quiet = SAMPLE.with_changes({f"channels.{name}.reach": None for name in ("x", "facebook")})
    changed = quiet.with_changes(changes_of(quiet, {"work-order": BY_REACH})).channels
    assert {changed[name].order for name in ("x", "facebook")} == {"reach"}
    assert changed["x"].reach.mean == 1300
    assert put(work_order=BY_REACH).channels["x"].reach == SAMPLE.channels["x"].reach


def test_customers_are_taken_to_a_private_channel_with_and_without_a_closing_reply():
    handoff = put(offline_x=30, offline_close_x=60).channels["x"].handoff
    assert (handoff.share, handoff.channel) == (0.3, "chat")
    assert handoff.closing_handle_time.mean_s == 60
    assert put(offline_x=30, offline_to_x="Facebook").channels["x"].handoff.channel == "facebook"
    declared = SAMPLE.with_changes({"channels.x.handoff": handoff.model_dump(exclude_unset=True)})
    changed = declared.with_changes(changes_of(declared, {"offline-close-x": 0})).channels["x"]
    assert changed.handoff.closing_handle_time is None
    none = declared.with_changes(changes_of(declared, {"offline-x": 0})).channels["x"]
    assert none.handoff is None


def test_the_levers_of_handle_time_and_of_deflection_move_both():
    handle_time = {"mean_s": 528, "cv": 0.8}
    declared = SAMPLE.with_changes(
        {"channels.chat.deflection": {"share": 0.1, "handle_time": handle_time}}
    )

    def chat(**positions):
        named = {f"{key}-chat": position for key, position in positions.items()}
        return declared.with_changes(changes_of(declared, named)).channels["chat"]

    both = chat(handle=20, deflected=20)
    on_floor = both.handle_time_on_floor
    assert both.deflection.share == 0.2
    assert on_floor.mean_s * on_floor.scale == pytest.approx(1.2 * 528)
    assert on_floor.cv == 0.8
    none = chat(handle=20, deflected=0)
    assert none.deflection is None
    assert none.handle_time.scale == pytest.approx(1.2)


JOURNEYS = {
    "channels.chat.redial": {"after_abandonment": 0.505, "delay": {"mean_s": 20}},
    "channels.chat.repeat": {"fcr": 0.845, "delay": {"mean_s": 5000}},
    "channels.chat.deflection": {"share": 0.125},
    "channels.x.repost": {"share": 0.125, "after_s": 20},
    "channels.x.spread": {"ratio": 0.3, "delay": {"mean_s": 5000}},
    "channels.x.handoff": {
        "share": 0.125,
        "channel": "chat",
        "closing_handle_time": {"mean_s": 60.4},
    },
}
MOVED = {
    "redial-chat": (40, "redial", {"after_abandonment": 0.4}),
    "redial-after-chat": (30, "redial", {"delay": {"mean_s": 1800}}),
    "redial-closed-chat": (30, "redial", {"after_closed": 0.3}),
    "unsolved-chat": (40, "repeat", {"fcr": 0.6}),
    "unsolved-after-chat": (4.0, "repeat", {"delay": {"mean_s": 14400}}),
    "deflected-chat": (20, "deflection", {"share": 0.2}),
    "repost-x": (20, "repost", {"share": 0.2}),
    "repost-every-x": (30, "repost", {"after_s": 1800}),
    "repost-on-x": ("Chat", "repost", {"channel": "chat"}),
    "spread-x": (0.2, "spread", {"ratio": 0.2}),
    "spread-after-x": (4.0, "spread", {"delay": {"mean_s": 14400}}),
    "spread-until-x": ("always", "spread", {"until_answered": False}),
    "offline-x": (20, "handoff", {"share": 0.2}),
    "offline-to-x": ("Facebook", "handoff", {"channel": "facebook"}),
    "offline-after-x": (30, "handoff", {"delay": {"mean_s": 1800}}),
    "offline-close-x": (90, "handoff", {"closing_handle_time": {"mean_s": 90}}),
}


@pytest.mark.parametrize("lever", MOVED)
def test_a_lever_of_a_journey_leaves_its_sisters_as_they_are_declared(lever):
    position, rule, own = MOVED[lever]
    declared = SAMPLE.with_changes(JOURNEYS)
    table = f"channels.{lever.split('-')[-1]}.{rule}"
    changed = declared.with_changes(changes_of(declared, {lever: position}))
    assert changed == declared.with_changes({table: JOURNEYS[table] | own})
    told = moved(declared, {lever: position})
    assert len(told) == 1


def test_a_share_that_rounds_to_nobody_stays_while_it_is_not_moved():
    rare = SAMPLE.with_changes({"channels.chat.repeat": {"fcr": 0.998}})
    changed = rare.with_changes(changes_of(rare, {"unsolved-after-chat": 4.0}))
    assert changed.channels["chat"].repeat.fcr == 0.998


def test_a_lever_that_changes_nothing_is_not_told_as_moved():
    follow_ups = {
        "unsolved-after-chat": 4.0,
        "repost-every-x": 30,
        "spread-after-x": 1.0,
        "offline-to-x": "Facebook",
        "burst-hour": 14,
        "novice-time-team": 1.5,
    }
    assert moved(SAMPLE, follow_ups) == []
    told = moved(SAMPLE, follow_ups | {"repost-x": 20})
    assert [line.split(": ")[0] for line in told] == [
        LEVERS["repost-x"].label,
        LEVERS["repost-every-x"].label.split(": ")[0],
    ]
