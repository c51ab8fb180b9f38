"""A cell as a booking and as the records that it starts from and ends with, for the n-th customer of his kind."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from producers.contract import BookingEvent, Change, Kind, Named, Owner, SalesforceIds
from tests.builders import a_booking, a_customer, an_event
from tests.matrix.customer import NOTE, PHONE, STATE, VALUES
from tests.matrix.row import End, Row, Seeded

KEY = "Bookforce_Booking_Id__c"
PARENTS = {"Contact": "AccountId", "Case": "ContactId"}

Record = Mapping[str, Any]
Ids = Mapping[str, str]
Owners = Mapping[tuple[str, str], str]
"""Who owns it, by object and OwnerId."""

Ended = Mapping[str, tuple[Mapping[str, object], str | None, str | None]]
"""Fields, owner and parent of each record, by name."""

_ORDER = ("Account", "Lead", "Contact", "Case")


def booking_id(n: int) -> str:
    """What the n-th customer's booking is called."""
    return f"BKNG-{n}"


def scheduled(row: Row, n: int, ids: Ids, owner: str) -> BookingEvent:
    """The booking of the cell; `ids` are those of the seeded records by name, `owner` is Ada's e-mail."""
    said = {"email": "lea{n}@acme.example", "company": "Acme {n}", "phone": PHONE, "note": NOTE, **row.says}
    customer = a_customer(**{name: _text(value, n) for name, value in said.items()})
    booking = a_booking(
        booking_id(n),
        customer=customer,
        answers={"State": STATE},
        page=Named(id=row.page),
        owner=Owner(email=owner),
        salesforce=SalesforceIds(**{kind: ids.get(name, name) for kind, name in row.link.items()}),
    )
    return an_event(booking=booking)


def canceled(event: BookingEvent) -> BookingEvent:
    """The same booking, called off an hour later."""
    change = Change(actor="customer", reason="No time")
    return an_event(Kind.CANCELED, minute=60, booking=event.booking.model_copy(update={"change": change}))


def in_order(row: Row) -> Sequence[Seeded]:
    """The cell's records with parents first."""
    return sorted(row.there, key=lambda seeded: _ORDER.index(seeded.object))


def fields_before(seeded: Seeded, n: int, ids: Ids) -> dict[str, str | None]:
    """What is seeded, without owner and without what it was merged or converted into."""
    fields: dict[str, str | None] = {
        name: _text(value, n) for name, value in {**VALUES[seeded.object]["left"], **seeded.fields}.items()
    }
    if seeded.email:
        fields["Email"] = _email(seeded, n)
    if seeded.modified:
        fields["LastModifiedDate"] = seeded.modified
    if seeded.parent and seeded.parent in ids:
        fields[PARENTS[seeded.object]] = ids[seeded.parent]
    return fields


def pointers(seeded: Seeded, ids: Ids) -> dict[str, str | bool]:
    """What has become of it before the booking: converted, merged, deleted."""
    found: dict[str, str | bool] = {}
    if seeded.converted_to:
        found |= {"IsConverted": True, "ConvertedContactId": ids[seeded.converted_to]}
    if seeded.merged_into:
        found |= {"MasterRecordId": ids[seeded.merged_into]}
    if seeded.merged_into or seeded.deleted:
        found |= {"IsDeleted": True}
    return found


def expected(row: Row, n: int) -> Ended:
    """What the cell says that there is in the end. Records that it does not mention are as they were."""
    seeded = {record.name: record for record in row.there}
    named = {end.record for end in row.ends}
    silent = [
        End(record=record.name, fate="left", owner="Ben", parent=record.parent)
        for record in row.there
        if record.name not in named and not (record.deleted or record.merged_into)
    ]
    return {
        end.record: (_fields(end, seeded.get(end.record), row, n), end.owner, end.parent)
        for end in (*row.ends, *silent)
    }


def seen(row: Row, n: int, ids: Ids, records: Mapping[str, Iterable[Record]], owners: Owners) -> Ended:
    """What there is of the cell's customer in the end, in the fields of which the cell speaks."""
    wanted = expected(row, n)
    names = names_of(n, ids, records)
    found = {}
    for obj, own in records.items():
        for record in own:
            name = names.get(record["Id"])
            if name is None:
                continue
            fields = {field: record.get(field) for field in (wanted[name][0] if name in wanted else ())}
            parent = names.get(record.get(PARENTS.get(obj, "")) or "")
            found[name] = (fields, owners.get((obj, record["OwnerId"]), record["OwnerId"]), parent)
    return found


def names_of(n: int, ids: Ids, records: Mapping[str, Iterable[Record]]) -> dict[str, str]:
    """The names of the customer's records by id: of those that were there, and of those that the booking made."""
    names = {record_id: name for name, record_id in ids.items()}
    company = f"Acme {n}"
    for obj, own in records.items():
        for record in own:
            is_new = record["Name"] == company if obj == "Account" else record.get(KEY) == booking_id(n)
            if is_new:
                names.setdefault(record["Id"], f"new {obj}")
    return names


def _fields(end: End, seeded: Seeded | None, row: Row, n: int) -> dict[str, object]:
    obj = seeded.object if seeded else end.record.removeprefix("new ")
    fields = dict(VALUES[obj][end.fate])
    if obj == "Account" and seeded:
        fields |= {"Name": seeded.fields.get("Name", fields["Name"])}
    if obj in {"Lead", "Contact"}:
        fields["Email"] = _email_after(end, seeded, row)
    return {name: _text(value, n) for name, value in {**fields, **end.fields}.items()}


def _email_after(end: End, seeded: Seeded | None, row: Row) -> str | None:
    told = row.says.get("email", "lea{n}@acme.example")
    if end.fate in {"created", "overridden"} and told:
        return told
    return _email(seeded, None) if seeded and seeded.email else None


def _email(seeded: Seeded, n: int | None) -> str:
    text = "lea{n}@acme.example" if seeded.email == "own" else "other{n}@acme.example"
    return text if n is None else text.format(n=n)


def _text(value: str | None, n: int) -> str | None:
    return value.format(n=n) if value else value
