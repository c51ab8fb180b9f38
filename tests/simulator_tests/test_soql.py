from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.settings import BOOKFORCE_FIELDS, CustomField
from tests.simulator_tests.api import ROOT, Api, a_lead, a_part, an_api, an_event, select

ADVICE = "Please reference your WSDL or the describe call for the appropriate names."
COLUMN = (
    f"If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. {ADVICE}"
)

LEADS: list[dict[str, Any]] = [
    a_lead(FirstName="Ada", Email="Ada@Example.com", NumberOfEmployees=5, Bookforce_Booking_Id__c="b-1", Title="x_y"),
    a_lead(FirstName="Bob", Email="bob@example.com", NumberOfEmployees=50, Bookforce_Booking_Id__c="B-1"),
    a_lead(FirstName="Cy's", AnnualRevenue=2.5, Title="100%", LeadSource="Web"),
]


def an_api_with_leads() -> Api:
    api = an_api()
    api.org.seed("Lead", LEADS)
    api.org.seed("Lead", [a_lead(FirstName="Deleted", IsDeleted=True), a_lead(FirstName="Conv", IsConverted=True)])
    return api


@pytest.fixture(name="leads", scope="module")
def leads_fixture() -> Api:
    return an_api_with_leads()


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Email = 'ADA@example.COM'", "Ada"),
        ("email in ('ada@example.com', 'BOB@example.com')", "Ada Bob"),
        ("Email NOT IN ('ada@example.com')", "Bob Cy's Conv"),
        ("Email != 'ada@example.com'", "Bob Cy's Conv"),
        ("Email <> null", "Ada Bob"),
        ("Email = null AND IsConverted = false", "Cy's"),
        ("Email = ''", "Cy's Conv"),
        ("Bookforce_Booking_Id__c = 'b-1'", "Ada"),
        ("Bookforce_Booking_Id__c IN ('b-1', 'B-1')", "Ada Bob"),
        ("Bookforce_Booking_Id__c = 'B-2'", ""),
        ("FirstName = 'Cy\\'s'", "Cy's"),
        ("FirstName = 'C\\u0079\\'s'", "Cy's"),
        ("FirstName LIKE '%O%'", "Bob Conv"),
        ("FirstName LIKE '_da'", "Ada"),
        ("Title LIKE 'x\\_y'", "Ada"),
        ("Title LIKE '100\\%'", "Cy's"),
        ("Title LIKE '%'", "Ada Cy's"),
        ("NumberOfEmployees > 5", "Bob"),
        ("NumberOfEmployees >= 5 AND NumberOfEmployees < 50", "Ada"),
        ("NumberOfEmployees <= 5.0", "Ada"),
        ("AnnualRevenue = 2.5", "Cy's"),
        ("FirstName > 'b' AND FirstName < 'c'", "Bob"),
        ("IsConverted = TRUE", "Conv"),
        ("NOT Email = 'ada@example.com'", "Bob Cy's Conv"),
        ("NOT (NOT Email = 'ada@example.com')", "Ada"),
        ("FirstName = 'Ada' AND (NOT Email = null)", "Ada"),
        ("IsConverted = null AND FirstName != 'Bob'", "Ada Cy's"),
        ("IsConverted != null", "Conv"),
        ("FirstName LIKE '[A]da'", ""),
        ("FirstName LIKE 'A%a'", "Ada"),
        ("FirstName LIKE 'a*'", ""),
        ("FirstName = '\\uD83D\\uDE00'", ""),
        ("CreatedDate = LAST_N_WEEKS:2", ""),
        ("CreatedDate = THIS_WEEK", "Ada Bob Cy's Conv"),
        ("CreatedDate = THIS_FISCAL_QUARTER", "Ada Bob Cy's Conv"),
        ("CreatedDate != LAST_YEAR", "Ada Bob Cy's Conv"),
        ("ConvertedDate != TODAY", "Ada Bob Cy's Conv"),
        ("CreatedDate > N_DAYS_AGO:1", "Ada Bob Cy's Conv"),
        ("CreatedDate < NEXT_N_YEARS:99999", "Ada Bob Cy's Conv"),
        ("OwnerId IN (SELECT Id FROM User WHERE Username LIKE 'integration%')", "Ada Bob Cy's Conv"),
        ("OwnerId NOT IN (SELECT Id FROM User WHERE Username LIKE 'integration%')", ""),
        ("NOT (Email = null OR FirstName = 'Bob')", "Ada"),
        ("(FirstName = 'Ada' OR FirstName = 'Bob') AND (Email LIKE 'b%' OR Email = null)", "Bob"),
        ("Email = 'ada@example.com' AND FirstName = 'Bob'", ""),
        ("Email = 'ada@example.com' OR LeadSource = 'web'", "Ada Cy's"),
        ("CreatedDate >= 2026-11-22T09:00:00Z", "Ada Bob Cy's Conv"),
        ("CreatedDate > 2026-11-22T10:00:00+01:00", ""),
        ("CreatedDate = TODAY", "Ada Bob Cy's Conv"),
        ("CreatedDate < TODAY", ""),
        ("CreatedDate >= YESTERDAY AND CreatedDate < TOMORROW", "Ada Bob Cy's Conv"),
        ("CreatedDate = LAST_N_DAYS:3", "Ada Bob Cy's Conv"),
        ("CreatedDate > NEXT_N_DAYS:3", ""),
        ("Owner.Name = 'Bookforce Integration'", "Ada Bob Cy's Conv"),
        ("Owner.Type = 'Queue'", ""),
        ("Lead.FirstName = 'Ada'", "Ada"),
    ],
)
def test_where(leads: Api, where: str, found: str) -> None:
    rows = leads.rows(select("FirstName", "Lead", where))
    assert " ".join(row["FirstName"] for row in rows) == found


def test_ids_match_in_both_lengths(leads: Api) -> None:
    row_id = leads.rows("SELECT Id FROM Lead LIMIT 1")[0]["Id"]
    for text in (row_id, row_id[:15]):
        assert leads.rows(select("Id", "Lead", f"Id = '{text}'")) == [{"Id": row_id}]
        assert leads.rows(select("Id", "Lead", f"Id IN ('{text}', null)")) == [{"Id": row_id}]


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("FirstName", "Ada Bob Conv Cy's"),
        ("FirstName DESC", "Cy's Conv Bob Ada"),
        ("NumberOfEmployees", "Cy's Conv Ada Bob"),
        ("NumberOfEmployees DESC NULLS LAST", "Bob Ada Cy's Conv"),
        ("NumberOfEmployees ASC NULLS LAST", "Ada Bob Cy's Conv"),
        ("IsConverted DESC, FirstName DESC", "Conv Cy's Bob Ada"),
        ("FirstName LIMIT 2", "Ada Bob"),
        ("FirstName LIMIT 2 OFFSET 1", "Bob Conv"),
        ("FirstName LIMIT 0", ""),
    ],
)
def test_order_limit_and_offset(leads: Api, order: str, found: str) -> None:
    rows = leads.rows(select("FirstName", "Lead", f"IsDeleted = false ORDER BY {order}"))
    assert " ".join(row["FirstName"] for row in rows) == found


def test_count_answers_a_number_without_records(leads: Api) -> None:
    assert leads.query("SELECT COUNT() FROM Lead WHERE Email != null").body == {
        "totalSize": 2,
        "done": True,
        "records": [],
    }


def test_query_all_shows_deleted_records(leads: Api) -> None:
    reply = leads.get("/queryAll?q=SELECT+FirstName,IsDeleted+FROM+Lead+WHERE+FirstName='Deleted'")
    assert [row["IsDeleted"] for row in reply.body["records"]] == [True]


def test_parents_are_nested() -> None:
    api = an_api()
    account = api.create("Account", Name="Acme")
    contact = api.create("Contact", LastName="Hopper", AccountId=account)
    api.create("Contact", LastName="Alone")
    rows = api.query("SELECT Name, account.name, Account.Owner.Email FROM Contact").body["records"]
    owner = {
        "attributes": {"type": "User", "url": f"{ROOT}/sobjects/User/{api.user('integration@vendor.example')}"},
        "Email": "integration@vendor.example",
    }
    assert rows[0] == {
        "attributes": {"type": "Contact", "url": f"{ROOT}/sobjects/Contact/{contact}"},
        "Name": "Hopper",
        "Account": {
            "attributes": {"type": "Account", "url": f"{ROOT}/sobjects/Account/{account}"},
            "Name": "Acme",
            "Owner": owner,
        },
    }
    assert rows[1]["Account"] is None


def test_polymorphic_parents_show_names_and_types() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(FirstName="Grace"))
    account = api.create("Account", Name="Acme", Type="Prospect")
    api.create("Event", **an_event(WhoId=lead))
    api.create("Event", **an_event(WhatId=account))
    rows = api.rows("SELECT Who.Name, Who.Type, What.Type FROM Event")
    assert (rows[0]["Who"]["Name"], rows[0]["Who"]["Type"], rows[0]["What"]) == ("Grace Hopper", "Lead", None)
    assert rows[1]["What"]["Type"] == "Account"
    assert len(api.rows("SELECT Id FROM Event WHERE Who.Type = 'Lead'")) == 1


def test_converted_lead_leads_to_its_contact() -> None:
    api = an_api()
    contact = api.create("Contact", LastName="Hopper", Email="g@example.com")
    api.org.seed("Lead", [a_lead(IsConverted=True, ConvertedContactId=contact)])
    row = api.rows("SELECT ConvertedContact.Email FROM Lead")[0]
    assert row["ConvertedContact"]["Email"] == "g@example.com"


JOIN = "OwnerId IN (SELECT Id FROM User)"
BACON = (
    "\nSELECT Bacon__c FROM Account LIMIT 2\n       ^\nERROR at Row:1:Column:8\n"
    f"No such column 'Bacon__c' on entity 'Account'. {COLUMN}"
)


@pytest.mark.parametrize(
    ("soql", "code", "message"),
    [
        ("SELECT Bacon__c FROM Account LIMIT 2", "INVALID_FIELD", BACON),
        (
            "SELECT Id\nFROM Lead\nWHERE Pet = 'x'",
            "INVALID_FIELD",
            "\nWHERE Pet = 'x'\n      ^\nERROR at Row:3:Column:7\n",
        ),
        ("SELECT Id FROM Lead ORDER BY Pet", "INVALID_FIELD", "No such column 'Pet' on entity 'Lead'"),
        ("SELECT Pet.Name FROM Lead", "INVALID_FIELD", "Didn't understand relationship 'Pet' in field path."),
        ("SELECT Id, id FROM Lead", "INVALID_FIELD", "duplicate field selected: Id"),
        ("SELECT Id FROM XYZZY", "INVALID_TYPE", "sObject type 'XYZZY' is not supported. "),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD", "'Description' can not be filtered"),
        ("SELECT Id FROM Lead WHERE Email = 5", "INVALID_FIELD", "must be of type string and should be enclosed in"),
        ("SELECT Id FROM Lead WHERE IsDeleted = 'x'", "INVALID_FIELD", "of type boolean and should not be enclosed"),
        ("SELECT Id FROM Lead WHERE CreatedDate = 2026-11-22", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Lead WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        ("SELEKT Id FROM Lead", "MALFORMED_QUERY", "unexpected token: SELEKT"),
        ("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE Email = x", "MALFORMED_QUERY", "unexpected token: 'x'"),
        ("SELECT Id FROM Lead WHERE Email IN ()", "MALFORMED_QUERY", "unexpected token: ')'"),
        ("SELECT Id FROM Lead WHERE Email IN ('a' 'b')", "MALFORMED_QUERY", "unexpected token: 'b'"),
        ("SELECT Id FROM Lead LIMIT x", "MALFORMED_QUERY", "unexpected token: 'x'"),
        ("SELECT Id FROM Lead LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-1'"),
        ("SELECT Id FROM Lead WHERE Email='a' AND Email='b' OR Email='c'", "MALFORMED_QUERY", "unexpected token: 'OR'"),
        ("SELECT Id FROM Lead WHERE Email = 'open", "MALFORMED_QUERY", "mismatched character '<EOF>'"),
        ("SELECT Id FROM Lead WHERE Email='a' AND NOT Email='b'", "MALFORMED_QUERY", "unexpected token: 'NOT'"),
        ("SELECT Id FROM Lead WHERE NOT Email='a' AND Email='b'", "MALFORMED_QUERY", "unexpected token: 'AND'"),
        ("SELECT Id FROM Lead WHERE Email = :x", "MALFORMED_QUERY", "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Lead WHERE Id IN :x", "MALFORMED_QUERY", "Bind variables only allowed in Apex code"),
        ("SELECT Id FROM Lead WHERE Id LIKE '00Q%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
        (
            "SELECT Id FROM Lead WHERE Email INCLUDES ('a')",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on email",
        ),
        ("SELECT Id FROM Lead WHERE IsDeleted > false", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on boolean"),
        ("SELECT Id FROM Lead WHERE Address = null", "INVALID_FIELD", "field 'Address' can not be filtered"),
        ("SELECT Id FROM Lead ORDER BY Description", "INVALID_FIELD", "field 'Description' can not be sorted"),
        ("SELECT Id n FROM Lead", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT Id FROM Lead GROUP BY Id", "MALFORMED_QUERY", "unexpected token: 'GROUP'"),
        ("SELECT Id FROM Lead WITH SECURITY_ENFORCED", "MALFORMED_QUERY", "unexpected token: 'WITH'"),
        ("SELECT Id FROM Lead FOR UPDATE", "MALFORMED_QUERY", "unexpected token: 'UPDATE'"),
        ("SELECT Id FROM Lead ALL ROWS", "MALFORMED_QUERY", "ALL ROWS not allowed in this context"),
        ("SELECT Id FROM Lead USING SCOPE team", "MALFORMED_QUERY", "invalid scope: team"),
        ("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        ("SELECT FIELDS(CUSTOM) FROM Lead LIMIT 201", "MALFORMED_QUERY", "must have a LIMIT of at most 200"),
        ("SELECT FIELDS(SOME) FROM Lead", "MALFORMED_QUERY", "unexpected token: 'SOME'"),
        (
            "SELECT (SELECT Id FROM Contact) FROM Account",
            "INVALID_TYPE",
            "relationship 'Contact' in FROM part of query",
        ),
        ("SELECT TYPEOF Owner THEN Id END FROM Lead", "MALFORMED_QUERY", "unexpected token: 'THEN'"),
        ("SELECT Id FROM Lead WHERE Id IN (SELECT Id, OwnerId FROM Lead)", "MALFORMED_QUERY", "can only query one"),
        ("SELECT Id FROM Lead WHERE Email IN (SELECT Id FROM User)", "INVALID_FIELD", "should be an id field"),
        (
            "SELECT Id FROM Lead WHERE Id IN (SELECT Name FROM User)",
            "MALFORMED_QUERY",
            "should point to the same object",
        ),
        (select("Id", "Lead", f"{JOIN} OR Email = null"), "MALFORMED_QUERY", "not allowed with the 'OR' operator"),
        (select("Id", "Lead", f"{JOIN} AND {JOIN} AND {JOIN}"), "MALFORMED_QUERY", "maximum 2 semi join"),
        (select("Id", "Lead", f"Id IN ({select('Id', 'Lead', JOIN)})"), "MALFORMED_QUERY", "Nesting of semi"),
        ("SELECT a.b.c.d.e.f.Id FROM Lead", "MALFORMED_QUERY", "at most 5 child-to-parent"),
        ("SELECT Id FROM Lead WHERE Email = $x", "MALFORMED_QUERY", "no viable alternative at character '$'"),
        (
            "SELECT Id FROM Lead WHERE Email = '\\q'",
            "MALFORMED_QUERY",
            "Illegal character sequence '\\q' in string literal.",
        ),
        ("SELECT Id FROM Lead WHERE Email = 'C:\\users'", "MALFORMED_QUERY", "Illegal unicode sequence. '\\users'"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-22T10:00:00 01:00", "MALFORMED_QUERY", "at character ' '"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-11-22T10:00:00", "MALFORMED_QUERY", "at character '<EOF>'"),
        ("SELECT Id FROM Lead WHERE CreatedDate > 2026-13-40T10:00:00Z", "MALFORMED_QUERY", "Invalid date"),
        ("SELECT Id FROM Lead WHERE ConvertedDate > 2026-13-40", "MALFORMED_QUERY", "Invalid date"),
        ("SELECT Id FROM Lead WHERE CreatedDate IN (TODAY)", "MALFORMED_QUERY", "unexpected token: 'TODAY'"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
        ("SELECT Id FROM Lead WHERE Email = '" + "x" * 4001 + "'", "MALFORMED_QUERY", "longer than 4000"),
        ("SELECT Id FROM Lead WHERE " + "NOT " * 200 + "Email = null", "MALFORMED_QUERY", "unexpected token"),
        ("", "MALFORMED_QUERY", "unexpected token: <EOF>"),
    ],
)
def test_bad_statement_is_refused(leads: Api, soql: str, code: str, message: str) -> None:
    reply = leads.query(soql)
    assert reply.error == (400, code)
    assert message in reply.body[0]["message"]
    assert "fields" not in reply.body[0]


def test_statements_end_at_100_000_characters(leads: Api) -> None:
    mails = ",".join(["'a@example.com'"] * 7_000)
    long = select("Id", "Lead", f"Email IN ({mails})")
    reply = leads.composite(a_part("GET", f"/query?q={long}", "q"))
    assert reply.body["compositeResponse"][0]["body"][0]["errorCode"] == "MALFORMED_QUERY"


def test_query_needs_a_statement(leads: Api) -> None:
    assert leads.get("/query").error == (400, "MALFORMED_QUERY")


def test_pages_follow_each_other() -> None:
    api = an_api()
    api.org.seed("Account", [{"Name": f"A{n}"} for n in range(450)])
    page = api.get("/query?q=SELECT+Name+FROM+Account", Sforce_Query_Options="batchSize=200").body
    names = [row["Name"] for row in page["records"]]
    assert (page["totalSize"], page["done"], len(names)) == (450, False, 200)
    assert page["nextRecordsUrl"].endswith("-200")
    while not page["done"]:
        page = api.get(page["nextRecordsUrl"], Sforce_Query_Options="batchSize=200").body
        names += [row["Name"] for row in page["records"]]
    assert names == [f"A{n}" for n in range(450)]
    assert "nextRecordsUrl" not in page


@pytest.mark.parametrize(("asked", "size"), [("batchSize=1", 200), ("batchSize=9999", 2000), ("nonsense", 2000)])
def test_page_size_has_bounds(asked: str, size: int) -> None:
    api = an_api()
    api.org.seed("Account", [{"Name": "A"}] * 2001)
    page = api.get("/query?q=SELECT+Name+FROM+Account", Sforce_Query_Options=asked).body
    assert len(page["records"]) == size


def test_locators_live_for_two_days() -> None:
    api = an_api(session_lifetime=timedelta(days=9))
    api.org.seed("Account", [{"Name": "A"}] * 2100)
    url = api.query("SELECT Id FROM Account").body["nextRecordsUrl"]
    for passed, status in ((timedelta(hours=47), 200), (timedelta(hours=1), 400)):
        api.clock.pass_by(passed)
        assert api.get(url).status == status


def test_ids_sort_and_compare_by_the_case_of_their_letters() -> None:
    api = an_api()
    ids = sorted(api.org.seed("Account", [{"Name": "A"}] * 70))
    assert [row["Id"] for row in api.rows("SELECT Id FROM Account ORDER BY Id")] == ids
    after = api.rows(select("Id", "Account", f"Id > '{ids[40]}' ORDER BY Id LIMIT 1"))
    assert after == [{"Id": ids[41]}]


@pytest.mark.parametrize("locator", ["01g5e0000000009AAA-2000", "nonsense", "01g-x"])
def test_unknown_locator_is_refused(leads: Api, locator: str) -> None:
    assert leads.get(f"/query/{locator}").error == (400, "INVALID_QUERY_LOCATOR")


def test_indexes_follow_updates_rollbacks_and_new_fields() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Email="old@example.com"))
    api.patch(f"/sobjects/Lead/{lead}", {"Email": "new@example.com"})
    failing = a_part("PATCH", f"/sobjects/Lead/{lead}", "a", {"Email": "never@example.com"})
    api.composite(failing, a_part("POST", "/sobjects/Lead", "b", {}), all_or_none=True)
    found = {}
    for name in ("old", "never", "new"):
        found[name] = len(api.rows(select("Id", "Lead", f"Email = '{name}@example.com'")))
    assert found == {"old": 0, "never": 0, "new": 1}


def test_field_created_later_is_indexed() -> None:
    api = an_api(custom_fields=())
    api.org.create_field(CustomField(object="Lead", name="Key__c", label="Key", external_id=True, unique=True))
    assert api.patch("/sobjects/Lead/Key__c/k-1", a_lead()).status == 201
    assert len(api.rows("SELECT Id FROM Lead WHERE Key__c = 'K-1'")) == 1


def test_standing_fields_name_their_objects() -> None:
    assert {field.object for field in BOOKFORCE_FIELDS} == {"Activity", "Lead", "Contact", "Case", "Account", "Event"}


# Of the lengths that live orgs were quoted with, so that excerpt, caret and column are theirs.
PLACES = [
    (
        'SELECT FirstName, LastName FROM BookingMembers WHERE Id = "00v3D000003AAAA"',
        (
            '\nFROM BookingMembers WHERE Id = "00v3D000003AAAA"\n'
            f"{' ' * 30}^\nERROR at Row:1:Column:58\nline 1:58 no viable alternative at character '\"'"
        ),
    ),
    (
        "SELECT Id, Booking_Quality_____c from Contact where FirstName = 'Anne\\-Maria'",
        (
            "\nfrom Contact where FirstName = 'Anne\\-Maria'\n"
            f"{' ' * 30}^\nERROR at Row:1:Column:64\n"
            "Invalid string literal 'Anne\\-Maria'. Illegal character sequence '\\-' in string literal."
        ),
    ),
    (
        "SELECT Id\nFROM Lead\nWHERE AccountId = '0014000000AAAAA' AND LastName LIKE 'test' OR Email LIKE 'test'",
        (
            "\n'0014000000AAAAA' AND LastName LIKE 'test' OR Email LIKE 'test'\n"
            f"{' ' * 42}^\nERROR at Row:3:Column:61\nunexpected token: 'OR'"
        ),
    ),
    (
        "SELECT COUNT(Id) FROM bookings_DailyActivityRep__c WHERE bookings_DateSent_c = 2020-03-17T21:04:32.000 0000",
        (
            "\nbookings_DateSent_c = 2020-03-17T21:04:32.000 0000\n"
            f"{' ' * 44}^\nERROR at Row:1:Column:102\nline 1:102 no viable alternative at character ' '"
        ),
    ),
]


@pytest.mark.parametrize(("soql", "message"), PLACES)
def test_errors_point_at_the_place_that_live_orgs_name(leads: Api, soql: str, message: str) -> None:
    assert leads.query(soql).body[0]["message"] == message


def test_excerpts_end_with_the_word_that_reaches_furthest(leads: Api) -> None:
    message = leads.query("SELECT Id FROM Lead\nWHERE ConvertedContact.Account.Pet_of_many_names__c = 'true'").body[0][
        "message"
    ]
    assert message.startswith(
        "\nWHERE ConvertedContact.Account.Pet_of_many_names__c\n      ^\nERROR at Row:2:Column:7\n"
    )


def family() -> Api:
    api = an_api()
    acme = api.create("Account", Name="Acme", Phone="1")
    api.create("Account", Name="Bare")
    for name in ("Hopper", "Lovelace", "Noether"):
        api.create("Contact", LastName=name, AccountId=acme)
    return api


def test_children_are_nested_and_null_without_any() -> None:
    api = family()
    rows = api.rows(
        "SELECT Name, (SELECT LastName FROM Contacts WHERE LastName != 'Noether' ORDER BY LastName DESC) FROM Account"
    )
    assert [(row["Name"], row["Contacts"] and row["Contacts"]["totalSize"]) for row in rows] == [
        ("Acme", 2),
        ("Bare", None),
    ]
    assert rows[0]["Contacts"]["done"] is True
    assert [each["LastName"] for each in rows[0]["Contacts"]["records"]] == ["Lovelace", "Hopper"]
    assert api.rows("SELECT (SELECT Id FROM Contacts LIMIT 1) FROM Account LIMIT 1")[0]["Contacts"]["totalSize"] == 1


def test_typeof_shows_each_parent_by_what_it_is() -> None:
    api = family()
    account = api.rows("SELECT Id FROM Account WHERE Name = 'Acme'")[0]["Id"]
    case = api.create("Case", Subject="Help")
    for what in (account, case, None):
        api.create("Event", **an_event(WhatId=what))
    soql = "SELECT TYPEOF What WHEN Account THEN Phone, Name WHEN Task THEN Subject {}END FROM Event"
    rows = api.rows(soql.format("ELSE Id "))
    assert [row["What"] and sorted(row["What"]) for row in rows] == [
        ["Name", "Phone", "attributes"],
        ["Id", "attributes"],
        None,
    ]
    assert api.rows(soql.format(""))[1]["What"] is None


def test_aliases_stand_for_objects_and_parents() -> None:
    api = family()
    soql = "SELECT c.LastName, a.Name FROM Contact AS c, c.Account a WHERE a.Phone = '1' AND c.LastName LIKE 'H%'"
    rows = api.rows(soql)
    assert [(row["LastName"], row["Account"]["Name"]) for row in rows] == [("Hopper", "Acme")]


def test_fields_stand_for_all_that_there_are(leads: Api) -> None:
    soql = "SELECT FIELDS({}) FROM Lead LIMIT 1"
    every, standard, custom = (set(leads.rows(soql.format(group))[0]) for group in ("ALL", "STANDARD", "CUSTOM"))
    assert (every, custom) == (standard | custom, {"Bookforce_Booking_Id__c"})
    assert every == set(leads.read("Lead", leads.rows("SELECT Id FROM Lead LIMIT 1")[0]["Id"])) - {"attributes"}


def test_endings_that_leave_no_trace_are_read(leads: Api) -> None:
    soql = "SELECT Id FROM Lead {}"
    for ending in ("USING SCOPE everything", "FOR VIEW", "FOR REFERENCE", "LIMIT 9 FOR VIEW FOR REFERENCE"):
        assert len(leads.rows(soql.format(ending))) == 4


def test_scope_mine_leaves_the_records_of_others_out() -> None:
    api = an_api()
    api.create("Lead", **a_lead(OwnerId=api.user("ada.rep@vendor.example")))
    mine = api.create("Lead", **a_lead())
    assert api.rows("SELECT Id FROM Lead USING SCOPE mine") == [{"Id": mine}]


def test_values_of_a_multiple_choice_are_matched_one_by_one() -> None:
    field = CustomField(object="Lead", name="Pets__c", label="Pets", type="multipicklist")
    api = an_api(custom_fields=(field,))
    for name, pets in (("A", "Cat;Dog"), ("B", "Dog"), ("C", None)):
        api.create("Lead", **a_lead(FirstName=name, Pets__c=pets))
    found = {}
    for where in (
        "INCLUDES ('Dog')",
        "INCLUDES ('cat;dog')",
        "EXCLUDES ('Cat')",
        "= 'Cat;Dog'",
        "INCLUDES ('Cow','Cat')",
    ):
        found[where] = "".join(row["FirstName"] for row in api.rows(select("FirstName", "Lead", f"Pets__c {where}")))
    assert list(found.values()) == ["AB", "A", "BC", "A", "A"]
    assert api.query("SELECT Id FROM Lead WHERE Pets__c LIKE 'C%'").error == (400, "INVALID_QUERY_FILTER_OPERATOR")


def test_days_begin_at_the_midnight_of_the_user() -> None:
    api = an_api()
    api.org.seed("Lead", [a_lead(CreatedDate="2026-11-22T23:30:00Z")])
    (user,) = (row for row in api.org.records("User") if row["Username"] == "integration@vendor.example")
    api.org.state.records.put("User", str(user["Id"]), user | {"TimeZoneSidKey": "Asia/Tokyo"})
    assert [len(api.rows(select("Id", "Lead", f"CreatedDate = {day}"))) for day in ("TODAY", "TOMORROW")] == [0, 1]


def test_picklists_sort_as_their_values_are_listed() -> None:
    api = an_api()
    listed = [
        each["value"]
        for each in next(
            field for field in api.get("/sobjects/Lead/describe").body["fields"] if field["name"] == "Rating"
        )["picklistValues"]
    ]
    for rating in sorted(listed):
        api.create("Lead", **a_lead(Rating=rating))
    assert [row["Rating"] for row in api.rows("SELECT Rating FROM Lead ORDER BY Rating")] == listed


def test_parents_order_their_children_and_ties_stay_in_place() -> None:
    api = family()
    api.create("Contact", LastName="Alone")
    rows = api.rows("SELECT LastName FROM Contact ORDER BY Account.Name")
    assert [row["LastName"] for row in rows] == ["Alone", "Hopper", "Lovelace", "Noether"]


def test_offset_leaves_one_page_only() -> None:
    api = an_api()
    api.org.seed("Account", [{"Name": "A"}] * 2100)
    body = api.query("SELECT Id FROM Account OFFSET 0").body
    assert (body["totalSize"], body["done"], len(body["records"])) == (2000, True, 2000)


def test_pages_keep_the_version_that_was_asked() -> None:
    api = an_api()
    api.org.seed("Account", [{"Name": "A"}] * 2100)
    page = api.get("/services/data/v58.0/query?q=SELECT+Id+FROM+Account").body
    assert page["nextRecordsUrl"].startswith("/services/data/v58.0/query/01g")
    assert page["nextRecordsUrl"].endswith("-2000")
    locator = page["nextRecordsUrl"].rpartition("-")[0]
    assert api.get(f"{locator}-2100").error == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.parametrize(("includes", "found"), [(True, "Bob Cy's Conv"), (False, "Bob")])
def test_whether_not_holds_of_null_is_a_switch(includes: bool, found: str) -> None:
    api = an_api_with_leads()
    api.org.change(negation_includes_nulls=includes)
    rows = api.rows(select("FirstName", "Lead", "NOT Email = 'ada@example.com'"))
    assert " ".join(row["FirstName"] for row in rows) == found


def test_like_never_takes_long(leads: Api) -> None:
    leads.org.seed("Account", [{"Name": "a" * 255}])
    assert leads.rows(select("Id", "Account", f"Name LIKE '{'%a' * 120}%b'")) == []
