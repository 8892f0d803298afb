"""What the columns of the kernel's tables mean; `floor.Floor` holds the tables."""

from __future__ import annotations

from simulate import draws

NOBODY = -1
"""No contact, no agent, no channel, no place."""

# Of the whole floor: places in `Floor.state`.
NOW = 0  # instant of the present event
ROOT = 1  # what the random numbers are drawn by
GRAIN = 2
INTERVAL_LENGTH = 3
HORIZON = 4
CHOICE = 5
LOAD = 6
TURNS = 7  # changes of contacts in hand so far
SLOTS_OPEN = 8  # live slots open, those of agents who are to leave included
ANY_EXCESS = 9  # whether some group has agents who should have left
LAST = 10  # instant of the last event that changed something
OWN_PRIORITIES = 11  # whether some group has a priority of its own for a channel
AGENTS_LEAF = 12  # place of the first agent in `completions`, a power of two
EMPTIED = 13  # agent whose hands have become empty in this event, NOBODY if none has
FREE_SLOT = 14  # first of the contact rows that can be used again: a list linked by BEHIND
SLOTS_USED = 15  # contact rows used at some time
SLOTS_TAKEN = 16  # contact rows in use
NEXT_CHILD = 17  # id of the next contact that is no first one
NEXT_FIRST = 18  # id of the next first contact
ENDLESS = 19  # contacts so far out of backlogs that never run out
NEXT_ENTRY = 20  # next row of the timetable
NEXT_SHIFT_EVENT = 21
TIMERS = 22  # timers set
WAITING = 23  # contacts in all queues
STARTS = 24  # most contacts that can be started in one instant's dispatch
INTERVAL = 25  # the present one; as many as there are after the horizon
EDGE = 26  # instant at which it ends; NEVER after the horizon
RETURNING = 27  # the same, where contacts have been put aside
NEXT_ARRIVAL = 28  # row of `arrivals` that comes in next
ARRIVALS = 29  # rows filled
FILLED = 30  # intervals whose arrivals have been drawn
TOLD = 31  # whether first contacts are told one by one
KEEPS_LOG = 32  # whether every contact is written down
WAITS = 36  # bins occupied in the histogram of waits
RESPONSES = 37
INTERRUPTS = 38  # whether any work may be interrupted
FIRST_CHILD = 39  # id of the first contact that is no first one
NEWCOMER = 40  # contact that has just joined its queue, NOBODY if none has
AGENT_BITS = 41  # of an agent's number in `completions`
NEXT_KNOWN = 42  # instant of the next row of the timetable or of what happens in shifts
HAS_BEGUN = 43
JOURNEYS = 44  # whether any contacts are deflected, or beget others
UNBORN = 45  # children begotten and not born
UNBORN_USED = 46  # rows of them used at some time
FREE_UNBORN = 47  # first of those that can be used again: a list linked by their first column
NEXT_PLACE = 48  # of the next child begotten, among the arrivals of an instant
STREAMS = 49  # behind it, by number, what the numbers of each stream start from
STATE_SIZE = STREAMS + draws.STREAMS

# Of a contact. What every contact needs comes first, and columns that begin alike stand together.
ID = 0
KEY = 1  # what its random numbers are drawn by
CHANNEL = 2
OFFERED_IN = 3  # interval of the offer, -1 for the opening backlog
OFFERED = 4
WORK = 5  # solo; with the agent's speed once started
REMAINING = 6  # work still to be done, in an agent's hands or put aside
REACHED = 7  # whether the call in hand reaches the customer
START = 8  # -1 until an agent has worked on it
END = 9
PARENT = 10
DEADLINE = 11
ENDING = 12
QUEUED = 13
IS_WAITING = 14  # whether it counts among the waiting of its channel
SILENT = 15  # whether the customer has left unnoticed
PUT_ASIDE = 16  # how often
REACH = 17
ARRIVED_CLOSED = 18
PROMOTED = 19
TRIES = 20
CAUSE = 21  # why it exists; see `log.Cause`
AHEAD = 22  # neighbours in the queue; or, in a heap, its place there
BEHIND = 23
# What few contacts need: the last line of the processor's cache is touched for them only.
FIRST_OFFERED = 24  # of whoever has a parent
TOLD_ROW = 25  # row of `told`, NOBODY for none, where contacts are told
SILENT_WORK = 26  # agent time spent after the customer has left, of the silent
AGENT = 27  # of those that have been started, where a log is kept
COMES_BACK = 28  # when the customer does, -1 for never; where there are journeys
ATTEMPT = 29  # of whoever has a parent
OWES = 30  # channel on which a closing reply is due, NOBODY for none; where there are journeys
MOVES = 31  # when the customer comes in on a private channel, -1 for never; likewise
CONTACT_SIZE = 32  # 256 bytes

# Of an agent.
COHORT = 0
GROUP = 1
IS_PRESENT = 2
TAKES_NOTHING = 3  # why nothing new is taken: AT_WORK, SHIFT_OVER or BREAK_DUE
IN_HAND = 4  # number of contacts
HELD_CHANNEL = 5  # their channel
TURN = 6  # number of the last change of contacts in hand
SINCE = 7  # instant of that change
NOTED = 8  # instant up to which the time in hand is written down
OPEN_SLOTS = 9  # live contacts that could still be taken
NEXT_DONE = 10  # contact in hand that will be done first
BENCH = 11
BEFORE = 12  # neighbours on the bench
AFTER = 13
ASIDE = 14  # contacts put aside
ASIDE_CHANNEL = 15
AGENT_SIZE = 16  # 128 bytes: two lines of the processor's cache

# Of an agent who works by a shift.
SHIFT_END = 0
ON_BREAK = 1
BREAKS_DUE = 2  # breaks that have fallen due so far
BREAKS_BEGUN = 3
FIRST_BREAK = 4  # length of the first break; the others follow

# Why an agent takes nothing new.
AT_WORK = 0
SHIFT_OVER = 1
BREAK_DUE = 2

# Of a group.
FIRST_AGENT = 0
END_AGENT = 1
STAFF = 2  # how many should be there, where a number says so
PRESENT = 3  # how many are on the floor and not on break
EXCESS = 4  # agents who should have left
FREE = 5  # agents with empty hands who may take something
IS_NAMED = 6
NOTED_UNTIL = 7  # instant up to which the group's time is written down
BREAKS = 8  # agents on break
DRAIN = 9  # agent time worked after they should have left
FIRST_COHORT = 10
END_COHORT = 11
GROUP_SIZE = 12

# Of a skill, by cohort and channel.
CAP = 0  # contacts at once; 0 where there is no such skill
PREFERENCE = 1
SPEED = 2
KEEP_FREE = 3
KEEP_FREE_UNIT = 4
FIRST_BENCH = 5  # bench of those with one contact in hand, then two, ...
OWN_PRIORITY = 6
AFTER_WAIT = 7
SKILL_SIZE = 8

# Of a cohort.
ITS_GROUP = 0
LIVE_SLOTS = 1  # live contacts that a free agent could take
COHORT_PRESENT = 2
COHORT_SIZE = 3

# Of a channel: what is declared, then what is.
CHANNEL_KEY = 0
KIND = 1
DROPS_AT_CLOSE = 2
MAX_QUEUE = 3
PRIORITY = 4
ORDER = 5
PROMOTE_BEFORE = 6
ABOVE_LIVE = 7
TARGET = 8
TARGET_CLOSED = 9
OFFER_CONDITION = 10
OFFER_LIMIT = 11
OFFER_CHANNEL = 12
NOT_BEFORE = 13
WINDOW = 14
DIAL = 15
RETRY_AFTER = 16
MAX_TRIES = 17
WORK_SHAPE = 18
FIRST_VALUE = 19  # of its work in `values`
END_VALUE = 20
FIRST_SPAN = 21  # of its opening hours in `opens` and `closes`
END_SPAN = 22
PATIENCE_SHAPE = 23
FIRST_POINT = 24  # of its patience in `points`
END_POINT = 25
IS_OPEN = 26
LENGTH = 27  # contacts in the queue
HEAD = 28  # of the ordinary queue
TAIL = 29
PROMOTED_HEAD = 30
PROMOTED_TAIL = 31
INTERRUPTIBLE = 32
SILENT_US = 33
FIRST_GATE = 34  # of the waits that gates ask for, in `gates`
END_GATE = 35
HAS_TARGET = 36  # for arrivals in opening hours
HAS_TARGET_CLOSED = 37
SHORT = 38  # longest wait of a short abandon
FIRST_THRESHOLD = 39  # of its further times, in `thresholds`
END_THRESHOLD = 40
NOW_WAITING = 41  # contacts offered and neither started nor gone
WAITED_UNTIL = 42  # instant up to which their time is summed
WAITED = 43  # their time in the present interval
WRITE_AGAIN_AFTER = 44  # time between posts of who is not answered, -1 where nobody writes again
WRITE_AGAIN_TO = 45  # channel
UNTIL_ANSWERED = 46  # whether posts beget others until they are answered; -1 where none does
SPREAD_SHAPE = 47  # of the delay
CLOSING_SHAPE = 48  # of the work of closing replies, -1 where none is posted
FIRST_CLOSING = 49  # of that work in `values`
END_CLOSING = 50
LOUD_FROM = 51  # followers; -1 where none are told
BY_REACH = 52  # row of `by_reach` that holds its queue, NOBODY where that is no heap
IN_HEAP = 53  # contacts there
OLDEST = 54  # row and id of the contact that had waited longest at the last interval's end
OLDEST_ID = 55
OLDEST_KNOWN = 56  # whether it is so at this one
WRITE_AGAIN_MOST = 57  # times
CHANNEL_SIZE = 58

# Chances and the like of a channel.
BALKS = 0
ACCEPTS = 1
IS_REACHED = 2
WORK_SPREAD = 3
PATIENCE_SPREAD = 4
PATIENCE_MEAN = 5
IS_SILENT = 6
FOLLOWERS_MEAN = 7
FOLLOWERS_SPREAD = 8
IS_DEFLECTED = 9
WRITES_AGAIN = 10
OFFSPRING_MEAN = 11
SPREAD_MEAN = 12
SPREAD_SPREAD = 13
CLOSING_MEAN = 14
CLOSING_SPREAD = 15
NO_OFFSPRING = 16  # the chance of none
CHANCES_SIZE = 17

REACH_PLACE_SIZE = 3  # of a place in `by_reach`; see `heaps`

MOST_OFFSPRING = 40  # of one post: fewer than one are begotten on the average

# Of customers who come in again, by channel and reason.
COMES_BACK_TO = 0
DELAY_SHAPE = 1
WAY_SIZE = 2
COMES_BACK_SHARE = 0
DELAY_MEAN = 1
DELAY_SPREAD = 2
WAY_CHANCES_SIZE = 3

# Of a child that is not born yet.
CHILD_KEY = 0
CHILD_CHANNEL = 1
CHILD_CAUSE = 2
CHILD_PARENT = 3  # its id
CHILD_ATTEMPT = 4
CHILD_FIRST_OFFERED = 5  # of the first contact that led to it; NOBODY where it is the first
CHILD_TOLD_ROW = 6
CHILD_PARENT_ROW = 7
CHILD_CELL = 8  # of its parent, in `tallies`
CHILD_OWES = 9  # where there are journeys
CHILD_SIZE = 10

# Of a timer.
STRIKES_AT = 0
ITS_PLACE = 1  # among the events of that instant; see `timers.RANKS`
ITS_ROW = 2  # of the contact or agent
TIMER_SIZE = 3

# Of a contact that waits at the start; a key of -1 never runs out.
WAITS_SINCE = 0
WAITS_FOR = 1  # its channel
WAITS_BY = 2  # its key
OPENING_SIZE = 3

# Of an arrival, and of a first contact told.
COMES_AT = 0
COMES_TO = 1
COMES_IN = 2  # its interval
ITS_KEY = 3
ITS_WORK = 4
ARRIVAL_SIZE = 5
TOLD_WORK = 0
TOLD_PATIENCE = 1
TOLD_REACHED = 2  # try at which the customer answers, -1 leaves it to chance
TOLD_SILENT = 3  # whether an abandoner leaves unnoticed, -1 leaves it to chance
TOLD_REACH = 4  # followers, -1 leaves them to chance
TOLD_OFFSPRING = 5  # posts that it begets, -1 leaves them to chance
TOLD_SIZE = 6

# Of an entry of the timetable.
INSTANT = 0
IS_HOURS = 1  # doors open and close; else the staffing changes
FROM = 2  # staffing: row of `staff`; doors: rows of `doors`
UNTIL = 3
ENTRY_SIZE = 4

# Of what happens in a shift: when, to whom and what; in the order in which it does.
EVENT_AT = 0
EVENT_OF = 1
EVENT_KIND = 2
EVENT_SIZE = 3
