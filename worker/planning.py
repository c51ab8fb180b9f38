"""From claimed customers to decisions: what is read of the org for them, and what is planned on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from rules.batch import plan_customer
from rules.lookups import Lookups, find_followed
from rules.plan import Decision
from rules.ready import ReadySetup
from rules.recognition import matchable_email
from rules.snapshot import OrgSnapshot, Work
from worker.claims import ClaimedCustomer
from worker.salesforce.org import read_org
from worker.salesforce.session import SalesforceSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of the org: `first` what was asked for, `followed` what that only pointed to."""

    first: OrgSnapshot = field(default_factory=OrgSnapshot)
    followed: OrgSnapshot = field(default_factory=OrgSnapshot)

    def merged(self, other: Self) -> Self:
        """Both readings in one."""
        return type(self)(first=self.first.merged(other.first), followed=self.followed.merged(other.followed))

    @property
    def org(self) -> OrgSnapshot:
        return self.first.merged(self.followed) if self.followed != OrgSnapshot() else self.first


def works_of(customers: Iterable[ClaimedCustomer]) -> dict[str, Work]:
    """The bookings of these customers of which something is to be decided, by id."""
    bookings = (booking for customer in customers for booking in customer.bookings)
    return {booking.id: booking.work() for booking in bookings if booking.has_news}


def read_for(works: Mapping[str, Work], lookups: Lookups, session: SalesforceSession, setup: ReadySetup) -> Reading:
    """What decisions need of the org: one call, and one more to follow pointers. Raises SyncError."""
    first = read_org(session, lookups, setup)
    followed = find_followed(works.values(), first)
    return Reading(first=first, followed=read_org(session, followed, setup))


def plan_works(
    customers: Iterable[ClaimedCustomer], works: Mapping[str, Work], org: OrgSnapshot, setup: ReadySetup, now: str
) -> dict[str, Decision]:
    """The decision on each booking, by its id; those of one person in the order in which they are planned."""
    decisions: dict[str, Decision] = {}
    for own in _by_person(customers, works):
        planned = plan_customer(own, org, setup, now)
        decisions.update(zip((work.booking_id for work in own), planned, strict=True))
    return decisions


def _by_person(customers: Iterable[ClaimedCustomer], works: Mapping[str, Work]) -> list[list[Work]]:
    """The bookings of each customer; customers whose bookings name one e-mail by now are planned as one."""
    people: dict[str, list[Work]] = {}
    for customer in customers:
        own = [works[booking.id] for booking in customer.bookings if booking.id in works]
        emails = (email for work in own if (email := matchable_email(work)))
        people.setdefault(next(emails, customer.key), []).extend(own)
    return list(people.values())
