"""Builders with defaults: a test names only what it is about."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.load import load_ruleset
from producers.contract import Booking, BookingEvent, Customer, Kind, Owner
from rules.checks import User, compile_record_types, compile_users
from rules.describe import Choice, FieldSpec, ObjectSpec
from rules.fields import compile_mapping, compile_required
from rules.installation import resolve_installation
from rules.lifecycle import BookingState, fold
from rules.phones import find_phone_fields
from rules.plan import SObject
from rules.ready import ReadySetup
from rules.record_types import compile_offers, find_default_types
from rules.ruleset import RuleSet
from rules.snapshot import Work
from rules.supplied import compile_supplied

NOW = "2026-11-22T09:00:00Z"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)

ADA, BEN, API_USER = "005000000000001AAA", "005000000000002AAA", "005000000000009AAA"
USERS = (
    User(id=ADA, username="ada@vendor.example", email="ada@vendor.example"),
    User(id=BEN, username="ben@vendor.example", email="ben@vendor.example"),
)


def a_customer(**changes: Any) -> Customer:
    """Lea Marin of Acme."""
    facts = {"name": "Lea Marin", "email": "lea@acme.example", "company": "Acme", "phone": "+33 1 23 45"}
    return Customer(**facts | changes)


def a_booking(booking_id: str = "BKNG-1", **changes: Any) -> Booking:
    """A demo on Monday with Ada."""
    facts = {
        "id": booking_id,
        "subject": "Product demo",
        "starts_at": MONDAY,
        "duration_minutes": 30,
        "customer": a_customer(),
        "owner": Owner(id="USR-ADA", email="ada@vendor.example"),
    }
    return Booking(**facts | changes)


def an_event(kind: Kind = Kind.SCHEDULED, *, minute: int = 0, event_id: str = "", **changes: Any) -> BookingEvent:
    """Something that happened to a booking that many minutes after it was made."""
    booking = changes.pop("booking", None) or a_booking(**changes)
    at = MONDAY - timedelta(days=3) + timedelta(minutes=minute)
    event_id = event_id or f"EVNT-{booking.id}-{kind}-{minute}"
    return BookingEvent(event_id=event_id, kind=kind, occurred_at=at, booking=booking)


def a_state(*events: BookingEvent, **changes: Any) -> BookingState:
    """The state after these events, or after one scheduled event with the changes."""
    return fold(events or (an_event(**changes),))


def a_work(*events: BookingEvent, **changes: Any) -> Work:
    """A booking nobody has heard of, in this state."""
    state = a_state(*events)
    return replace(Work(booking_id=state.booking.id, state=state), **changes)


def a_field(name: str, type_: str = "string", **changes: Any) -> FieldSpec:
    """A field that may be written; choices may be given by their values."""
    length = 255 if type_ in {"string", "picklist", "multipicklist"} else 80
    choices = (each if isinstance(each, Choice) else Choice(value=each) for each in changes.pop("choices", ()))
    facts: dict[str, Any] = {"name": name, "type": type_, "length": length, "choices": tuple(choices)}
    return FieldSpec(**facts | changes)


def _required(name: str, **changes: Any) -> FieldSpec:
    return a_field(name, nillable=False, **changes)


def _key(name: str) -> FieldSpec:
    return a_field(name, unique_external_id=True, case_sensitive=True)


_PERSON = (a_field("FirstName", length=40), _required("LastName", length=80), a_field("Email", "email"))
_PHONES = (a_field("Phone", "phone", length=40), a_field("MobilePhone", "phone", length=40))
_BOOKING_KEY = _key("Bookforce_Booking_Id__c")

_FIELDS: Mapping[SObject, tuple[FieldSpec, ...]] = {
    SObject.ACCOUNT: (_required("Name"), _key("Bookforce_Account_Key__c")),
    SObject.LEAD: (
        *_PERSON,
        *_PHONES,
        _required("Company"),
        a_field("State"),
        a_field("Country"),
        a_field("Status__c"),
        _BOOKING_KEY,
    ),
    SObject.CONTACT: (*_PERSON, *_PHONES, a_field("MailingState"), a_field("MailingCountry"), _BOOKING_KEY),
    SObject.CASE: (a_field("Subject"), a_field("Description", "textarea", length=32000), _BOOKING_KEY),
    SObject.EVENT: (
        a_field("Subject", "combobox", length=255),
        a_field("Description", "textarea", length=32000),
        a_field("Location"),
        a_field("ScheduleOnce__Event_status__c"),
        a_field("ScheduleOnce__Cancel_reschedule_reason__c"),
        _BOOKING_KEY,
    ),
}


def objects(**extra: tuple[FieldSpec, ...]) -> dict[SObject, ObjectSpec]:
    """The five objects of a small org; `Lead=(a_field("X__c"),)` adds fields."""
    return {
        obj: ObjectSpec(
            name=obj.value,
            createable=True,
            updateable=True,
            queryable=True,
            fields={field.name: field for field in (*fields, *extra.get(obj.value, ()))},
            record_types={"Inbound": "012000000000001AAA"},
        )
        for obj, fields in _FIELDS.items()
    }


def a_ruleset(**tables: Any) -> RuleSet:
    """The shipped setup with tables replaced, merged two levels deep: a_ruleset(matching={"prefer": "lead"})."""
    return RuleSet.model_validate(_merge(load_ruleset(None).model_dump(), tables))


def a_setup(org: Mapping[SObject, ObjectSpec] | None = None, **tables: Any) -> ReadySetup:
    """The shipped setup, ready in a small org, with tables replaced as in a_ruleset."""
    ruleset, described = a_ruleset(**tables), org or objects()
    mapping = compile_mapping(ruleset, described)[0]
    required = compile_required(ruleset.field_validation, described, ruleset.installation)[0]
    return ReadySetup(
        version="test",
        installation=resolve_installation(ruleset.installation, described),
        owners=ruleset.owners,
        users=compile_users(ruleset, USERS, API_USER)[0],
        mapping=mapping,
        required=required,
        creation_rules=ruleset.creation_rules,
        pages=ruleset.pages,
        record_types=compile_record_types(ruleset, described)[0],
        matching=ruleset.matching,
        life_cycle=ruleset.life_cycle,
        event=ruleset.event,
        labels=ruleset.labels,
        values=ruleset.values,
        quota=ruleset.quota,
        phone_fields=find_phone_fields(described),
        supplied=compile_supplied(mapping[SObject.CASE], described),
        default_types=find_default_types(described),
        offers=compile_offers(ruleset.pages, described, mapping, required),
    )


def _merge(base: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in changes.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(name), dict)
        merged[name] = _merge(merged[name], value) if nested else value
    return merged
