from collections.abc import Mapping

import pytest

from rules.plan import Decision, FieldValue, Impossible, Known, New, Nothing, Plan, Reason, Record, SObject, Write
from rules.preview import FieldChange, OwnerShown, Wanted, WriteShown, show_decisions, values_to_show
from tests.builders import ADA, BEN, a_setup
from tests.rules.planning import FOUND, NOBODY, a_plan, with_rules
from tests.rules.records import EVENT, LEAD, OTHER_LEAD

NEW_LEAD = New(object=SObject.LEAD, key="BKNG-1")
THERE = {LEAD.id[:15]: {"Phone": "+33 1", "Fax": None, "OwnerId": BEN}}


def writing(record: Record, fields: Mapping[str, FieldValue], *, auto_assign: bool = False, owner: str = "") -> Plan:
    """A plan of one write."""
    return Plan(
        booking_id="BKNG-1",
        writes=(Write(record=record, fields=fields, auto_assign=auto_assign),),
        reasons=(Reason(record=record, found="recognised by e-mail", owner=owner),),
    )


def only(*decisions: Decision, before: Mapping[str, Mapping[str, str | None]] = THERE) -> WriteShown:
    """The one write of the last of these."""
    (write,) = show_decisions(decisions, before)[-1].writes
    return write


CHANGES: list[tuple[Record, str, FieldValue, bool, str]] = [
    (LEAD, "Phone", "+33 1", True, "what was read"),
    (LEAD, "Fax", None, True, "what was read and is empty"),
    (LEAD, "Email", None, False, "a field that was not read"),
    (OTHER_LEAD, "Phone", None, False, "a record that was not read"),
    (NEW_LEAD, "Phone", None, True, "a record that is created"),
]


@pytest.mark.parametrize(
    ("record", "name", "old", "is_known"), [row[:4] for row in CHANGES], ids=[row[4] for row in CHANGES]
)
def test_each_field_is_shown_old_and_new(record: Record, name: str, old: FieldValue, is_known: bool) -> None:
    write = only(writing(record, {name: "new"}))
    assert write.changes == (FieldChange(field=name, old=old, new="new", is_known=is_known),)
    assert write.creates is isinstance(record, New)


@pytest.mark.parametrize(("record", "is_gone"), [(LEAD, False), (OTHER_LEAD, True), (NEW_LEAD, False)])
def test_a_record_that_was_not_found_again_is_told(record: Record, is_gone: bool) -> None:
    assert only(writing(record, {"Phone": "new"})).is_gone is is_gone


def test_ids_of_15_characters_name_the_same_record() -> None:
    short = Known(object=SObject.LEAD, id=LEAD.id[:15])
    assert only(writing(short, {"Phone": "new"})).changes[0].old == "+33 1"


OWNERS: list[tuple[Record, dict[str, FieldValue], bool, str | None, str | None, str]] = [
    (LEAD, {"OwnerId": ADA}, False, ADA, BEN, "changed"),
    (LEAD, {}, False, BEN, BEN, "kept"),
    (LEAD, {}, True, None, BEN, "by the rules"),
    (OTHER_LEAD, {}, False, None, None, "not read"),
    (NEW_LEAD, {"OwnerId": ADA}, False, ADA, None, "of a new record"),
    (NEW_LEAD, {}, True, None, None, "of a new record, by the rules"),
]


@pytest.mark.parametrize(
    ("record", "fields", "auto_assign", "owner", "was"), [row[:5] for row in OWNERS], ids=[row[5] for row in OWNERS]
)
def test_the_owner_is_shown_apart_from_the_fields(
    record: Record, fields: dict[str, FieldValue], auto_assign: bool, owner: str | None, was: str | None
) -> None:
    write = only(writing(record, {"Phone": "new", **fields}, auto_assign=auto_assign, owner="because"))
    assert write.owner == OwnerShown(id=owner, was=was, because="because")
    assert [change.field for change in write.changes] == ["Phone"]
    assert write.auto_assign is auto_assign


def test_a_later_booking_sees_what_the_earlier_one_wrote() -> None:
    first = writing(LEAD, {"Phone": "first", "OwnerId": ADA})
    write = only(first, writing(LEAD, {"Phone": "second", "Fax": "1"}))
    assert {change.field: (change.old, change.new) for change in write.changes} == {
        "Phone": ("first", "second"),
        "Fax": (None, "1"),
    }
    assert write.owner.was == write.owner.id == ADA


def test_a_record_that_an_earlier_booking_creates_is_created_once() -> None:
    write = only(writing(NEW_LEAD, {"Phone": "first"}), writing(NEW_LEAD, {"Phone": "second", "Fax": "1"}))
    assert not write.creates
    assert [(change.old, change.is_known) for change in write.changes] == [("first", True), (None, True)]


def test_whom_the_rules_assigned_it_to_is_not_known_to_the_next_booking() -> None:
    assert only(writing(LEAD, {}, auto_assign=True), writing(LEAD, {"Phone": "2"})).owner.was is None


@pytest.mark.parametrize(
    "decision",
    [
        Nothing(booking_id="BKNG-1", because="the page creates nothing"),
        Impossible(
            booking_id="BKNG-1", code="NO_CUSTOMER", object=None, field=None, because="the page creates nothing"
        ),
    ],
)
def test_a_decision_without_a_plan_writes_nothing(decision: Decision) -> None:
    (shown,) = show_decisions([decision], {})
    assert (shown.writes, shown.found, shown.warnings) == ((), (), ())
    assert shown.because == ("the page creates nothing",)
    assert values_to_show([decision]) == {}


def test_a_plan_shows_its_reasons_and_warnings() -> None:
    plan = a_plan(NOBODY, a_setup(owners={"match_by_email": False}))
    (shown,) = show_decisions([plan], {})
    assert (shown.because, shown.warnings) == (plan.because, plan.warnings)
    assert plan.warnings
    assert shown.found == ()


def test_old_values_and_owners_are_wanted_of_records_that_are_there() -> None:
    decisions = [
        writing(LEAD, {"Phone": "new"}),
        writing(OTHER_LEAD, {"Fax": "1", "OwnerId": ADA}),
        writing(LEAD, {"Phone": "newer"}),
        writing(NEW_LEAD, {"Email": "new"}),
        writing(EVENT, {"Subject": "Demo"}),
    ]
    assert values_to_show(decisions) == {
        SObject.LEAD: Wanted(ids=(LEAD.id, OTHER_LEAD.id), fields=("OwnerId", "Phone", "Fax")),
        SObject.EVENT: Wanted(ids=(EVENT.id,), fields=("OwnerId", "Subject")),
    }


@pytest.mark.parametrize("page", ["lead", "contact", "case"])
@pytest.mark.parametrize("assign", ["keep", "booking_owner", "assignment_rules"])
@pytest.mark.parametrize("org", [NOBODY, FOUND], ids=["nobody", "found"])
def test_every_write_of_a_plan_says_why_its_owner_is_who_he_is(page: str, assign: str, org: object) -> None:
    plan = a_plan(FOUND if org is FOUND else NOBODY, with_rules(page, "override", assign))
    (shown,) = show_decisions([plan], {})
    assert all(write.owner.because for write in shown.writes)
