"""Stage 2: our own fields."""

from dataclasses import replace
from typing import Any

import pytest

from rules.describe import FieldSpec, ObjectSpec
from rules.fields import compile_mapping
from rules.findings import Fact, Finding, Writing
from rules.installation import check_installation, installation_facts, resolve_installation
from rules.plan import SObject
from tests.builders import a_field, a_ruleset, objects

Objects = dict[SObject, ObjectSpec]

SHIPPED = a_ruleset().installation
KEY, ACCOUNT_KEY = "Bookforce_Booking_Id__c", "Bookforce_Account_Key__c"
STATUS, REASON = "ScheduleOnce__Event_status__c", "ScheduleOnce__Cancel_reschedule_reason__c"
INSTALL = "run `bookforce setup install`"


def without(org: Objects, obj: SObject, *names: str) -> Objects:
    fields = {name: field for name, field in org[obj].fields.items() if name not in names}
    return {**org, obj: replace(org[obj], fields=fields)}


def with_field(obj: SObject, field: FieldSpec) -> Objects:
    return objects(**{obj.value: (field,)})


def a_key(name: str, **changes: Any) -> FieldSpec:
    return a_field(name, **{"unique_external_id": True, "case_sensitive": True} | changes)


KEYS = [
    (SObject.LEAD, "Lead", KEY),
    (SObject.CONTACT, "Contact", KEY),
    (SObject.CASE, "Case", KEY),
    (SObject.EVENT, "Activity", KEY),
    (SObject.ACCOUNT, "Account", ACCOUNT_KEY),
]


@pytest.mark.parametrize(("obj", "home", "name"), KEYS)
def test_the_fields_that_make_writes_happen_once_must_be_there(obj: SObject, home: str, name: str) -> None:
    (finding,) = check_installation(SHIPPED, without(objects(), obj, name))
    advice = f"create a text field {name} on {home}, unique and external id, and let the API user edit it"
    message = f"{obj}.{name} is missing or hidden from the API user"
    assert finding == Finding(level="error", message=message, advice=f"{INSTALL}, or {advice}")
    assert finding.concerns == Writing(object=obj)


@pytest.mark.parametrize(("obj", "home", "name"), KEYS)
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"unique_external_id": False}, "is not a unique external id"),
        ({"type_": "double"}, "is a double field, not text"),
    ],
)
def test_a_key_of_another_kind_is_named(obj: SObject, home: str, name: str, changes: dict[str, Any], says: str) -> None:
    (finding,) = check_installation(SHIPPED, with_field(obj, a_key(name, **changes)))
    advice = "make it text, unique and external id in Salesforce, or name another field under [installation]"
    assert finding == Finding(level="error", message=f"{obj}.{name} {says}", advice=advice)
    assert home


@pytest.mark.parametrize("right", ["createable", "updateable"])
def test_a_key_that_cannot_be_edited_is_named(right: str) -> None:
    (finding,) = check_installation(SHIPPED, with_field(SObject.LEAD, a_key(KEY, **{right: False})))
    message = f"Lead.{KEY} is read-only for the API user"
    assert finding == Finding(level="error", message=message, advice=f"{INSTALL}, or let the API user edit it")


@pytest.mark.parametrize(("obj", "name", "needed"), [(SObject.LEAD, KEY, 100), (SObject.ACCOUNT, ACCOUNT_KEY, 255)])
def test_a_key_that_is_too_short_is_named(obj: SObject, name: str, needed: int) -> None:
    assert check_installation(SHIPPED, with_field(obj, a_key(name, length=needed))) == []
    (finding,) = check_installation(SHIPPED, with_field(obj, a_key(name, length=needed - 1)))
    assert finding == Finding(
        level="warning",
        message=(f"{obj}.{name} takes {needed - 1} characters: longer keys, of up to {needed}, cannot be written"),
        advice=f"make the field {needed} characters long",
    )


@pytest.mark.parametrize("obj", [SObject.LEAD, SObject.CONTACT, SObject.CASE, SObject.EVENT])
def test_ids_that_differ_in_case_alone_need_keys_that_tell_them_apart(obj: SObject) -> None:
    assert check_installation(SHIPPED, with_field(obj, a_key(KEY, case_sensitive=False))) == [
        Finding(
            level="warning",
            message=(
                f"{obj}.{KEY} does not tell capitals from small letters: "
                "booking ids that differ in nothing else collide"
            ),
            advice="make the field case-sensitive, unless your booking system's ids never differ in case alone",
        )
    ]


def test_company_names_are_keys_without_capitals() -> None:
    org = with_field(SObject.ACCOUNT, a_key(ACCOUNT_KEY, case_sensitive=False))
    assert check_installation(SHIPPED, org) == []
    assert installation_facts(SHIPPED, org)[0] == Fact(
        about=f"Account.{ACCOUNT_KEY}", says=("text, 255 characters, unique external id, not case-sensitive",)
    )


@pytest.mark.parametrize(("name", "other"), [(STATUS, "Event_status__c"), (REASON, "Cancel_reschedule_reason__c")])
def test_bookings_sync_without_the_fields_for_status_and_reason(name: str, other: str) -> None:
    org = without(objects(), SObject.EVENT, name)
    (finding,) = check_installation(SHIPPED, org)
    which = f"Event.{name} and Event.{other} are"
    assert finding == Finding(
        level="warning",
        message=f"{which} missing or hidden from the API user; bookings sync without it",
        advice=f"{INSTALL}, install the vendor's package, or name another field under [installation]",
    )
    mapping, findings = compile_mapping(a_ruleset(), org)
    assert findings == []
    assert name not in {row.field.name for row in mapping[SObject.EVENT].booking}


def test_one_name_that_is_missing_is_one_field() -> None:
    names = a_ruleset(installation={"event_status": "Status__c"}).installation
    (finding,) = check_installation(names, objects())
    assert finding.message.startswith("Event.Status__c is missing")


@pytest.mark.parametrize(
    ("there", "used"),
    [
        pytest.param((STATUS,), STATUS, id="the package's"),
        pytest.param(("Event_status__c",), "Event_status__c", id="an unmanaged one"),
        pytest.param((STATUS, "Event_status__c"), STATUS, id="both: the first counts"),
        pytest.param((), STATUS, id="none: the first is left out"),
    ],
)
def test_of_several_names_the_first_that_the_org_has_is_used(there: tuple[str, ...], used: str) -> None:
    org = without(objects(), SObject.EVENT, STATUS)
    fields = {**org[SObject.EVENT].fields, **{name: a_field(name) for name in there}}
    org[SObject.EVENT] = replace(org[SObject.EVENT], fields=fields)
    assert resolve_installation(SHIPPED, org).event_status == used
    mapped = {row.field.name for row in compile_mapping(a_ruleset(), org)[0][SObject.EVENT].booking}
    assert mapped & {STATUS, "Event_status__c"} == ({used} if there else set())


def test_the_facts_are_our_fields_as_they_are() -> None:
    org = without(objects(), SObject.EVENT, REASON)
    said = {fact.about: fact.says for fact in installation_facts(SHIPPED, without(org, SObject.LEAD, KEY))}
    key = ("text, 255 characters, unique external id, case-sensitive",)
    assert said == {
        f"Account.{ACCOUNT_KEY}": key,
        f"Contact.{KEY}": key,
        f"Case.{KEY}": key,
        f"Event.{KEY}": key,
        f"Event.{STATUS}": ("text, 255 characters",),
    }
