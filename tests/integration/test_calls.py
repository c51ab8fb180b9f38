"""The call budget (promise P6), counted by the org."""

from collections.abc import Callable

from producers.contract import BookingEvent, Change, Customer, Kind, Named, SalesforceIds
from tests.builders import a_booking, a_customer, an_event
from tests.rig import Rig

PAGES = """
[pages."BP-CONTACTS"]
object = "contact"

[pages."BP-CASES"]
object = "case"
"""
PAGE_NAMES = ("BP-LEADS", "BP-CONTACTS", "BP-CASES")


def scheduled(n: int, page: str = "BP-LEADS", **changes: object) -> BookingEvent:
    customer = Customer(name=f"Nr {n}", email=f"nr{n}@many.example", company=f"Company {n // 3}")
    facts = {"customer": customer, "page": Named(id=page)} | changes
    return an_event(booking=a_booking(f"BKNG-{n}", **facts))


def later(event: BookingEvent, kind: Kind) -> BookingEvent:
    booking = event.booking.model_copy(update={"change": Change(actor="customer", reason="No time")})
    return an_event(kind, minute=60, booking=booking)


def test_a_lone_new_booking_takes_two_calls(rig: Rig) -> None:
    rig.publish(an_event(booking=a_booking("BKNG-WARM", customer=a_customer(email="warm@up.example"))))
    rig.sync()
    rig.publish(an_event())
    assert rig.sync() == 2
    assert len(rig.records("Lead")) == len(rig.records("Event")) == 2


def test_a_cancel_of_a_known_booking_takes_one_call(rig: Rig) -> None:
    first = an_event()
    rig.publish(first)
    rig.sync()
    rig.publish(later(first, Kind.CANCELED))
    assert rig.sync() == 1
    assert rig.records("Event")[0]["ScheduleOnce__Event_status__c"] == "Canceled by Customer"


def test_200_new_bookings_over_all_pages_take_at_most_four_calls(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(PAGES)
    rig.make_ready()
    rig.publish(*(scheduled(n, PAGE_NAMES[n % 3]) for n in range(200)))
    assert rig.sync() <= 4
    assert len(rig.records("Event")) == 200
    assert len(rig.records("Lead")) == 67
    assert len(rig.records("Case")) == 66
    assert len(rig.records("Contact")) == 133
    assert len(rig.records("Account")) == 67


def test_200_bookings_of_known_people_with_assignment_rules_take_at_most_four_calls(
    make_rig: Callable[..., Rig],
) -> None:
    rules = """
[creation_rules.lead]
existing = { update = "fill_empty", assign = "assignment_rules" }
new = { assign = "assignment_rules" }

[creation_rules.case]
existing = { update = "override", assign = "assignment_rules" }
new = { assign = "assignment_rules" }
"""
    rig = make_rig(PAGES + rules)
    rig.make_ready()
    rig.org.seed("Lead", [{"LastName": f"Nr {n}", "Company": "C", "Email": f"nr{n}@many.example"} for n in range(50)])
    contacts = rig.org.seed("Contact", [{"LastName": f"C{n}", "Email": f"nr{n}@many.example"} for n in range(60, 90)])
    cases = rig.org.seed("Case", [{"Subject": "Old", "ContactId": contact} for contact in contacts])
    linked = [scheduled(n, salesforce=SalesforceIds(case=case)) for n, case in enumerate(cases, start=60)]
    others = [scheduled(n, PAGE_NAMES[n % 3]) for n in (*range(60), *range(90, 200))]
    rig.publish(*linked, *others)
    assert rig.sync() <= 4
    assert len(rig.records("Event")) == 200


def test_200_cancels_take_one_call(rig: Rig) -> None:
    first = [scheduled(n) for n in range(200)]
    rig.publish(*first)
    rig.sync()
    rig.publish(*(later(event, Kind.CANCELED) for event in first))
    assert rig.sync() == 1
    assert {row["ShowAs"] for row in rig.records("Event")} == {"Free"}


def test_the_same_events_again_change_nothing_and_cost_nothing(rig: Rig) -> None:
    events = [scheduled(n) for n in range(5)]
    assert rig.publish(*events) == [True] * 5
    rig.sync()
    before = rig.org.records("Lead"), rig.org.records("Event")
    assert rig.publish(*events) == [False] * 5
    assert rig.sync() == 0
    assert (rig.org.records("Lead"), rig.org.records("Event")) == before


def test_a_booking_whose_lead_already_says_so_writes_the_event_alone(rig: Rig) -> None:
    rig.publish(an_event(), an_event(booking=a_booking("BKNG-2"), minute=1))
    rig.sync()
    assert len(rig.records("Lead")) == 1
    assert {row["WhoId"] for row in rig.records("Event")} == {rig.records("Lead")[0]["Id"]}
