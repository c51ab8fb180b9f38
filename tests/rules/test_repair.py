from typing import Any

import pytest

from rules.batch import merge_writes, plan_customer
from rules.plan import Impossible, Known, New, Nothing, Plan, SObject, Warned, Write
from rules.repair import NO_REPAIRS, Refusal, Repairs, find_repair, repaired
from rules.snapshot import OrgSnapshot
from tests.builders import ADA, API_USER, BEN, NOW, a_setup, a_work, an_event
from tests.rules.records import ACCOUNT, CONTACT, LEAD, OTHER_LEAD, a_lead

SETUP = a_setup()
PHONE = frozenset({(SObject.LEAD, "Phone")})


def refused(code: str, obj: SObject = SObject.LEAD, **facts: Any) -> Refusal:
    said: dict[str, Any] = {"is_new": True} | facts
    return Refusal(code=code, object=obj, **said)


def duplicates(*ids: str, **facts: Any) -> Refusal:
    return refused("DUPLICATES_DETECTED", duplicates=ids, **facts)


@pytest.mark.parametrize(
    ("refusal", "before", "repairs"),
    [
        pytest.param(refused("STRING_TOO_LONG", fields=("Phone",)), NO_REPAIRS, Repairs(without=PHONE), id="a value"),
        pytest.param(refused("STRING_TOO_LONG", fields=("Phone",)), Repairs(without=PHONE), None, id="the same again"),
        pytest.param(refused("STRING_TOO_LONG", fields=("LastName",)), NO_REPAIRS, None, id="a required value"),
        pytest.param(
            refused("STRING_TOO_LONG", fields=("LastName",), is_new=False),
            NO_REPAIRS,
            Repairs(without=frozenset({(SObject.LEAD, "LastName")})),
            id="a required value of a record that has one",
        ),
        pytest.param(refused("FIELD_INTEGRITY_EXCEPTION", fields=("WhoId",)), NO_REPAIRS, None, id="a field of ours"),
        pytest.param(
            refused("FIELD_INTEGRITY_EXCEPTION", fields=("Phone", "WhoId")),
            NO_REPAIRS,
            None,
            id="not all optional",
        ),
        pytest.param(
            refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", fields=("Status",)),
            NO_REPAIRS,
            Repairs(without=frozenset({(SObject.LEAD, "Status")})),
            id="the status of a process that has another now",
        ),
        pytest.param(
            refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", SObject.CONTACT, fields=("Status",)),
            NO_REPAIRS,
            None,
            id="a status that no process governs",
        ),
        pytest.param(refused("INVALID_EMAIL_ADDRESS"), NO_REPAIRS, None, id="no field is named"),
        pytest.param(refused("FIELD_CUSTOM_VALIDATION_EXCEPTION", fields=("Phone",)), NO_REPAIRS, None, id="a rule"),
        pytest.param(
            refused("INACTIVE_OWNER_OR_USER"),
            NO_REPAIRS,
            Repairs(without_owner=frozenset({SObject.LEAD})),
            id="the owner",
        ),
        pytest.param(
            refused("INACTIVE_OWNER_OR_USER"),
            Repairs(without_owner=frozenset({SObject.LEAD})),
            None,
            id="another owner too",
        ),
        pytest.param(duplicates(LEAD.id), NO_REPAIRS, Repairs(duplicates=(LEAD,)), id="one duplicate"),
        pytest.param(
            duplicates(LEAD.id, CONTACT.id), NO_REPAIRS, Repairs(duplicates=(LEAD,)), id="one of the wanted object"
        ),
        pytest.param(
            duplicates(LEAD.id, OTHER_LEAD.id),
            NO_REPAIRS,
            Repairs(allowed=frozenset({SObject.LEAD})),
            id="two duplicates",
        ),
        pytest.param(
            duplicates(CONTACT.id), NO_REPAIRS, Repairs(allowed=frozenset({SObject.LEAD})), id="of another object"
        ),
        pytest.param(
            duplicates(LEAD.id, is_new=False),
            NO_REPAIRS,
            Repairs(allowed=frozenset({SObject.LEAD})),
            id="of an existing record",
        ),
        pytest.param(duplicates(CONTACT.id, may_save=False), NO_REPAIRS, None, id="blocked"),
        pytest.param(
            duplicates(LEAD.id, may_save=False), NO_REPAIRS, Repairs(duplicates=(LEAD,)), id="blocked, with one match"
        ),
        pytest.param(
            duplicates(LEAD.id, OTHER_LEAD.id), Repairs(allowed=frozenset({SObject.LEAD})), None, id="not even then"
        ),
        pytest.param(refused("DUPLICATES_DETECTED"), NO_REPAIRS, Repairs(in_detail=True), id="not named"),
        pytest.param(
            refused("DUPLICATES_DETECTED"),
            Repairs(in_detail=True),
            Repairs(in_detail=True, allowed=frozenset({SObject.LEAD})),
            id="not named in detail either",
        ),
    ],
)
def test_what_to_try_after_a_refusal(refusal: Refusal, before: Repairs, repairs: Repairs | None) -> None:
    assert find_repair([refusal], before, SETUP) == repairs


def test_refusals_of_one_booking_are_mended_together_or_not_at_all() -> None:
    value, owner = refused("STRING_TOO_LONG", fields=("Phone",)), refused("INACTIVE_OWNER_OR_USER", SObject.CONTACT)
    both = Repairs(without=PHONE, without_owner=frozenset({SObject.CONTACT}))
    assert find_repair([value, owner], NO_REPAIRS, SETUP) == both
    assert find_repair([value, refused("ENTITY_IS_LOCKED")], NO_REPAIRS, SETUP) is None
    assert find_repair([], NO_REPAIRS, SETUP) is None


NEW_LEAD = Write(record=New(object=SObject.LEAD, key="BKNG-1"), fields={"Phone": "1", "LastName": "M", "OwnerId": ADA})
OLD_LEAD = Write(record=LEAD, fields={"Phone": "1", "OwnerId": ADA})


@pytest.mark.parametrize(
    ("write", "repairs", "fields", "code"),
    [
        pytest.param(NEW_LEAD, Repairs(without=PHONE), {"LastName": "M", "OwnerId": ADA}, "VALUE_REFUSED", id="value"),
        pytest.param(
            NEW_LEAD,
            Repairs(without_owner=frozenset({SObject.LEAD})),
            {"Phone": "1", "LastName": "M", "OwnerId": API_USER},
            "OWNER_REFUSED",
            id="owner of a new record",
        ),
        pytest.param(
            OLD_LEAD, Repairs(without_owner=frozenset({SObject.LEAD})), {"Phone": "1"}, "OWNER_REFUSED", id="owner"
        ),
    ],
)
def test_a_plan_does_without_what_was_refused_and_says_so(
    write: Write, repairs: Repairs, fields: dict[str, Any], code: str
) -> None:
    plan = repaired(Plan(booking_id="BKNG-1", writes=(write,)), repairs, SETUP)
    assert isinstance(plan, Plan)
    assert plan.writes == (Write(record=write.record, fields=fields),)
    assert [(warning.code, warning.object) for warning in plan.warnings] == [(code, SObject.LEAD)]


def test_the_fallback_user_owns_what_the_booking_owner_may_not() -> None:
    setup = a_setup(owners={"on_unmapped": "fallback_user", "fallback_user": "ben@vendor.example"})
    plan = repaired(
        Plan(booking_id="BKNG-1", writes=(NEW_LEAD,)), Repairs(without_owner=frozenset({SObject.LEAD})), setup
    )
    assert isinstance(plan, Plan)
    assert plan.writes[0].fields["OwnerId"] == BEN


def test_duplicates_are_allowed_for_the_object_that_was_refused() -> None:
    event = Write(record=New(object=SObject.EVENT, key="BKNG-1"), fields={})
    plan = repaired(
        Plan(booking_id="BKNG-1", writes=(NEW_LEAD, event)), Repairs(allowed=frozenset({SObject.LEAD})), SETUP
    )
    assert isinstance(plan, Plan)
    assert [write.allow_duplicates for write in plan.writes] == [True, False]
    assert plan.warnings == (
        Warned(
            code="DUPLICATE_ALLOWED",
            object=SObject.LEAD,
            field="Id",
            message="saved although a duplicate rule of the org objected",
        ),
    )
    assert merge_writes([plan, plan])[0].allow_duplicates


@pytest.mark.parametrize(
    "decision",
    [
        Nothing(booking_id="BKNG-1", because="so"),
        Impossible(booking_id="BKNG-1", code="X", object=None, field=None, because="so"),
    ],
)
def test_where_nothing_is_written_nothing_is_repaired(decision: Any) -> None:
    assert repaired(decision, Repairs(without=PHONE), SETUP) == decision


def test_the_record_that_a_duplicate_rule_names_is_the_customers() -> None:
    work = a_work(an_event(), repairs=Repairs(duplicates=(LEAD,)))
    (decision,) = plan_customer([work], OrgSnapshot.of(leads=[a_lead(email="other@acme.example")]), SETUP, NOW)
    assert isinstance(decision, Plan)
    assert decision.records.lead == LEAD
    assert decision.because[0].startswith("Lead recognised by a duplicate rule of the org")


def test_the_account_that_a_duplicate_rule_names_is_the_contacts() -> None:
    work = a_work(an_event(), repairs=Repairs(duplicates=(ACCOUNT,)))
    setup = a_setup(pages={"default": {"object": "contact"}})
    (decision,) = plan_customer([work], OrgSnapshot(), setup, NOW)
    assert isinstance(decision, Plan)
    (contact,) = (write for write in decision.writes if write.record.object is SObject.CONTACT)
    assert contact.fields["AccountId"] == ACCOUNT.id


def test_duplicates_are_found_by_object() -> None:
    repairs = Repairs(duplicates=(LEAD, ACCOUNT))
    assert repairs.duplicate(SObject.ACCOUNT) == ACCOUNT
    assert repairs.duplicate(SObject.CASE) is None
    assert isinstance(repairs.duplicate(SObject.LEAD), Known)
