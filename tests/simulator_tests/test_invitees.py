from typing import Any

import pytest

from tests.simulator_tests.api import Api, a_lead, an_api, an_event, select

BEN, CLEO = "ben.rep@vendor.example", "cleo.rep@vendor.example"
LATER = "2026-11-22T15:00:00.000+0000"


def invite(api: Api, user: str, **changes: Any) -> Any:
    """Ask for an invitee of a new event, or of the one that is named."""
    event = changes.pop("EventId", None) or api.create("Event", **an_event())
    return api.post(
        "/sobjects/EventRelation", {"EventId": event, "RelationId": api.user(user), "IsInvitee": True} | changes
    ).body


def relations(api: Api, event: str) -> list[dict[str, Any]]:
    return [row for row in api.org.records("EventRelation") if row["EventId"] == event and not row["IsDeleted"]]


def children(api: Api) -> list[dict[str, Any]]:
    return [row for row in api.org.records("Event") if row["IsChild"] and not row["IsDeleted"]]


def test_an_invitee_is_new_and_can_be_queried() -> None:
    api = an_api()
    event = api.create("Event", **an_event())
    invite(api, BEN, EventId=event)
    (found,) = api.rows(select("RelationId, Status, Event.Subject", "EventRelation", f"EventId = '{event}'"))
    assert (found["RelationId"], found["Status"]) == (api.user(BEN), "New")


def test_people_and_users_can_be_invited_and_nothing_else() -> None:
    api = an_api()
    event, account = api.create("Event", **an_event()), api.create("Account", Name="Acme")
    for person in (api.create("Lead", **a_lead()), api.create("Contact", LastName="x")):
        assert invite(api, BEN, EventId=event, RelationId=person)["success"]
    (error,) = invite(api, BEN, EventId=event, RelationId=account)
    assert (error["errorCode"], error["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", ["RelationId"])
    assert (len(relations(api, event)), children(api)) == (2, [])


def test_the_owner_cannot_be_invited_too() -> None:
    api = an_api()
    event = api.create("Event", **an_event(OwnerId=api.user(BEN)))
    (error,) = invite(api, BEN, EventId=event)
    assert error["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"
    assert relations(api, event) == []


@pytest.mark.parametrize("refused", [True, False])
def test_whether_an_invitee_is_refused_the_second_time_is_a_switch(refused: bool) -> None:
    api = an_api(same_invitee_is_refused=refused)
    event = api.create("Event", **an_event())
    first, second = invite(api, BEN, EventId=event), invite(api, BEN, EventId=event)
    assert first["success"]
    assert (second[0]["errorCode"] == "DUPLICATE_VALUE") if refused else second["success"]
    assert len(relations(api, event)) == (1 if refused else 2)


def test_a_user_who_is_invited_gets_an_event_of_his_own_without_its_key() -> None:
    api = an_api()
    event = api.create("Event", **an_event(Subject="Panel", Bookforce_Booking_Id__c="b-1"))
    invite(api, BEN, EventId=event)
    (child,) = children(api)
    assert (child["Subject"], child["OwnerId"], child["StartDateTime"]) == (
        "Panel",
        api.user(BEN),
        api.read("Event", event)["StartDateTime"],
    )
    assert child.get("Bookforce_Booking_Id__c") is None
    assert api.patch("/sobjects/Event/Bookforce_Booking_Id__c/b-1", {"Subject": "Moved"}).status == 200
    (child,) = children(api)
    assert (child["Subject"], child["OwnerId"]) == ("Moved", api.user(BEN))


def test_a_child_event_has_no_invitees() -> None:
    api = an_api()
    invite(api, BEN)
    (error,) = invite(api, CLEO, EventId=children(api)[0]["Id"])
    assert error["errorCode"] == "FIELD_INTEGRITY_EXCEPTION"


def test_whoever_is_no_invitee_any_more_loses_his_event() -> None:
    api = an_api()
    relation = invite(api, BEN)["id"]
    assert api.delete(f"/sobjects/EventRelation/{relation}").status == 204
    assert children(api) == []


def test_invitees_go_and_come_back_with_their_event() -> None:
    api = an_api()
    event = api.create("Event", **an_event())
    for user in (BEN, CLEO):
        invite(api, user, EventId=event)
    api.delete(f"/sobjects/Event/{event}")
    assert (relations(api, event), children(api)) == ([], [])
    assert len(api.org.undelete([event])) == 5
    assert (len(relations(api, event)), len(children(api))) == (2, 2)


def test_a_relation_comes_back_with_its_child_event() -> None:
    api = an_api()
    relation = invite(api, BEN)["id"]
    api.delete(f"/sobjects/EventRelation/{relation}")
    api.org.undelete([relation])
    assert len(children(api)) == 1
