"""How many contacts came: the expected rate of every quarter-hour, and the days that differ."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from centres import (
    BANK_HOLIDAYS,
    CHRISTMAS_DAY,
    DAY_AFTER_HOLIDAY,
    EVENTS,
    FIRST_DAY,
    GAP,
    HALF_HOUR_CORRELATION,
    LAST_DAY,
    LIVE_ON_HOLIDAY,
    OUTLIER,
    PLANNED_WEEK,
    SEED,
    SHARED_OF_DAY_VARIANCE,
    SOCIAL_ON_HOLIDAY,
    WITHIN_DAY_MEMORY,
    ZONE,
    Centre,
    Channel,
    Event,
    Shape,
)
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PURPOSES = ("day", "within day", "counts", "handle time", "abandonment", "log")


def generator(centre: Centre, channel: str, purpose: str) -> np.random.Generator:
    """A stream of its own for each centre, channel and purpose: none moves another."""
    names = ("all", "chat", "x", "facebook", "callback")
    key = (centre.number, names.index(channel), _PURPOSES.index(purpose))
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(SEED, spawn_key=key)))


def quarter_starts(first: date = FIRST_DAY, last: date = LAST_DAY) -> pd.DatetimeIndex:
    """Local starts of every quarter-hour of the days; clock changes have 92 and 100 a day."""
    begin = pd.Timestamp(first).tz_localize(ZONE).tz_convert("UTC")
    end = pd.Timestamp(last + timedelta(days=1)).tz_localize(ZONE).tz_convert("UTC")
    index = pd.date_range(begin, end, freq="15min", inclusive="left")
    return index.tz_convert(ZONE)


def day_profile(shape: Shape) -> Floats:
    """
    Shares of a day by local quarter-hour, shape (96,), adding up to one (or all zero).

    Each hour keeps its share; within it the quarters lean towards the neighbouring hours, so
    that the day rises and falls without steps.
    """
    profile = np.zeros((24, 4))
    hours = np.asarray(shape.shares, dtype=float)
    if len(hours):
        lean = np.outer(np.gradient(hours), [-0.375, -0.125, 0.125, 0.375])
        profile[shape.first_hour : shape.first_hour + len(hours)] = (hours[:, None] + lean) / (
            4 * hours.sum()
        )
    return profile.ravel()


def week_profile(channel: Channel) -> Floats:
    """Shares of an ordinary week by weekday and quarter-hour, shape (7, 96)."""
    days = np.asarray(channel.days, dtype=float) / sum(channel.days)
    return np.stack([days[day] * day_profile(channel.shape(day)) for day in range(7)])


def ordinary_rate(channel: Channel, starts: pd.DatetimeIndex) -> Floats:
    """Expected contacts by quarter-hour without events: shape, growth and holidays."""
    weekday = starts.day_of_week.to_numpy()
    quarter = (starts.hour * 4 + starts.minute // 15).to_numpy()
    rate = channel.weekly * week_profile(channel)[weekday, quarter]
    dates = [stamp.date() for stamp in starts]
    holiday = {day: holiday_factor(channel, day) for day in set(dates)}
    # Growth goes by whole weeks, so that the planned week has exactly the declared volume.
    level = {day: (1 + channel.growth) ** weeks_to_plan(day) for day in holiday}
    return rate * np.array([holiday[day] * level[day] for day in dates])


def weeks_to_plan(day: date) -> int:
    """Whole weeks from the planned week to a day's week; negative before it."""
    return (day - PLANNED_WEEK).days // 7


def holiday_factor(channel: Channel, day: date) -> float:
    """What a bank holiday, and the day after one, does to a channel's volume."""
    if day in BANK_HOLIDAYS:
        if channel.social:
            return SOCIAL_ON_HOLIDAY
        return 0.0 if day == CHRISTMAS_DAY else LIVE_ON_HOLIDAY
    return DAY_AFTER_HOLIDAY if day - timedelta(days=1) in BANK_HOLIDAYS else 1.0


def event_factor(event: Event, starts: pd.DatetimeIndex) -> Floats:
    """Factor of one event on the volume of each quarter-hour, 1 outside it."""
    begin = pd.Timestamp(event.start).tz_localize(ZONE)
    end = pd.Timestamp(event.end).tz_localize(ZONE)
    hours = ((starts - begin) / pd.Timedelta(hours=1)).to_numpy()
    within = (starts >= begin) & (starts < end)
    factor = np.ones(len(starts))
    if event.hourly:
        factor[within] = np.asarray(event.hourly)[hours[within].astype(int)]
    elif event.factor is not None:
        fading = 1.0
        if event.half_life_h is not None:
            fading = 0.5 ** ((hours[within] + 0.125) / event.half_life_h)
        factor[within] = 1 + (event.factor - 1) * fading
    return factor


def event_extra(channel: Channel, starts: pd.DatetimeIndex, ordinary: Floats) -> Floats:
    """Contacts that events add; like the floor, untouched by the day's own factor."""
    extra = np.zeros(len(starts))
    for event in EVENTS:
        if event.channel == channel.name:
            extra += ordinary * (event_factor(event, starts) - 1)
    return extra


def spread_variances(centre: Centre, channel: Channel) -> tuple[float, float, float]:
    """
    Variances of the shared day factor, the channel's own, and the within-day course.

    The rate of a half-hour is expected x shared x own x course. With D the variance of the two
    day factors together and V that of the course, whose neighbours correlate with m,
    (D + m V) / (D + V) is the asked correlation of adjacent half-hours, hence V = D (1 - c) /
    (c - m). The course also moves the day's total, by V k with k its mean correlation under
    the day's shape; D is set so that the total has the centre's coefficient of variation.
    """
    total = centre.day_cv**2
    shared = SHARED_OF_DAY_VARIANCE * total
    half_hours = day_profile(channel.weekday).reshape(-1, 2).sum(axis=1)
    apart = np.abs(np.subtract.outer(np.arange(48), np.arange(48)))
    mean_correlation = float(half_hours @ (WITHIN_DAY_MEMORY**apart) @ half_hours)
    ratio = (1 - HALF_HOUR_CORRELATION) / (HALF_HOUR_CORRELATION - WITHIN_DAY_MEMORY)
    # (1 + D)(1 + ratio D k) = 1 + total, a quadratic in D
    k = ratio * mean_correlation
    day = (-(1 + k) + np.sqrt((1 + k) ** 2 + 4 * k * total)) / (2 * k)
    return shared, float((1 + day) / (1 + shared) - 1), float(ratio * day)


def day_factors(rng: np.random.Generator, variance: float, days: int) -> Floats:
    """Gamma factors with mean one, one a day."""
    return rng.standard_gamma(1 / variance, size=days) * variance


def within_day_course(rng: np.random.Generator, variance: float, count: int) -> Floats:
    """Lognormal course with mean one, autoregressive in half-hours, one value a quarter-hour."""
    noise = rng.standard_normal(-(-count // 2))
    state = noise[0]
    course = np.empty(len(noise))
    course[0] = state
    renewal = np.sqrt(1 - WITHIN_DAY_MEMORY**2)
    for step in range(1, len(noise)):
        state = WITHIN_DAY_MEMORY * state + renewal * noise[step]
        course[step] = state
    sigma = np.sqrt(np.log1p(variance))
    return np.exp(sigma * course - sigma**2 / 2).repeat(2)[:count]


def realised_rate(centre: Centre, channel: Channel, starts: pd.DatetimeIndex) -> Floats:
    """Rate of every quarter-hour as the weather of the day made it, events included."""
    dates = starts.tz_localize(None).normalize()
    day = ((dates - dates[0]) // pd.Timedelta(days=1)).to_numpy()
    shared, own, course = spread_variances(centre, channel)
    factor = day_factors(generator(centre, "all", "day"), shared, day[-1] + 1)[day]
    factor *= day_factors(generator(centre, channel.name, "day"), own, day[-1] + 1)[day]
    rng = generator(centre, channel.name, "within day")
    factor *= within_day_course(rng, course, len(starts))
    ordinary = ordinary_rate(channel, starts)
    return ordinary * factor + event_extra(channel, starts, ordinary)


def offered_counts(
    centre: Centre, channel: Channel, starts: pd.DatetimeIndex, rate: Floats
) -> NDArray[np.int64]:
    """Contacts offered in every quarter-hour: Poisson about the rate, and the one outlier."""
    counts = generator(centre, channel.name, "counts").poisson(rate).astype(np.int64)
    name, moment, contacts = OUTLIER
    if channel.name == name:
        counts[starts == pd.Timestamp(moment).tz_localize(ZONE)] = contacts
    return counts


def is_recorded(channel: Channel, starts: pd.DatetimeIndex) -> NDArray[np.bool_]:
    """Quarter-hours with a row: in which the channel is open, outside the gap."""
    begin, end = (pd.Timestamp(moment).tz_localize(ZONE) for moment in GAP)
    return (ordinary_rate(channel, starts) > 0) & ~((starts >= begin) & (starts < end))


def local(moment: datetime) -> pd.Timestamp:
    """A local time of the centres as an instant."""
    return pd.Timestamp(moment).tz_localize(ZONE)
