"""What happens to customers: they come, wait, give up, take a callback, are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulate import journeys, rules
from simulate.draws import ACCEPT, BALK, CALLBACK, DEFLECTION, NEVER, SILENT, uniform
from simulate.floor.channel import Channel
from simulate.floor.children import beget, come_back, have_offspring, write_again_later
from simulate.floor.contact import Contact
from simulate.log import Ending

if TYPE_CHECKING:
    from simulate.floor.world import Floor


def arrive(floor: Floor, contact: Contact) -> None:
    """A customer comes in, or the child of a contact is born."""
    channel = floor.channels[contact.channel]
    if _is_deflected(floor, contact, channel):
        contact.ending, contact.end_us = Ending.DEFLECTED, floor.now
        floor.tell("is deflected", contact)
        return
    if channel.is_live and not channel.is_open:
        contact.arrived_closed = True
        contact.ending, contact.end_us = Ending.CLOSED, floor.now
        floor.tell("comes to a closed door", contact)
        come_back(floor, contact, journeys.AFTER_CLOSED)
        return
    floor.tell("comes in", contact)
    have_offspring(floor, contact)
    take_in(floor, contact, channel.is_open)
    floor.settle()
    if channel.is_live and contact.queued:
        _stay_or_go(floor, contact, channel)


def _is_deflected(floor: Floor, contact: Contact, channel: Channel) -> bool:
    """Whether self-service or another customer answers before an agent sees the contact."""
    share = channel.given.deflected
    return (
        share > 0
        and journeys.may_be_deflected(contact.cause)
        and journeys.happens(uniform(floor.root, DEFLECTION, contact.key), share)
    )


def take_in(floor: Floor, contact: Contact, arrived_open: bool) -> None:
    """New work joins its queue; a callback that is not due yet is put down for later."""
    channel = floor.channels[contact.channel]
    due = channel.set_deadline(contact, arrived_open)
    if due > max(floor.now, contact.offered_us):
        call_later(floor, contact, due)
    else:
        queue_up(floor, contact)


def queue_up(floor: Floor, contact: Contact) -> None:
    """Work joins its queue, among the promoted where its deadline is near already."""
    channel = floor.channels[contact.channel]
    if not channel.is_live and not contact.promoted:
        now = floor.now
        instant = rules.promoted_at(contact.deadline_us, channel.given.promote_before_us)
        if instant <= now:
            contact.promoted = True
        # A callback that was missed keeps the moment set when it first joined.
        elif instant < floor.horizon_us and not contact.tries:
            place = rules.PROMOTION * rules.SUBRANK + contact.id
            floor.clock.at(instant, rules.WAITING_TIMER, place, promote, floor, contact)
    if not contact.tries:
        _set_gate_timers(floor, contact, channel)
        write_again_later(floor, contact)
    channel.queue.join(contact)
    floor.tell("joins the queue", contact)


def _set_gate_timers(floor: Floor, contact: Contact, channel: Channel) -> None:
    """Look again when the contact has waited as long as some group asks before it helps."""
    place = rules.AFTER_GATE * rules.SUBRANK + contact.id
    for after in sorted({skill.after_us for skill in channel.skills}):
        instant = contact.offered_us + after
        if after and instant > floor.now and (channel.is_live or instant < floor.horizon_us):
            floor.clock.at(instant, rules.WAITING_TIMER, place, look_again, floor, contact)


def look_again(floor: Floor, contact: Contact) -> None:
    """A contact has waited long enough for another group."""
    if contact.queued:
        floor.tell("has waited long enough", contact)
        floor.settle()


def _stay_or_go(floor: Floor, contact: Contact, channel: Channel) -> None:
    """Nobody could take the customer: blocked, off to a callback, gone at once, or patient."""
    given, now = channel.given, floor.now
    others = channel.queue.length - 1
    if rules.is_blocked(others, given.max_queue):
        _end(floor, contact, Ending.BLOCKED, "is blocked")
    elif _is_offered_callback(floor, channel, others) and _accepts(floor, contact):
        _convert(floor, contact)
    elif given.balk and uniform(floor.root, BALK, contact.key) < given.balk:
        _end(floor, contact, Ending.ABANDONED, "balks")
    else:
        if contact.patience_us < NEVER:
            gone = now + contact.patience_us
            floor.clock.at(gone, rules.ABANDONMENT, contact.id, give_up, floor, contact)
        if given.offer_condition == rules.AFTER_WAITING:
            offer = now + given.offer_limit
            if offer < floor.horizon_us:
                place = rules.OFFER * rules.SUBRANK + contact.id
                floor.clock.at(offer, rules.WAITING_TIMER, place, offer_callback, floor, contact)


def give_up(floor: Floor, contact: Contact) -> None:
    """A customer's patience is at its end."""
    if contact.queued:
        if _leaves_silently(floor, contact):
            contact.silent = True
            contact.ending, contact.end_us = Ending.ABANDONED, floor.now
            floor.tell("gives up unnoticed", contact)
            come_back(floor, contact, journeys.AFTER_ABANDONMENT)
        else:
            _end(floor, contact, Ending.ABANDONED, "gives up")
        floor.settle()


def _leaves_silently(floor: Floor, contact: Contact) -> bool:
    """Whether nobody notices that the customer has gone, so that the place is kept."""
    if contact.leaves_silently >= 0:
        return contact.leaves_silently == 1
    share = floor.channels[contact.channel].given.silent
    return share > 0 and uniform(floor.root, SILENT, contact.key) < share


def offer_callback(floor: Floor, contact: Contact) -> None:
    """A customer has waited so long that a callback is offered."""
    if contact.queued and not contact.silent and _accepts(floor, contact):
        _convert(floor, contact)
        floor.settle()


def promote(floor: Floor, contact: Contact) -> None:
    """The deadline of work has come near."""
    floor.channels[contact.channel].queue.promote(contact)
    floor.tell("is promoted", contact)
    if contact.queued:
        floor.settle()


def call_later(floor: Floor, contact: Contact, due: int) -> None:
    """Put a callback down for an instant; after the horizon nobody calls."""
    if due < floor.horizon_us:
        floor.clock.at(due, rules.CALLBACK_DUE, contact.id, fall_due, floor, contact)


def fall_due(floor: Floor, contact: Contact) -> None:
    """A callback customer may be called, for the first time or again."""
    queue_up(floor, contact)
    floor.settle()


def close(floor: Floor, channel: Channel) -> None:
    """A channel closes; who waits there live is served by the last staff, or dropped."""
    channel.is_open = False
    floor.tell("closes", channel=channel)
    if channel.is_live and channel.given.drops_at_close:
        for contact in channel.queue.everybody():
            if contact.silent:  # has given up already
                channel.queue.leave(contact)
            else:
                _end(floor, contact, Ending.ABANDONED, "is dropped")


def open_up(floor: Floor, channel: Channel) -> None:
    """A channel opens."""
    channel.is_open = True
    floor.tell("opens", channel=channel)


def _is_offered_callback(floor: Floor, channel: Channel, others: int) -> bool:
    given = channel.given
    if given.offer_condition == rules.NO_OFFER:
        return False
    wait = 0.0
    if given.offer_condition == rules.EXPECTED_WAIT_OVER:
        wait = _expected_wait(floor, channel, others)
    return rules.is_offered(given.offer_condition, given.offer_limit, others, wait)


def _expected_wait(floor: Floor, channel: Channel, others: int) -> float:
    """Microseconds until the customer is served if everybody present works at full load."""
    interval = floor.now // floor.given.period.interval_us
    rate = 0.0
    for skill in channel.skills:
        cohort = skill.cohort
        agents = cohort.present - sum(agent.cohort is cohort for agent in cohort.group.leaving())
        rate += rules.slot_rate(agents, skill.most, skill.slowdown[skill.most], skill.speed)
    return rules.expected_wait(others, float(channel.given.work_mean_us[interval]), rate)


def _accepts(floor: Floor, contact: Contact) -> bool:
    share = floor.channels[contact.channel].given.accept
    return uniform(floor.root, ACCEPT, contact.key) < share


def _convert(floor: Floor, contact: Contact) -> None:
    """The customer takes a callback, which is a contact of its own from now on."""
    _end(floor, contact, Ending.CONVERTED, "takes a callback")
    to = floor.channels[contact.channel].given.offer_channel
    beget(floor, contact, CALLBACK, to, floor.now)


def _end(floor: Floor, contact: Contact, ending: Ending, what: str) -> None:
    """A waiting customer leaves without having been served."""
    floor.channels[contact.channel].queue.leave(contact)
    contact.ending, contact.end_us = ending, floor.now
    floor.tell(what, contact)
    if ending == Ending.BLOCKED:
        come_back(floor, contact, journeys.AFTER_BLOCKING)
    elif ending == Ending.ABANDONED:
        come_back(floor, contact, journeys.AFTER_ABANDONMENT)
