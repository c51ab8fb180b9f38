"""An org as a value: what a read of it shows, and what becomes of it when plans are applied."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from producers.contract import BookingEvent
from rules.batch import merge_writes, plan_customer
from rules.describe import ObjectSpec
from rules.lifecycle import in_order
from rules.lookups import Lookups, find_followed, find_lookups
from rules.plan import ByKey, Decision, FieldValue, Known, New, Plan, Record, Records, Scalar, SObject, Write
from rules.ready import ReadySetup
from rules.snapshot import Account, Case, Contact, Event, Lead, OrgSnapshot, Work, company_key, known
from tests.builders import API_USER, NOW, objects
from tests.simulator.ids import with_checksum
from worker.claims import ClaimedBooking

QUEUE = "00G000000000001AAA"
"""Who owns what assignment rules have assigned."""

BOOKING_KEY, ACCOUNT_KEY = "Bookforce_Booking_Id__c", "Bookforce_Account_Key__c"

Row = Mapping[str, Scalar]

_PREFIXES = {
    SObject.ACCOUNT: "001",
    SObject.LEAD: "00Q",
    SObject.CONTACT: "003",
    SObject.CASE: "500",
    SObject.EVENT: "00U",
}
_OBJECTS = {prefix: obj for obj, prefix in _PREFIXES.items()}
_NOT_MAPPED = {"OwnerId", "WhoId", "WhatId", "ContactId", "AccountId", "RecordTypeId", "IsReminderSet", "ShowAs"}
_TIMES = {"StartDateTime", "EndDateTime"}


def id_for(obj: SObject, key: str) -> str:
    """The id of the record that this key creates, the same in every org, so that two orgs can be compared."""
    return with_checksum((_PREFIXES[obj] + re.sub(r"\W", "", key))[:15].ljust(15, "0"))


@dataclass(frozen=True, slots=True)
class Org:
    """Records by id; `writes` counts what was written and dates it."""

    rows: Mapping[str, Row] = field(default_factory=dict)
    spec: Mapping[SObject, ObjectSpec] = field(default_factory=objects, repr=False)
    writes: int = 0

    def of(self, obj: SObject) -> list[Row]:
        """All records of the object."""
        return [row for record_id, row in self.rows.items() if record_id.startswith(_PREFIXES[obj])]

    def the(self, obj: SObject) -> Row:
        """The only record of the object."""
        (row,) = self.of(obj)
        return row

    def with_row(self, obj: SObject, name: str, **fields: Scalar) -> "Org":
        """The org with a record that somebody else has made, owned by somebody."""
        record_id = id_for(obj, name)
        return replace(self, rows={**self.rows, record_id: {"OwnerId": "005SOMEBODYELSE", **fields, "Id": record_id}})

    def after(self, writes: Iterable[Write]) -> "Org":
        """The org when these writes are done; fails where Salesforce would refuse one."""
        org = self
        for write in writes:
            org = org._written(write)
        return org

    def read(self, works: Sequence[Work], setup: ReadySetup) -> OrgSnapshot:
        """What the worker reads for these bookings: what the look-ups ask for, and no more."""
        lookups = find_lookups(works, setup, NOW)
        if not lookups:
            return OrgSnapshot()
        snapshot = self.look_up(lookups)
        return snapshot.merged(self.look_up(find_followed(works, snapshot)))

    def look_up(self, lookups: Lookups) -> OrgSnapshot:
        """The records that the look-ups name, with the Contacts that Leads and Cases point to."""
        leads = self._living(self.of(SObject.LEAD), lookups.lead_ids, lookups.emails, lookups.phones)
        cases = self._living(self.of(SObject.CASE), lookups.case_ids)
        nested = {row.get("ContactId") for row in cases} | {row.get("ConvertedContactId") for row in leads}
        contact_ids = lookups.contact_ids | {str(record_id) for record_id in nested if record_id}
        contacts = self._living(self.of(SObject.CONTACT), contact_ids, lookups.emails, lookups.phones)
        companies = {company_key(name) for name in lookups.companies}
        accounts = [row for row in self.of(SObject.ACCOUNT) if company_key(str(row["Name"])) in companies]
        events = [row for row in self.of(SObject.EVENT) if row[BOOKING_KEY] in lookups.booking_ids]
        return OrgSnapshot.of(
            merged=self._merged(lookups.lead_ids | lookups.contact_ids | lookups.case_ids),
            leads=[_lead(row) for row in leads],
            contacts=[_contact(row, self.rows.get(str(row.get("AccountId")), {})) for row in contacts],
            cases=[_case(row) for row in cases],
            accounts=[_account(row) for row in accounts],
            events=[_event(row) for row in events],
        )

    def _living(
        self, rows: list[Row], ids: set[str], emails: Collection[str] = (), phones: Collection[str] = ()
    ) -> list[Row]:
        """Those asked for that are not deleted, and those that merged ones among them were merged into."""
        named = ids | {str(row["MasterRecordId"]) for row in rows if row["Id"] in ids and row.get("MasterRecordId")}
        return [row for row in rows if not row.get("IsDeleted") and _is_wanted(row, named, emails, phones)]

    def _merged(self, ids: set[str]) -> list[tuple[Known, Known]]:
        """Those of these that were merged, and what they were merged into, with what that was merged into."""
        pairs = []
        for record_id in ids:
            loser = self.rows.get(record_id, {})
            for row in (loser, self.rows.get(str(loser.get("MasterRecordId")), {})):
                if row.get("IsDeleted") and row.get("MasterRecordId"):
                    obj = _OBJECTS[str(row["Id"])[:3]]
                    pairs.append(
                        (Known(object=obj, id=str(row["Id"])), Known(object=obj, id=str(row["MasterRecordId"])))
                    )
        return pairs

    def _written(self, write: Write) -> "Org":
        obj, record = write.record.object, write.record
        record_id = record_id_of(record)
        there = self.rows.get(record_id)
        assert there or isinstance(record, New), f"no {obj} has the id {record_id}"
        fields = {name: _reference(value) for name, value in write.fields.items()}
        self._check(obj, fields, is_new=there is None)
        base = there or {"OwnerId": API_USER, "Id": record_id, **_key(record)}
        row = {**base, **fields, "LastModifiedDate": f"{self.writes:09}"}
        if write.auto_assign:
            row["OwnerId"] = QUEUE
        assert obj is not SObject.EVENT or not (str(row.get("WhoId", "")).startswith("00Q") and row.get("WhatId"))
        return replace(self, rows={**self.rows, record_id: row}, writes=self.writes + 1)

    def _check(self, obj: SObject, fields: Row, *, is_new: bool) -> None:
        for name, value in fields.items():
            assert value is not None, f"{obj}.{name} would be blanked"
            if name in _NOT_MAPPED | _TIMES:
                assert is_new or name != "RecordTypeId", "a record type is for new records"
                continue
            spec = self.spec[obj].fields[name]
            assert is_new or spec.updateable, f"{obj}.{name} cannot be updated"
            assert not isinstance(value, str) or len(value) <= spec.length, f"{obj}.{name} is too long"
            assert "@{" not in str(value), f"{obj}.{name} reads as a reference"
        lacking = {spec.name for spec in self.spec[obj].fields.values() if spec.required} - fields.keys()
        assert not (is_new and lacking), f"{obj} lacks {lacking}"


def record_id_of(record: Record) -> str:
    """The id that the record has or will get."""
    return record.id if isinstance(record, Known) else id_for(record.object, record.key)


def facts(org: Org, *objs: SObject) -> dict[str, Row]:
    """The records of these objects (all by default) without the traces of when they were written."""
    prefixes = tuple(_PREFIXES[obj] for obj in objs or SObject)
    return {
        record_id: {name: value for name, value in row.items() if name != "LastModifiedDate"}
        for record_id, row in org.rows.items()
        if record_id.startswith(prefixes)
    }


def noted(records: Records) -> Records:
    """Records as the journal keeps them once they are written: ids, without the Account."""
    return replace(
        records,
        account=_noted(records.account),
        lead=_noted(records.lead),
        contact=_noted(records.contact),
        case=_noted(records.case),
        event=_noted(records.event),
    )


def sync(
    org: Org, bookings: Sequence[ClaimedBooking], setup: ReadySetup
) -> tuple[Org, tuple[ClaimedBooking, ...], list[Decision]]:
    """What a worker does with the pending events of one customer's bookings: read, plan, write, settle."""
    works = [work_of(booking) for booking in bookings]
    decisions = plan_customer(works, org.read(works, setup), setup, NOW)
    plans = [decision for decision in decisions if isinstance(decision, Plan)]
    settled = tuple(_settled(booking, decision) for booking, decision in zip(bookings, decisions, strict=True))
    return org.after(merge_writes(plans)), settled, decisions


def work_of(booking: ClaimedBooking) -> Work:
    """What the rules decide on."""
    return booking.work()


def break_off(org: Org, booking: ClaimedBooking, setup: ReadySetup, written: int) -> tuple[Org, ClaimedBooking]:
    """A try that ends after so many writes: the records that are new to the booking and written are noted."""
    work = work_of(booking)
    (decision,) = plan_customer([work], org.read([work], setup), setup, NOW)
    if not isinstance(decision, Plan):
        return org, booking
    booking = replace(booking, attempts=booking.attempts + 1)
    writes = merge_writes([decision])
    missing = {record_id_of(write.record) for write in writes[written:]} - _ids(booking.records)
    return org.after(writes[:written]), replace(booking, records=_without(missing, noted(decision.records)))


def sync_events(org: Org, batches: Iterable[Sequence[BookingEvent]], setup: ReadySetup) -> tuple[Org, ClaimedBooking]:
    """What one booking comes to whose events arrive in these batches, each settled before the next."""
    booking = ClaimedBooking(id="", pending=())
    for events in batches:
        pending = tuple(in_order(events))
        org, (booking,), _ = sync(org, [replace(booking, id=pending[0].booking.id, pending=pending)], setup)
    return org, booking


def _settled(booking: ClaimedBooking, decision: Decision) -> ClaimedBooking:
    """The booking as the next claim finds it: what was skipped or refused counts again when something new comes."""
    if not isinstance(decision, Plan):
        passed_over = in_order((*booking.passed_over, *booking.pending))
        return replace(booking, pending=(), passed_over=tuple(passed_over), attempts=0)
    applied = in_order((*booking.applied, *booking.passed_over, *booking.pending))
    ended = replace(booking, pending=(), passed_over=(), applied=tuple(applied), attempts=0)
    return replace(ended, records=noted(decision.records))


def _ids(records: Records | None) -> set[str]:
    own = (records.person, records.case, records.event) if records else ()
    return {record_id_of(record) for record in own if record is not None}


def _without(missing: set[str], records: Records) -> Records:
    names = ("account", "lead", "contact", "case", "event")
    lost: dict[str, Any] = {name: None for name in names if (record := getattr(records, name)) and record.id in missing}
    return replace(records, **lost)


def _noted(record: Record | None) -> Known | None:
    return known(record.object, record_id_of(record)) if record else None


def _key(record: Record) -> Row:
    if isinstance(record, Known):
        return {}
    return {ACCOUNT_KEY if record.object is SObject.ACCOUNT else BOOKING_KEY: record.key}


def _reference(value: FieldValue) -> Scalar:
    return record_id_of(value) if isinstance(value, New) else value.value if isinstance(value, ByKey) else value


def _is_wanted(row: Row, ids: set[str], emails: Collection[str], phones: Collection[str]) -> bool:
    return row["Id"] in ids or str(row.get("Email", "")).casefold() in emails or not phones_in(row).isdisjoint(phones)


def phones_in(row: Row) -> set[str]:
    """The numbers of a Lead or Contact."""
    return {str(row[name]) for name in ("Phone", "MobilePhone") if row.get(name)}


def _text(row: Row, name: str) -> str | None:
    value = row.get(name)
    return str(value) if value else None


def _lead(row: Row) -> Lead:
    return Lead(
        record=Known(object=SObject.LEAD, id=str(row["Id"])),
        email=_text(row, "Email"),
        phones=tuple(phones_in(row)),
        modified=str(row.get("LastModifiedDate", "")),
        converted=bool(row.get("IsConverted")),
        converted_contact=known(SObject.CONTACT, _text(row, "ConvertedContactId")),
        key=_text(row, BOOKING_KEY),
        values=row,
    )


def _contact(row: Row, account: Row) -> Contact:
    return Contact(
        record=Known(object=SObject.CONTACT, id=str(row["Id"])),
        email=_text(row, "Email"),
        phones=tuple(phones_in(row)),
        account_values=account,
        modified=str(row.get("LastModifiedDate", "")),
        account=known(SObject.ACCOUNT, _text(row, "AccountId")),
        key=_text(row, BOOKING_KEY),
        values=row,
    )


def _case(row: Row) -> Case:
    return Case(
        record=Known(object=SObject.CASE, id=str(row["Id"])),
        contact=known(SObject.CONTACT, _text(row, "ContactId")),
        key=_text(row, BOOKING_KEY),
        values=row,
    )


def _account(row: Row) -> Account:
    return Account(
        record=Known(object=SObject.ACCOUNT, id=str(row["Id"])),
        name=str(row["Name"]),
        key=_text(row, ACCOUNT_KEY),
        modified=str(row.get("LastModifiedDate", "")),
        values=row,
    )


def _event(row: Row) -> Event:
    who, what = _text(row, "WhoId"), _text(row, "WhatId")
    return Event(
        record=Known(object=SObject.EVENT, id=str(row["Id"])),
        booking_id=str(row[BOOKING_KEY]),
        who=known(SObject.LEAD if who and who.startswith("00Q") else SObject.CONTACT, who),
        what=known(SObject.CASE, what),
    )
