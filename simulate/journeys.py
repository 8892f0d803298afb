"""Every rule of how contacts beget others, and of those that never come, once; see `rules.py`."""

from __future__ import annotations

from simulate.compiled import compiled
from simulate.draws import CALLBACK, CLOSING, FIRST, HANDOFF, NEVER, REDIAL, REPEAT, REPOST, SPREAD
from simulate.log import SETTLED_AFTER_US

# Why customers come in again.
AFTER_ABANDONMENT = 0
AFTER_BLOCKING = 1
AFTER_CLOSED = 2
UNSETTLED = 3
HANDED_OVER = 4
REASONS = 5


@compiled
def may_be_deflected(cause: int) -> bool:
    """Whether self-service can answer a contact: one of a customer who came by himself."""
    return cause in (FIRST, SPREAD)


@compiled
def happens(number: float, probability: float) -> bool:
    """Whether something of this probability happens to whoever has drawn the number."""
    return number < probability


@compiled
def cause_of_return(reason: int) -> int:
    """What the contact is of a customer who comes in again."""
    if reason == HANDED_OVER:
        return HANDOFF
    return REPEAT if reason == UNSETTLED else REDIAL


@compiled
def is_of_a_customer(cause: int) -> bool:
    """Whether a customer waits for a contact: a closing reply is work that nobody waits for."""
    return cause != CLOSING


@compiled
def is_caused(cause: int) -> bool:
    """Whether a contact is one that better service would have spared: a caused one."""
    return cause not in (CALLBACK, HANDOFF, CLOSING)


@compiled
def may_be_handed_over(cause: int) -> bool:
    """Whether the customer may be taken elsewhere; who wrote again is so with the first post."""
    return cause != REPOST


@compiled
def owes_closing(cause: int, channel: int, public: int, owed: int) -> int:
    """
    Channel on which a closing reply is due once a begotten contact is settled; -1 for none.

    Parameters
    ----------
    cause, channel
        Of the contact.
    public
        Channel of the contact that begot it, -1 where no closing replies are posted there.
    owed
        Where one is due for the contact that begot it: who comes back for it is still owed
        one, but for coming back to that very channel, and being replied to there. Of two that
        are due the later remains.
    """
    if cause == HANDOFF:
        return public if public >= 0 else owed
    if cause in (CALLBACK, REDIAL, REPEAT) and owed != channel:
        return owed
    return -1


@compiled
def keeps_waiting(cause: int) -> bool:
    """Whether whoever comes in has waited since the contact before: that one was not served."""
    return cause not in (REPEAT, SPREAD, HANDOFF, CLOSING)


@compiled
def may_write_again(cause: int) -> bool:
    """Whether the customer of a post writes again; who has done so goes on with the first."""
    return cause not in (REPOST, CLOSING)


@compiled
def writes_again_at(now: int, offered: int, every: int, most: int) -> int:
    """
    The first instant after now at which a customer who has not been answered may write again.

    `NEVER` after `most` of them, which are `every` so long from the offer on.
    """
    times = (now - offered) // every + 1
    return offered + times * every if times <= most else NEVER


@compiled
def is_headed_off(until_answered: bool, started: bool) -> bool:
    """Whether a post that another was to beget does not come, since that one has been answered."""
    return until_answered and started


@compiled
def is_begotten(instant: int, horizon: int) -> bool:
    """Whether a contact that is to come in at an instant ever does."""
    return instant < horizon


@compiled
def is_settled(ended: int, comes_back: int) -> bool:
    """Whether a contact has settled the matter: nobody comes back for it within seven days."""
    return comes_back < 0 or comes_back - ended > SETTLED_AFTER_US
