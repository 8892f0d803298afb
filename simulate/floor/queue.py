"""Where contacts wait: one queue a channel, and a second for its promoted work."""

from __future__ import annotations

from heapq import heappop, heappush

from simulate import rules
from simulate.floor.contact import Contact

Line = list[tuple[tuple[int, int], Contact]]


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
        return self._ordinary[0][1] if self._ordinary else None

    def promoted_head(self) -> Contact | None:
        """The first of the promoted contacts, by deadline."""
        return self._promoted[0][1] if self._promoted else None

    def everybody(self) -> list[Contact]:
        """All who wait, in the order of their ids."""
        waiting = [c for _, c in self._ordinary if c.queued and not c.promoted]
        waiting += [c for _, c in self._promoted if c.queued]
        return sorted(waiting, key=lambda contact: contact.id)

    def _line_up(self, contact: Contact) -> None:
        if contact.promoted:
            heappush(self._promoted, ((contact.deadline_us, contact.id), contact))
        else:
            place = rules.queue_key(
                self.order, contact.offered_us, contact.deadline_us, 0, contact.id
            )
            heappush(self._ordinary, (place, contact))

    def _drop_gone_heads(self) -> None:
        line = self._ordinary
        while line and (not line[0][1].queued or line[0][1].promoted):
            heappop(line)
        line = self._promoted
        while line and not line[0][1].queued:
            heappop(line)
