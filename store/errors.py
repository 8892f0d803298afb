"""
What can go wrong with saved work.

    PlanningError
    ├── StoreError         the place where work is saved cannot be used; nothing was lost
    ├── NotSavedError      nothing is saved under that name and version
    └── ConflictError      somebody else has saved meanwhile
"""

from __future__ import annotations

from scenario.errors import PlanningError
from store.kinds import Version


class StoreError(PlanningError):
    """The place where work is saved cannot be used; what was saved before is untouched."""


class NotSavedError(PlanningError):
    """
    Nothing is saved under that name and version.

    Parameters
    ----------
    kind, name
        What was asked for.
    number
        Which version; None where the latest was wanted.
    """

    def __init__(self, kind: str, name: str, number: int | None = None) -> None:
        which = "" if number is None else f", version {number}"
        super().__init__(f'There is no {kind} "{name}"{which} among the saved ones.')
        self.kind, self.name, self.number = kind, name, number

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.kind, self.name, self.number)


class ConflictError(PlanningError):
    """
    Somebody else has saved since the version that this work began with.

    Parameters
    ----------
    latest
        What is saved now.
    expected
        Number of the version that the work began with; 0 for a name that should be free.
    """

    def __init__(self, latest: Version, expected: int) -> None:
        did = "deleted" if latest.deleted else f"saved version {latest.number} of"
        began = f"after version {expected}, with which this work began"
        if not expected:
            began = "and this name was thought to be free"
        super().__init__(
            f'{latest.by} {did} the {latest.kind} "{latest.name}"'
            f" at {latest.saved_at:%H:%M} UTC on {latest.saved_at.day} {latest.saved_at:%b %Y},"
            f" {began}. Nothing was overwritten."
        )
        self.latest, self.expected = latest, expected

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.latest, self.expected)
