"""What the three sample centres are: volumes, shapes, staffing and events, all as plain figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

ZONE = "Europe/London"
FIRST_DAY = date(2025, 10, 13)
LAST_DAY = date(2026, 4, 12)
PLANNED_WEEK = date(2026, 4, 13)  # its Monday; every volume below is this week's
SEED = 20_260_412

BANK_HOLIDAYS = (
    date(2025, 12, 25),
    date(2025, 12, 26),
    date(2026, 1, 1),
    date(2026, 4, 3),
    date(2026, 4, 6),
)
CHRISTMAS_DAY = date(2025, 12, 25)  # nobody works; posts still come in
LIVE_ON_HOLIDAY, SOCIAL_ON_HOLIDAY, DAY_AFTER_HOLIDAY = 0.45, 0.75, 1.15

SHARED_OF_DAY_VARIANCE = 0.5  # part of a day's factor that all channels of a centre have in common
HALF_HOUR_CORRELATION = 0.8  # of the rates of adjacent half-hours about their expected shape
WITHIN_DAY_MEMORY = (
    0.5  # autocorrelation, half-hour to half-hour, of the part that is not the day's
)

GAP = (datetime(2025, 11, 20, 11), datetime(2025, 11, 20, 15))  # nothing was recorded
OUTLIER = ("facebook", datetime(2025, 12, 12, 13, 30), 180)  # a spam wave of one quarter-hour


@dataclass(frozen=True)
class Shape:
    """Shares of a day by hour from `first_hour`; they are scaled to add up to one."""

    first_hour: int
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Channel:
    """
    Volume and work of one channel.

    `weekly` contacts in the planned week; `handle_s` mean solo seconds in that week with
    coefficient of variation `handle_cv`; `days` shares of Monday to Sunday in per cent;
    `weekday`, `saturday` and `sunday` shapes of the day; `growth` of the volume and
    `handle_trend` of the mean handle time, per week.
    """

    name: str
    weekly: float
    handle_s: float
    handle_cv: float
    days: tuple[float, ...]
    weekday: Shape
    saturday: Shape
    sunday: Shape
    growth: float = 0.0
    handle_trend: float = 0.0

    @property
    def social(self) -> bool:
        """Whether contacts come around the clock and wait for their reply."""
        return self.name in {"x", "facebook"}

    def shape(self, weekday: int) -> Shape:
        """Shape of a weekday, Monday 0."""
        return self.saturday if weekday == 5 else self.sunday if weekday == 6 else self.weekday


@dataclass(frozen=True)
class Event:
    """
    Something that lifted one channel's volume above its ordinary course.

    Either `factor` with a `half_life_h` (None: it holds to the end), or `hourly` factors
    from the start. `known` in advance or not.
    """

    name: str
    channel: str
    start: datetime
    end: datetime
    factor: float | None = None
    half_life_h: float | None = None
    hourly: tuple[float, ...] = ()
    known: bool = True


@dataclass(frozen=True)
class Centre:
    """One sample centre; `staffing` is agents on the floor by group, weekday and hour."""

    folder: str
    number: int
    day_cv: float
    channels: tuple[Channel, ...]
    staffing: dict[str, tuple[Shape, ...]]

    def channel(self, name: str) -> Channel:
        """The channel of that name."""
        return next(channel for channel in self.channels if channel.name == name)


CLOSED = Shape(0, ())
SOCIAL_DAYS = (16.5, 15, 14.5, 14.2, 14.3, 13, 12.5)
CHAT_DAYS = (21.5, 18.5, 17.5, 17, 16.5, 9, 0)
CHAT_DAYS_DAILY = (18, 16, 15, 14.5, 14.5, 11.5, 10.5)
CALLBACK_DAYS = (22, 18, 17.5, 17, 16.5, 9, 0)

CHAT_8_20 = Shape(8, (6.5, 9.5, 11.5, 11, 9.5, 9, 9, 8.5, 7.5, 6.5, 6, 5.5))
CHAT_7_23 = Shape(7, (3.2, 5.2, 7.2, 8, 7.9, 7.3, 7, 6.9, 6.7, 6.4, 6.2, 6.2, 6.4, 6.2, 5.2, 4))
LIVE_SATURDAY = Shape(9, (10, 14, 15, 14, 13, 12, 12, 10))
CALLBACK_8_20 = Shape(8, (8, 11, 12, 11, 9, 9, 9, 9, 8, 6, 4, 4))
CALLBACK_9_20 = Shape(9, (13, 13, 12, 10, 9, 9, 9, 8, 7, 6, 4))
# fmt: off
X_DAY = Shape(0, (1, .6, .4, .3, .4, .8, 1.8, 3.4, 5.4, 6.4, 6.8, 6.7,
                  6.5, 6.2, 5.9, 5.7, 5.8, 6.1, 6.4, 6.6, 6.1, 5, 3.6, 2.1))
FACEBOOK_DAY = Shape(0, (1.1, .7, .4, .3, .3, .7, 1.6, 3, 5, 6, 6.4, 6.5,
                         6.6, 6.3, 5.9, 5.7, 5.7, 6, 6.5, 6.9, 6.7, 5.6, 3.8, 2.3))
# fmt: on


def _chat(weekly: float, handle_s: float, days: tuple[float, ...], *shapes: Shape) -> Channel:
    return Channel("chat", weekly, handle_s, 0.8, days, *shapes, 0.005, -0.0015)


def _callback(weekly: float, handle_s: float, weekday: Shape) -> Channel:
    return Channel("callback", weekly, handle_s, 0.9, CALLBACK_DAYS, weekday, LIVE_SATURDAY, CLOSED)


def _x(weekly: float, handle_s: float) -> Channel:
    return Channel("x", weekly, handle_s, 1.0, SOCIAL_DAYS, X_DAY, X_DAY, X_DAY, 0.006, 0.002)


def _facebook(weekly: float) -> Channel:
    shapes = (FACEBOOK_DAY,) * 3
    return Channel("facebook", weekly, 300, 1.0, SOCIAL_DAYS, *shapes, -0.002)


def _week(weekday: Shape, saturday: Shape, sunday: Shape) -> tuple[Shape, ...]:
    return (weekday,) * 5 + (saturday, sunday)


def _daily(weekday: Shape, weekend: Shape) -> tuple[Shape, ...]:
    return _week(weekday, weekend, weekend)


TEAM_20 = Centre(
    "team_20",
    1,
    0.12,
    (
        _chat(2300, 480, CHAT_DAYS, CHAT_8_20, LIVE_SATURDAY, CLOSED),
        _x(1300, 240),
        _facebook(750),
        _callback(280, 450, CALLBACK_8_20),
    ),
    {
        "team": _week(
            Shape(8, (6, 7, 8, 8, 8, 8, 8, 7, 7, 6, 5, 5)),
            Shape(9, (5, 6, 6, 6, 5, 5, 5, 4)),
            Shape(10, (2, 3, 3, 3, 3, 2)),
        )
    },
)
CENTRE_200 = Centre(
    "centre_200",
    2,
    0.08,
    (
        _chat(25_000, 540, CHAT_DAYS_DAILY, CHAT_7_23, CHAT_7_23, CHAT_7_23),
        _x(6800, 240),
        _facebook(4150),
        _callback(3650, 480, CALLBACK_9_20),
    ),
    {
        "on_site": _daily(
            Shape(7, (15, 27, 37, 41, 41, 41, 39, 39, 39, 38, 35, 27, 21, 17, 13, 9)),
            Shape(7, (11, 20, 27, 30, 30, 28, 27, 26, 24, 24, 22, 18, 15, 13, 11, 7)),
        ),
        "at_home": _daily(
            Shape(7, (7, 9, 12, 14, 14, 14, 12, 11, 11, 11, 13, 17, 19, 21, 19, 15)),
            Shape(7, (6, 9, 12, 14, 14, 12, 12, 12, 12, 12, 12, 14, 15, 14, 12, 10)),
        ),
    },
)
SOCIAL_12 = Centre(
    "social_12",
    3,
    0.12,
    (_x(2400, 200), _facebook(1400)),
    {
        "team": _daily(
            Shape(8, (3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 2)),
            Shape(9, (3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2)),
        )
    },
)
CENTRES = (TEAM_20, CENTRE_200, SOCIAL_12)

EVENTS = (
    *(
        Event("Black Friday", name, datetime(2025, 11, 28), datetime(2025, 11, 29), 1.3)
        for name in ("chat", "x", "facebook", "callback")
    ),
    Event(
        "Viral post",
        "x",
        datetime(2026, 1, 14, 14),
        datetime(2026, 1, 15),
        hourly=(3, 6, 5, 4, 3, 2.5, 2, 1.6, 1.4, 1.2),
        known=False,
    ),
    Event("Launch", "chat", datetime(2026, 2, 3), datetime(2026, 2, 24), 1.6, 72),
    Event("Launch", "x", datetime(2026, 2, 3), datetime(2026, 2, 24), 1.8, 72),
    Event("Launch", "chat", datetime(2026, 4, 28), datetime(2026, 5, 19), 1.6, 72),
    Event("Launch", "x", datetime(2026, 4, 28), datetime(2026, 5, 19), 1.8, 72),
)
