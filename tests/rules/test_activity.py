from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from producers.contract import Change, Kind, Owner
from rules.activity import change_event, create_event, event_values, related, update_event
from rules.part import Part
from rules.plan import FieldValue, New, Reason, Record, SObject, Write
from rules.ready import ReadySetup
from tests.builders import ADA, BEN, MONDAY, NOW, a_customer, a_field, a_setup, a_state, a_work, an_event, objects
from tests.rules.records import CASE, CONTACT, EVENT, LEAD, OTHER_CONTACT, an_org_event
from tests.rules.setups import rows_with

NEW = New(object=SObject.EVENT, key="BKNG-1")
BEN_IS = Owner(email="ben@vendor.example")
STATUS, REASON = "ScheduleOnce__Event_status__c", "ScheduleOnce__Cancel_reschedule_reason__c"


def created(setup: ReadySetup | None = None, **changes: Any) -> Part:
    setup = setup or a_setup()
    return create_event(a_state(**changes), LEAD, None, setup.pages["default"], setup, NOW)


def test_a_new_event_says_what_the_booking_says() -> None:
    part = created(location="Room 1")
    (write,) = part.writes
    assert write == Write(
        record=NEW,
        fields={
            "Subject": "Product demo",
            "Description": (
                "Customer: Lea Marin\nCompany: Acme\nE-mail: lea@acme.example\nPhone: +33 1 23 45\n"
                "Location: Room 1\nBooking id: BKNG-1"
            ),
            "Location": "Room 1",
            STATUS: "Scheduled",
            "StartDateTime": "2026-11-23T10:00:00Z",
            "EndDateTime": "2026-11-23T10:30:00Z",
            "ShowAs": "Busy",
            "OwnerId": ADA,
            "WhoId": LEAD.id,
            "IsReminderSet": False,
        },
    )


@pytest.mark.parametrize(
    ("customer", "subject"),
    [
        pytest.param({}, "Meeting with Lea Marin", id="name"),
        pytest.param({"name": None}, "Meeting with customer", id="no name"),
        pytest.param({"name": "@{r0.id}"}, "Meeting with @ {r0.id}", id="a name that reads as a reference"),
        pytest.param({"name": "L" * 300}, f"Meeting with {'L' * 241}…", id="long name"),
    ],
)
def test_an_event_of_a_booking_without_subject_is_a_meeting_with_the_customer(
    customer: dict[str, Any], subject: str
) -> None:
    (write,) = created(subject=None, customer=a_customer(**customer)).writes
    assert write.fields["Subject"] == subject


def test_an_event_whose_owner_is_no_user_is_told() -> None:
    part = created(owner=Owner(id="USR-GONE"))
    assert [(warning.code, warning.object) for warning in part.warnings] == [("OWNER_UNMAPPED", SObject.EVENT)]
    assert part.because == (
        "Event created",
        "owner is the API user: the booking owner is no active Salesforce user",
    )


def test_an_event_whose_values_do_not_fit_is_told() -> None:
    part = created(location="R" * 256)
    assert [(warning.object, warning.field) for warning in part.warnings] == [(SObject.EVENT, "Location")]


def test_an_event_may_say_what_the_customer_said() -> None:
    rows = rows_with({"booking": "customer_note", "object": "Event", "field": "Location"})
    values = event_values(a_state(customer=a_customer(note="By phone")), a_setup(field_mapping=rows)).fields
    assert values["Location"] == "By phone"


def test_an_event_gets_the_record_type_of_its_page() -> None:
    (write,) = created(a_setup(pages={"default": {"record_types": {"Event": "Inbound"}}})).writes
    assert write.fields["RecordTypeId"] == "012000000000001AAA"


@pytest.mark.parametrize(
    ("who", "what", "fields"),
    [
        (LEAD, None, {"WhoId": LEAD.id}),
        (CONTACT, CASE, {"WhoId": CONTACT.id, "WhatId": CASE.id}),
        (None, CASE, {"WhatId": CASE.id}),
        (New(object=SObject.LEAD, key="BKNG-1"), None, {"WhoId": New(object=SObject.LEAD, key="BKNG-1")}),
        (None, None, {}),
    ],
)
def test_an_event_is_related_to_the_person_and_the_case(
    who: Record | None, what: Record | None, fields: dict[str, FieldValue]
) -> None:
    assert related(who, what) == fields


def test_a_canceled_event_frees_the_calendar_and_says_why() -> None:
    canceled = an_event(Kind.CANCELED, change=Change(actor="customer", reason="Ill"))
    values = event_values(a_state(canceled), a_setup()).fields
    assert (values["ShowAs"], values[STATUS], values[REASON]) == ("Free", "Canceled by Customer", "Ill")


@pytest.mark.parametrize("kind", [Kind.SCHEDULED, Kind.RESCHEDULED, Kind.REASSIGNED, Kind.COMPLETED, Kind.NO_SHOW])
def test_every_other_event_stays_busy(kind: Kind) -> None:
    assert event_values(a_state(an_event(kind)), a_setup()).fields["ShowAs"] == "Busy"


@pytest.mark.parametrize(
    ("kinds", "subject"),
    [
        ((Kind.CANCELED,), "CANCELED: Product demo"),
        ((Kind.CANCELED, Kind.RESCHEDULED), "Product demo"),
        ((Kind.COMPLETED,), "Product demo"),
    ],
)
def test_the_subject_of_a_canceled_event_may_say_so(kinds: tuple[Kind, ...], subject: str) -> None:
    setup = a_setup(event={"cancel_subject_prefix": "CANCELED: "})
    events = [an_event(), *(an_event(kind, minute=n) for n, kind in enumerate(kinds, start=1))]
    state = a_state(*events)
    assert event_values(state, setup).fields["Subject"] == subject
    (write,) = create_event(state, None, None, setup.pages["default"], setup, NOW).writes
    assert write.fields["Subject"] == subject
    (changed,) = change_event(EVENT, a_work(*events), a_state(), setup).writes
    assert changed.fields.get("Subject") == (subject if subject != "Product demo" else None)


def test_reassignment_moves_the_event() -> None:
    state = a_state(an_event(), an_event(Kind.REASSIGNED, minute=1, owner=BEN_IS))
    values = event_values(state, a_setup()).fields
    assert (values["OwnerId"], values[STATUS]) == (BEN, "Scheduled (Reassigned by User)")


def test_an_event_that_is_given_to_nobody_is_told_once() -> None:
    first, given = an_event(), an_event(Kind.REASSIGNED, minute=1, owner=Owner(id="USR-GONE"))
    moved = an_event(Kind.RESCHEDULED, minute=2, owner=Owner(id="USR-GONE"))
    told = change_event(EVENT, a_work(first, given), a_state(first), a_setup())
    assert [warning.code for warning in told.warnings] == ["OWNER_UNMAPPED"]
    assert "OwnerId" not in told.writes[0].fields
    assert change_event(EVENT, a_work(first, given, moved), a_state(first, given), a_setup()).warnings == ()
    found = update_event(an_org_event(), a_state(first, given), None, None, a_setup())
    assert [warning.code for warning in found.warnings] == ["OWNER_UNMAPPED"]


def test_without_the_installed_fields_events_do_without_status_and_reason() -> None:
    org = objects()
    event = org[SObject.EVENT]
    fields = {name: field for name, field in event.fields.items() if name not in {STATUS, REASON}}
    setup = a_setup({**org, SObject.EVENT: replace(event, fields=fields)})
    assert {STATUS, REASON}.isdisjoint(event_values(a_state(), setup).fields)


@pytest.mark.parametrize(
    ("there", "relations"),
    [
        pytest.param(an_org_event(), {"WhoId": CONTACT.id, "WhatId": CASE.id}, id="related to nobody"),
        pytest.param(an_org_event(who=OTHER_CONTACT), {"WhoId": CONTACT.id, "WhatId": CASE.id}, id="to somebody else"),
        pytest.param(an_org_event(who=CONTACT, what=CASE), {}, id="as it should be"),
    ],
)
def test_an_event_found_in_the_org_is_made_to_say_what_the_booking_says(
    there: Any, relations: dict[str, FieldValue]
) -> None:
    state, setup = a_state(), a_setup()
    (write,) = update_event(there, state, CONTACT, CASE, setup).writes
    assert write == Write(record=EVENT, fields={**event_values(state, setup).fields, **relations})


def test_an_event_of_a_case_without_contact_keeps_its_relations() -> None:
    (write,) = update_event(an_org_event(), a_state(), None, CASE, a_setup()).writes
    assert {"WhoId", "WhatId"}.isdisjoint(write.fields)


def test_a_known_event_is_changed_only_where_the_booking_changed() -> None:
    scheduled = an_event()
    moved = an_event(Kind.RESCHEDULED, minute=1, starts_at=MONDAY + timedelta(hours=1))
    part = change_event(EVENT, a_work(scheduled, moved), a_state(scheduled), a_setup())
    assert part.writes == (
        Write(
            record=EVENT,
            fields={
                "StartDateTime": "2026-11-23T11:00:00Z",
                "EndDateTime": "2026-11-23T11:30:00Z",
                STATUS: "Rescheduled by Customer",
            },
        ),
    )


def test_a_known_event_that_already_says_so_is_not_written() -> None:
    part = change_event(EVENT, a_work(), a_state(), a_setup())
    reason = Reason(record=EVENT, found="known from earlier events of the booking", owner="owner is the booking owner")
    assert part == Part(record=EVENT, because=("Event already says so",), reasons=(reason,))


def test_a_repeated_try_writes_all_of_the_event_because_the_one_before_may_have_said_something_else() -> None:
    (write,) = change_event(EVENT, a_work(is_retry=True), a_state(), a_setup()).writes
    assert write.fields == event_values(a_state(), a_setup()).fields


def test_fields_that_can_only_be_set_on_create_are_not_changed() -> None:
    org = objects(Event=(a_field("Source__c", updateable=False),))
    setup = a_setup(org, field_mapping=rows_with({"booking": "location", "object": "Event", "field": "Source__c"}))
    scheduled, moved = an_event(location="A"), an_event(Kind.RESCHEDULED, minute=1, location="B")
    (write,) = created(setup, location="A").writes
    assert write.fields["Source__c"] == "A"
    (change,) = change_event(EVENT, a_work(scheduled, moved), a_state(scheduled), setup).writes
    assert "Source__c" not in change.fields


def test_what_a_later_event_says_too_long_is_told() -> None:
    canceled = an_event(Kind.CANCELED, minute=1, change=Change(actor="customer", reason="R" * 256))
    part = change_event(EVENT, a_work(an_event(), canceled), a_state(), a_setup())
    assert [(warning.code, warning.field) for warning in part.warnings] == [("VALUE_LOST", REASON)]
    again = change_event(EVENT, a_work(an_event(), canceled), a_state(an_event(), canceled), a_setup())
    assert (again.writes, again.warnings) == ((), ())


def test_what_an_event_found_in_the_org_cannot_take_is_told() -> None:
    part = update_event(an_org_event(), a_state(location="R" * 256), None, None, a_setup())
    assert [warning.field for warning in part.warnings] == ["Location"]


def test_a_subject_that_the_prefix_makes_too_long_is_told() -> None:
    setup = a_setup(event={"cancel_subject_prefix": "CANCELED: "})
    scheduled, canceled = an_event(subject="S" * 250), an_event(Kind.CANCELED, minute=1, subject="S" * 250)
    part = change_event(EVENT, a_work(scheduled, canceled), a_state(scheduled), setup)
    assert [(warning.field, warning.message) for warning in part.warnings] == [
        ("Subject", "cut from 260 to 255 characters")
    ]


@pytest.mark.parametrize(("later", "minutes"), [(15, 15), (0, 45), (30, 30)], ids=["shorter", "longer", "moved"])
def test_both_times_go_with_a_move_because_an_event_may_keep_its_duration(later: int, minutes: int) -> None:
    moved = an_event(Kind.RESCHEDULED, minute=1, starts_at=MONDAY + timedelta(minutes=later), duration_minutes=minutes)
    (write,) = change_event(EVENT, a_work(an_event(), moved), a_state(), a_setup()).writes
    assert {"StartDateTime", "EndDateTime"} <= write.fields.keys()
