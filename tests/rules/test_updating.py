from collections.abc import Mapping
from typing import Any

import pytest

from producers.contract import BookingEvent, Kind
from rules.plan import Records, Scalar, SObject
from rules.ready import ReadySetup
from rules.ruleset import UpdateMode
from rules.updating import Changes, changes_of_existing, changes_since, customer_data_changed
from tests.builders import a_customer, a_field, a_setup, a_state, a_work, an_event, objects
from tests.rules.setups import rows_with

_ORG = objects(Lead=(a_field("Source__c", updateable=False),))
_ROWS = rows_with(
    {"booking": "event_status", "object": "Lead", "field": "Status__c"},
    {"booking": "subject", "object": "Lead", "field": "Source__c"},
)
SETUP = a_setup(_ORG, field_mapping=_ROWS)


def said(minute: int = 0, kind: Kind = Kind.SCHEDULED, **customer: Any) -> BookingEvent:
    return an_event(kind, minute=minute, customer=a_customer(**{"name": None, "company": None} | customer))


@pytest.mark.parametrize(
    ("mode", "there", "phone"),
    [
        pytest.param("override", None, "+33 1 23 45", id="override null"),
        pytest.param("override", "own", "+33 1 23 45", id="override a value"),
        pytest.param("override", "+33 1 23 45", None, id="override the same"),
        pytest.param("fill_empty", None, "+33 1 23 45", id="fill null"),
        pytest.param("fill_empty", "", "+33 1 23 45", id="fill blank"),
        pytest.param("fill_empty", "  ", "+33 1 23 45", id="fill spaces"),
        pytest.param("fill_empty", "1234567890", "+33 1 23 45", id="fill our placeholder"),
        pytest.param("fill_empty", "own", None, id="keep a value"),
        pytest.param("fill_empty", "0", None, id="keep nought"),
    ],
)
def test_the_mode_governs_what_the_customer_said(mode: UpdateMode, there: Scalar, phone: str | None) -> None:
    changes = changes_of_existing(SObject.LEAD, a_work(said()), {"Phone": there}, mode, SETUP)
    assert changes.fields.get("Phone") == phone


def test_placeholders_may_count_as_values() -> None:
    setup = a_setup(matching={"placeholders_count_as_empty": False})
    changes = changes_of_existing(SObject.LEAD, a_work(said()), {"Phone": "1234567890"}, "fill_empty", setup)
    assert "Phone" not in changes.fields


def test_a_box_that_is_not_ticked_is_a_value_and_an_answer_left_open_is_none() -> None:
    setup = a_setup(
        objects(Lead=(a_field("Opt_in__c", "boolean"),)),
        field_mapping=rows_with({"booking": "answer:opt in", "object": "Lead", "field": "Opt_in__c"}),
        values={"extended_types": True},
    )
    there = {"Opt_in__c": False}
    ticked, unticked, silent = (a_work(an_event(answers=said)) for said in ({"opt in": "yes"}, {"opt in": "no"}, {}))
    assert "Opt_in__c" not in changes_of_existing(SObject.LEAD, ticked, there, "fill_empty", setup).fields
    assert changes_of_existing(SObject.LEAD, ticked, there, "override", setup).fields["Opt_in__c"] is True
    for work, sent in ((unticked, False), (silent, None)):
        fields = changes_of_existing(SObject.LEAD, work, {"Opt_in__c": True}, "override", setup).fields
        assert fields.get("Opt_in__c") is sent


def test_a_checkbox_or_number_is_a_value() -> None:
    setup = a_setup(
        objects(Lead=(a_field("Score__c", "double"),)),
        field_mapping=rows_with({"booking": "answer:score", "object": "Lead", "field": "Score__c"}),
    )
    work = a_work(an_event(answers={"score": "7"}))
    kept, filled = (
        changes_of_existing(SObject.LEAD, work, there, "fill_empty", setup) for there in ({"Score__c": 0.0}, {})
    )
    assert ("Score__c" in kept.fields, filled.fields["Score__c"]) == (False, 7.0)


@pytest.mark.parametrize("mode", ["override", "fill_empty"])
def test_what_the_booking_itself_says_is_written_in_both_modes(mode: UpdateMode) -> None:
    canceled = a_work(said(), said(1, Kind.CANCELED))
    changes = changes_of_existing(SObject.LEAD, canceled, {"Status__c": "Scheduled"}, mode, SETUP)
    assert changes.fields["Status__c"] == "Canceled"


def test_only_fields_that_may_be_updated_are_written() -> None:
    changes = changes_of_existing(SObject.LEAD, a_work(said()), {}, "override", SETUP)
    assert changes.fields == {"Email": "lea@acme.example", "Phone": "+33 1 23 45", "Status__c": "Scheduled"}


def test_nothing_is_blanked() -> None:
    silent = a_work(said(phone=None, email=None))
    changes = changes_of_existing(SObject.LEAD, silent, {"Phone": "own", "LastName": "M."}, "override", SETUP)
    assert changes.fields == {"Status__c": "Scheduled"}


@pytest.mark.parametrize(
    ("mode", "there", "told"),
    [
        pytest.param("override", None, ["Company", "Phone"], id="override"),
        pytest.param("fill_empty", None, ["Company", "Phone"], id="fill"),
        pytest.param("fill_empty", "own", ["Phone"], id="kept out by the org's own value"),
    ],
)
def test_what_is_lost_on_the_way_is_told(mode: UpdateMode, there: Scalar, told: list[str]) -> None:
    work = a_work(said(company="A" * 256, phone="1" * 41))
    changes = changes_of_existing(SObject.LEAD, work, {"Company": there}, mode, SETUP)
    assert [warning.field for warning in changes.warnings] == told


@pytest.mark.parametrize(
    ("mode", "there", "filled"),
    [
        pytest.param("override", {}, (), id="override"),
        pytest.param("fill_empty", {}, ("Lead.Email", "Lead.Phone"), id="fill"),
        pytest.param("fill_empty", {"Phone": "own"}, ("Lead.Email",), id="what is kept out is not filled"),
    ],
)
def test_what_was_filled_is_noted_where_only_empty_fields_are_filled(
    mode: UpdateMode, there: dict[str, Scalar], filled: tuple[str, ...]
) -> None:
    rules = {"lead": {"existing": {"update": mode}}}
    setup = a_setup(_ORG, field_mapping=_ROWS, creation_rules=rules)
    assert changes_of_existing(SObject.LEAD, a_work(said()), there, mode, setup).filled == filled


@pytest.mark.parametrize(
    ("there", "is_made", "phone"),
    [
        pytest.param("1", True, "2", id="its own, by a try whose answer was lost"),
        pytest.param("1", False, None, id="somebody else's who has the same"),
        pytest.param("own", True, None, id="its own, and changed since"),
    ],
)
def test_a_record_that_the_booking_made_follows_it_although_the_journal_does_not_know_it(
    there: str, is_made: bool, phone: str | None
) -> None:
    work = a_work(said(phone="1"), said(1, phone="2"), is_retry=True)
    changes = changes_of_existing(SObject.LEAD, work, {"Phone": there}, "fill_empty", SETUP, is_made=is_made)
    assert changes.fields.get("Phone") == phone


def since(
    *events: BookingEvent,
    there: Mapping[str, Scalar] | None = None,
    filled: tuple[str, ...] = ("Lead.Phone",),
    setup: ReadySetup = SETUP,
    is_retry: bool = False,
) -> Changes:
    """What the last of these events changes."""
    prior = a_state(*events[:-1])
    work = a_work(*events, prior=prior, records=Records(filled=filled), is_retry=is_retry)
    return changes_since(SObject.LEAD, work, prior, there, setup)


def test_where_the_booking_overrides_only_what_changed_is_written() -> None:
    changes = since(said(), said(1, Kind.CANCELED, phone="2"))
    assert changes.fields == {"Phone": "2", "Status__c": "Canceled"}


@pytest.mark.parametrize(
    ("there", "phone"),
    [
        pytest.param("1", "2", id="what the booking had put there"),
        pytest.param(None, "2", id="nothing"),
        pytest.param(" ", "2", id="spaces"),
        pytest.param("1234567890", "2", id="our placeholder"),
        pytest.param("own", None, id="the org's own"),
    ],
)
def test_where_it_fills_a_field_follows_the_booking_that_filled_it(there: Scalar, phone: str | None) -> None:
    changes = since(said(phone="1"), said(1, phone="2"), there={"Phone": there})
    assert changes.fields.get("Phone") == phone


def test_filling_heeds_that_placeholders_may_count_as_values() -> None:
    setup = a_setup(matching={"placeholders_count_as_empty": False})
    assert since(said(phone="1"), said(1, phone="2"), there={"Phone": "1234567890"}, setup=setup).fields == {}


def test_booking_data_moves_on_in_both_modes() -> None:
    assert since(said(), said(1, Kind.CANCELED), there={"Status__c": "own"}).fields == {"Status__c": "Canceled"}


def test_a_new_loss_is_told_and_an_old_one_is_not_told_again() -> None:
    first, second = said(phone="1" * 41), said(1, phone="1" * 42)
    assert [warning.field for warning in since(said(), first).warnings] == ["Phone"]
    assert [warning.field for warning in since(first, second).warnings] == ["Phone"]
    assert since(first, said(1, phone="1" * 41, company="Acme")).warnings == ()
    cut, again = said(company="A" * 256), said(1, company="B" * 256)
    assert [warning.field for warning in since(cut, again).warnings] == ["Company"]


def test_a_repeated_try_says_all_again_because_the_one_before_may_have_said_something_else() -> None:
    events = (said(phone="1"), said(1, phone="2"), said(2, phone="1"))
    prior = a_state(events[0])
    work = a_work(*events, prior=prior, is_retry=True)
    assert changes_since(SObject.LEAD, work, prior, None, SETUP).fields == {
        "Email": "lea@acme.example",
        "Phone": "1",
        "Status__c": "Scheduled",
    }


@pytest.mark.parametrize(
    ("there", "phone"), [("2", "3"), ("own", None)], ids=["what a try before it has put there", "the org's own"]
)
def test_a_repeated_try_fills_what_the_one_before_had_filled(there: str, phone: str | None) -> None:
    events = (said(phone="1"), said(1, phone="2"), said(2, phone="3"))
    prior, filled = a_state(events[0]), Records(filled=("Lead.Phone",))
    known = a_work(*events, prior=prior, records=filled, is_retry=True)
    assert changes_since(SObject.LEAD, known, prior, {"Phone": there}, SETUP).fields.get("Phone") == phone
    unknown = a_work(*events, records=filled)
    changes = changes_of_existing(SObject.LEAD, unknown, {"Phone": there}, "fill_empty", SETUP)
    assert changes.fields.get("Phone") == phone


def test_what_is_lost_of_booking_data_is_told_too() -> None:
    setup = a_setup(field_mapping=rows_with({"booking": "subject", "object": "Lead", "field": "Status__c"}))
    changes = since(an_event(), an_event(minute=1, subject="S" * 256), setup=setup)
    assert [warning.field for warning in changes.warnings] == ["Status__c"]


@pytest.mark.parametrize(
    ("events", "is_retry", "is_changed"),
    [
        pytest.param((said(), said(1, Kind.CANCELED)), False, False, id="the booking alone"),
        pytest.param((said(phone="1"), said(1, phone="2")), False, True, id="the customer's phone"),
        pytest.param((said(phone="1"), said(1, phone=None)), False, False, id="silence"),
        pytest.param((said(), said(1, Kind.CANCELED)), True, True, id="a try before may have said something else"),
    ],
)
def test_whether_the_customer_says_something_else_of_himself(
    events: tuple[BookingEvent, ...], is_retry: bool, is_changed: bool
) -> None:
    prior = a_state(events[0])
    work = a_work(*events, prior=prior, is_retry=is_retry)
    assert customer_data_changed(SObject.LEAD, work, prior, SETUP) is is_changed
