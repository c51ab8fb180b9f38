"""Writes for tests of the seam, and the org's answers to them."""

from typing import Any

from config.load import load_ruleset
from rules.installation import resolve_installation
from rules.plan import FieldValue, Known, New, Record, SObject, Write
from tests.builders import objects
from worker.errors import Rejected, SyncError
from worker.salesforce.results import Failed

INSTALLATION = resolve_installation(load_ruleset(None).installation, objects())
BASE = "/services/data/v62.0"
BOOKING_KEY, ACCOUNT_KEY = "Bookforce_Booking_Id__c", "Bookforce_Account_Key__c"

PREFIXES = {
    SObject.ACCOUNT: "001",
    SObject.LEAD: "00Q",
    SObject.CONTACT: "003",
    SObject.CASE: "500",
    SObject.EVENT: "00U",
}


def new(obj: SObject, key: str = "BKNG-1") -> New:
    """A record that is to be created."""
    return New(object=obj, key=key)


def known(obj: SObject, number: int = 1) -> Known:
    """A record that is there."""
    return Known(object=obj, id=an_id(obj, number))


def an_id(obj: SObject, number: int = 1) -> str:
    """An id of 18 characters."""
    return f"{PREFIXES[obj]}5e{number:010d}AAA"


def write(record: Record, *, auto_assign: bool = False, **fields: FieldValue) -> Write:
    """The record with these fields."""
    return Write(record=record, fields=fields, auto_assign=auto_assign)


def contact_booking(key: str = "BKNG-1") -> list[Write]:
    """A new Account, Contact, Case and Event, each naming the one before it."""
    account, contact = new(SObject.ACCOUNT, f"acme {key}"), new(SObject.CONTACT, key)
    case, event = new(SObject.CASE, key), new(SObject.EVENT, key)
    return [
        write(account, Name="Acme"),
        write(contact, LastName="Marin", AccountId=account),
        write(case, Subject="Demo", ContactId=contact, auto_assign=True),
        write(event, Subject="Demo", WhoId=contact, WhatId=case),
    ]


def refused(code: str, *fields: str, message: str = "no") -> list[dict[str, Any]]:
    """A body as the REST API refuses with."""
    return [{"errorCode": code, "message": message, "fields": list(fields)}]


def not_saved(code: str, *fields: str, message: str = "no") -> dict[str, Any]:
    """A result as a collection refuses with."""
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": list(fields)}]}


def saved(obj: SObject, number: int = 1, *, created: bool = True) -> dict[str, Any]:
    """A result as a collection says yes."""
    return {"id": an_id(obj, number), "success": True, "errors": [], "created": created}


def an_answer(*parts: tuple[int, object]) -> dict[str, Any]:
    """A composite's answer from status and body of each part."""
    return {
        "compositeResponse": [
            {"httpStatusCode": status, "body": body, "httpHeaders": {}, "referenceId": f"x{n}"}
            for n, (status, body) in enumerate(parts)
        ]
    }


def a_failure(kind: type[SyncError] = Rejected, code: str = "STRING_TOO_LONG") -> Failed:
    """A record that is not written."""
    return Failed(kind("no", code=code))
