"""OnceHub v2 bodies → events: one row for each shape that the vendor documents or is seen to send."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers import oncehub
from producers.contract import BookingEvent, Change, Customer, Kind, Named, Owner, SalesforceIds
from producers.refusal import Refused
from tests.producers.bodies import HUGE, a_form, a_webhook, drop, json_values, path_of, put, spoiled

LEAD, CONTACT, CASE = "00Q5g00000AbCdEEAV", "0035g00000AbCdEAAV", "5005g00000AbCdE"
ADA = {"id": "USR-ADA", "first_name": "Ada", "last_name": "Byron", "email": "ada@vendor.example", "status": "active"}
BY_CUSTOMER = {"reason": "Conflict that day", "actioned_by": "customer", "user_id": ""}
BY_USER = {"reason": "Ill", "actioned_by": "user", "user_id": "USR-ADA"}


def test_a_whole_body_becomes_a_whole_event() -> None:
    event = oncehub.translate(a_webhook())
    booking = event.booking
    assert (event.event_id, event.kind, event.connection) == ("EVNT-1", Kind.SCHEDULED, "default")
    assert (booking.id, booking.subject, booking.duration_minutes) == ("BKNG-1", "Product demo", 45)
    assert booking.starts_at == datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
    assert booking.created_at == datetime(2026, 2, 27, 14, 2, 10, 118000, tzinfo=UTC)
    assert (booking.join_url, booking.location) == ("https://video.example/j/8841", None)
    assert booking.change_url == "https://oncehub.example/m/BKNG-1"
    assert (booking.tracking_id, booking.package_id, booking.calendar) == ("BKNG-1", None, "ada@vendor.example")
    assert booking.updated_at == event.occurred_at
    assert booking.attendees == ("ada@vendor.example", "lea@acme.example")
    assert (booking.page, booking.master_page, booking.event_type) == (Named(id="BP-1"), None, Named(id="ET-1"))
    assert booking.owner == Owner(id="USR-ADA")
    assert booking.customer == Customer(
        name="Lea Marin",
        email="lea@acme.example",
        phone="33-12345678",
        company="Acme",
        time_zone="Europe/Paris",
        note="Two of us will join",
        guests=("bo@acme.example",),
    )
    assert booking.answers == {"Your country": "France"}
    assert (booking.salesforce, booking.change, booking.replaces) == (SalesforceIds(), None, None)


KINDS = [
    ("booking.scheduled", "scheduled", Kind.SCHEDULED),
    ("booking.rescheduled", "rescheduled", Kind.RESCHEDULED),
    ("booking.canceled_then_rescheduled", "scheduled", Kind.RESCHEDULED),
    ("booking.canceled_then_rescheduled", "rescheduled", Kind.RESCHEDULED),
    ("booking.canceled_then_rescheduled", "canceled", Kind.CANCELED),
    ("booking.canceled_reschedule_requested", "canceled", Kind.CANCELED),
    ("booking.canceled", "canceled", Kind.CANCELED),
    ("booking.completed", "completed", Kind.COMPLETED),
    ("booking.no_show", "no_show", Kind.NO_SHOW),
    ("booking.reassigned", "scheduled", Kind.REASSIGNED),
]


@pytest.mark.parametrize(("type_", "status", "kind"), KINDS, ids=[f"{row[0]} {row[1]}" for row in KINDS])
def test_type_and_status_say_what_happened(type_: str, status: str, kind: Kind) -> None:
    assert oncehub.translate(a_webhook(type_, status=status)).kind is kind


@pytest.mark.parametrize("type_", ["conversation.started", "conversation.closed", "conversation.abandoned"])
def test_conversations_are_ignored(type_: str) -> None:
    assert oncehub.is_ignored(a_webhook(type_))


def test_requests_that_nobody_approved_yet_are_ignored() -> None:
    assert oncehub.is_ignored(a_webhook(status="requested"))


@pytest.mark.parametrize("type_", [row[0] for row in KINDS])
def test_no_booking_is_ignored(type_: str) -> None:
    assert not oncehub.is_ignored(a_webhook(type_))


@pytest.mark.parametrize(
    ("type_", "shape"),
    [
        pytest.param("booking", "text of 7 characters", id="the whole group is never sent"),
        pytest.param("booking.reached_out", "text of 19 characters", id="old"),
        pytest.param("conversation.started", "text of 20 characters", id="no booking"),
        pytest.param("", "empty text", id="empty"),
        pytest.param(5, "a number", id="number"),
        pytest.param(None, "null", id="null"),
        pytest.param(["booking.scheduled"], "a list of 1", id="list"),
        pytest.param({}, "an object with 0 keys", id="object"),
    ],
)
def test_an_unknown_type_is_refused_with_the_known_ones(type_: object, shape: str) -> None:
    refused = refusal_of(a_webhook() | {"type": type_})
    assert (refused.field, refused.shape) == ("type", shape)
    assert all(kind in refused.expected for kind, _, _ in KINDS)


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        pytest.param(a_webhook(), True, id="event"),
        pytest.param(a_webhook("conversation.started"), True, id="conversation"),
        pytest.param({"object": "event"}, False, id="no type"),
        pytest.param({"object": "booking", "type": "x"}, False, id="another object"),
        pytest.param({"event_id": "1", "kind": "scheduled"}, False, id="canonical"),
        pytest.param({}, False, id="empty"),
    ],
)
def test_a_webhook_is_known_by_its_shape(body: dict[str, Any], is_one: bool) -> None:
    assert oncehub.is_webhook(body) is is_one


def test_the_version_is_when_the_booking_was_last_updated() -> None:
    event = oncehub.translate(a_webhook(last_updated_time="2026-03-02T09:15:30.977Z"))
    assert event.occurred_at == datetime(2026, 3, 2, 9, 15, 30, 977000, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [a_webhook(last_updated_time=value) for value in (None, "", " ")]
    + [drop(a_webhook(), path_of("data.last_updated_time"))],
    ids=["null", "empty", "blank", "absent"],
)
def test_without_it_the_version_is_when_the_webhook_was_made(body: dict[str, Any]) -> None:
    assert oncehub.translate(body).occurred_at == datetime(2026, 3, 2, 9, 15, 31, 204000, tzinfo=UTC)


@pytest.mark.parametrize("written", ["2026-03-04T15:30:00Z", "2026-03-04T15:30:00.000Z"])
def test_times_come_with_or_without_milliseconds(written: str) -> None:
    assert oncehub.translate(a_webhook(starting_time=written)).booking.starts_at.hour == 15


def test_the_connection_is_the_callers() -> None:
    assert oncehub.translate(a_webhook(), connection="sandbox").connection == "sandbox"


OWNERS = [
    ("USR-ADA", Owner(id="USR-ADA"), "id"),
    (ADA, Owner(id="USR-ADA", name="Ada Byron", email="ada@vendor.example"), "expanded"),
    ({"id": "USR-ADA", "deleted": True}, Owner(id="USR-ADA"), "expanded and deleted"),
    (ADA | {"first_name": None, "email": ""}, Owner(id="USR-ADA", name="Byron"), "expanded with gaps"),
    (None, Owner(), "null"),
    ("", Owner(), "empty"),
]


@pytest.mark.parametrize(("sent", "owner"), [row[:2] for row in OWNERS], ids=[row[2] for row in OWNERS])
def test_the_owner_comes_as_an_id_or_expanded(sent: object, owner: Owner) -> None:
    assert oncehub.translate(a_webhook(owner=sent)).booking.owner == owner


BEN = {"id": "USR-BEN", "first_name": "Ben", "last_name": "Ito", "email": "ben@vendor.example"}
CALENDARS = [
    ({"id": "ben@vendor.example", "name": "Work"}, "ben@vendor.example", "its id"),
    ({"id": "9f2k", "name": "ben@vendor.example"}, "ben@vendor.example", "its name"),
    ({"id": "9f2k@group.calendar.google.com", "name": "Team"}, None, "a group's"),
    ({"type": "none", "id": None, "name": ""}, None, "none"),
    (None, None, "null"),
]


@pytest.mark.parametrize(("calendar", "owner"), [row[:2] for row in CALENDARS], ids=[row[2] for row in CALENDARS])
def test_the_calendar_of_a_reassigned_booking_tells_who_took_it(calendar: object, owner: str | None) -> None:
    booking = oncehub.translate(a_webhook("booking.reassigned", external_calendar=calendar)).booking
    assert (booking.owner, booking.calendar_owner) == (Owner(id="USR-ADA"), owner)
    assert oncehub.translate(a_webhook("booking.completed", external_calendar=calendar)).booking.calendar_owner is None


@pytest.mark.parametrize(("host", "owner"), [(BEN, "USR-BEN"), ("USR-BEN", "USR-BEN"), (None, "USR-ADA")])
def test_the_host_of_a_reassigned_booking_is_its_owner(host: object, owner: str) -> None:
    booking = oncehub.translate(a_webhook("booking.reassigned", host=host)).booking
    assert booking.owner.id == owner
    assert (booking.calendar_owner is None) is (host is not None)
    assert oncehub.translate(a_webhook("booking.completed", host=host)).booking.owner.id == "USR-ADA"


RELATED = [
    ("BP-1", Named(id="BP-1"), "id"),
    ({"id": "BP-1", "name": "Demo"}, Named(id="BP-1", name="Demo"), "expanded"),
    ({"id": "BP-1", "label": "Demo"}, Named(id="BP-1", name="Demo", label="Demo"), "expanded with a label"),
    ({"id": "BP-1", "name": "", "label": "Demo"}, Named(id="BP-1", name="Demo", label="Demo"), "blank name"),
    (None, None, "null"),
    ("", None, "empty"),
]


@pytest.mark.parametrize(("sent", "named"), [row[:2] for row in RELATED], ids=[row[2] for row in RELATED])
@pytest.mark.parametrize(
    ("field", "part"), [("booking_page", "page"), ("master_page", "master_page"), ("event_type", "event_type")]
)
def test_related_objects_come_as_an_id_expanded_or_null(
    field: str, part: str, sent: object, named: Named | None
) -> None:
    assert getattr(oncehub.translate(a_webhook(**{field: sent})).booking, part) == named


@pytest.mark.parametrize("calendar", ["BC-1", {"id": "BC-1", "name": "Demo calendar"}], ids=["id", "expanded"])
def test_a_booking_calendar_stands_for_the_page(calendar: object) -> None:
    page = oncehub.translate(a_webhook(booking_page=None, booking_calendar=calendar)).booking.page
    assert page
    assert page.id == "BC-1"


@pytest.mark.parametrize(
    "body",
    [a_webhook(form_submission=None), drop(a_webhook(), path_of("data.form_submission"))],
    ids=["null", "absent"],
)
def test_an_administrators_booking_has_no_form(body: dict[str, Any]) -> None:
    booking = oncehub.translate(body).booking
    assert (booking.customer, booking.answers) == (Customer(time_zone="Europe/Paris"), {})


GUESTS = [
    (["bo@acme.example"], ("bo@acme.example",), "one"),
    ([], (), "none"),
    ([""], (), "one empty"),
    ([" "], (), "one blank"),
    ([None], (), "one null"),
    (None, (), "null"),
    (["", "bo@acme.example", "cy@acme.example"], ("bo@acme.example", "cy@acme.example"), "some empty"),
]


@pytest.mark.parametrize(("sent", "guests"), [row[:2] for row in GUESTS], ids=[row[2] for row in GUESTS])
def test_guests_come_in_several_kinds_of_nobody(sent: object, guests: tuple[str, ...]) -> None:
    assert oncehub.translate(a_webhook(form_submission=a_form(guests=sent))).booking.customer.guests == guests


@pytest.mark.parametrize("blank", [None, "", "  "], ids=["null", "empty", "blank"])
@pytest.mark.parametrize("field", ["name", "email", "phone", "mobile_phone", "note", "company"])
def test_what_the_customer_left_empty_is_nothing(field: str, blank: object) -> None:
    customer = oncehub.translate(a_webhook(form_submission=a_form(**{field: blank}))).booking.customer
    assert getattr(customer, field) is None


@pytest.mark.parametrize("blank", [None, "", "  "], ids=["null", "empty", "blank"])
@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("subject", "subject"),
        ("location_description", "location"),
        ("virtual_conferencing", "join_url"),
        ("cancel_reschedule_url", "change_url"),
        ("rescheduled_booking_id", "replaces"),
    ],
)
def test_what_the_booking_leaves_empty_is_nothing(field: str, part: str, blank: object) -> None:
    assert getattr(oncehub.translate(a_webhook(**{field: blank})).booking, part) is None


def test_a_missing_key_is_the_same_as_null() -> None:
    body = a_webhook()
    for name in set(body["data"]) - {"id", "starting_time", "duration_minutes"}:
        del body["data"][name]
    assert oncehub.translate(body).booking.customer == Customer()


def test_keys_that_nobody_knows_are_ignored() -> None:
    assert oncehub.translate(a_webhook(utm_params={"utm_source": "x"}, contact=None)) == oncehub.translate(a_webhook())


CHANGES: list[tuple[str, object, Change | None, str]] = [
    ("booking.canceled", BY_CUSTOMER, Change(reason="Conflict that day", actor="customer"), "customer"),
    ("booking.canceled", BY_USER, Change(reason="Ill", actor="owner"), "user"),
    ("booking.canceled", [BY_CUSTOMER], Change(reason="Conflict that day", actor="customer"), "list of one"),
    ("booking.canceled", [], None, "empty list"),
    ("booking.canceled", None, None, "null"),
    ("booking.canceled", {"reason": "", "actioned_by": "", "user_id": ""}, Change(), "all empty"),
    ("booking.canceled", {"reason": "x", "user_id": "USR-1"}, Change(reason="x", actor="owner"), "user id alone"),
    ("booking.canceled", {"actioned_by": None, "user_id": "USR-1"}, Change(actor="owner"), "user id beside null"),
    ("booking.canceled", {"actioned_by": "customer", "user_id": "USR-1"}, Change(actor="customer"), "actor first"),
    ("booking.canceled", {"actioned_by": "robot", "user_id": ""}, Change(), "an actor nobody knows"),
    ("booking.rescheduled", BY_CUSTOMER, Change(reason="Conflict that day", actor="customer"), "moved by customer"),
    ("booking.rescheduled", BY_USER, Change(reason="Ill", actor="owner"), "moved by user"),
    (
        "booking.canceled_reschedule_requested",
        {"reason": "Ill", "actioned_by": "", "user_id": ""},
        Change(reason="Ill", actor="owner", reschedule_requested=True),
        "requested, by nobody named",
    ),
    (
        "booking.canceled_reschedule_requested",
        BY_USER,
        Change(reason="Ill", actor="owner", reschedule_requested=True),
        "requested by user",
    ),
    (
        "booking.canceled_reschedule_requested",
        None,
        Change(actor="owner", reschedule_requested=True),
        "requested, without information",
    ),
    ("booking.scheduled", None, None, "nothing changed"),
]


@pytest.mark.parametrize(
    ("type_", "information", "change"), [row[:3] for row in CHANGES], ids=[row[3] for row in CHANGES]
)
def test_who_changed_the_booking_and_why(type_: str, information: object, change: Change | None) -> None:
    body = a_webhook(type_, cancel_reschedule_information=information)
    assert oncehub.translate(body).booking.change == change


@pytest.mark.parametrize("type_", ["booking.rescheduled", "booking.canceled_then_rescheduled"])
def test_a_booking_replaces_the_one_it_points_to(type_: str) -> None:
    assert oncehub.translate(a_webhook(type_, rescheduled_booking_id="BKNG-0")).booking.replaces == "BKNG-0"


def test_a_booking_that_points_to_itself_replaces_none() -> None:
    assert oncehub.translate(a_webhook(rescheduled_booking_id="BKNG-1")).booking.replaces is None


@pytest.mark.parametrize(
    ("actioned_by", "change"),
    [
        ("", Change(actor="owner", reschedule_requested=True)),
        ("user", Change(actor="owner", reschedule_requested=True)),
        ("customer", Change(actor="customer", reschedule_requested=True)),
    ],
    ids=["nobody", "user", "customer"],
)
def test_a_rebooking_is_what_the_owner_asked_for_whoever_made_it(actioned_by: str, change: Change) -> None:
    information = {"reason": "", "actioned_by": actioned_by, "user_id": ""}
    body = a_webhook("booking.rescheduled", rescheduled_booking_id="BKNG-0", cancel_reschedule_information=information)
    assert oncehub.translate(body).booking.change == change


def test_a_customer_who_moves_his_booking_or_books_elsewhere_was_not_asked_to() -> None:
    moved = a_webhook("booking.rescheduled", cancel_reschedule_information=BY_CUSTOMER)
    elsewhere = a_webhook(
        "booking.canceled_then_rescheduled", rescheduled_booking_id="BKNG-0", cancel_reschedule_information=BY_CUSTOMER
    )
    changes = [oncehub.translate(body).booking.change for body in (moved, elsewhere)]
    assert changes == [Change(reason="Conflict that day", actor="customer")] * 2


def test_the_envelope_tells_when_the_event_was_recorded() -> None:
    event = oncehub.translate(a_webhook(last_updated_time="2026-03-01T08:00:00Z"))
    assert (event.occurred_at.isoformat(), str(event.recorded_at)) == (
        "2026-03-01T08:00:00+00:00",
        "2026-03-02 09:15:31.204000+00:00",
    )


@pytest.mark.parametrize(
    "name",
    ["creation_time", "form_submission", "custom_fields", "attendees", "cancel_reschedule_information"],
)
def test_an_empty_text_says_as_little_as_null(name: str) -> None:
    assert oncehub.translate(a_webhook(**{name: ""})) == oncehub.translate(a_webhook(**{name: None}))


SPELLINGS = [
    *[
        (name, "lead", LEAD)
        for name in ("sosfLeadId", "sfLeadId", "salesforce_lead_id", "SOSFLEADID", "Salesforce_Lead_Id")
    ],
    *[(name, "contact", CONTACT) for name in ("sosfContactId", "sfContactId", "salesforce_contact_id")],
    *[(name, "case", CASE) for name in ("sosfCaseId", "sfCaseId", "salesforce_case_id")],
]


@pytest.mark.parametrize(("name", "part", "record_id"), SPELLINGS, ids=[row[0] for row in SPELLINGS])
@pytest.mark.parametrize("place", ["form", "booking"])
def test_a_personalized_link_carries_a_record_id(name: str, part: str, record_id: str, place: str) -> None:
    ids = oncehub.translate(with_answer(place, name, f" {record_id} ")).booking.salesforce
    assert ids == SalesforceIds(**{part: record_id})


NO_IDS = [
    ("", "empty"),
    (None, "null"),
    (" ", "blank"),
    ("{!Lead.Id}", "merge field that was not resolved"),
    ("[[LeadId]]", "placeholder"),
    ("00Q5g00000AbCd", "14 characters"),
    ("00Q5g00000AbCdEE", "16 characters"),
    ("00Q5g00000Ab-dE", "wrong character"),
    ("00Q5g00000AbCdEEAB", "wrong checksum"),
    ("00Q5g00000AbCdE' OR Name != '", "query"),
    (LEAD + LEAD, "twice"),
    ([LEAD, LEAD], "list"),
    ("OOQ5g0000ÄAbCdE", "letter of another alphabet"),
]


@pytest.mark.parametrize("value", [row[0] for row in NO_IDS], ids=[row[1] for row in NO_IDS])
def test_what_is_no_id_counts_as_absent(value: object) -> None:
    assert oncehub.translate(with_answer("form", "sosfLeadId", value)).booking.salesforce == SalesforceIds()


def test_another_spelling_counts_where_the_first_holds_no_id() -> None:
    fields = [{"name": "sosfLeadId", "value": "{!Lead.Id}"}, {"name": "salesforce_lead_id", "value": LEAD}]
    assert oncehub.translate(a_webhook(custom_fields=fields)).booking.salesforce.lead == LEAD


@pytest.mark.parametrize(
    ("part", "record_id"), [("lead", LEAD), ("contact", CONTACT), ("case", CASE)], ids=["lead", "contact", "case"]
)
def test_whoever_relays_a_webhook_may_add_the_record_ids_of_the_link(part: str, record_id: str) -> None:
    added = {f"{part}_id": f" {record_id} ", "campaign_id": "C"}
    asked = [{"name": f"sosf{part}Id", "value": "00Q000000000001"}]
    ids = oncehub.translate(a_webhook(salesforce=added, custom_fields=asked)).booking.salesforce
    assert ids == SalesforceIds(**{part: record_id})


@pytest.mark.parametrize(
    "added", [None, "", [], LEAD, {}, {"lead_id": None}, {"lead_id": 5}, {"lead_id": "{!Lead.Id}"}], ids=repr
)
def test_added_ids_that_are_none_leave_it_to_the_answers(added: object) -> None:
    fields = [{"name": "sosfLeadId", "value": LEAD}]
    assert oncehub.translate(a_webhook(salesforce=added, custom_fields=fields)).booking.salesforce.lead == LEAD


def test_a_booking_in_the_trash_is_a_booking_like_any_other() -> None:
    assert oncehub.translate(a_webhook(in_trash=True)) == oncehub.translate(a_webhook(in_trash=False))


def test_an_answer_with_another_name_is_no_id() -> None:
    assert oncehub.translate(with_answer("form", "Lead", LEAD)).booking.salesforce == SalesforceIds()


ANSWERS = [
    ("France", "France", "text"),
    (["France", "Spain"], "France, Spain", "list"),
    (["France", None, ""], "France", "list with gaps"),
    (5, "5", "number"),
    (1.5, "1.5", "fraction"),
    (True, "true", "ticked"),
    ([False, "France"], "false, France", "list with a box"),
    ({"name": "plan.pdf", "url": "https://files.example/1"}, "https://files.example/1", "file"),
    ([{"id": 7, "label": "France"}, {"value": "Spain", "name": "c2"}], "France, Spain", "list of choices with ids"),
]


@pytest.mark.parametrize(("sent", "answer"), [row[:2] for row in ANSWERS], ids=[row[2] for row in ANSWERS])
@pytest.mark.parametrize("place", ["form", "booking"])
def test_answers_are_the_text_that_people_would_write(sent: object, answer: str, place: str) -> None:
    assert oncehub.translate(with_answer(place, "Question", sent)).booking.answers["Question"] == answer


@pytest.mark.parametrize(
    "blank", [None, "", " ", [], [""]], ids=["null", "empty", "blank", "no choice", "empty choice"]
)
def test_questions_left_open_are_no_answers(blank: object) -> None:
    assert "Question" not in oncehub.translate(with_answer("form", "Question", blank)).booking.answers


@pytest.mark.parametrize("field", ["data.form_submission.custom_fields", "data.custom_fields"])
def test_no_custom_fields_may_be_null(field: str) -> None:
    oncehub.translate(put(a_webhook(), path_of(field), None))


REFUSALS: list[tuple[str, object, str]] = [
    ("id", None, "input should be a valid string, got null"),
    ("creation_time", "soon", "expected a time such as 2026-03-04T15:30:00Z, got text of 4 characters"),
    ("data", None, "expected an object, got null"),
    ("data", [], "expected an object, got a list of 0"),
    ("data.id", "", "string should have at least 1 character, got empty text"),
    ("data.id", 5, "input should be a valid string, got a number"),
    ("data.starting_time", None, "expected a time such as 2026-03-04T15:30:00Z, got null"),
    (
        "data.starting_time",
        "4500-03-04T15:30:00Z",
        "expected a time between the years 1700 and 3999, got text of 20 characters",
    ),
    ("data.starting_time", "2026-03-04T15:30:00", "input should have timezone info, got text of 19 characters"),
    ("data.duration_minutes", 0, "input should be greater than or equal to 1, got a number"),
    ("data.duration_minutes", HUGE, "input should be less than or equal to 20160, got a number"),
    ("data.duration_minutes", float("nan"), "input should be a finite number, got a number"),
    ("data.owner", 5, "expected an object, got a number"),
    (
        "data.subject",
        "\ud800",
        "input should be a valid string, unable to parse raw data as a unicode string, got text of 1 characters",
    ),
    ("data.form_submission", "x", "expected an object, got text of 1 characters"),
    (
        "data.form_submission.email",
        "lea@",
        "expected an e-mail address such as name@example.com, got text of 4 characters",
    ),
    ("data.form_submission.phone", 33, "input should be a valid string, got a number"),
    ("data.form_submission.guests", "x", "input should be a valid list, got text of 1 characters"),
    ("data.form_submission.custom_fields", {}, "input should be a valid list, got an object with 0 keys"),
    ("data.form_submission.custom_fields.0", None, "expected an object, got null"),
    ("data.form_submission.custom_fields.0.name", None, "input should be a valid string, got null"),
    (
        "data.form_submission.custom_fields.0.name",
        "\ud800",
        "input should be a valid string, unable to parse raw data as a unicode string, got text of 1 characters",
    ),
    ("data.form_submission.custom_fields.0.value", {}, "input should be a valid string, got an object with 0 keys"),
    (
        "data.form_submission.custom_fields.0.value",
        ["France", {"id": [7]}],
        "input should be a valid string, got a list of 2",
    ),
    ("data.cancel_reschedule_information", "x", "expected an object, got text of 1 characters"),
    ("data.virtual_conferencing", [], "expected an object, got a list of 0"),
    (
        "data.rescheduled_booking_id",
        "a b",
        "expected an identifier without spaces or control characters, got text of 3 characters",
    ),
]


@pytest.mark.parametrize(("field", "value", "said"), REFUSALS, ids=[f"{row[0]}-{n}" for n, row in enumerate(REFUSALS)])
def test_a_bad_value_is_refused_by_field_shape_and_expectation(field: str, value: object, said: str) -> None:
    assert str(refusal_of(put(a_webhook(), path_of(field), value))) == f"{field}: {said}"


@pytest.mark.parametrize(
    "field", ["id", "creation_time", "data", "data.id", "data.starting_time", "data.duration_minutes"]
)
def test_a_missing_field_is_refused_by_name(field: str) -> None:
    assert str(refusal_of(drop(a_webhook(), path_of(field)))) == f"{field}: this field is required, got nothing"


@given(spoiled(a_webhook(owner=ADA, cancel_reschedule_information=[BY_USER])))
def test_a_spoiled_body_is_translated_or_refused_and_nothing_else(body: dict[str, Any]) -> None:
    assert_translated_or_refused(body)


@given(st.dictionaries(st.sampled_from(["id", "object", "type", "creation_time", "data"]), json_values()))
def test_any_object_is_translated_or_refused_and_nothing_else(body: dict[str, Any]) -> None:
    assert_translated_or_refused(body)


@given(spoiled(a_webhook()))
def test_a_body_is_left_as_it_was(body: dict[str, Any]) -> None:
    before = repr(body)
    assert_translated_or_refused(body)
    assert repr(body) == before


def assert_translated_or_refused(body: dict[str, Any]) -> None:
    """What is translated can also be journalled; what is refused says a sentence that can be printed."""
    oncehub.is_webhook(body)
    oncehub.is_ignored(body)
    try:
        event = oncehub.translate(body)
    except Refused as refused:
        said = str(refused)
    else:
        said = event.model_dump_json(exclude_none=True)
        again = BookingEvent.model_validate_json(said)
        assert again == event
    assert said.encode()


def with_answer(place: str, name: str, value: object) -> dict[str, Any]:
    """A body with one more custom field, of the form or of the booking."""
    fields = [{"name": name, "value": value}]
    return (
        a_webhook(form_submission=a_form(custom_fields=fields)) if place == "form" else a_webhook(custom_fields=fields)
    )


def refusal_of(body: dict[str, Any]) -> Refused:
    """Why it is not translated."""
    with pytest.raises(Refused) as caught:
        oncehub.translate(body)
    return caught.value
