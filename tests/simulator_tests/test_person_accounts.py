from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulator.__main__ import chosen_settings, read_options
from tests.simulator.settings import BOOKFORCE_FIELDS, CustomField, RecordType
from tests.simulator_tests.api import ROOT, Api, Reply, a_part, an_api, select

PET = CustomField(object="Contact", name="Pet__c", label="Pet")
MARRIAGE = "Cannot specify any additional fields when marrying or separating a Person-Account"
BY_DEFAULT = RecordType(
    object="Account", developer_name="PersonAccount", name="Person Account", person=True, default=True
)
COLUMNS = ("IsPersonAccount", "PersonContactId", "PersonEmail", "FirstName", "LastName", "Bookforce_Booking_Id__pc")


def with_people(**settings: Any) -> Api:
    return an_api(person_accounts=True, custom_fields=(*BOOKFORCE_FIELDS, PET), **settings)


def type_id(api: Api, developer_name: str = "PersonAccount") -> str:
    return next(str(row["Id"]) for row in api.org.records("RecordType") if row["DeveloperName"] == developer_name)


def a_person(api: Api, **fields: Any) -> dict[str, Any]:
    return {"RecordTypeId": type_id(api), "FirstName": "Grace", "LastName": "Hopper", **fields}


def create_person(api: Api, **fields: Any) -> tuple[str, str]:
    """Create a person and return the ids of the Account and its Contact."""
    account = api.create("Account", **a_person(api, **fields))
    return account, str(api.read("Account", account)["PersonContactId"])


def refusal(code: str, message: str, *fields: str) -> list[dict[str, Any]]:
    return [{"message": message, "errorCode": code, "fields": list(fields)}]


def bad_names(*fields: str) -> list[dict[str, Any]]:
    message = f"Account: bad field names on insert/update call: {', '.join(fields)}"
    return refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, *fields)


def lacking(field: str) -> list[dict[str, Any]]:
    return refusal("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{field}]", field)


NOT_WRITABLE = refusal(
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "Unable to create/update fields: Name. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set.",
    "Name",
)
REFERENCED = refusal("INVALID_PERSON_ACCOUNT_OPERATION", "cannot reference person contact")


def assert_refused(reply: Reply, status: int, body: list[dict[str, Any]]) -> None:
    assert (reply.status, reply.body) == (status, body)


# Without the switch.


@pytest.mark.parametrize("name", COLUMNS)
def test_without_person_accounts_their_columns_do_not_exist(name: str) -> None:
    api = an_api()
    reply = api.query(select(name, "Account", "Id != null"))
    assert reply.error == (400, "INVALID_FIELD")
    assert f"No such column '{name}' on entity 'Account'" in reply.body[0]["message"]
    body = {"Name": "Acme", name: "x"}
    message = f"No such column '{name}' on sobject of type Account"
    assert api.post("/sobjects/Account", body).body == [{"message": message, "errorCode": "INVALID_FIELD"}]
    assert name not in {field["name"] for field in api.get("/sobjects/Account/describe").body["fields"]}


@pytest.mark.parametrize("soql", ["SELECT IsPersonAccount FROM Contact", "SELECT Account.IsPersonAccount FROM Contact"])
@pytest.mark.parametrize(("on", "status"), [(True, 200), (False, 400)])
def test_contact_knows_of_people_where_they_are(soql: str, on: bool, status: int) -> None:
    assert an_api(person_accounts=on).query(soql).status == status


@pytest.mark.parametrize(("options", "on"), [([], False), (["--person-accounts"], True)])
def test_command_line_turns_the_switch(options: list[str], on: bool) -> None:
    assert chosen_settings(read_options(options)).person_accounts is on


def test_bare_org_may_have_people_too() -> None:
    settings = chosen_settings(read_options(["--bare", "--person-accounts"]))
    assert (settings.custom_fields, settings.person_accounts) == ((), True)


# Creating.


def test_person_is_an_account_and_a_contact() -> None:
    api = with_people()
    account, contact = create_person(api, PersonEmail="grace@example.com", Phone="1", Pet__pc="Cat", PersonTitle="CEO")
    ours, theirs = api.read("Account", account), api.read("Contact", contact)
    assert (ours["IsPersonAccount"], ours["Name"], ours["PersonEmail"]) == (True, "Grace Hopper", "grace@example.com")
    assert (theirs["IsPersonAccount"], theirs["AccountId"], theirs["Name"]) == (True, account, "Grace Hopper")
    assert [theirs[name] for name in ("Email", "Phone", "Pet__c", "Title")] == ["grace@example.com", "1", "Cat", "CEO"]
    assert theirs["OwnerId"] == ours["OwnerId"]
    assert api.org.state.calls.written == {("Account", "created"): 1, ("Contact", "created"): 1}


def test_types_of_account_are_there_from_the_start() -> None:
    api = with_people()
    listed = api.get("/sobjects/Account/describe").body["recordTypeInfos"]
    assert [(info["developerName"], info["name"], info["defaultRecordTypeMapping"]) for info in listed] == [
        ("Business_Account", "Business Account", True),
        ("PersonAccount", "Person Account", False),
        ("Master", "Master", False),
    ]
    where = "SobjectType = 'Account' AND IsPersonType = true"
    assert api.rows(select("Id", "RecordType", where)) == [{"Id": type_id(api)}]


def test_default_of_the_profile_makes_people_too() -> None:
    api = with_people(record_types=(BY_DEFAULT,))
    row = api.read("Account", api.create("Account", LastName="Hopper"))
    assert (row["IsPersonAccount"], row["Name"], row["RecordTypeId"]) == (True, "Hopper", type_id(api))


@pytest.mark.parametrize("settings", [{}, {"record_types": (BY_DEFAULT,)}])
def test_name_and_a_business_type_make_a_business(settings: dict[str, Any]) -> None:
    api = with_people(**settings)
    row = api.read("Account", api.create("Account", Name="Acme", RecordTypeId=type_id(api, "Business_Account")))
    assert (row["IsPersonAccount"], row["Name"], row["PersonContactId"]) == (False, "Acme", None)
    assert [row[name] for name in ("FirstName", "LastName", "PersonEmail", "Pet__pc", "PersonMailingAddress")] == [
        None
    ] * 5
    assert api.org.records("Contact") == []


@pytest.mark.parametrize(
    ("person", "sent", "body"),
    [
        (True, {}, lacking("LastName")),
        (True, {"FirstName": "Grace"}, lacking("LastName")),
        (True, {"Name": "Grace Hopper"}, NOT_WRITABLE),
        (True, {"Name": "Grace Hopper", "LastName": "Hopper"}, NOT_WRITABLE),
        (False, {}, lacking("Name")),
        (False, {"LastName": "Hopper"}, bad_names("LastName")),
        (False, {"Name": "x", "Pet__pc": "a", "Bookforce_Booking_Id__pc": "b"},
         bad_names("Pet__pc", "Bookforce_Booking_Id__pc")),
        (False, {"Name": "x", "PersonEmail": None, "Phone": "1"}, bad_names("PersonEmail")),
    ],
)  # fmt: skip
def test_create_that_does_not_fit_the_type_is_refused(
    person: bool, sent: dict[str, Any], body: list[dict[str, Any]]
) -> None:
    api = with_people()
    chosen = {"RecordTypeId": type_id(api)} if person else {}
    assert_refused(api.post("/sobjects/Account", chosen | sent), 400, body)
    assert api.org.records("Account") == api.org.records("Contact") == []


def test_name_is_no_person_by_default_either() -> None:
    api = with_people(record_types=(BY_DEFAULT,))
    assert_refused(api.post("/sobjects/Account", {"Name": "Acme"}), 400, NOT_WRITABLE)


@pytest.mark.parametrize("name", ["IsPersonAccount", "PersonContactId"])
def test_what_makes_a_person_cannot_be_written(name: str) -> None:
    api = with_people()
    value = True if name == "IsPersonAccount" else create_person(api)[1]
    reply = api.post("/sobjects/Account", a_person(api, **{name: value}))
    assert reply.error == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert reply.body[0]["fields"] == [name]


def test_field_that_contacts_require_is_required_of_people() -> None:
    badge = CustomField(object="Contact", name="Badge__c", label="Badge", required=True)
    api = an_api(person_accounts=True, custom_fields=(badge,))
    assert_refused(api.post("/sobjects/Account", a_person(api)), 400, lacking("Badge__pc"))
    assert api.post("/sobjects/Account", {"Name": "Acme"}).status == 201


# Updating.

PAIRS = [
    ("PersonEmail", "Email", "new@example.com"),
    ("PersonMobilePhone", "MobilePhone", "2"),
    ("PersonMailingCity", "MailingCity", "London"),
    ("PersonOtherStreet", "OtherStreet", "High Street"),
    ("PersonTitle", "Title", "Admiral"),
    ("PersonBirthdate", "Birthdate", "1906-12-09"),
    ("Phone", "Phone", "3"),
    ("Fax", "Fax", "4"),
    ("LastName", "LastName", "Lovelace"),
    ("Salutation", "Salutation", "Dr."),
    ("Pet__pc", "Pet__c", "Dog"),
    ("Bookforce_Booking_Id__pc", "Bookforce_Booking_Id__c", "b-1"),
]


@pytest.mark.parametrize(("ours", "theirs", "value"), PAIRS)
@pytest.mark.parametrize("through", ["Account", "Contact"])
def test_both_halves_share_their_values(ours: str, theirs: str, value: str, through: str) -> None:
    api = with_people()
    account, contact = create_person(api)
    name, row_id = (ours, account) if through == "Account" else (theirs, contact)
    for sent in (value, "Last" if name == "LastName" else None):
        assert api.patch(f"/sobjects/{through}/{row_id}", {name: sent}).status == 204
        assert (api.read("Account", account)[ours], api.read("Contact", contact)[theirs]) == (sent, sent)
    assert api.read("Account", account)["Name"] == api.read("Contact", contact)["Name"]


WRITES = st.lists(st.tuples(st.sampled_from(PAIRS), st.booleans(), st.booleans(), st.booleans()), max_size=8)


@settings(deadline=None)
@given(writes=WRITES)
def test_both_halves_agree_whatever_is_written_or_undone(
    writes: list[tuple[tuple[str, str, str], bool, bool, bool]],
) -> None:
    api = with_people()
    account, contact = create_person(api)
    for (ours, theirs, value), through_account, is_emptied, is_undone in writes:
        path = f"/sobjects/Account/{account}" if through_account else f"/sobjects/Contact/{contact}"
        body = {ours if through_account else theirs: None if is_emptied else value}
        undone = [a_part("POST", "/sobjects/Lead", "bad", {})] if is_undone else []
        api.composite(a_part("PATCH", path, "write", body), *undone, all_or_none=True)
        row, other = api.read("Account", account), api.read("Contact", contact)
        assert [row[name] for name, _, _ in PAIRS] == [other[name] for _, name, _ in PAIRS]
        assert (row["Name"], row["LastModifiedDate"]) == (other["Name"], other["LastModifiedDate"])


@pytest.mark.parametrize(("through", "body"), [("Account", {"Industry": "Retail"}), ("Contact", {"Email": None})])
def test_both_halves_move_their_stamps(through: str, body: dict[str, Any]) -> None:
    api = with_people()
    account, contact = create_person(api)
    api.clock.pass_by(timedelta(minutes=5))
    assert api.patch(f"/sobjects/{through}/{account if through == 'Account' else contact}", body).status == 204
    rows = (api.read("Account", account), api.read("Contact", contact))
    assert {row["LastModifiedDate"] for row in rows} == {"2026-11-22T09:05:00.000+0000"}
    assert {row["SystemModstamp"] for row in rows} == {"2026-11-22T09:05:00.000+0000"}


@pytest.mark.parametrize(
    ("person", "sent", "body"),
    [
        (True, {"Name": "x"}, bad_names("Name")),
        (True, {"LastName": None}, lacking("LastName")),
        (False, {"FirstName": "x", "Pet__pc": "y"}, bad_names("FirstName", "Pet__pc")),
        (False, {"Name": None}, lacking("Name")),
    ],
)
def test_update_that_does_not_fit_the_type_is_refused(
    person: bool, sent: dict[str, Any], body: list[dict[str, Any]]
) -> None:
    api = with_people()
    row_id = create_person(api)[0] if person else api.create("Account", Name="Acme")
    assert_refused(api.patch(f"/sobjects/Account/{row_id}", sent), 400, body)


@pytest.mark.parametrize("person", [True, False])
def test_change_of_family_takes_a_call_of_its_own(person: bool) -> None:
    api = with_people()
    row_id = create_person(api)[0] if person else api.create("Account", Name="Acme")
    other = {"RecordTypeId": type_id(api, "Business_Account" if person else "PersonAccount")}
    reply = api.patch(f"/sobjects/Account/{row_id}", {**other, "Phone": "1"})
    assert_refused(reply, 400, refusal("INVALID_FIELD_FOR_INSERT_UPDATE", MARRIAGE))
    alone = "the simulated org neither marries nor separates person accounts"
    reply = api.patch(f"/sobjects/Account/{row_id}", other)
    assert_refused(reply, 400, refusal("INVALID_PERSON_ACCOUNT_OPERATION", alone))


def test_change_within_the_family_may_change_more() -> None:
    vip = RecordType(object="Account", developer_name="Vip", name="VIP", person=True)
    api = with_people(record_types=(vip,))
    account, _ = create_person(api)
    body = {"RecordTypeId": type_id(api, "Vip"), "PersonTitle": "CEO"}
    assert api.patch(f"/sobjects/Account/{account}", body).status == 204
    assert api.read("Account", account)["RecordTypeId"] == type_id(api, "Vip")


# The Contact of a person.


def test_contact_query_by_email_finds_people() -> None:
    api = with_people()
    account, contact = create_person(api, PersonEmail="Grace@Example.com")
    found = api.rows(select("Id, IsPersonAccount, Account.IsPersonAccount", "Contact", "Email = 'grace@example.com'"))
    assert [(row["Id"], row["IsPersonAccount"], row["Account"]["IsPersonAccount"]) for row in found] == [
        (contact, True, True)
    ]
    columns = "Id, Name, IsPersonAccount, PersonContactId, PersonEmail, FirstName, LastName, RecordTypeId, IsDeleted"
    rows = api.rows(select(columns, "Account", "PersonEmail IN ('grace@example.com')"))
    assert [(row["Id"], row["PersonContactId"]) for row in rows] == [(account, contact)]
    assert api.rows(select("Id, PersonContact.Email", "Account", f"PersonContactId = '{contact}'"))[0]["Id"] == account


@pytest.mark.parametrize("writable", [True, False])
def test_whether_people_are_written_through_contact_is_a_switch(writable: bool) -> None:
    api = with_people(person_contact_writable_via_contact=writable)
    account, contact = create_person(api)
    reply = api.patch(f"/sobjects/Contact/{contact}", {"FirstName": "Ada"})
    assert reply.status == (204 if writable else 400)
    assert api.read("Account", account)["Name"] == ("Ada Hopper" if writable else "Grace Hopper")
    if not writable:
        assert reply.body == REFERENCED


def test_account_of_a_person_contact_is_not_for_contact_to_say() -> None:
    api = with_people()
    account, contact = create_person(api)
    for sent in (account, None, api.create("Account", Name="Acme")):
        reply = api.patch(f"/sobjects/Contact/{contact}", {"AccountId": sent, "FirstName": "Ada"})
        assert_refused(reply, 400, bad_names("AccountId"))


def test_record_type_of_a_person_contact_cannot_be_changed() -> None:
    api = with_people(record_types=(RecordType(object="Contact", developer_name="Client", name="Client"),))
    _, contact = create_person(api)
    reply = api.patch(f"/sobjects/Contact/{contact}", {"RecordTypeId": type_id(api, "Client")})
    body = refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
    assert_refused(reply, 403, body)


@pytest.mark.parametrize(
    ("code", "body"),
    [
        (
            "FIELD_INTEGRITY_EXCEPTION",
            refusal(
                "FIELD_INTEGRITY_EXCEPTION", "Account ID: a person account cannot have other contacts", "AccountId"
            ),
        ),
        ("INVALID_PERSON_ACCOUNT_OPERATION", REFERENCED),
    ],
)
def test_people_have_no_other_contacts(code: str, body: list[dict[str, Any]]) -> None:
    api = with_people(person_account_contact_code=code)
    account, _ = create_person(api)
    other = api.create("Contact", LastName="Other", AccountId=api.create("Account", Name="Acme"))
    assert_refused(api.post("/sobjects/Contact", {"LastName": "x", "AccountId": account}), 400, body)
    assert_refused(api.patch(f"/sobjects/Contact/{other}", {"AccountId": account}), 400, body)


def test_person_goes_with_the_account_alone() -> None:
    api = with_people()
    account, contact = create_person(api, PersonEmail="grace@example.com")
    assert_refused(api.delete(f"/sobjects/Contact/{contact}"), 400, REFERENCED)
    assert api.delete(f"/sobjects/Account/{account}").status == 204
    assert api.rows("SELECT Id FROM Account") == api.rows("SELECT Id FROM Contact") == []
    assert api.get(f"/sobjects/Contact/{contact}").error == (404, "ENTITY_IS_DELETED")


# Custom fields.


def test_custom_fields_of_contact_are_described_on_account() -> None:
    fields = {field["name"]: field for field in with_people().get("/sobjects/Account/describe").body["fields"]}
    key, pet = fields["Bookforce_Booking_Id__pc"], fields["Pet__pc"]
    assert [key[name] for name in ("externalId", "unique", "caseSensitive", "idLookup", "custom")] == [True] * 5
    assert [pet[name] for name in ("externalId", "unique", "createable", "updateable", "nillable", "custom")] == [
        False, False, True, True, True, True,
    ]  # fmt: skip
    assert fields["PersonEmail"]["idLookup"] is False


def test_custom_field_that_comes_later_is_mirrored_and_can_be_a_key() -> None:
    api = with_people()
    api.org.create_field(CustomField(object="Contact", name="Key__c", label="Key", external_id=True, unique=True))
    account, contact = create_person(api, Key__pc="k-1")
    assert api.get("/sobjects/Account/Key__pc/k-1").body["Id"] == account
    assert api.get("/sobjects/Contact/Key__c/k-1").body["Id"] == contact


def test_values_are_unique_among_people_and_other_contacts() -> None:
    api = with_people()
    other = api.create("Contact", LastName="Other", Bookforce_Booking_Id__c="b-1")
    account, contact = create_person(api, Bookforce_Booking_Id__pc="b-2")
    text = "duplicate value found: {} duplicates value on record with id: {}"
    for reply, field, holder in (
        (api.post("/sobjects/Account", a_person(api, Bookforce_Booking_Id__pc="b-1")), "c", other),
        (api.patch(f"/sobjects/Account/{account}", {"Bookforce_Booking_Id__pc": "b-1"}), "c", other),
        (api.post("/sobjects/Account", a_person(api, Bookforce_Booking_Id__pc="b-2")), "pc", account),
        (api.patch(f"/sobjects/Contact/{other}", {"Bookforce_Booking_Id__c": "b-2"}), "c", contact),
    ):
        message = text.format(f"Bookforce_Booking_Id__{field}", holder[:15])
        assert_refused(reply, 400, refusal("DUPLICATE_VALUE", message))
    assert len(api.org.records("Account")) == 1
    assert len(api.org.records("Contact")) == 2
    assert api.read("Account", account)["Bookforce_Booking_Id__pc"] == "b-2"


# Upserts, collections, composites.


@pytest.mark.parametrize("key", ["Bookforce_Account_Key__c", "Bookforce_Booking_Id__pc"])
def test_people_are_upserted_by_an_external_id(key: str) -> None:
    api = with_people()
    path = f"/sobjects/Account/{key}/k-1"
    first = api.patch(path, a_person(api, PersonEmail="a@example.com"))
    again = api.patch(path, {"PersonEmail": "b@example.com"})
    assert (first.status, again.status, again.body["id"]) == (201, 200, first.body["id"])
    assert [row["Email"] for row in api.org.records("Contact")] == ["b@example.com"]
    assert [row[key] for row in api.org.records("Account")] == ["k-1"]


def test_people_are_upserted_by_contact_email_too() -> None:
    api = with_people()
    account, contact = create_person(api, PersonEmail="grace@example.com")
    reply = api.patch("/sobjects/Contact/Email/grace@example.com", {"MobilePhone": "5"})
    assert (reply.status, reply.body["id"]) == (200, contact)
    assert api.read("Account", account)["PersonMobilePhone"] == "5"


def test_collection_keeps_good_people_and_undoes_bad_ones() -> None:
    api = with_people()
    good, bad = a_person(api, LastName="Good"), a_person(api, LastName=None)
    records = [
        {"attributes": {"type": "Account"}, "Bookforce_Account_Key__c": f"k-{number}", **body}
        for number, body in enumerate((good, bad, {"Name": "Acme"}))
    ]
    path = "/composite/sobjects/Account/Bookforce_Account_Key__c"
    reply = api.patch(path, {"allOrNone": False, "records": records})
    assert [result["success"] for result in reply.body] == [True, False, True]
    assert reply.body[1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert [row["LastName"] for row in api.org.records("Contact")] == ["Good"]
    reply = api.patch(path, {"allOrNone": True, "records": [{**records[0], "LastName": "Changed"}, records[1]]})
    assert [result["success"] for result in reply.body] == [False, False]
    assert [row["LastName"] for row in api.org.records("Contact")] == ["Good"]


def test_composite_books_for_a_person() -> None:
    api = with_people()
    key = "/sobjects/Account/Bookforce_Account_Key__c/k-1"
    times = {"StartDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30}
    parts = (
        a_part("PATCH", key, "person", a_person(api)),
        a_part("GET", "/sobjects/Account/@{person.id}?fields=PersonContactId", "read"),
        a_part("POST", "/sobjects/Event", "event", {"WhoId": "@{read.PersonContactId}", **times}),
        a_part("POST", "/sobjects/Case", "case", {"ContactId": "@{read.PersonContactId}"}, Sforce_Auto_Assign="FALSE"),
    )
    reply = api.composite(*parts, all_or_none=True)
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [201, 200, 201, 201]
    (account,), (contact,) = api.org.records("Account"), api.org.records("Contact")
    (event,), (case,) = api.org.records("Event"), api.org.records("Case")
    assert (event["WhoId"], event["AccountId"]) == (case["ContactId"], case["AccountId"])
    assert (event["WhoId"], event["AccountId"]) == (contact["Id"], account["Id"])


def test_composite_that_fails_leaves_neither_half() -> None:
    api = with_people()
    account, contact = create_person(api)
    reply = api.composite(
        a_part("POST", "/sobjects/Account", "new", a_person(api)),
        a_part("PATCH", f"/sobjects/Account/{account}", "old", {"LastName": "Lovelace"}),
        a_part("DELETE", f"/sobjects/Account/{account}", "gone"),
        a_part("POST", "/sobjects/Account", "bad", {}),
        all_or_none=True,
    )
    assert [part["httpStatusCode"] for part in reply.body["compositeResponse"]] == [400] * 4
    assert [(row["Id"], row["Name"], row["IsDeleted"]) for row in api.org.records("Account")] == [
        (account, "Grace Hopper", False)
    ]
    assert [(row["Id"], row["Name"], row["IsDeleted"]) for row in api.org.records("Contact")] == [
        (contact, "Grace Hopper", False)
    ]


# Cases, events, leads.


def test_account_of_a_person_is_no_name_of_an_event() -> None:
    api = with_people()
    account, _ = create_person(api)
    reply = api.post("/sobjects/Event", {"WhoId": account, "StartDateTime": "2026-11-22T10:00:00Z"})
    message = f"Name ID: id value of incorrect type: {account}"
    assert_refused(reply, 400, refusal("FIELD_INTEGRITY_EXCEPTION", message, "WhoId"))


@pytest.mark.parametrize("allowed", [True, False])
def test_whether_a_person_is_both_who_and_what_is_a_switch(allowed: bool) -> None:
    api = with_people(person_account_as_what=allowed)
    account, contact = create_person(api)
    event = {"WhoId": contact, "StartDateTime": "2026-11-22T10:00:00Z", "DurationInMinutes": 30}
    reply = api.post("/sobjects/Event", {**event, "WhatId": account})
    assert reply.status == (201 if allowed else 400)
    if not allowed:
        message = f"Related To ID: id value of incorrect type: {account}"
        assert reply.body == refusal("FIELD_INTEGRITY_EXCEPTION", message, "WhatId")
    elsewhere = api.create("Account", Name="Acme")
    assert api.post("/sobjects/Event", {**event, "WhatId": elsewhere}).status == 201


@pytest.mark.parametrize(("people", "optional"), [(True, True), (True, False), (False, True), (False, False)])
def test_whether_leads_need_a_company_is_a_switch(people: bool, optional: bool) -> None:
    api = an_api(person_accounts=people, lead_company_optional_with_person_accounts=optional)
    free = people and optional
    fields = {field["name"]: field for field in api.get("/sobjects/Lead/describe").body["fields"]}
    assert fields["Company"]["nillable"] is free
    assert api.post("/sobjects/Lead", {"LastName": "Hopper"}).status == (201 if free else 400)


def test_people_can_be_seeded() -> None:
    api = with_people()
    (account,) = api.org.seed("Account", [a_person(api, PersonEmail="grace@example.com")])
    (contact,) = api.org.records("Contact")
    assert (contact["Email"], contact["AccountId"]) == ("grace@example.com", account)
    assert api.read("Account", account)["PersonContactId"] == contact["Id"]


def test_people_link_to_their_resource() -> None:
    api = with_people()
    reply = api.post("/sobjects/Account", a_person(api))
    assert reply.headers["Location"] == f"{ROOT}/sobjects/Account/{reply.body['id']}"
