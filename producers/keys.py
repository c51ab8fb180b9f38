"""Where the journal keeps things in Redis: the one place that documents its keys.

All keys of a connection start with `bookforce:{<connection>}:`; the braces keep them in one slot of a cluster.

| key | type | what |
|---|---|---|
| `event:<event id>` | string | the booking's id; makes a delivery count once |
| `booking:<booking id>` | hash | one booking, see below |
| `customer:<customer key>` | zset | ids of its bookings with pending events, by place in the queue |
| `ready` | zset | customers that a worker may claim, by place in the queue |
| `claimed` | zset | customers being worked on, by the end of their lease, ms |
| `lease` | hash | customer → token of the claim that holds it |
| `waiting` | zset | customers that are not to be tried before a time, ms |
| `since` | zset | customers with pending events, by when the first of these was accepted, ms |
| `parked` | zset | `<event id>` of events that a person must look at, by time, ms |
| `parked:replaced` | zset | bookings of which a person must look at that another replaces them, by time, ms |
| `counts` | hash | outcome → how many events ended so |
| `accepted` | counter | order of acceptance |
| `metrics` | hash | counts and sums that never go back, for monitors (worker/metrics.py) |
| `woken` | string | a wake-up is under way; expires |
| `paused` | string | nothing is claimed while it exists: the API calls are used, or get short; expires |
| `setup:<stage>` | string | state and findings of a setup stage as JSON |
| `setup:ready` | string | the last ReadySetup as JSON |
| `setup:version` | string | its digest, there while all stages are ready |
| `setup:release` | digest of the code that compiled it |
| `setup:facts` | string | what the first stage read of the org, as JSON |
| `setup:looked` | string | when the stages were last started |
| `setup:running` | string | a setup run is under way; expires |
| `token:<digest>` | string | the access token, shared by workers with the same credentials; encrypted like bodies |
| `setup:for` | string | digest of the credentials for which the ReadySetup was made |
| `chain:<id>` | string | the id that a source gave the booking before it moved it to this one; expires |
| `chain:told:<id>` | string | an event was told of the booking whose first id this is; expires |
| `usage` | hash | API calls used and allowed, as Salesforce last said, and when; our share of them in percent |
| `calls` | hash | API calls that we made, by steps of ten minutes |
| `breaker` | hash | why nobody calls Salesforce, and until when; there while every call fails |

Keys of no connection:

| key | type | what |
|---|---|---|
| `bookforce:refused` | hash | digest → an event that cannot be journalled, and why; its body encrypted too |
| `bookforce:refused:at` | zset | their digests by when they last came, s |
| `bookforce:refused:count` | string | how many came so far |

| field of a booking | what |
|---|---|
| `customer` | its customer key |
| `weak` | there if no event named the customer yet: the key is made of his phone or of the booking's id |
| `joins` | the customer that it goes to when the claim that holds it settles |
| `replaces` | id of the booking that it replaces |
| `body:<event id>` | the event as JSON, encrypted where keys are set (producers/cipher.py); what an erased one leaves |
| `accepted:<event id>` | when it was journalled, ms |
| `body: replaced` | there if another booking replaces this one; settled like an event, and counted as none |
| `state:<event id>` | how the event ended and when (`at`, ms), as JSON; absent while it is pending |
| `records` | its Salesforce ids as JSON |
| `attempts` | failed tries since something of it was last settled |
| `lapses` | those of them in a row in which its worker died or lost Redis |
| `broke_off` | there if the last try stopped behind its first write and counts as none |
| `cause` | why the last try failed, as JSON; its message, as those of tries and states, encrypted where keys are set |
| `try:<number>` | a try that did not go through, or a replay, with `at`, kind and cause, as JSON; the newest 20 |
| `tried` | how many there were: the number of the newest |
| `replays` | how many of these were replays |

The place in the queue is the order of acceptance behind all that is more urgent: events of bookings that are in
Salesforce (lane 0), then new bookings (lane 1), then those that were published in bulk (lane 2).

Times are of the Redis server's clock, so that workers with skewed clocks agree.
"""

from datetime import timedelta

REFUSED = "bookforce:refused"
"""The events that nobody can journal as they are."""

LANE = 10**12
"""The first place of each lane is a multiple of this: more events than a journal ever accepts."""

WAKE_TTL_MS = 2_000
"""How long a wake-up counts as under way. A lost one delays nothing for longer than this or one sweep."""


def to_ms(duration: timedelta) -> int:
    """A duration as the journal keeps and its scripts take it."""
    return int(duration.total_seconds() * 1000)


def prefix(connection: str) -> str:
    """The start of every key of one connection."""
    return f"bookforce:{{{connection}}}:"
