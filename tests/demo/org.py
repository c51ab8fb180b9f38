"""Who is in the org before the first booking: people, companies and cases, seeded past the API."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from tests.servers import SimulatedOrg

Value = str | int | bool | None
Row = Mapping[str, Any]
Records = Mapping[str, Sequence[Row]]

OBJECTS = ("Account", "Lead", "Contact", "Case", "Event")

_LONG_AGO = "2024-09-02T08:00:00Z"

# A value such as "User:Dan" names another record. In this order: what a record names stands before it.
PEOPLE: Mapping[str, Mapping[str, Value]] = {
    "Account:Halden": {"Name": "Halden Logistics", "Industry": "Transportation", "OwnerId": "User:Dan"},
    "Account:Brightwater": {"Name": "Brightwater Clinics", "Industry": "Healthcare", "OwnerId": "User:Eva"},
    "Account:Corvus": {"Name": "Corvus Analytics", "Industry": "Technology", "OwnerId": "User:Cleo"},
    "Contact:Elena": {
        "FirstName": "Elena",
        "LastName": "Rossi",
        "Email": "elena.rossi@brightwater.example",
        "Title": "Head of Operations",
        "Phone": "39-0550000000",
        "AccountId": "Account:Brightwater",
        "OwnerId": "User:Eva",
    },
    "Contact:Grace": {
        "FirstName": "Grace",
        "LastName": "Okafor",
        "Email": "grace.okafor@brightwater.example",
        "Phone": "234-12700000",
        "AccountId": "Account:Brightwater",
        "OwnerId": "User:Eva",
    },
    "Contact:Marcus": {
        "FirstName": "Marcus",
        "LastName": "Lind",
        "Email": "Marcus.Lind@halden.example",
        "AccountId": "Account:Halden",
        "OwnerId": "User:Dan",
    },
    "Contact:Tomas": {
        "FirstName": "Tomas",
        "LastName": "Novak",
        "Email": "tomas.novak@halden.example",
        "AccountId": "Account:Halden",
        "OwnerId": "User:Dan",
    },
    "Contact:Petra": {
        "FirstName": "Petra",
        "LastName": "Svoboda",
        "Email": "petra.svoboda@halden.example",
        "AccountId": "Account:Halden",
        "OwnerId": "User:Ben",
    },
    "Contact:Sofia": {
        "FirstName": "Sofia",
        "LastName": "Almeida",
        "Email": "sofia.almeida@corvus.example",
        "AccountId": "Account:Corvus",
        "OwnerId": "User:Cleo",
    },
    "Contact:Yusuf": {
        "FirstName": "Yusuf",
        "LastName": "Demir",
        "Email": "yusuf.demir@corvus.example",
        "AccountId": "Account:Corvus",
        "OwnerId": "User:Ben",
    },
    "Lead:Maria": {
        "FirstName": "Maria",
        "LastName": "Costa",
        "Email": "maria.costa@ribeira.example",
        "Company": "Ribeira Foods",
        "Phone": "351-220000000",
        "Status": "Working - Contacted",
        "Rating": "Hot",
        "OwnerId": "User:Ben",
    },
    "Lead:Jonas": {
        "FirstName": "J.",
        "LastName": "Weber",
        "Email": "Jonas.Weber@Alpenglas.example",
        "Company": "Alpenglas GmbH",
        "Phone": "43-15550100",
        "LeadSource": "Partner Referral",
        "OwnerId": "User:Cleo",
    },
    "Lead:PriyaOld": {
        "FirstName": "Priya",
        "LastName": "Nair",
        "Email": "priya.nair@tidemark.example",
        "Company": "Tidemark",
        "LeadSource": "Purchased List",
        "OwnerId": "User:Dan",
        "LastModifiedDate": "2025-01-10T12:00:00Z",
    },
    "Lead:PriyaNew": {
        "FirstName": "Priya",
        "LastName": "Nair",
        "Email": "priya.nair@tidemark.example",
        "Company": "Tidemark",
        "LeadSource": "Web",
        "OwnerId": "User:Cleo",
        "LastModifiedDate": "2025-03-04T12:00:00Z",
    },
    "Lead:Tomas": {
        "FirstName": "Tomas",
        "LastName": "Novak",
        "Email": "tomas.novak@postbox.example",
        "Company": "Halden Logistics",
        "Status": "Closed - Converted",
        "IsConverted": True,
        "ConvertedContactId": "Contact:Tomas",
        "ConvertedAccountId": "Account:Halden",
        "OwnerId": "User:Dan",
    },
    "Lead:Sofia": {
        "FirstName": "Sofia",
        "LastName": "Almeida",
        "Email": "sofia.almeida@corvus.example",
        "Company": "Corvus Analytics",
        "OwnerId": "User:Eva",
    },
    "Lead:Viktor": {
        "FirstName": "Viktor",
        "LastName": "Petrov",
        "Email": "viktor.petrov@rilawater.example",
        "Company": "Rila Water",
        "OwnerId": "User:Eva",
    },
    "Lead:Ingrid": {
        "FirstName": "Ingrid",
        "LastName": "Haug",
        "Email": "ingrid.haug@fjellvann.example",
        "Company": "Fjellvann AS",
        "Phone": "47-55990000",
        "OwnerId": "User:Dan",
    },
    "Case:Monitor": {
        "Subject": "Monitor offline since Monday",
        "Description": "Ward 3, second bed.",
        "Status": "Working",
        "Priority": "High",
        "ContactId": "Contact:Grace",
        "OwnerId": "User:Eva",
    },
    "Case:Invoice": {
        "Subject": "Copy of an invoice",
        "Status": "New",
        "Origin": "Email",
        "OwnerId": "User:Ben",
    },
    "Case:Login": {
        "Subject": "Cannot log in",
        "Description": "After the password was changed.",
        "Status": "Closed",
        "ContactId": "Contact:Yusuf",
        "OwnerId": "User:Dan",
    },
}


def seed(org: SimulatedOrg) -> dict[str, str]:
    """Put the people into the org; the ids of users and records by names such as "Lead:Maria"."""
    ids = _standing_ids(org)
    for name, fields in PEOPLE.items():
        known = {field: ids.get(str(value), value) for field, value in fields.items()}
        row = {"CreatedDate": _LONG_AGO, "LastModifiedDate": _LONG_AGO, **known}
        answer = cast("dict[str, list[str]]", org.control("POST", f"/records/{object_of(name)}", [row]))
        ids[name] = answer["ids"][0]
    return ids


def read_records(org: SimulatedOrg) -> dict[str, list[Row]]:
    """The living records of the objects that bookings touch."""
    return {name: [row for row in _rows(org, name) if not row["IsDeleted"]] for name in OBJECTS}


def object_of(name: str) -> str:
    """The object in a name such as "Lead:Maria"."""
    return name.partition(":")[0]


def _standing_ids(org: SimulatedOrg) -> dict[str, str]:
    """Sales people by their first names, the user of the API, and the queues."""
    users = {row["Username"]: row["Id"] for row in _rows(org, "User")}
    reps = {f"User:{name.partition('.')[0].title()}": users[name] for name in users if ".rep@" in name}
    queues = {f"Group:{row['DeveloperName']}": row["Id"] for row in _rows(org, "Group")}
    return {"User:API": users["integration@vendor.example"], **reps, **queues}


def _rows(org: SimulatedOrg, name: str) -> list[Row]:
    return cast("list[Row]", org.control("GET", f"/records/{name}"))
