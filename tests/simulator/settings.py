"""What can be chosen about the org: its credentials, limits, rules, fields, and what nobody could verify."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from tests.simulator.rules.org_rules import DuplicateRule, ValidationRule
from tests.simulator.texts import check_texts


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    """A field the org's admin has added; `object` may be Activity, which puts it on Task and Event."""

    object: str
    name: str
    label: str
    type: str = "string"
    length: int = 255
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    required: bool = False
    picklist: tuple[str, ...] = ()
    restricted: bool = False
    precision: int = 18
    scale: int = 0
    checked: bool = False
    reference_to: tuple[str, ...] = ()
    description: str | None = None
    by_grant: bool = False  # seen only through FieldPermissions, as a field made over the Tooling API is


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTypeValues:
    """The values of one picklist that a record type offers, and its own default; None keeps that of the field."""

    field: str
    values: tuple[str, ...]
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordType:
    """A record type the org's admin has added; `available` and `default` speak of the API user's profile."""

    object: str
    developer_name: str
    name: str
    active: bool = True
    available: bool = True
    default: bool = False
    person: bool = False
    picklists: tuple[RecordTypeValues, ...] = ()


def _key(object_name: str, *, name: str = "Bookforce_Booking_Id__c", case_sensitive: bool = True) -> CustomField:
    label = name.removesuffix("__c").replace("_", " ")
    return CustomField(
        object=object_name, name=name, label=label, external_id=True, unique=True, case_sensitive=case_sensitive
    )


BOOKFORCE_FIELDS = (
    _key("Activity"),
    _key("Lead"),
    _key("Contact"),
    _key("Case"),
    _key("Account", name="Bookforce_Account_Key__c", case_sensitive=False),
    CustomField(object="Event", name="ScheduleOnce__Event_status__c", label="Event status"),
    CustomField(object="Event", name="ScheduleOnce__Cancel_reschedule_reason__c", label="Cancel/reschedule reason"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The org as configured; replace it to change it while it runs.

    Fields below "unverified" stand for facts marked [?] in the reference: each can be turned, so that what
    the simulator does there never passes for what Salesforce does.
    """

    client_id: str = "3MVG9simulated.bookforce"
    client_secret: str = "simulated-secret"
    run_as: str = "integration@vendor.example"
    jwt_public_keys: tuple[str, ...] = ()
    jwt_audiences: tuple[str, ...] = ("https://login.salesforce.com", "https://test.salesforce.com")
    approved_users: tuple[str, ...] | None = None
    org_active: bool = True
    api_access: Literal["ENABLED", "API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"] = "ENABLED"
    session_lifetime: timedelta = timedelta(hours=2)
    oldest_version: int = 31
    newest_version: int = 68
    daily_limit: int = 100_000
    concurrent_limit: int = 25
    long_request_after: timedelta = timedelta(seconds=20)
    lead_rule_active: bool = True
    lead_rule_owner: str = "Lead_Queue"
    case_rule_active: bool = True
    case_rule_owner: str = "Case_Queue"
    default_case_owner: str = "casedefault@vendor.example"
    lead_rule_criteria: str = ""
    case_rule_criteria: str = ""
    default_lead_owner: str = "admin@vendor.example"
    edit_converted_leads: bool = False
    duplicate_rules: tuple[DuplicateRule, ...] = ()
    validation_rules: tuple[ValidationRule, ...] = ()
    multiday_events: bool = True
    enforce_restricted_picklists: bool = True
    customize_application: bool = True
    # What nobody may see or change, such as "Lead.Email" or "Task": permissions that the API user has lost.
    hidden_fields: tuple[str, ...] = ()
    read_only_fields: tuple[str, ...] = ()
    hidden_objects: tuple[str, ...] = ()
    read_only_objects: tuple[str, ...] = ()
    custom_fields: tuple[CustomField, ...] = BOOKFORCE_FIELDS
    record_types: tuple[RecordType, ...] = ()
    person_accounts: bool = False

    # unverified
    limits_call_counts: bool = True
    unique_counts_recycle_bin: bool = False
    activity_unique_spans_task_and_event: bool = True
    upsert_update_returns_body: bool = True
    unreadable_record_fails_collection: bool = True
    event_move_keeps_duration: bool = False
    deleted_parent_code: Literal["ENTITY_IS_DELETED", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"] = (
        "ENTITY_IS_DELETED"
    )
    person_contact_writable_via_contact: bool = True
    person_account_as_what: bool = True
    person_account_contact_code: Literal["FIELD_INTEGRITY_EXCEPTION", "INVALID_PERSON_ACCOUNT_OPERATION"] = (
        "FIELD_INTEGRITY_EXCEPTION"
    )
    lead_company_optional_with_person_accounts: bool = False
    lock_error_status: Literal[400, 500] = 400
    max_body_bytes: int = 6_000_000
    duplicate_rule_mode: Literal["off", "alert", "block"] = "off"
    duplicate_key_spelling: Literal["by_version", "duplicateResult", "duplicateResut"] = "by_version"
    duplicates_within_request: bool = False
    collections_show_duplicate_result: bool = False
    rule_id_applies_to_updates: bool = False
    unknown_rule_id: Literal["refused", "ignored"] = "refused"
    upsert_matches_archived: bool = True
    activity_grants_are_shared: bool = False
    assigned_permission_set_can_be_deleted: bool = True
    permission_without_read_is_deleted: bool = True
    negation_includes_nulls: bool = True
    api_instance_url: bool = False
    inactive_user_is_told: bool = False
    composite_inherits_headers: bool = False
    text_is_trimmed: bool = True
    same_key_refuses_all: bool = True
    unknown_field_fails_collection: bool = False
    layouts_tell_picklists: bool = True
    same_invitee_is_refused: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_texts(self.texts)
