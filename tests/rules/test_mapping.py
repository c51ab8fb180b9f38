from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.contract import Change, Kind, Named, Owner
from rules.mapping import (
    BOOKING_FIELDS,
    CUSTOMER_FIELDS,
    EVENT_STATUS,
    full_name,
    is_booking_field,
    is_customer_data,
    map_fields,
    read_field,
    split_name,
)
from rules.plan import ByKey, SObject, Warned
from rules.ready import CompiledRow, columns
from tests.builders import ADA, MONDAY, a_booking, a_customer, a_field, a_ruleset, a_setup, a_state, an_event
from tests.rules.setups import rows_with


def a_row(booking: str, **field: Any) -> CompiledRow:
    return CompiledRow(booking=booking, field=a_field("X__c", **field))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Lea Marin", "Lea", "Marin"),
        ("  Lea \t Claire\n Marin ", "Lea", "Claire Marin"),
        ("Marin, Lea", "Lea", "Marin"),
        ("Marin,Lea", "Lea", "Marin"),
        ("de la Cruz ,  Ana Sofia", "Ana Sofia", "de la Cruz"),
        ("Marin, Lea, PhD", "Marin,", "Lea, PhD"),
        ("Marin,", None, "Marin"),
        (", Lea", None, "Lea"),
        ("Marin", None, "Marin"),
        ("  Marin ", None, "Marin"),
        (",", None, ","),
        ("", None, ""),
    ],
)
def test_a_name_is_split_behind_its_first_word_or_swapped_at_its_only_comma(
    name: str, first: str | None, last: str
) -> None:
    assert split_name(name) == (first, last)


@given(st.text(st.sampled_from("Léa M,\t -")) | st.text())
def test_splitting_a_name_loses_no_word_and_always_finds_a_last_name(name: str) -> None:
    first, last = split_name(name)
    assert sorted(_words(f"{first or ''} {last}")) == sorted(_words(name))
    assert bool(last) is bool(name.strip())


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("Lea Marin", "Lea", "Marin"),
        ("Lea Claire Marin", "Lea Claire", "Marin"),
        ("de la Cruz, Ana Sofia", "Ana Sofia", "de la Cruz"),
        ("Marin", None, "Marin"),
    ],
)
def test_a_name_may_be_split_before_its_last_word(name: str, first: str | None, last: str) -> None:
    assert split_name(name, "last") == (first, last)
    setup = a_setup(values={"name_split": "last"})
    assert read_field("customer_last_name", a_state(customer=a_customer(name=name)), setup) == last


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


@pytest.mark.parametrize(
    ("names", "first", "last", "whole"),
    [
        pytest.param({"name": "Lea Marin"}, "Lea", "Marin", "Lea Marin", id="one name"),
        pytest.param({"first_name": "Lea", "last_name": "Marin"}, "Lea", "Marin", "Lea Marin", id="two names"),
        pytest.param({"name": "L. Marin", "first_name": "Lea"}, "Lea", "Marin", "L. Marin", id="name and first name"),
        pytest.param({"name": "Lea M.", "last_name": "Marin"}, "Lea", "Marin", "Lea M.", id="name and last name"),
        pytest.param({"first_name": "Lea"}, "Lea", None, "Lea", id="first name alone"),
        pytest.param({"name": "Marin"}, None, "Marin", "Marin", id="one word"),
        pytest.param({}, None, None, None, id="no name"),
    ],
)
def test_customer_name_in_its_parts(
    names: dict[str, str], first: str | None, last: str | None, whole: str | None
) -> None:
    state = a_state(customer=a_customer(**{"name": None} | names))
    assert read_field("customer_first_name", state, a_setup()) == first
    assert read_field("customer_last_name", state, a_setup()) == last
    assert full_name(state) == read_field("customer_name", state, a_setup()) == whole


A_FULL_BOOKING = a_booking(
    tracking_id="T-1",
    package_id="PKG-1",
    replaces="BKNG-0",
    subject="Demo",
    created_at=MONDAY,
    updated_at=MONDAY,
    calendar="ada@vendor.example",
    attendees=("Ada@vendor.example", "lea@acme.example", "dan@vendor.example"),
    location="Room 1",
    join_url="https://meet.example/1",
    change_url="https://oncehub.example/1",
    page=Named(id="BP-1", name="Sales", label="Sales EMEA", url="https://go.oncehub.example/sales"),
    master_page=Named(id="MP-1"),
    event_type=Named(name="Demo call"),
    owner=Owner(id="USR-ADA", name="Ada", email="ada@vendor.example"),
    customer=a_customer(
        mobile_phone="+33 6", note="Two of us", time_zone="Europe/Paris", guests=("bo@acme.example", "cy@acme.example")
    ),
    answers={"Your state": "Normandy", "COUNTRY": "France", "Color": "red", "Size": ""},
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer_email", "lea@acme.example"),
        ("customer_company", "Acme"),
        ("customer_phone", "+33 1 23 45"),
        ("customer_mobile_phone", "+33 6"),
        ("customer_note", "Two of us"),
        ("customer_time_zone", "Europe/Paris"),
        ("customer_guests", "bo@acme.example, cy@acme.example"),
        ("customer_state", "Normandy"),
        ("customer_country", "France"),
        ("booking_id", "BKNG-1"),
        ("tracking_id", "T-1"),
        ("package_id", "PKG-1"),
        ("replaced_booking_id", "BKNG-0"),
        ("last_updated_time", MONDAY),
        ("calendar", "ada@vendor.example"),
        ("attendees", "Ada@vendor.example, lea@acme.example, dan@vendor.example"),
        ("starting_time_customer", "Mon 2026-11-23 11:00 (UTC+0100)"),
        ("starting_time_owner", "Mon 2026-11-23 10:00 (UTC+0000)"),
        ("canceled_or_rescheduled_by", None),
        ("booking_page_label", "Sales EMEA"),
        ("booking_page_link", "https://go.oncehub.example/sales"),
        ("subject", "Demo"),
        ("event_status", "Scheduled"),
        ("cancel_reschedule_reason", None),
        ("starting_time", MONDAY),
        ("ending_time", MONDAY.replace(minute=30)),
        ("duration_minutes", 30),
        ("creation_time", MONDAY),
        ("location", "Room 1"),
        ("web_conferencing_link", "https://meet.example/1"),
        ("cancel_reschedule_link", "https://oncehub.example/1"),
        ("booking_page", "Sales"),
        ("master_page", "MP-1"),
        ("event_type", "Demo call"),
        ("booking_owner", "Ada"),
        ("booking_owner_email", "ada@vendor.example"),
        ("answer:color", "red"),
        ("answer: Color ", "red"),
        ("answer:Your size", None),
    ],
)
def test_booking_fields_say_what_the_booking_says(name: str, value: object) -> None:
    assert read_field(name, a_state(booking=A_FULL_BOOKING), a_setup()) == value


@pytest.mark.parametrize("name", ["booking_page", "booking_page_label", "booking_page_link", "starting_time_customer"])
def test_what_the_booking_does_not_say_is_nothing(name: str) -> None:
    assert read_field(name, a_state(), a_setup()) is None


@pytest.mark.parametrize(("actor", "name"), [("owner", "Ada"), ("customer", "Lea Marin"), (None, None)])
def test_who_canceled_is_told_by_name(actor: Any, name: str | None) -> None:
    owner = Owner(id="USR-ADA", name="Ada")
    canceled = a_state(an_event(Kind.CANCELED, owner=owner, change=Change(actor=actor)))
    assert read_field("canceled_or_rescheduled_by", canceled, a_setup()) == name


def test_location_is_the_place_or_else_the_link() -> None:
    online = a_state(join_url="https://meet.example/1")
    assert read_field("location", online, a_setup()) == "https://meet.example/1"


def test_status_is_told_in_the_words_that_the_setup_chooses() -> None:
    canceled = a_state(an_event(Kind.CANCELED, change=Change(actor="owner")))
    assert read_field(EVENT_STATUS, canceled, a_setup()) == "Canceled by Owner"
    assert read_field(EVENT_STATUS, canceled, a_setup(labels={"mode": "phase"})) == "Canceled"


def test_status_is_told_in_the_admins_own_words() -> None:
    setup = a_setup(labels={"texts": {"Canceled by Owner": "Off"}})
    for actor, text in (("owner", "Off"), ("customer", "Canceled by Customer")):
        assert read_field(EVENT_STATUS, a_state(an_event(Kind.CANCELED, change=Change(actor=actor))), setup) == text


def test_description_holds_everything_that_was_collected_one_label_a_line() -> None:
    assert str(read_field("calendar_event_description", a_state(booking=A_FULL_BOOKING), a_setup())).split("\n") == [
        "Customer: Lea Marin",
        "Company: Acme",
        "E-mail: lea@acme.example",
        "Phone: +33 1 23 45",
        "Mobile phone: +33 6",
        "Note: Two of us",
        "Your state: Normandy",
        "COUNTRY: France",
        "Color: red",
        "Guests: bo@acme.example, cy@acme.example",
        "Other attendees: dan@vendor.example",
        "Location: Room 1",
        "Web conferencing: https://meet.example/1",
        "Booking id: BKNG-1",
        "Cancel or reschedule: https://oncehub.example/1",
    ]


def test_description_leaves_out_what_was_not_said() -> None:
    silent = a_state(customer=a_customer(name=None, email=None, company=None, phone=None))
    assert read_field("calendar_event_description", silent, a_setup()) == "Booking id: BKNG-1"


def test_mapping_rows_may_name_booking_fields_and_answers() -> None:
    every = [*CUSTOMER_FIELDS, *BOOKING_FIELDS, EVENT_STATUS, "answer:Your size"]
    assert all(map(is_booking_field, every))
    assert not is_booking_field("customer")
    assert {name for name in every if is_customer_data(name)} == {*CUSTOMER_FIELDS, "answer:Your size"}


def test_default_mapping_is_the_reference_table() -> None:
    shipped = a_ruleset().field_mapping
    table = {(row.booking, row.object.value, row.field) for row in shipped if row.enabled}
    assert len(shipped) == len(table)
    assert table == {
        ("customer_email", "Lead", "Email"),
        ("customer_email", "Contact", "Email"),
        ("customer_first_name", "Lead", "FirstName"),
        ("customer_first_name", "Contact", "FirstName"),
        ("customer_last_name", "Lead", "LastName"),
        ("customer_last_name", "Contact", "LastName"),
        ("customer_company", "Lead", "Company"),
        ("customer_company", "Account", "Name"),
        ("customer_phone", "Lead", "Phone"),
        ("customer_phone", "Contact", "Phone"),
        ("customer_mobile_phone", "Lead", "MobilePhone"),
        ("customer_mobile_phone", "Contact", "MobilePhone"),
        ("customer_state", "Lead", "State"),
        ("customer_state", "Contact", "MailingState"),
        ("customer_country", "Lead", "Country"),
        ("customer_country", "Contact", "MailingCountry"),
        ("subject", "Case", "Subject"),
        ("subject", "Event", "Subject"),
        ("customer_note", "Case", "Description"),
        ("calendar_event_description", "Event", "Description"),
        ("location", "Event", "Location"),
    }


def test_status_and_reason_go_to_the_installed_event_fields() -> None:
    rows = a_setup().mapping[SObject.EVENT].booking
    assert {(row.booking, row.field.name) for row in rows} >= {
        ("event_status", "ScheduleOnce__Event_status__c"),
        ("cancel_reschedule_reason", "ScheduleOnce__Cancel_reschedule_reason__c"),
    }


def test_an_admins_row_replaces_the_shipped_one() -> None:
    own = {"booking": "subject", "object": "Case", "field": "Description"}
    rows = a_setup(field_mapping=rows_with(own)).mapping[SObject.CASE].booking
    assert [(row.booking, row.field.name) for row in rows] == [("subject", "Description")]


def test_an_empty_booking_field_gives_no_value() -> None:
    rows = (a_row("customer_phone"), a_row("answer:Color"))
    assert map_fields(rows, SObject.LEAD, a_state(customer=a_customer(phone="")), a_setup()).fields == {}


def test_a_value_that_is_cut_or_left_out_is_told() -> None:
    cut = map_fields((a_row("subject", length=3),), SObject.CASE, a_state(subject="Demo"), a_setup())
    assert cut.fields == {"X__c": "Dem"}
    out = map_fields((a_row("subject", type_="email"),), SObject.CASE, a_state(subject="Demo"), a_setup())
    assert out.fields == {}
    assert [*cut.warnings, *out.warnings] == [
        Warned(code="VALUE_LOST", object=SObject.CASE, field="X__c", message="cut from 4 to 3 characters"),
        Warned(code="VALUE_LOST", object=SObject.CASE, field="X__c", message="left out: not an e-mail address"),
    ]


@pytest.mark.parametrize(
    ("row", "older", "newer", "value"),
    [
        pytest.param(
            a_row("subject", type_="phone", length=3), {"subject": "+1"}, {"subject": "+123"}, "+1", id="long"
        ),
        pytest.param(a_row("customer_first_name"), {}, {"customer": a_customer(name="Marin")}, "Lea", id="one word"),
        pytest.param(a_row("subject"), {"subject": "a"}, {"subject": "b"}, "b", id="a new value"),
    ],
)
def test_where_the_newest_event_gives_nothing_the_field_keeps_what_an_older_one_gave(
    row: CompiledRow, older: dict[str, Any], newer: dict[str, Any], value: str
) -> None:
    state = a_state(an_event(**older), an_event(Kind.RESCHEDULED, minute=1, **newer))
    assert map_fields((row,), SObject.LEAD, state, a_setup()).fields == {"X__c": value}


def test_the_nearest_older_event_that_gave_something_counts() -> None:
    names = ("Lea Marin", "Léa Marin", "Marin", "Marin")
    state = a_state(*(an_event(minute=n, customer=a_customer(name=name)) for n, name in enumerate(names)))
    values = map_fields((a_row("customer_first_name"),), SObject.LEAD, state, a_setup())
    assert values.fields == {"X__c": "Léa"}


def test_a_date_is_the_day_for_the_bookings_owner() -> None:
    late = a_state(starts_at=MONDAY.replace(hour=23))
    row = CompiledRow(booking="starting_time", field=a_field("Day__c", "date"))
    setup = a_setup()
    zones = replace(setup, users=replace(setup.users, zones={ADA: "Asia/Tokyo"}))
    (utc, tokyo) = (map_fields((row,), SObject.LEAD, late, each).fields["Day__c"] for each in (setup, zones))
    assert (utc, tokyo) == (MONDAY.date().isoformat(), (MONDAY + timedelta(days=1)).date().isoformat())


def test_a_geolocation_is_written_as_its_two_coordinates() -> None:
    row = CompiledRow(booking="answer:Where", field=a_field("Place__c", "location"))
    values = map_fields((row,), SObject.LEAD, a_state(answers={"Where": "48.85, -2.35"}), a_setup())
    assert values.fields == {"Place__Latitude__s": 48.85, "Place__Longitude__s": -2.35}
    assert columns((row,)) == list(values.fields)


@pytest.mark.parametrize(("answer", "field"), [("EMEA", "EMEA"), ("", None)])
def test_a_lookup_names_its_record_by_key(answer: str, field: str | None) -> None:
    region = a_field("Region__c", "reference", relationship="Region__r")
    row = CompiledRow(booking="answer:Region", field=region, lookup_key="Code__c")
    values = map_fields((row,), SObject.LEAD, a_state(answers={"Region": answer}), a_setup())
    expected = {"Region__c": ByKey(relationship="Region__r", key="Code__c", value=field)} if field else {}
    assert values.fields == expected
