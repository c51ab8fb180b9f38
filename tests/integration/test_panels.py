"""Panel members as invitees of the Event, through real Redis and the simulated org: who, once, at what cost."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from producers.contract import BookingEvent, Kind, Owner
from tests.builders import a_booking, a_customer, an_event
from tests.integration.previews import preview_of
from tests.rig import Rig
from tests.simulator.faults import Fault, Match

ADA, BEN, CLEO, DAN = (f"{name}.rep@vendor.example" for name in ("ada", "ben", "cleo", "dan"))
INVITING = "[event]\ninvite_panel_members = true\n"

MakeRig = Callable[..., Rig]


def a_panel(
    *members: str, kind: Kind = Kind.SCHEDULED, minute: int = 0, booking_id: str = "BKNG-1", **changes: Any
) -> BookingEvent:
    facts = {"owner": Owner(email=ADA), "attendees": (ADA, "lea@acme.example", *members)} | changes
    return an_event(kind, minute=minute, booking=a_booking(booking_id, **facts))


def invitees(rig: Rig, booking_id: str = "BKNG-1") -> list[str]:
    """The invitees of the booking's Event, by what their e-mails begin with."""
    (event,) = (row for row in rig.records("Event") if row.get("Bookforce_Booking_Id__c") == booking_id)
    users = {row["Id"]: str(row["Email"]).partition(".")[0] for row in rig.org.records("User")}
    own = [row for row in rig.records("EventRelation") if row["EventId"] == event["Id"]]
    return sorted(users.get(row["RelationId"], "") for row in own)


@pytest.fixture(params=[True, False], ids=["the org refuses doubles", "the org takes doubles"])
def rig(request: pytest.FixtureRequest, make_rig: MakeRig) -> Rig:
    made = make_rig(INVITING)
    made.make_ready()
    made.org.change(same_invitee_is_refused=request.param)
    return made


def test_nobody_is_invited_where_the_setup_does_not_want_it(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.publish(a_panel(BEN))
    assert rig.sync() == 2
    assert invitees(rig) == []


def test_members_who_are_users_are_invited_in_one_more_call(rig: Rig) -> None:
    rig.publish(a_panel(BEN, CLEO, "nobody@vendor.example"))
    assert rig.sync() == 3
    assert invitees(rig) == ["ben", "cleo"]
    assert rig.states("BKNG-1") == dict.fromkeys(rig.states("BKNG-1"), "synced")


def test_a_preview_counts_and_tells_the_invitations(rig: Rig) -> None:
    event = a_panel(BEN, CLEO)
    shown = preview_of(rig, event)
    assert shown.together.total == shown.bookings[0].alone.total == 3
    assert "panel members who are Salesforce users, invited to the Event: 2" in shown.bookings[0].shown.because
    rig.publish(event)
    assert rig.sync() == 3
    changed = a_panel(CLEO, kind=Kind.RESCHEDULED, minute=1)
    assert preview_of(rig, changed).together.total == 3
    rig.publish(changed)
    assert rig.sync() == 3


def test_a_booking_without_a_panel_costs_what_it_costs(rig: Rig) -> None:
    rig.publish(a_panel())
    assert rig.sync() == 2
    rig.publish(a_panel(kind=Kind.CANCELED, minute=1))
    assert rig.sync() == 1


def test_later_events_with_the_same_panel_take_no_more_calls(rig: Rig) -> None:
    rig.publish(a_panel(BEN))
    rig.sync()
    for minute, kind in enumerate((Kind.RESCHEDULED, Kind.CANCELED), start=1):
        rig.publish(a_panel(BEN, kind=kind, minute=minute))
        assert rig.sync() == 1
    assert invitees(rig) == ["ben"]


def test_invitees_follow_the_panel_and_others_stay(rig: Rig) -> None:
    rig.publish(a_panel(BEN, CLEO))
    rig.sync()
    (event,) = (row["Id"] for row in rig.records("Event") if not row["IsChild"])
    rig.org.seed(
        "EventRelation", [{"EventId": event, "RelationId": rig.user("eva.rep@vendor.example"), "IsInvitee": True}]
    )
    rig.publish(a_panel(CLEO, DAN, kind=Kind.RESCHEDULED, minute=1))
    assert rig.sync() == 3
    assert invitees(rig) == ["cleo", "dan", "eva"]


def test_whoever_takes_the_booking_over_is_no_invitee_and_whoever_gave_it_away_neither(rig: Rig) -> None:
    rig.publish(a_panel(BEN, CLEO))
    rig.sync()
    rig.publish(a_panel(BEN, CLEO, kind=Kind.REASSIGNED, minute=1, owner=Owner(email=BEN)))
    rig.sync()
    assert invitees(rig) == ["cleo"]


def test_the_customer_and_his_guests_are_not_of_the_panel(rig: Rig) -> None:
    rig.publish(a_panel(BEN, CLEO, customer=a_customer(email=BEN, guests=(CLEO,))))
    assert rig.sync() == 2
    assert invitees(rig) == []


@pytest.mark.parametrize("lost", range(1, 4), ids=["the read", "the write", "the invitations"])
@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
def test_an_answer_that_is_lost_doubles_nobody(rig: Rig, effect: Any, lost: int) -> None:
    rig.publish(a_panel(BEN, CLEO))
    rig.org.set_faults(Fault(effect=effect, match=Match(path_contains="/composite", nth=lost)))
    rig.sync(retries=2)
    assert invitees(rig) == ["ben", "cleo"]
    assert rig.journal.counts()["synced"] == 1


@pytest.mark.parametrize("lost", range(1, 4), ids=["the write", "the read of invitees", "the invitations"])
@pytest.mark.parametrize("effect", ["drop_before", "drop_after"])
def test_a_change_of_the_panel_whose_answer_is_lost_comes_to_the_same(rig: Rig, effect: Any, lost: int) -> None:
    rig.publish(a_panel(BEN, CLEO))
    rig.sync()
    rig.publish(a_panel(CLEO, DAN, kind=Kind.RESCHEDULED, minute=1))
    rig.org.set_faults(Fault(effect=effect, match=Match(path_contains="/composite", nth=lost)))
    rig.sync(retries=2)
    assert invitees(rig) == ["cleo", "dan"]


def test_whom_a_lost_try_invited_goes_when_he_is_off_the_panel_before_the_next(rig: Rig) -> None:
    rig.publish(a_panel(BEN))
    rig.org.set_faults(Fault(effect="drop_after", match=Match(path_contains="/composite", nth=3)))
    rig.sync()
    assert invitees(rig) == ["ben"]
    rig.publish(a_panel(CLEO, kind=Kind.RESCHEDULED, minute=1))
    rig.sync(retries=2)
    assert invitees(rig) == ["cleo"]


def test_an_event_that_is_put_back_gets_its_invitees_again(rig: Rig) -> None:
    rig.publish(a_panel(BEN))
    rig.sync()
    for row in rig.records("Event"):
        rig.change_record("Event", row["Id"], IsDeleted=True)
    rig.publish(a_panel(BEN, kind=Kind.RESCHEDULED, minute=1))
    rig.sync(retries=1)
    assert invitees(rig) == ["ben"]


def test_an_event_that_the_journal_does_not_know_gets_its_invitees_too(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.publish(a_panel(BEN))
    rig.sync()
    inviting = make_rig(INVITING)
    inviting.publish(a_panel(BEN), a_panel(BEN, kind=Kind.RESCHEDULED, minute=1))
    inviting.sync()
    assert invitees(inviting) == ["ben"]


def refused(codes: Sequence[str], rig: Rig) -> bool:
    (end,) = rig.ends("BKNG-1").values()
    return [warning["code"] for warning in end["warnings"]] == list(codes)


def test_a_member_whom_salesforce_refuses_is_told_and_holds_nothing_up(rig: Rig) -> None:
    fault = Fault(
        effect="error",
        status=400,
        code="INSUFFICIENT_ACCESS_OR_READONLY",
        message="no",
        match=Match(object="EventRelation", times=1),
    )
    rig.org.set_faults(fault)
    rig.publish(a_panel(BEN, CLEO))
    rig.sync()
    assert invitees(rig) == ["cleo"]
    assert refused(["INVITEE_REFUSED"], rig)


def test_an_org_that_hides_invitees_takes_bookings_all_the_same(rig: Rig) -> None:
    rig.org.change(hidden_objects=("EventRelation",))
    rig.publish(a_panel(BEN))
    rig.sync()
    rig.publish(a_panel(CLEO, kind=Kind.RESCHEDULED, minute=1))
    rig.sync()
    assert invitees(rig) == []
    codes = [warning["code"] for end in rig.ends("BKNG-1").values() for warning in end.get("warnings", [])]
    assert codes == ["INVITEE_REFUSED"] * 2
    assert set(rig.states("BKNG-1").values()) == {"synced"}


def test_a_lock_on_an_invitee_is_tried_again(rig: Rig) -> None:
    rig.org.set_faults(Fault(effect="row_lock", match=Match(object="EventRelation", times=1)))
    rig.publish(a_panel(BEN))
    rig.sync(retries=1)
    assert invitees(rig) == ["ben"]
    assert refused([], rig)


def test_the_invitations_of_a_batch_take_one_call_together(rig: Rig) -> None:
    rig.publish(
        *(
            a_panel(BEN, CLEO, booking_id=f"BKNG-{n}", customer=a_customer(email=f"nr{n}@many.example"))
            for n in range(200)
        )
    )
    assert rig.sync() <= 5
    assert {len(invitees(rig, f"BKNG-{n}")) for n in (0, 99, 199)} == {2}
    assert len(rig.records("EventRelation")) == 400
    rig.publish(
        *(
            a_panel(
                CLEO,
                DAN,
                kind=Kind.RESCHEDULED,
                minute=1,
                booking_id=f"BKNG-{n}",
                customer=a_customer(email=f"nr{n}@many.example"),
            )
            for n in range(200)
        )
    )
    assert rig.sync() == 3
    assert invitees(rig, "BKNG-7") == ["cleo", "dan"]
    assert len(rig.records("EventRelation")) == 400
