"""In which ways can a person's days of work be spread over a week?"""

from __future__ import annotations

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from scenario.shift_kinds import Contract

BoolArray = NDArray[np.bool_]
WEEK = 7


def days_of_work(contract: Contract, days: int) -> int:
    """Most days of work in a week of which so many days are planned; days off fall outside."""
    return days - max(0, contract.days_off - (WEEK - days))


def work_patterns(contract: Contract, days: int) -> BoolArray:
    """
    The greatest sets of days that one person may work in a week.

    Parameters
    ----------
    contract
        Days off, whether two follow each other, most days in a row.
    days
        Days of the week that are planned, 1 to 7. Of a week planned in part the days left out
        count as days off.

    Returns
    -------
    ndarray
        Shape (P, days); any set of days within one of them is allowed too.

    Examples
    --------
    >>> rules = Contract(
    ...     agents=1, hours_per_week=40, cost_per_hour=1, days_off=2, paired_days_off=True
    ... )
    >>> work_patterns(rules, 7).shape
    (6, 7)
    """
    allowed: list[int] = []
    every = sorted(range(2**days), key=lambda chosen: -chosen.bit_count())
    for chosen in every:
        if any(chosen & greater == chosen for greater in allowed):
            continue
        if _keeps(contract, [bool(chosen >> day & 1) for day in range(days)]):
            allowed.append(chosen)
    patterns = [[bool(chosen >> day & 1) for day in range(days)] for chosen in sorted(allowed)]
    return np.array(patterns, dtype=np.bool_).reshape(len(patterns), days)


def _keeps(contract: Contract, works: list[bool]) -> bool:
    """Whether days of work keep a contract's rules."""
    if sum(works) > days_of_work(contract, len(works)):
        return False
    runs = [(work, len(list(same))) for work, same in groupby(works)]
    longest = max((length for work, length in runs if work), default=0)
    if contract.max_days_in_a_row is not None and longest > contract.max_days_in_a_row:
        return False
    if not contract.paired_days_off or len(works) < WEEK:
        return True
    return any(length >= 2 for work, length in runs if not work)
