"""The admin's choices as types. Every default stands in config/bookforce.toml, none here."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StrictBool

from rules.lifecycle import status_labels
from rules.plan import SObject

UpdateMode = Literal["override", "fill_empty"]
Assignment = Literal["keep", "booking_owner", "assignment_rules"]
PageObject = Literal["lead", "contact", "case", "none"]


def _vendors_label(text: str) -> str:
    known = dict.fromkeys((*status_labels("detailed"), *status_labels("phase")))
    if text not in known:
        msg = f"expected one of the vendor's status texts: {', '.join(known)}"
        raise ValueError(msg)
    return text


VendorsLabel = Annotated[str, AfterValidator(_vendors_label)]


Percent = Annotated[int, Field(strict=True, ge=0, le=100)]


class _Choice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _api_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        msg = "expected the API name of a field, such as Bookforce_Booking_Id__c"
        raise ValueError(msg)
    return name


def _as_names(value: object) -> tuple[object, ...]:
    """One name, or several of which the first that the org has is used."""
    names = (value,) if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        msg = "expected a name or an array of names"
        raise ValueError(msg)
    return tuple(names)


FieldName = Annotated[str, AfterValidator(_api_name)]
FieldNames = Annotated[tuple[FieldName, ...], BeforeValidator(_as_names)]


class InstallationNames(_Choice):
    """API names of the fields that the connector owns; those of status and reason in order of preference."""

    booking_key: FieldName
    account_key: FieldName
    event_status: FieldNames
    cancel_reschedule_reason: FieldNames


class Installation(_Choice):
    """The names that are used in one org: see rules.installation.resolve_installation."""

    booking_key: str
    account_key: str
    event_status: str
    cancel_reschedule_reason: str


class Owners(_Choice):
    """Which Salesforce user is which user of the booking system."""

    users: dict[str, str]
    match_by_email: StrictBool
    on_unmapped: Literal["api_user", "skip", "fallback_user"]
    fallback_user: str | None = None


class ValidationRow(_Choice):
    """What supplies a required field where the booking leaves it empty; of one record type alone, or of all others."""

    object: SObject
    field: FieldName
    source: Literal["booking", "static", "picklist"]
    value: str
    record_type: str | None = None


class MappingRow(_Choice):
    """One booking field → one Salesforce field; `lookup_key` names the external id by which a lookup is filled."""

    booking: str
    object: SObject
    field: FieldName
    enabled: StrictBool = True
    lookup_key: str | None = None


class ExistingRecord(_Choice):
    """What happens to a record that is there."""

    update: UpdateMode
    assign: Assignment


class ExistingContact(_Choice):
    """Salesforce has no assignment rules for contacts."""

    update: UpdateMode
    assign: Literal["keep", "booking_owner"]


class NewRecord(_Choice):
    """Who gets a record that is created."""

    assign: Literal["booking_owner", "assignment_rules"]


class LeadRules(_Choice):
    existing: ExistingRecord
    new: NewRecord


class ContactRules(_Choice):
    existing: ExistingContact


class CaseRules(_Choice):
    existing: ExistingRecord
    new: NewRecord


class CreationRules(_Choice):
    """The matrix of setup step 5."""

    lead: LeadRules
    contact: ContactRules
    case: CaseRules


class PageRules(_Choice):
    """The Salesforce settings of a booking page."""

    object: PageObject
    create_event: StrictBool
    record_types: dict[SObject, str]


class Matching(_Choice):
    """How the customer is recognised where the vendor leaves it open."""

    prefer: Literal["page", "contact", "lead"]
    cross_object_match: StrictBool
    follow_converted: StrictBool
    phone_fallback: StrictBool
    placeholders_count_as_empty: StrictBool
    empty_company: Literal["unspecified", "customer_name", "none"]
    case_creates_contact: StrictBool
    case_per_package: StrictBool
    warn_on_other_email: StrictBool


class LifeCycle(_Choice):
    """What life-cycle events do where the vendor leaves it open."""

    create_on_late_event: StrictBool
    reassign_moves_record_owner: StrictBool


class EventRules(_Choice):
    """What the Activity Event says where the vendor leaves it open."""

    cancel_subject_prefix: str
    relate_account: StrictBool
    invite_panel_members: StrictBool


class Labels(_Choice):
    """The texts written into the event status field; `texts` are the admin's own words in place of the vendor's."""

    mode: Literal["detailed", "phase"]
    texts: dict[VendorsLabel, str]


class ValueRules(_Choice):
    """How the customer's words become values."""

    name_split: Literal["first", "last"]
    extended_types: StrictBool


class Quota(_Choice):
    """What part of the org's daily API calls is ours, and who comes first when it gets short; all in percent.

    `keep_for_life_cycle` is the end of the share that only life-cycle events may use, `keep_from_bulk` the one that
    bulk publishing leaves to them and to new bookings.
    """

    share: Annotated[int, Field(strict=True, ge=1, le=100)]
    keep_for_life_cycle: Percent
    keep_from_bulk: Percent


class RuleSet(_Choice):
    """One setup file, complete."""

    installation: InstallationNames
    owners: Owners
    field_validation: tuple[ValidationRow, ...]
    field_mapping: tuple[MappingRow, ...]
    creation_rules: CreationRules
    pages: Mapping[str, PageRules]
    matching: Matching
    life_cycle: LifeCycle
    event: EventRules
    labels: Labels
    values: ValueRules
    quota: Quota
