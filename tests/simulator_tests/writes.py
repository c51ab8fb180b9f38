"""Requests of the atomicity machine: what they write, how they are sent, and what their answers claim."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

Verb = Literal["create", "update", "delete", "upsert"]
KEYS = {
    "Lead": "Bookforce_Booking_Id__c",
    "Contact": "Bookforce_Booking_Id__c",
    "Account": "Bookforce_Account_Key__c",
}
HALTED = "The transaction was rolled back since another operation in the same transaction failed."


@dataclass(frozen=True, slots=True)
class Write:
    """One record to be written: `id` names it for update and delete, `key` for upsert."""

    verb: Verb
    object: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    key: str = ""

    def single(self) -> tuple[str, str, Any]:
        """Method, path and body as a request of its own."""
        place = f"/sobjects/{self.object}"
        if self.verb == "create":
            return "POST", place, self.fields
        if self.verb == "delete":
            return "DELETE", f"{place}/{self.id}", None
        address = self.id if self.verb == "update" else f"{KEYS[self.object]}/{quote(self.key)}"
        return "PATCH", f"{place}/{address}", self.fields

    def record(self) -> dict[str, Any]:
        """The record as collections take it."""
        named = {"id": self.id} if self.verb == "update" else {}
        keyed = {KEYS[self.object]: self.key} if self.verb == "upsert" else {}
        return {"attributes": {"type": self.object}, **self.fields, **named, **keyed}


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says about one record."""

    done: bool
    id: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One request, or one subrequest of a composite: a single write, a collection of them, or a query."""

    writes: tuple[Write, ...] = ()
    collection: bool = False
    all_or_none: bool = False

    def request(self) -> tuple[str, str, Any]:
        if not self.writes:
            return "GET", "/query?q=SELECT+Id,Name+FROM+Lead+ORDER+BY+Id", None
        return self._collection() if self.collection else self.writes[0].single()

    def _collection(self) -> tuple[str, str, Any]:
        first = self.writes[0]
        if first.verb == "delete":
            ids = ",".join(write.id for write in self.writes)
            return "DELETE", f"/composite/sobjects?ids={ids}&allOrNone={str(self.all_or_none).lower()}", None
        body = {"allOrNone": self.all_or_none, "records": [write.record() for write in self.writes]}
        if first.verb == "upsert":
            return "PATCH", f"/composite/sobjects/{first.object}/{KEYS[first.object]}", body
        return "POST" if first.verb == "create" else "PATCH", "/composite/sobjects", body

    def claims(self, status: int, body: Any) -> list[Claim]:
        """Read the answer: one claim for each write."""
        if status >= 300:
            return [Claim(done=False, code=body[0]["errorCode"])] * len(self.writes)
        if self.collection:
            return [_claim(result) for result in body]
        return [Claim(done=True, id=body["id"] if body else write.id) for write in self.writes]

    def failed(self, status: int, body: Any) -> bool:
        """Whether anything of it failed; a collection answers 200 even so."""
        return status >= 300 or not all(claim.done for claim in self.claims(status, body))


def _claim(result: Mapping[str, Any]) -> Claim:
    if result["success"]:
        return Claim(done=True, id=result["id"])
    return Claim(done=False, code=result["errors"][0]["statusCode"])


def was_halted(status: int, body: Any) -> bool:
    """Whether a subrequest was undone, or never tried, because another one failed."""
    return status == 400 and body == [{"errorCode": "PROCESSING_HALTED", "message": HALTED}]
