"""Laws of the rules as a whole."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.contract import BookingEvent, Kind, Owner, SalesforceIds
from rules.batch import plan_customer
from rules.lifecycle import fold
from rules.plan import Plan, SObject
from rules.ready import ReadySetup
from rules.snapshot import identity
from tests.builders import NOW, a_customer, a_field, a_setup, an_event, objects
from tests.rules.histories import deliveries, histories
from tests.rules.org import QUEUE, Org, Row, break_off, facts, id_for, sync, sync_events
from tests.rules.setups import rows_with
from worker.claims import ClaimedBooking
from worker.errors import Transient
from worker.salesforce.results import Failed, Results
from worker.settling import noted_records

# How long an example takes says nothing about the rules.
law = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

_ROWS = rows_with(
    {"booking": "event_status", "object": "Lead", "field": "Status__c"},
    {"booking": "answer:color", "object": "Lead", "field": "Color__c"},
)
_EMPTY: Row = {"LastName": "M.", "Email": "lea@acme.example", "Company": "Unspecified", "Phone": None}
_OWN: Row = {"FirstName": "Léa", "LastName": "M.", "Email": "LEA@ACME.EXAMPLE", "Company": "Acme SA", "Phone": "own"}
_SAME: Row = {"FirstName": "Lea", "LastName": "Marin", "Email": "lea@acme.example", "Company": "Acme", "Phone": "+33 1"}
_UPDATES = ("override", "fill_empty")
_ASSIGNMENTS = ("keep", "booking_owner", "assignment_rules")


def a_start(**people: Row) -> Org:
    """An org with every company's Account and with these people."""
    org = Org(spec=objects(Lead=(a_field("Color__c"),)))
    for company in ("Acme", "Globex", "Unspecified"):
        org = org.with_row(SObject.ACCOUNT, company, Name=company)
    for obj, row in people.items():
        org = org.with_row(SObject(obj), "Lea", **row)
    return org


@cache
def a_setup_for(page: str, update: str, existing: str, new: str, on_unmapped: str, *, create_event: bool) -> ReadySetup:
    """A setup with one choice for every record and one page."""
    contact = {"update": update, "assign": "keep" if existing == "assignment_rules" else existing}
    own = {"existing": {"update": update, "assign": existing}, "new": {"assign": new}}
    return a_setup(
        objects(Lead=(a_field("Color__c"),)),
        creation_rules={"lead": own, "contact": {"existing": contact}, "case": own},
        field_mapping=_ROWS,
        owners={"on_unmapped": on_unmapped, "fallback_user": "ben@vendor.example"},
        pages={"default": {"object": page, "create_event": create_event}},
    )


def setups(page: str, on_unmapped: str = "api_user") -> st.SearchStrategy[ReadySetup]:
    """All choices of the creation matrix."""
    choices = (_UPDATES, _ASSIGNMENTS, _ASSIGNMENTS[1:])
    return st.builds(
        a_setup_for, st.just(page), *map(st.sampled_from, choices), st.just(on_unmapped), create_event=st.booleans()
    )


def assert_same_end(
    start: Org, events: list[BookingEvent], delivered: Iterable[list[BookingEvent]], setup: ReadySetup
) -> None:
    in_version_order, _ = sync_events(start, [[event] for event in events], setup)
    as_delivered, _ = sync_events(start, delivered, setup)
    assert facts(as_delivered) == facts(in_version_order)


@law
@given(st.data())
def test_any_order_and_any_duplicates_of_events_fold_to_one_state(data: st.DataObject) -> None:
    events = data.draw(histories())
    delivered = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=3))]))
    assert fold(delivered) == fold(events)


_STARTS = {
    "nobody": a_start(),
    "a Lead with empty fields": a_start(Lead=_EMPTY),
    "a Lead with own values": a_start(Lead=_OWN),
    "a Lead that says the same": a_start(Lead=_SAME),
    "a Contact with own values": a_start(Contact=_OWN),
    "a Contact that says the same": a_start(Contact=_SAME),
    "a Case and its Contact": a_start(
        Contact=_OWN, Case={"ContactId": id_for(SObject.CONTACT, "Lea"), "Subject": "Help"}
    ),
    "a Case without Contact": a_start(Case={"Subject": "Help", "Description": "It broke"}),
    "a Case of another Contact": a_start(
        Contact=_OWN, Case={"ContactId": id_for(SObject.CONTACT, "Kim"), "Subject": "Help"}
    ).with_row(SObject.CONTACT, "Kim", LastName="Doe", Email="kim@acme.example"),
}
_PAGES = ("lead", "contact", "case")
_CASE_LINK = SalesforceIds(case=id_for(SObject.CASE, "Lea"))


@law
@given(
    st.sampled_from(sorted(_STARTS)),
    st.data(),
)
def test_events_of_a_lead_page_may_arrive_in_any_order(known: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups("lead")), data.draw(histories())
    assert_same_end(_STARTS[known], events, data.draw(deliveries(events)), setup)


@law
@given(st.sampled_from(sorted(_STARTS)), st.data())
def test_events_of_a_contact_page_may_arrive_in_any_order(known: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups("contact")), data.draw(histories(company=st.just("Acme")))
    assert_same_end(_STARTS[known], events, data.draw(deliveries(events)), setup)


@law
@given(st.sampled_from(sorted(_STARTS)), st.data())
def test_events_of_a_case_page_may_arrive_in_any_order(known: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups("case")), data.draw(histories(company=st.just("Acme")))
    assert_same_end(_STARTS[known], events, data.draw(deliveries(events)), setup)


@law
@given(st.sampled_from(sorted(_STARTS)), st.data())
def test_events_of_a_link_to_a_case_may_arrive_in_any_order(known: str, data: st.DataObject) -> None:
    page = data.draw(st.sampled_from(("lead", "contact", "case", "none")))
    events = data.draw(histories(company=st.just("Acme"), salesforce=_CASE_LINK))
    assert_same_end(_STARTS[known], events, data.draw(deliveries(events)), data.draw(setups(page)))


@law
@given(st.sampled_from(("lead", "case")), st.data())
def test_a_new_customer_may_change_his_email_in_any_order(page: str, data: st.DataObject) -> None:
    setup, emails = data.draw(setups(page)), st.sampled_from((None, "lea@acme.example", "lea@home.example"))
    events = data.draw(histories(email=emails, company=st.just("Acme")))
    assert_same_end(_STARTS["nobody"], events, data.draw(deliveries(events)), setup)


@law
@given(st.sampled_from(("skip", "fallback_user")), st.data())
def test_order_does_not_matter_whatever_happens_to_unmapped_owners(on_unmapped: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups("lead", on_unmapped)), data.draw(histories())
    assert_same_end(_STARTS["nobody"], events, data.draw(deliveries(events)), setup)


@law
@given(st.sampled_from(_PAGES), st.sampled_from(sorted(_STARTS)), st.data())
def test_planning_again_after_applying_plans_nothing(page: str, known: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups(page)), data.draw(histories(salesforce=_CASE_LINK))
    org, booking = sync_events(_STARTS[known], data.draw(deliveries(events)), setup)
    again = replace(booking, pending=(events[-1],)).work()
    for decision in plan_customer([again], org.read([again], setup), setup, NOW):
        assert not isinstance(decision, Plan) or not decision.writes


@law
@given(st.sampled_from(_PAGES), st.sampled_from(sorted(_STARTS)), st.data())
def test_planning_again_without_a_journal_leaves_the_org_as_it_is(page: str, known: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups(page)), data.draw(histories(salesforce=_CASE_LINK))
    org, _ = sync_events(_STARTS[known], [events], setup)
    again, _ = sync_events(org, [events], setup)
    assert facts(again) == facts(org)


@law
@given(st.sampled_from(_PAGES), st.sampled_from(sorted(_STARTS)), st.data())
def test_tries_that_broke_off_anywhere_make_no_difference(page: str, known: str, data: st.DataObject) -> None:
    setup, events = data.draw(setups(page)), data.draw(histories(company=st.just("Acme")))
    smooth, _ = sync_events(_STARTS[known], [[event] for event in events], setup)
    org, booking = _STARTS[known], ClaimedBooking(id="BKNG-1", pending=())
    for event in data.draw(st.permutations(events)):
        booking = replace(booking, pending=(*booking.pending, event))
        for written in data.draw(st.lists(st.integers(0, 4), max_size=2)):
            org, booking = break_off(org, booking, setup, written)
        if data.draw(st.booleans()):
            org, (booking,), _ = sync(org, [booking], setup)
    org, _, _ = sync(org, [booking], setup)
    assert facts(org) == facts(smooth)


@law
@given(st.sampled_from(_PAGES), st.sampled_from(sorted(_STARTS)), st.data())
def test_bookings_of_a_batch_end_as_if_one_had_come_after_the_other(page: str, known: str, data: st.DataObject) -> None:
    setup, org = data.draw(setups(page)), _STARTS[known]
    first = data.draw(histories("BKNG-1"))
    second = data.draw(histories("BKNG-2", replaces=data.draw(st.sampled_from((None, "BKNG-1")))))
    bookings = [ClaimedBooking(id=events[0].booking.id, pending=tuple(events)) for events in (first, second)]
    together, _, _ = sync(org, bookings, setup)
    apart, (settled,), _ = sync(org, bookings[:1], setup)
    replaced = settled.records if second[0].booking.replaces else None
    apart, _, _ = sync(apart, [replace(bookings[1], replaced=replaced)], setup)
    assert facts(together) == facts(apart)


def test_filling_keeps_the_orgs_own_value_even_where_the_booking_once_said_the_same() -> None:
    setup = a_setup_for("lead", "fill_empty", "keep", "booking_owner", "api_user", create_event=True)
    events = [an_event(minute=n, customer=a_customer(phone=phone)) for n, phone in enumerate(("own", "other"))]
    org, _ = sync_events(_STARTS["a Lead with own values"], [[event] for event in events], setup)
    assert org.the(SObject.LEAD)["Phone"] == "own"


def test_a_lead_of_a_try_that_knew_fewer_events_is_filled_by_what_is_known_now() -> None:
    setup = a_setup_for("lead", "fill_empty", "keep", "booking_owner", "api_user", create_event=True)
    late = an_event(customer=a_customer(name=None, first_name="Lea"))
    known = an_event(minute=1, customer=a_customer(name="Claire Marin"))
    silent = an_event(minute=2, customer=a_customer(name=None))
    smooth, _ = sync_events(_STARTS["nobody"], [[late], [known], [silent]], setup)
    tried = ClaimedBooking(id="BKNG-1", pending=(known,))
    org, tried = break_off(_STARTS["nobody"], tried, setup, 1)
    assert org.the(SObject.LEAD)["FirstName"] == "Claire"
    org, _, _ = sync(org, [replace(tried, pending=(late, known, silent))], setup)
    assert facts(org) == facts(smooth)
    assert org.the(SObject.LEAD)["FirstName"] == "Lea"


def test_a_new_account_is_the_same_in_any_order() -> None:
    setup = a_setup_for("contact", "override", "keep", "booking_owner", "api_user", create_event=True)
    ben = Owner(email="ben@vendor.example")
    events = [an_event(), an_event(Kind.REASSIGNED, minute=1, owner=ben)]
    (in_order, _), (reverse, _) = (sync_events(Org(), [[e] for e in each], setup) for each in (events, events[::-1]))
    assert facts(in_order, SObject.ACCOUNT) == facts(reverse, SObject.ACCOUNT)


def test_a_record_that_could_not_be_written_is_assigned_by_the_next_try() -> None:
    setup = a_setup_for("lead", "override", "assignment_rules", "booking_owner", "api_user", create_event=True)
    start = _STARTS["a Lead with own values"]
    booking = ClaimedBooking(id="BKNG-1", pending=(an_event(),))
    (plan,) = plan_customer([booking.work()], start.read([booking.work()], setup), setup, NOW)
    assert isinstance(plan, Plan)
    failed: Results = {identity(write.record): Failed(Transient("timed out", code="TIMEOUT")) for write in plan.writes}
    org, _, _ = sync(start, [replace(booking, records=noted_records(plan, failed, None))], setup)
    assert org.the(SObject.LEAD)["OwnerId"] == QUEUE


def test_a_claim_tells_the_rules_that_a_try_broke_off() -> None:
    tried, untried = (ClaimedBooking(id="BKNG-1", pending=(an_event(),), attempts=attempts) for attempts in (1, 0))
    assert (tried.work().is_retry, untried.work().is_retry) == (True, False)
