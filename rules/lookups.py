"""What must be read from the org before deciding."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from rules.accounts import account_name
from rules.changes import must_look_again, needs_reading
from rules.packages import package_key
from rules.pages import page_rules
from rules.plan import Known, Record, SObject
from rules.ready import ReadySetup
from rules.recognition import is_account_id, matchable_email, person_of_id, phones_to_match
from rules.snapshot import OrgSnapshot, Work, identity


@dataclass(slots=True, kw_only=True)
class Lookups:
    """Ids, e-mails and names to read by; `companies` are Account names, `case_keys` external ids."""

    lead_ids: set[str] = field(default_factory=set)
    contact_ids: set[str] = field(default_factory=set)
    person_account_ids: set[str] = field(default_factory=set)
    case_ids: set[str] = field(default_factory=set)
    case_keys: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    companies: set[str] = field(default_factory=set)
    booking_ids: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        people = (self.lead_ids, self.contact_ids, self.person_account_ids, self.emails, self.phones)
        return any((*people, self.case_ids, self.case_keys, self.companies, self.booking_ids))

    def __or__(self, other: Self) -> Self:
        return type(self)(**{name: getattr(self, name) | getattr(other, name) for name in self.__slots__})

    def covers(self, other: Self) -> bool:
        """Whether all that the other asks for is asked for here."""
        return all(getattr(self, name) >= getattr(other, name) for name in self.__slots__)

    def add(self, record: Record | None) -> None:
        """Read this record, of an Account its person; nothing for one that is not in the org yet."""
        if not isinstance(record, Known):
            return
        ids = {SObject.LEAD: self.lead_ids, SObject.CONTACT: self.contact_ids, SObject.CASE: self.case_ids}
        ids.get(record.object, self.person_account_ids).add(record.id)


def find_lookups(works: Iterable[Work], setup: ReadySetup, now: str) -> Lookups:
    """Everything the first read asks for. Bookings whose records are known ask for nothing, as a rule."""
    wanted = Lookups()
    for work in works:
        if work.prior and work.records and not must_look_again(work, setup):
            for record in needs_reading(work, work.prior, work.records, setup):
                wanted.add(record)
        else:
            _add_unknown(work, setup, now, wanted)
    return wanted


def find_followed(works: Iterable[Work], org: OrgSnapshot) -> Lookups:
    """Records that the first read only pointed to.

    Those of Events that are there though the journal knows of none, and those that merged records were merged into
    where these were merged again.
    """
    wanted = Lookups()
    people = (contact.person_account for contact in org.contacts.values())
    there = org.leads.keys() | org.contacts.keys() | org.cases.keys() | {identity(half) for half in people if half}
    for master in org.masters.values():
        if identity(org.survivor(master)) not in there:
            wanted.add(org.survivor(master))
    for work in works:
        event = org.events.get(work.booking_id)
        if event and event.who and identity(event.who) not in there:
            wanted.add(event.who)
        if event and event.what and identity(event.what) not in there:
            wanted.add(event.what)
    return wanted


def _add_unknown(work: Work, setup: ReadySetup, now: str, wanted: Lookups) -> None:
    booking = work.state.booking
    wanted.booking_ids.add(work.booking_id)
    for records in (work.records, work.replaced):
        if records:
            wanted.add(records.person)
            wanted.add(records.case)
    for obj in (SObject.LEAD, SObject.CONTACT):
        wanted.add(work.repairs.duplicate(obj))
    wanted.add(person_of_id(booking.salesforce.contact))
    wanted.add(person_of_id(booking.salesforce.lead))
    if booking.salesforce.contact and is_account_id(booking.salesforce.contact) and setup.person_fields is not None:
        wanted.person_account_ids.add(booking.salesforce.contact)
    if booking.salesforce.case:
        wanted.case_ids.add(booking.salesforce.case)
    shared_case = package_key(booking, setup)
    if shared_case and page_rules(booking, setup).object == "case":
        wanted.case_keys.add(shared_case)
    email = matchable_email(work)
    if email:
        wanted.emails.add(email)
    wanted.phones |= phones_to_match(work, setup)
    if _may_create_contact(work, setup):
        company = account_name(work.state, page_rules(booking, setup), setup, now)
        if company:
            wanted.companies.add(company)


def _may_create_contact(work: Work, setup: ReadySetup) -> bool:
    """Whether an Account may be needed: also a Case that is named can lack a Contact, whatever the page creates."""
    cases = [records.case for records in (work.records, work.replaced) if records]
    return (
        any(cases)
        or work.state.booking.salesforce.case is not None
        or page_rules(work.state.booking, setup).object in {"contact", "case"}
    )
