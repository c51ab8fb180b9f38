"""What goes wrong at Salesforce: nothing twice, nothing lost, no neighbour harmed (promises P2, P4, P7, P8)."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from producers.contract import BookingEvent, Kind
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig
from tests.simulator.faults import Effect, Fault, Match
from worker.errors import Rejected
from worker.outcome import Skipped
from worker.pipeline import sync_batch
from worker.salesforce.session import SalesforceSession
from worker.settling import to_settlement

WRITE = Match(method="POST", path_contains="composite", nth=2)
"""The second composite of a new booking: the first one reads."""


def refused(obj: str, nth: int, code: str, field: str) -> Fault:
    """The n-th record of the object that is written is refused."""
    return Fault(effect="error", match=Match(object=obj, nth=nth), status=400, code=code, message="No", fields=(field,))


def customers(count: int, **changes: object) -> list[BookingEvent]:
    return [
        an_event(booking=a_booking(f"BKNG-{n}", customer=a_customer(email=f"nr{n}@acme.example", **changes)))
        for n in range(count)
    ]


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "html_503", "truncate", "expire_session"])
@pytest.mark.parametrize("count", [1, 30], ids=["few", "many"])
def test_a_write_whose_answer_was_lost_is_not_done_twice(rig: Rig, effect: Effect, count: int) -> None:
    rig.make_ready()
    rig.org.set_faults(Fault(effect=effect, match=WRITE))
    rig.publish(*customers(count))
    rig.sync(retries=1)
    assert len(rig.records("Lead")) == len(rig.records("Event")) == count
    assert rig.journal.counts()["synced"] == count


@pytest.mark.parametrize("effect", ["drop_before", "drop_after", "html_503", "truncate"])
def test_a_lookup_that_failed_is_never_taken_for_not_found(rig: Rig, effect: Effect) -> None:
    rig.make_ready()
    rig.org.seed("Lead", [{"LastName": "Old", "Company": "C", "Email": "lea@acme.example"}])
    rig.org.set_faults(Fault(effect=effect, match=Match(path_contains="composite", nth=1)))
    rig.publish(an_event())
    rig.sync()
    assert not rig.records("Event")
    rig.sync(retries=1)
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1


@pytest.mark.parametrize("count", [3, 40], ids=["few", "many"])
def test_a_rejected_record_parks_its_booking_and_no_other(rig: Rig, count: int) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Lead", 2, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Phone"))
    rig.publish(*customers(count))
    rig.sync()
    assert rig.journal.counts()["synced"] == count - 1
    (parked,) = rig.journal.parked()
    booking = rig.journal.find_booking_of(parked)
    assert booking
    cause = rig.ends(booking)[parked]["cause"]
    assert cause == {
        "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "object": "Lead",
        "field": "Phone",
        "message": "No",
    }
    assert len(rig.records("Lead")) == len(rig.records("Event")) == count - 1


@pytest.mark.parametrize("count", [1, 40], ids=["few", "many"])
def test_a_lead_is_kept_when_its_event_is_refused(rig: Rig, count: int) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Event", 1, "FIELD_INTEGRITY_EXCEPTION", "WhoId"))
    rig.publish(*customers(count))
    rig.sync()
    assert len(rig.records("Lead")) == count
    assert len(rig.records("Event")) == count - 1
    assert rig.journal.counts()["parked"] == 1


def test_a_later_event_of_a_parked_booking_takes_its_place(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Event", 1, "FIELD_INTEGRITY_EXCEPTION", "WhoId"))
    rig.publish(an_event(event_id="FIRST"))
    rig.sync()
    assert rig.states("BKNG-1") == {"FIRST": "parked"}
    rig.publish(an_event(Kind.RESCHEDULED, minute=5, event_id="SECOND"))
    rig.sync()
    assert rig.states("BKNG-1") == {"FIRST": "superseded", "SECOND": "synced"}
    assert rig.journal.counts()["parked"] == 0
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 1


def test_a_locked_row_is_tried_again_and_costs_the_neighbours_nothing(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_faults(refused("Lead", 1, "UNABLE_TO_LOCK_ROW", "Id"))
    rig.publish(*customers(3))
    rig.sync()
    assert rig.journal.counts() | {"waiting": 1, "synced": 2} == rig.journal.counts()
    rig.sync(retries=1)
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 3


def test_at_the_api_limit_bookings_wait_without_losing_an_attempt(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_usage(100_000)
    rig.publish(*customers(5))
    rig.sync(retries=20)
    assert rig.journal.counts() | {"waiting": 5, "parked": 0} == rig.journal.counts()
    rig.org.set_usage(0)
    rig.sync(retries=1)
    assert len(rig.records("Event")) == 5


def test_half_of_a_batch_refused_costs_the_other_half_nothing(rig: Rig) -> None:
    rig.make_ready()
    match = Match(object="Lead", probability=0.5, seed=7)
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    rig.org.set_faults(Fault(effect="error", match=match, status=400, code=code, message="No", fields=("Phone",)))
    rig.publish(*customers(200))
    calls = rig.sync()
    counts, leads = rig.journal.counts(), rig.records("Lead")
    assert 50 < counts["parked"] < 150
    assert counts["parked"] + counts["synced"] == 200
    assert len(leads) == len(rig.records("Event")) == counts["synced"]
    assert calls <= 4


def test_an_org_that_is_full_takes_changes_while_new_bookings_wait(rig: Rig) -> None:
    known = an_event(booking=a_booking("BKNG-KNOWN", customer=a_customer(email="known@acme.example")))
    rig.publish(known)
    rig.sync()
    full = Fault(
        effect="error",
        match=Match(object="Lead"),
        status=400,
        code="STORAGE_LIMIT_EXCEEDED",
        message="storage limit exceeded",
    )
    rig.org.set_faults(full)
    rig.publish(*customers(3), an_event(Kind.CANCELED, minute=9, booking=known.booking))
    rig.sync(retries=30)
    assert rig.journal.counts() | {"waiting": 3, "synced": 2, "parked": 0} == rig.journal.counts()
    rig.org.set_faults()
    rig.sync(retries=1)
    assert rig.journal.counts()["synced"] == 5


def test_a_lead_converted_behind_our_back_is_followed(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    (lead,) = rig.records("Lead")
    (contact,) = rig.org.seed("Contact", [{"LastName": "Marin", "Email": "lea@acme.example"}])
    rig.change_record("Lead", lead["Id"], IsConverted=True, ConvertedContactId=contact)
    moved = a_booking(customer=a_customer(phone="+33 9"))
    rig.publish(an_event(Kind.RESCHEDULED, minute=5, booking=moved))
    rig.sync(retries=2)
    assert rig.records("Contact")[0]["Phone"] == "+33 9"
    assert rig.records("Event")[0]["ScheduleOnce__Event_status__c"] == "Rescheduled by Customer"
    assert rig.journal.counts()["parked"] == 0


def test_a_deleted_event_is_put_back_while_the_meeting_is_to_come(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.change_record("Event", rig.records("Event")[0]["Id"], IsDeleted=True)
    rig.publish(an_event(Kind.RESCHEDULED, minute=5))
    rig.sync(retries=2)
    (event,) = rig.records("Event")
    assert event["ScheduleOnce__Event_status__c"] == "Rescheduled by Customer"
    assert len(rig.records("Lead")) == 1


def test_a_deleted_event_is_not_put_back_for_a_meeting_that_is_off(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.change_record("Event", rig.records("Event")[0]["Id"], IsDeleted=True)
    rig.publish(an_event(Kind.CANCELED, minute=5))
    rig.sync(retries=2)
    assert not rig.records("Event")
    assert rig.journal.counts()["parked"] == 0


def test_a_deleted_lead_is_not_created_again_for_a_meeting_that_is_off(rig: Rig) -> None:
    rig.publish(an_event())
    rig.sync()
    rig.change_record("Lead", rig.records("Lead")[0]["Id"], IsDeleted=True)
    canceled = an_event(Kind.CANCELED, minute=5, customer=a_customer(phone="+33 9"))
    rig.publish(canceled)
    rig.sync(retries=2)
    assert not rig.records("Lead")
    assert [event["ShowAs"] for event in rig.records("Event")] == ["Free"]
    warnings = rig.ends("BKNG-1")[canceled.event_id]["warnings"]
    assert "RECORD_DELETED" in [warning["code"] for warning in warnings]


def test_a_booking_without_anybody_is_parked_with_a_reason(rig: Rig) -> None:
    nobody = a_customer(name=None, email=None, company=None)
    rig.publish(an_event(booking=a_booking(customer=nobody), event_id="NOBODY"))
    rig.sync()
    assert rig.ends("BKNG-1")["NOBODY"]["cause"]["code"] == "NO_CUSTOMER"


def test_a_claim_that_lapsed_cannot_settle(rig: Rig) -> None:
    rig.publish(an_event())
    claim = rig.journal.claim(timedelta(0))
    rig.journal.sweep()
    again = rig.journal.claim(timedelta(minutes=1))
    assert [customer.key for customer in again.customers] == [customer.key for customer in claim.customers]
    (booking,) = claim.bookings
    settlement = to_settlement(booking, Skipped(because="late"), timedelta(days=1), rig.here.tools.clock())
    assert rig.journal.settle(claim, {booking.id: settlement}).lost == (claim.customers[0].key,)
    assert rig.journal.settle(again, {booking.id: settlement}).lost == ()


def test_a_lookup_that_salesforce_refuses_parks_the_booking_that_brings_it_about_and_no_other(rig: Rig) -> None:
    rig.make_ready()
    rig.publish(*customers(9))
    ready = rig.here.ready()
    assert ready
    poisoned = _Poisoned(rig.here.tools.session)
    sync_batch(replace(rig.here.tools, session=cast("SalesforceSession", poisoned)), ready, lambda: None)
    assert rig.journal.counts() | {"synced": 8, "parked": 1} == rig.journal.counts()
    (parked,) = rig.journal.parked()
    assert "BKNG-4" in parked


class _Poisoned:
    """A session to an org that refuses every query about one customer."""

    def __init__(self, session: SalesforceSession) -> None:
        self._session = session
        self.base_path = session.base_path
        self.meter = session.meter

    def post(self, path: str, body: object) -> object:
        if "SELECT" in str(body) and "nr4%40acme.example" in str(body):
            raise Rejected("unexpected token", code="MALFORMED_QUERY")
        return self._session.post(path, body)


def test_a_limit_met_while_reading_pauses_every_worker(rig: Rig) -> None:
    rig.make_ready()
    rig.org.set_usage(100_000)
    rig.publish(*customers(1))
    rig.sync()
    rig.publish(*customers(3))
    assert rig.journal.claim(timedelta(0)).customers == ()


def test_an_error_nobody_knows_on_the_whole_call_parks_nobody(rig: Rig) -> None:
    rig.make_ready()
    fault = Fault(effect="error", match=Match(path_contains="composite", nth=1), status=403, code="SOME_NEW_CODE")
    rig.org.set_faults(fault)
    rig.publish(*customers(3))
    rig.sync(retries=1)
    assert rig.journal.counts() | {"synced": 3, "parked": 0} == rig.journal.counts()


def test_two_bookings_that_name_one_email_by_now_make_one_lead(rig: Rig) -> None:
    new = a_customer(email="new@acme.example")
    rig.publish(
        an_event(booking=a_booking("BKNG-A", customer=a_customer(email="old@acme.example"))),
        an_event(Kind.RESCHEDULED, minute=1, booking=a_booking("BKNG-A", customer=new)),
        an_event(booking=a_booking("BKNG-B", customer=new)),
    )
    rig.sync()
    assert [lead["Email"] for lead in rig.records("Lead")] == ["new@acme.example"]
    assert len(rig.records("Event")) == 2
