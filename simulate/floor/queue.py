"""Where contacts wait: one queue a channel, and a second for its promoted work."""

from __future__ import annotations

from heapq import heappop, heappush

from simulate import rules
from simulate.floor.contact import Contact


class Place:
    """One stay of a contact in a line, ordered as the line is."""

    __slots__ = ("contact", "key")

    def __init__(self, key: tuple[int, int], contact: Contact) -> None:
        self.key = key
        self.contact = contact
        contact.place = self

    def __lt__(self, other: Place) -> bool:
        return self.key < other.key

    @property
    def is_taken(self) -> bool:
        """Whether the contact stands here still, and not elsewhere or nowhere."""
        return self.contact.queued and self.contact.place is self


Line = list[Place]


class Queue:
    """
    The contacts waiting in one channel that an agent could start.

    Contacts that leave from the middle stay in the line until they come to its head.
    """

    def __init__(self, order: int) -> None:
        self.order = order
        self.length = 0
        self._ordinary: Line = []
        self._promoted: Line = []

    def join(self, contact: Contact) -> None:
        """Take a contact in, at its place."""
        contact.queued = True
        self.length += 1
        self._line_up(contact)

    def leave(self, contact: Contact) -> None:
        """Let a contact go, wherever it stands."""
        contact.queued = False
        self.length -= 1
        self._drop_gone_heads()

    def promote(self, contact: Contact) -> None:
        """Move a contact to the promoted ones; if it is elsewhere now, once it is back."""
        contact.promoted = True
        if contact.queued:
            self._line_up(contact)
            self._drop_gone_heads()

    def head(self) -> Contact | None:
        """The first of the contacts not promoted."""
        return self._ordinary[0].contact if self._ordinary else None

    def promoted_head(self) -> Contact | None:
        """The first of the promoted contacts, by deadline."""
        return self._promoted[0].contact if self._promoted else None

    def everybody(self) -> list[Contact]:
        """All who wait, in the order of the queue, the promoted first."""
        lines = (sorted(self._promoted), sorted(self._ordinary))
        return [place.contact for line in lines for place in line if place.is_taken]

    def _line_up(self, contact: Contact) -> None:
        if contact.promoted:
            heappush(self._promoted, Place((contact.deadline_us, contact.id), contact))
        else:
            key = rules.queue_key(
                self.order, contact.offered_us, contact.deadline_us, contact.reach, contact.id
            )
            heappush(self._ordinary, Place(key, contact))

    def _drop_gone_heads(self) -> None:
        for line in (self._ordinary, self._promoted):
            while line and not line[0].is_taken:
                heappop(line)
