"""Where two engines tell different stories of the same replication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from simulate.batches import Batch
from simulate.log import CONTACT, FloorLog


def unlike_contacts(one: FloorLog, other: FloorLog) -> int:
    """Contacts whose fate two logs tell differently, those that one does not know included."""
    most = min(len(one.contacts), len(other.contacts))
    unlike = np.count_nonzero(one.contacts[:most] != other.contacts[:most])
    return int(unlike) + abs(len(one.contacts) - len(other.contacts))


def of_logs(one: FloorLog, other: FloorLog) -> list[str]:
    """What two logs tell differently: columns with the contacts' ids, and tables of time."""
    found = []
    if len(one.contacts) != len(other.contacts):
        found.append(f"{len(one.contacts)} contacts against {len(other.contacts)}")
    most = min(len(one.contacts), len(other.contacts))
    for name in CONTACT.names or ():
        unlike = one.contacts[name][:most] != other.contacts[name][:most]
        if unlike.any():
            found.append(f"{name} of {np.flatnonzero(unlike)[:5]}")
    for field in fields(FloorLog):
        if field.name != "contacts" and not np.array_equal(
            getattr(one, field.name), getattr(other, field.name)
        ):
            found.append(field.name)
    return found


def of_counts(one: Batch, other: Batch) -> list[str]:
    """Names of the numbers that two counts of the same replications tell differently."""
    left, right = dict(_arrays(one, "")), dict(_arrays(other, ""))
    found = [f"{name} is missing" for name in sorted(left.keys() ^ right.keys())]
    return found + [
        name
        for name in left
        if name in right and not np.array_equal(np.asarray(left[name]), np.asarray(right[name]))
    ]


def _arrays(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every array within dataclasses, mappings and tuples, by its dotted name."""
    if is_dataclass(value):
        for field in fields(value):
            yield from _arrays(getattr(value, field.name), f"{name}.{field.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _arrays(part, f"{name}.{key}")
    elif isinstance(value, tuple):
        for place, part in enumerate(value):
            yield from _arrays(part, f"{name}.{place}")
    else:
        yield name, value
