"""Who is the customer? By the booking's own records, by Salesforce id, then by e-mail across Lead and Contact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from producers.contract import normalise_email
from rules.lifecycle import BookingState
from rules.mapping import full_name
from rules.phones import phones_of, shares_phone
from rules.plan import Known, Record, SObject
from rules.ready import ReadySetup
from rules.ruleset import PageObject
from rules.snapshot import Contact, Lead, OrgSnapshot, Work, identity, known, latest_first
from rules.validation import PLACEHOLDER_EMAIL

LEAD_PREFIX, CONTACT_PREFIX, ACCOUNT_PREFIX = "00Q", "003", "001"


class How(StrEnum):
    """By what a record was recognised."""

    OWN = "as this booking's own"
    REPLACED = "as the record of the replaced booking"
    DUPLICATE = "by a duplicate rule of the org"
    ID = "by its Salesforce id"
    PACKAGE = "as the one of its session package"
    EMAIL = "by e-mail"
    PHONE = "by phone"

    @property
    def names_the_record(self) -> bool:
        """Whether it is named outright, as a personalized link does, and not matched."""
        return self not in {How.EMAIL, How.PHONE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """The customer's record, by what it was found, and how many more of its object have the e-mail."""

    person: Lead | Contact
    how: How
    others: int = 0


def person_of_id(record_id: str | None) -> Known | None:
    """The Lead or Contact with this id, told by its key prefix; None for other objects."""
    if record_id and record_id.startswith(LEAD_PREFIX):
        return Known(object=SObject.LEAD, id=record_id)
    return known(SObject.CONTACT, record_id if record_id and record_id.startswith(CONTACT_PREFIX) else None)


def is_account_id(record_id: str) -> bool:
    """Whether a link names an Account: it means the Contact of that Person Account."""
    return record_id.startswith(ACCOUNT_PREFIX)


def find_person(work: Work, goal: PageObject, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    """The customer's Lead or Contact, None if he is new."""
    return _first(_own(work, org), org) or find_booker(work, goal, org, setup)


def find_booker(work: Work, goal: PageObject, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    """Who the link or the e-mail says it is, whatever earlier events of the booking came to.

    An id that leads nowhere (deleted, mistyped, tampered with) falls back to the e-mail.
    Source: https://help.oncehub.com/help/using-the-salesforce-record-id-to-personalize-scheduling-in-landing-pages
    """
    return find_linked(work, org, setup) or _by_email(work, goal, org, setup) or _by_phone(work, goal, org, setup)


def find_contact(work: Work, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    """The customer's Contact for a Case, None if he is none yet."""
    own = _first(_own(work, org), org)
    return own if own and isinstance(own.person, Contact) else find_booking_contact(work, org, setup)


def find_booking_contact(work: Work, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    """Who the link or the e-mail says it is, among Contacts alone: a Case takes no Lead, though a link names one."""
    linked = find_linked(work, org, setup)
    if linked and isinstance(linked.person, Contact):
        return linked
    return _by_email(work, "case", org, setup) or _by_phone(work, "case", org, setup)


def find_linked(work: Work, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    """The Lead or Contact that a personalized link names; None for general links and for ids that lead nowhere.

    A converted Lead leads to its Contact where the setup follows such Leads, and otherwise nowhere.
    """
    ids = work.state.booking.salesforce
    person = org.person_of(ids.contact) if ids.contact and is_account_id(ids.contact) else None
    if person:
        return Recognised(person=person, how=How.ID)
    named = [person_of_id(ids.contact), person_of_id(ids.lead)]
    return _first([(record, How.ID) for record in named if record and _may_lead_on(record, org, setup)], org)


def _may_lead_on(record: Record, org: OrgSnapshot, setup: ReadySetup) -> bool:
    lead = org.leads.get(identity(org.survivor(record)))
    return setup.matching.follow_converted or lead is None or not lead.converted


def matchable_email(work: Work) -> str | None:
    """The e-mail to match by; never one of the placeholders that fill required fields."""
    return _real_email(work.state)


def names_somebody(state: BookingState) -> bool:
    """Whether the customer says enough of himself for a record of his own: an e-mail or a name."""
    return bool(_real_email(state) or full_name(state))


def _real_email(state: BookingState) -> str | None:
    email = normalise_email(state.booking.customer.email or "")
    return email if email and email != PLACEHOLDER_EMAIL else None


def _own(work: Work, org: OrgSnapshot) -> list[tuple[Record | None, How]]:
    """Records that earlier events of the booking, or the booking that it replaces, came to; the surest first."""
    event = org.events.get(work.booking_id)
    return [
        (work.records.person if work.records else None, How.OWN),
        (event.who if event else None, How.OWN),
        (work.replaced.person if work.replaced else None, How.REPLACED),
        (work.repairs.duplicate(SObject.LEAD), How.DUPLICATE),
        (work.repairs.duplicate(SObject.CONTACT), How.DUPLICATE),
    ]


def _first(named: Iterable[tuple[Record | None, How]], org: OrgSnapshot) -> Recognised | None:
    """The first of these records that is there."""
    people = ((_resolve(record, org), how) for record, how in named if record)
    return next((Recognised(person=person, how=how) for person, how in people if person), None)


def _resolve(record: Record, org: OrgSnapshot) -> Lead | Contact | None:
    """The record, what it was merged into, or the Contact that the Lead was converted into.

    Salesforce refuses writes to merged records and to converted Leads.
    """
    name = identity(org.survivor(record))
    lead = org.leads.get(name)
    if lead is None:
        return org.contacts.get(name)
    if not lead.converted:
        return lead
    return _became(lead, org)


def _became(lead: Lead, org: OrgSnapshot) -> Contact | None:
    return org.contacts.get(identity(org.survivor(lead.converted_contact))) if lead.converted_contact else None


def _by_email(work: Work, goal: PageObject, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    email = matchable_email(work)
    if email is None:
        return None
    leads, contacts = org.leads_by_email.get(email, ()), org.contacts_by_email.get(email, ())
    return _best(_candidates(leads, contacts, goal, org, setup), How.EMAIL, work)


def phones_to_match(work: Work, setup: ReadySetup) -> set[str]:
    """The numbers to look for a customer by who gave no e-mail; none where the setup wants no such search."""
    return phones_of(work) if setup.matching.phone_fallback and not matchable_email(work) else set()


def _by_phone(work: Work, goal: PageObject, org: OrgSnapshot, setup: ReadySetup) -> Recognised | None:
    phones = phones_to_match(work, setup)
    if not phones:
        return None
    leads = latest_first(lead for lead in org.leads.values() if shares_phone(lead, phones))
    contacts = latest_first(contact for contact in org.contacts.values() if shares_phone(contact, phones))
    return _best(_candidates(leads, contacts, goal, org, setup), How.PHONE, work)


def _best(people: Sequence[Lead | Contact], how: How, work: Work) -> Recognised | None:
    """The first of those in order of precedence, unless an earlier try of this booking created one of them."""
    if not people:
        return None
    own = next((person for person in people if person.key == work.booking_id), None)
    person = own or people[0]
    alike = sum(type(other) is type(person) for other in people)
    return Recognised(person=person, how=How.OWN if own else how, others=alike - 1)


def _candidates(
    every_lead: tuple[Lead, ...],
    contacts: tuple[Contact, ...],
    goal: PageObject,
    org: OrgSnapshot,
    setup: ReadySetup,
) -> tuple[Lead | Contact, ...]:
    """Those found, in order of precedence: the page's own object, the other, converted Leads' Contacts.

    The vendor says that both objects are searched and is silent on which wins; `matching.prefer` decides.
    """
    matching = setup.matching
    if goal == "case":
        return contacts or _converted(every_lead, org, setup)
    leads = tuple(lead for lead in every_lead if not lead.converted)
    if goal == "lead":
        # Leads pages find Person Accounts whatever the setup says of Contacts.
        contacts = tuple(each for each in contacts if matching.cross_object_match or each.person_account)
    elif not matching.cross_object_match:
        leads = ()
    first = goal if matching.prefer == "page" else matching.prefer
    ordered: tuple[Lead | Contact, ...] = (*leads, *contacts) if first == "lead" else (*contacts, *leads)
    if goal == "lead" and matching.prefer == "page":
        ordered = _person_accounts_first(ordered)
    return ordered or _converted(every_lead, org, setup)


def _person_accounts_first(people: Sequence[Lead | Contact]) -> tuple[Lead | Contact, ...]:
    """On a Leads page the customer who is a Person Account is updated as such, also where he is a Lead besides.

    Source: https://help.oncehub.com/help/working-with-salesforce-person-accounts
    """
    return tuple(sorted(people, key=lambda person: not (isinstance(person, Contact) and person.person_account)))


def _converted(leads: Iterable[Lead], org: OrgSnapshot, setup: ReadySetup) -> tuple[Contact, ...]:
    """The Contacts that converted Leads became, most recently modified Lead first."""
    if not setup.matching.follow_converted:
        return ()
    return tuple(contact for lead in leads if (contact := _became(lead, org)))
