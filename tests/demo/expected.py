"""The org's final records as they follow from the rules of the connector, written by hand.

Sections are those of the behaviour reference. Not a dump: where bookforce and this file differ, one of them is wrong.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.demo.org import Value

Choice = Value | tuple[Value, ...]
"""A value, or several of which each is right. "User:Ada" or "Lead:Maria" name records."""

# Existing records: what differs from what was seeded. What is not named here stays, owners above all: every
# existing record keeps its owner (section 6, default), although the org has active rules for Leads and Cases.
CHANGED: Mapping[str, Mapping[str, Choice]] = {
    # By the id of a personalised link; what the customer says overrides (6), e-mail and name being the same.
    "Lead:Maria": {"Phone": "351-912345678", "Company": "Ribeira Foods SA", "Country": "Portugal"},
    # By e-mail, which has no case (8.2); the link's empty ids and merge field count as absent (8.1); the phone that
    # he leaves empty stays (5.4).
    "Lead:Jonas": {"FirstName": "Jonas", "Email": "jonas.weber@alpenglas.example"},
    # Two Leads have the e-mail: the most recently modified one is hers (8.2). PriyaOld stays as it is.
    "Lead:PriyaNew": {"MobilePhone": "44-7700900123"},
    # The link names a Lead that was converted: its Contact is the customer (8.3). The Lead stays as it is.
    "Contact:Tomas": {"Phone": "420-601000200"},
    # Lead and Contact have the e-mail: each page takes its own object (8.3).
    "Lead:Sofia": {"Phone": "351-211112222"},
    "Contact:Sofia": {"Phone": "351-211112222"},
    # A Leads page finds the Contact, a Contacts page the open Lead (8.2, 8.3): neither creates anybody.
    "Contact:Yusuf": {"MobilePhone": "90-5550001122"},
    "Lead:Viktor": {"Phone": "359-29000000"},
    # An id that nobody has falls back to the e-mail (8.1).
    "Lead:Ingrid": {"State": "Vestland", "Country": "Norway"},
    "Contact:Elena": {"Phone": "39-0551234567", "MailingCountry": "Italy"},
    # Another company: the Contact is not moved and its Account not renamed (8.4).
    "Contact:Marcus": {"Phone": "46-812345678", "Email": "marcus.lind@halden.example"},
    # A Case is updated with its Contact (8.5); booking data is always written (6.2).
    "Contact:Grace": {"MobilePhone": "234-8030001122"},
    "Case:Monitor": {"Subject": "Support session", "Description": "It restarts, then goes dark after ten minutes."},
    # A Case without Contact gets the one with the e-mail (8.5); on a Leads page the id decides all the same (7).
    "Case:Invoice": {
        "Subject": "Product demo",
        "Description": "Need the invoice split by clinic.",
        "ContactId": "Contact:Elena",
    },
    # A closed Case is updated and stays closed (8.5); the note that he leaves empty stays (5.4).
    "Case:Login": {"Subject": "Support session", "IsClosed": True},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A record that bookforce creates, found by the value of one of its fields."""

    name: str
    found_by: str
    fields: Mapping[str, Choice]


def _lead(name: str, booking: str, email: str, **fields: Choice) -> Created:
    """A new Lead carries the id of the booking that made it; whatever the customer did not say is empty."""
    silent = dict.fromkeys(("FirstName", "Phone", "MobilePhone", "State", "Country"))
    given = {"Email": email, "Bookforce_Booking_Id__c": booking, "Status": "Open - Not Contacted"}
    return Created(name=f"Lead:{name}", found_by="Email", fields=silent | given | fields)


def _contact(name: str, booking: str, email: str, **fields: Choice) -> Created:
    silent = dict.fromkeys(("FirstName", "Phone", "MobilePhone", "MailingState", "MailingCountry"))
    given = {"Email": email, "Bookforce_Booking_Id__c": booking}
    return Created(name=f"Contact:{name}", found_by="Email", fields=silent | given | fields)


def _account(name: str, key: str, owner: str) -> Created:
    """A missing Account is created for its first Contact, whose owner it gets (8.4)."""
    fields = {"Name": name, "Bookforce_Account_Key__c": key, "OwnerId": owner}
    return Created(name=f"Account:{name}", found_by="Bookforce_Account_Key__c", fields=fields)


def _case(name: str, booking: str, contact: str, note: str) -> Created:
    """A general link always makes a new Case (8.5), owned by the booking owner (6)."""
    fields = {
        "Bookforce_Booking_Id__c": booking,
        "Subject": "Support session",
        "Description": note,
        "ContactId": contact,
        "OwnerId": "User:Cleo",
        "Status": "New",
    }
    return Created(name=f"Case:{name}", found_by="Bookforce_Booking_Id__c", fields=fields)


_NEW_LEADS = (
    _lead(
        "Amara",
        "BKNG-MD7UJ3ZMA5GP",
        "amara.diallo@savane.example",
        FirstName="Amara",
        LastName="Diallo",
        Company="Savane Solar",
        Phone="221-338001122",
        MobilePhone="221-770001122",
        State="Dakar",
        Country="Senegal",
        OwnerId="User:Ada",
    ),
    _lead(
        "Henrik",
        "BKNG-7PZLWVLZ31P2",
        "henrik.sorensen@nordlys.example",
        FirstName="Henrik",
        LastName="Sørensen",
        Company="Nordlys Marine",
        Phone="47-55501234",
        OwnerId="User:Ben",
    ),
    _lead(
        "Chloe",
        "BKNG-FNMSL5JVWY6M",
        "chloe.martin@atelier-ruban.example",
        FirstName="Chloe",
        LastName="Martin",
        Company="Atelier Ruban",
        MobilePhone="33-612345678",
        OwnerId="User:Ben",
    ),
    # Asked to book again: the second booking, with Ben, is the same Lead, which keeps its owner (10.3).
    _lead(
        "Lin",
        "BKNG-5JNXFDKRD0SR",
        "lin.chen@jadebridge.example",
        FirstName="Lin",
        LastName="Chen",
        Company="Jadebridge Trading",
        Phone="86-1069000000",
        OwnerId="User:Ada",
    ),
    # "García, Luis" is turned round (5.4).
    _lead(
        "Luis",
        "BKNG-ACNEHD1JE3HN",
        "luis.garcia@olivarsur.example",
        FirstName="Luis",
        LastName="García",
        Company="Olivar Sur",
        Phone="34-955000111",
        OwnerId="User:Ada",
    ),
    _lead(
        "Emily",
        "BKNG-4LXCCZUUZPZ5",
        "emily.stone@harborlight.example",
        FirstName="Emily",
        LastName="Stone",
        Company="Harborlight Media",
        Phone="1-6175550142",
        OwnerId="User:Cleo",
    ),
    # Two bookings of one new customer: one Lead, owned by the owner of the first, with the newer phone (8.3).
    _lead(
        "Fatima",
        "BKNG-A8K4S146PBSC",
        "fatima.zahra@medina-textiles.example",
        FirstName="Fatima",
        LastName="Zahra",
        Company="Medina Textiles",
        Phone="212-522000999",
        OwnerId="User:Ada",
    ),
    # The booking owner is nobody in Salesforce: the API user has the Lead (2.3). No company: the default (4.3).
    _lead(
        "Oskar",
        "BKNG-QQ00F022BARQ",
        "oskar.nilsen@kystlinje.example",
        FirstName="Oskar",
        LastName="Nilsen",
        Company="Unspecified",
        OwnerId="User:API",
    ),
    # Eva is found by her e-mail (2.3). The form that the administrator's reschedule lacks blanks nothing (5.4).
    _lead(
        "Bianca",
        "BKNG-WTKJ74XMV1BQ",
        "bianca.moretti@lagoverde.example",
        FirstName="Bianca",
        LastName="Moretti",
        Company="Lago Verde",
        Phone="39-0230001234",
        OwnerId="User:Eva",
    ),
    # Cancelled before it was scheduled, in one burst and over two: the order of arrival does not count (10.3).
    _lead(
        "Nadia",
        "BKNG-QNWJ6JLAGRR8",
        "nadia.haddad@cedarworks.example",
        FirstName="Nadia",
        LastName="Haddad",
        Company="Cedarworks",
        Phone="961-1700000",
        OwnerId="User:Ben",
    ),
    _lead(
        "Owen",
        "BKNG-ZCCZCK3WB3XZ",
        "owen.clarke@stonebridge.example",
        FirstName="Owen",
        LastName="Clarke",
        Company="Stonebridge Homes",
        Phone="44-1610000000",
        OwnerId="User:Cleo",
    ),
    _lead(
        "Ines",
        "BKNG-SZJDYEBPWPNU",
        "ines.duarte@maresia.example",
        FirstName="Ines",
        LastName="Duarte",
        Company="Maresia",
        MobilePhone="351-930000111",
        OwnerId="User:Dan",
    ),
    # A single word is the last name (5.4). A reassignment moves the Event alone (10.3).
    _lead(
        "Kofi",
        "BKNG-QDY6Z4AJQCW0",
        "kofi@goldcoast-radio.example",
        LastName="Kofi",
        Company="Gold Coast Radio",
        OwnerId="User:Ada",
    ),
    _lead(
        "Zoe",
        "BKNG-0BMP3V6X48JX",
        "zoe.papadaki@aegeanbooks.example",
        FirstName="Zoe",
        LastName="Papadaki",
        Company="Aegean Books",
        Phone="30-2100001111",
        OwnerId="User:Ben",
    ),
    # The page creates no Event, but the Lead all the same (7).
    _lead(
        "Wanda",
        "BKNG-GZA4BG81PUTF",
        "wanda.kowalski@baltica-partners.example",
        FirstName="Wanda",
        LastName="Kowalski",
        Company="Baltica Partners",
        Phone="48-580001122",
        OwnerId="User:Dan",
    ),
)

_NEW_ACCOUNTS = (
    # Two customers of one new company: the first makes the Account, the second finds it by name (8.4).
    _account("Fjordkraft Energi", "fjordkraft energi", "User:Ada"),
    # All customers without a company share one Account (8.4).
    _account("Unspecified", "unspecified", "User:Cleo"),
    _account("Lumen Dental", "lumen dental", "User:Cleo"),
)

# New Contacts belong to the booking owner, always (6).
_NEW_CONTACTS = (
    # Her company is there under another spelling (8.4).
    _contact(
        "Lotte",
        "BKNG-GZ6WDR18SJN7",
        "lotte.devries@corvus.example",
        FirstName="Lotte",
        LastName="de Vries",
        Phone="31-201234567",
        AccountId="Account:Corvus",
        OwnerId="User:Ada",
    ),
    _contact(
        "Solveig",
        "BKNG-0KZM3SFG7TGM",
        "solveig.berg@fjordkraft.example",
        FirstName="Solveig",
        LastName="Berg",
        MobilePhone="47-90000001",
        AccountId="Account:Fjordkraft Energi",
        OwnerId="User:Ada",
    ),
    _contact(
        "Aksel",
        "BKNG-JBJX6EGT73BG",
        "aksel.dahl@fjordkraft.example",
        FirstName="Aksel",
        LastName="Dahl",
        MobilePhone="47-90000002",
        AccountId="Account:Fjordkraft Energi",
        OwnerId="User:Ben",
    ),
    _contact(
        "Mateo",
        "BKNG-4X4D90QJ1L16",
        "mateo.ruiz@correo.example",
        FirstName="Mateo",
        LastName="Ruiz",
        Phone="34-600111222",
        AccountId="Account:Unspecified",
        OwnerId="User:Cleo",
    ),
    # An unknown customer of a Cases page becomes a Contact; his second booking finds it (8.5).
    _contact(
        "Tariq",
        "BKNG-NV659WV9NX3H",
        "tariq.aziz@lumendental.example",
        FirstName="Tariq",
        LastName="Aziz",
        Phone="92-2100001111",
        AccountId="Account:Lumen Dental",
        OwnerId="User:Cleo",
    ),
)

_NEW_CASES = (
    _case("Marcus", "BKNG-BK7S1MDVXKH1", "Contact:Marcus", "Labels print twice since the update."),
    _case("Tariq", "BKNG-NV659WV9NX3H", "Contact:Tariq", "Cannot export the schedule."),
    _case("Tariq's second", "BKNG-1UAVCNUAFETG", "Contact:Tariq", "Second topic: user rights."),
)

RECORDS = (*_NEW_LEADS, *_NEW_ACCOUNTS, *_NEW_CONTACTS, *_NEW_CASES)
"""Every record that is created, Events apart: more than these must not be there."""

SKIPPED = frozenset({"BKNG-AB94NVY37U3Y"})
"""The applicant: his page wants no record of bookings through general links (7)."""
