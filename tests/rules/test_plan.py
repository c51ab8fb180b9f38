from rules.plan import New, Records, SObject
from tests.rules.records import ACCOUNT, CASE, CONTACT, EVENT, LEAD


def test_objects_are_in_the_order_in_which_their_records_are_written() -> None:
    order = list(SObject)
    assert order.index(SObject.ACCOUNT) < order.index(SObject.CONTACT) < order.index(SObject.CASE)
    assert order[-1] is SObject.EVENT


def test_records_are_called_what_a_reader_can_look_up() -> None:
    assert str(LEAD) == "Lead 00Q000000000001EAA"
    assert str(New(object=SObject.LEAD, key="BKNG-1")) == "new Lead"


def test_all_records_of_a_booking_are_those_that_it_has() -> None:
    assert Records(lead=LEAD, event=EVENT).all == (LEAD, EVENT)
    assert Records(account=ACCOUNT, contact=CONTACT, case=CASE).all == (ACCOUNT, CONTACT, CASE)


def test_the_person_of_a_booking_is_its_lead_or_its_contact() -> None:
    assert Records(lead=LEAD).person == LEAD
    assert Records(contact=CONTACT).person == CONTACT
    assert Records().person is None
