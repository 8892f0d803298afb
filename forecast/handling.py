"""How long single contacts take: log-normal laws by channel, group and contacts in hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from forecast.days import FloatArray, IntArray
from scenario.errors import InvalidValueError

_MISTAKE_S = 10.0  # shorter ones are wrong numbers and hang-ups, not work
_FEWEST = 30  # contacts for a law of their own
_CONTACTS_WORTH = 50.0  # contacts that the channel's own law counts as in each of its parts
_MOST_IN_HAND = 4


def handle_time_laws(
    contacts: pd.DataFrame, *, groups: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """
    Fit log-normal handle times to a log of contacts.

    Parameters
    ----------
    contacts
        A row a contact: `channel`, `handle_time_s` (as logged, positive), and where known
        `agent` and `start` (when the agent took it): from both follows how many contacts the
        agent had in hand.
    groups
        Group of each agent; agents that are not named are in none.

    Returns
    -------
    DataFrame
        A row per channel as a whole (`group` and `in_hand` empty), per group, and per group and
        number in hand (1, 2, 3, 4 or more; rounded mean over the contact's time) where known:
        `channel`, `group`, `in_hand`, `contacts`, `mean_s` (of the law), `cv`, `mu`, `sigma` (of
        the logarithm of seconds), `short` (share under 10 s, left out), and `slowdown` (mean
        over that with one in hand).

    Raises
    ------
    InvalidValueError
        When a column is missing or a handle time is not a positive number.

    Notes
    -----
    Means and deviations of logarithms, each part's drawn to its channel's as if this were fifty
    contacts more: a part with few contacts says little. Work longer than 10 s alone counts.

    References
    ----------
    .. [1] Brown, L. et al. (2005). Statistical analysis of a telephone call center: a
       queueing-science perspective. Journal of the American Statistical Association, 100, 36-50.
    """
    missing = {"channel", "handle_time_s"} - set(contacts.columns)
    if missing:
        raise InvalidValueError("contacts", f"with the columns {sorted(missing)}", "none")
    table = contacts[contacts["handle_time_s"].notna()].copy()
    if not (np.isfinite(table["handle_time_s"]) & (table["handle_time_s"] > 0)).all():
        raise InvalidValueError("handle_time_s", "positive seconds", "another value")
    table["group"] = ""
    if groups is not None and "agent" in table:
        table["group"] = table["agent"].map(dict(groups)).fillna("")
    table["in_hand"] = _levels(table) if {"agent", "start"} <= set(table.columns) else 0
    rows: list[dict[str, object]] = []
    for channel, of_channel in table.groupby("channel", sort=False, observed=True):
        whole = _law(of_channel["handle_time_s"].to_numpy(float), None)
        rows.append({"channel": channel, "group": "", "in_hand": 0, **whole})
        for keys in (["group"], ["group", "in_hand"]):
            for names, part in of_channel.groupby(keys, observed=True):
                named = dict(zip(keys, names, strict=True))
                known = all(named[key] for key in keys if key != "group" or groups is not None)
                if known and len(part) >= _FEWEST:
                    law = _law(part["handle_time_s"].to_numpy(float), whole)
                    rows.append({"channel": channel, "group": "", "in_hand": 0, **named, **law})
    return _with_slowdown(pd.DataFrame(rows))


def _law(seconds: FloatArray, towards: Mapping[str, object] | None) -> dict[str, object]:
    """Mean and deviation of the logarithms, drawn to the channel's."""
    work = seconds[seconds >= _MISTAKE_S]
    work = work if len(work) else seconds
    logs = np.log(work)
    mu, variance, count = float(logs.mean()), float(logs.var()), len(logs)
    if towards is not None:
        own = count / (count + _CONTACTS_WORTH)
        channel_mu, channel_sigma = float(str(towards["mu"])), float(str(towards["sigma"]))
        mu = own * mu + (1 - own) * channel_mu
        variance = own * variance + (1 - own) * channel_sigma**2
    return {
        "contacts": len(seconds),
        "mean_s": float(np.exp(mu + variance / 2)),
        "cv": float(np.sqrt(np.expm1(variance))),
        "mu": mu,
        "sigma": float(np.sqrt(variance)),
        "short": float((seconds < _MISTAKE_S).mean()),
    }


def _with_slowdown(laws: pd.DataFrame) -> pd.DataFrame:
    """How many times longer than with one in hand, by channel and group."""
    alone = laws[laws["in_hand"] == 1].set_index(["channel", "group"])["mean_s"]
    key = pd.MultiIndex.from_frame(laws[["channel", "group"]])
    slowdown = laws["mean_s"].to_numpy() / alone.reindex(key).to_numpy()
    laws["slowdown"] = np.where(laws["in_hand"] > 0, slowdown, np.nan)
    return laws


def _levels(table: pd.DataFrame) -> IntArray:
    """Contacts that the agent had in hand, the mean over each contact's time, rounded."""
    start = pd.to_datetime(table["start"], utc=True).dt.as_unit("us")
    begin = start.astype("int64").to_numpy() / 1e6
    end = begin + table["handle_time_s"].to_numpy(float)
    levels = np.zeros(len(table), dtype=np.int64)
    for places in table.groupby("agent", observed=True).indices.values():
        held = contacts_in_hand(begin[places], end[places])
        levels[places] = np.clip(np.rint(held), 1, _MOST_IN_HAND).astype(np.int64)
    return levels


def contacts_in_hand(begin: FloatArray, end: FloatArray) -> FloatArray:
    """
    Mean number of an agent's contacts in hand over the time of each one, itself included.

    Parameters
    ----------
    begin, end
        Seconds, shape (n,); end after begin.
    """
    edges = np.unique(np.concatenate([begin, end]))
    change = np.zeros(len(edges))
    np.add.at(change, np.searchsorted(edges, begin), 1.0)
    np.add.at(change, np.searchsorted(edges, end), -1.0)
    held = np.cumsum(change)[:-1]
    area = np.concatenate([np.zeros(1), np.cumsum(held * np.diff(edges))])
    spent = np.interp(end, edges, area) - np.interp(begin, edges, area)
    return np.asarray(spent / (end - begin))
