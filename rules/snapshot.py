"""What a decision may know: the booking's history and the records that were read from the org."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar, assert_never

from producers.contract import normalise_email
from rules.lifecycle import BookingState
from rules.plan import Known, New, Record, Records, Scalar, SObject
from rules.quick import quick
from rules.repair import NO_REPAIRS, Repairs


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One booking that is to be brought to Salesforce.

    `state` is how it stands after all known events, `prior` how it stood after those that were applied before (None:
    none was). `records` is what the journal knows of its records, `replaced` the same of the booking that it replaces.
    `is_retry` tells that an earlier try broke off: then nobody knows what of it Salesforce has taken. `is_outlived`
    tells that the booking that replaces it has been brought before: what they share says what that one says.
    `repairs` are what to do differently than a try that Salesforce refused.
    """

    booking_id: str
    state: BookingState
    prior: BookingState | None = None
    records: Records | None = None
    replaced: Records | None = None
    is_retry: bool = False
    is_outlived: bool = False
    repairs: Repairs = NO_REPAIRS


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A Lead as read; `modified` is ISO text, `key` our external id, `values` the mapped fields."""

    record: Record
    email: str | None = None
    phones: tuple[str, ...] = ()
    modified: str = ""
    converted: bool = False
    converted_contact: Record | None = None
    key: str | None = None
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A Contact as read; `account_values` are the mapped fields of its Account, `person_account` is the one it is."""

    record: Record
    email: str | None = None
    phones: tuple[str, ...] = ()
    modified: str = ""
    account: Record | None = None
    account_values: Mapping[str, Scalar] = field(default_factory=dict)
    person_account: Known | None = None
    key: str | None = None
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A Case as read."""

    record: Record
    contact: Record | None = None
    key: str | None = None
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An Account as read; `key` is our external id, the normalised company name, `values` the mapped fields."""

    record: Record
    name: str
    key: str | None = None
    modified: str = ""
    values: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An Event that carries a booking's id."""

    record: Record
    booking_id: str
    who: Record | None = None
    what: Record | None = None


def identity(record: Record) -> str | New:
    """What two names of one record have in common: ids come with 15 or with 18 characters."""
    return record if isinstance(record, New) else record.id[:15]


_Person = TypeVar("_Person", Lead, Contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgSnapshot:
    """The records that were read, by identity; people also by e-mail, the most recently modified first.

    `masters` says which record a merged one has become part of.
    """

    leads: Mapping[str | New, Lead] = field(default_factory=dict)
    contacts: Mapping[str | New, Contact] = field(default_factory=dict)
    cases: Mapping[str | New, Case] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    leads_by_email: Mapping[str, tuple[Lead, ...]] = field(default_factory=dict)
    contacts_by_email: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)
    masters: Mapping[str | New, Known] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        leads: Iterable[Lead] = (),
        contacts: Iterable[Contact] = (),
        cases: Iterable[Case] = (),
        accounts: Iterable[Account] = (),
        events: Iterable[Event] = (),
        merged: Iterable[tuple[Known, Known]] = (),
    ) -> Self:
        """A snapshot of these records; `merged` are pairs: a record that is gone, and what it was merged into."""
        # One record can be read twice: as a Contact with the e-mail and as the Contact of a Case.
        people = {identity(lead.record): lead for lead in leads}
        persons = {identity(contact.record): contact for contact in contacts}
        return cls(
            leads=people,
            contacts=persons,
            cases={identity(case.record): case for case in cases},
            accounts=_accounts_by_name(accounts),
            events={event.booking_id: event for event in events},
            leads_by_email=_by_email(people.values()),
            contacts_by_email=_by_email(persons.values()),
            masters={identity(loser): master for loser, master in merged},
        )

    def survivor(self, record: Record) -> Record:
        """The record, or the one that it was merged into, however often that was merged again."""
        for _ in self.masters:
            record = self.masters.get(identity(record), record)
        return record

    def person_of(self, account_id: str) -> Contact | None:
        """The Contact of the Person Account with this id, or of the one that it was merged into."""
        named = identity(self.survivor(Known(object=SObject.ACCOUNT, id=account_id)))
        halves = ((contact.person_account, contact) for contact in self.contacts.values())
        return next((contact for account, contact in halves if account and identity(account) == named), None)

    def case_of_key(self, key: str | None) -> Case | None:
        """The Case that carries this external id; None for none."""
        return next((case for case in self.cases.values() if key and case.key == key), None)

    def having(self, record: Lead | Contact | Case | Account) -> Self:
        """The org as it will be when this record is there: how the next booking of the customer sees it."""
        match record:
            case Lead():
                people = {**self.leads, identity(record.record): record}
                return replace(self, leads=people, leads_by_email=_by_email(people.values()))
            case Contact():
                persons = {**self.contacts, identity(record.record): record}
                return replace(self, contacts=persons, contacts_by_email=_by_email(persons.values()))
            case Case():
                return replace(self, cases={**self.cases, identity(record.record): record})
            case Account():
                return replace(self, accounts=_accounts_by_name((*self.accounts.values(), record)))
            case _:
                assert_never(record)

    def merged(self, other: Self) -> Self:
        """Both snapshots in one, for records that had to be followed with a second read."""
        both = type(self).of(
            leads={**self.leads, **other.leads}.values(),
            contacts={**self.contacts, **other.contacts}.values(),
            cases={**self.cases, **other.cases}.values(),
            accounts=(*self.accounts.values(), *other.accounts.values()),
            events={**self.events, **other.events}.values(),
        )
        return replace(both, masters={**self.masters, **other.masters})


def company_key(name: str) -> str:
    """The normalised company name: spellings that differ in case, spaces and full stops are one company.

    Full stops go because Salesforce can answer 404 to an external id that ends like a file name (`acme.inc`). A name
    of nothing else is kept from being an empty key, by which no record can be addressed.
    """
    return " ".join(name.casefold().replace(".", " ").split())[:255] or "unnamed"


def known(obj: SObject, record_id: str | None) -> Known | None:
    """The record with this id, None for none."""
    return Known(object=obj, id=record_id) if record_id else None


def _by_email(people: Iterable[_Person]) -> dict[str, tuple[_Person, ...]]:
    """Most recently modified first: nearly always the one that a web form has just written."""
    found: dict[str, list[_Person]] = {}
    for person in people:
        if person.email:
            found.setdefault(normalise_email(person.email), []).append(person)
    return {email: latest_first(own) for email, own in found.items()}


def latest_first(people: Iterable[_Person]) -> tuple[_Person, ...]:
    """The most recently modified first."""
    return tuple(sorted(people, key=_recency, reverse=True))


def _recency(person: Lead | Contact) -> tuple[bool, str, str]:
    """Records of this batch are the newest of all; equal times are told apart by id."""
    return isinstance(person.record, New), person.modified, str(identity(person.record))


def _accounts_by_name(accounts: Iterable[Account]) -> dict[str, Account]:
    """One Account a company: one that carries our key before one found by name, then the most recently modified."""
    ordered = sorted(accounts, key=lambda account: (account.key is not None, account.modified))
    return {account.key or company_key(account.name): account for account in ordered}
