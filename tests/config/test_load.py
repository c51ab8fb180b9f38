"""Setup files: what they overlay, and what they are told when they are wrong."""

import copy
import datetime as dt
import json
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import SHIPPED, BadSetupFile, load_ruleset
from rules.plan import SObject
from rules.ruleset import MappingRow, RuleSet

Load = Callable[[str], RuleSet]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a text as a setup file."""

    def load_text(text: str) -> RuleSet:
        path = tmp_path / "bookforce.toml"
        path.write_text(text, encoding="utf-8")
        return load_ruleset(path)

    return load_text


def test_the_shipped_setup_is_complete() -> None:
    rules = load_ruleset(None)
    assert rules.pages["default"].object == "lead"
    assert rules.creation_rules.lead.existing.update == "override"
    assert len(rules.field_mapping) == 21


@pytest.mark.parametrize("text", ["", "\n# nothing\n", "[pages]\n", "field_mapping = []\n"])
def test_a_file_that_says_nothing_is_the_shipped_setup(load: Load, text: str) -> None:
    assert load(text) == load_ruleset(None)


def test_the_shipped_file_is_a_setup_file_itself(load: Load) -> None:
    own = load(SHIPPED.read_text())
    assert own == load_ruleset(None)


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        pytest.param('[matching]\nprefer = "lead"', lambda r: r.matching.prefer, "lead", id="option"),
        pytest.param(
            '[matching]\nprefer = "lead"',
            lambda r: r.matching.follow_converted,
            True,
            id="neighbours of an option stay",
        ),
        pytest.param(
            '[creation_rules.lead.existing]\nassign = "booking_owner"',
            lambda r: (r.creation_rules.lead.existing.assign, r.creation_rules.lead.existing.update),
            ("booking_owner", "override"),
            id="option three tables deep",
        ),
        pytest.param(
            '[owners.users]\n"USR-1" = "ada@example.com"',
            lambda r: r.owners.users,
            {"USR-1": "ada@example.com"},
            id="users",
        ),
        pytest.param(
            '[[field_validation]]\nobject = "Lead"\nfield = "Region__c"\nsource = "static"\nvalue = "EMEA"',
            lambda r: [(row.object, row.field, row.value) for row in r.field_validation],
            [("Lead", "Region__c", "EMEA")],
            id="field validation",
        ),
        pytest.param(
            "[[field_validation]]\nobject = 'Lead'\nfield = 'X__c'\nsource = 'static'\nvalue = '1'\n"
            "[[field_validation]]\nobject = 'Lead'\nfield = 'X__c'\nsource = 'static'\nvalue = '2'\n"
            "record_type = 'Demo'",
            lambda r: [(row.value, row.record_type) for row in r.field_validation],
            [("1", None), ("2", "Demo")],
            id="field validation of a record type",
        ),
        pytest.param(
            '[owners]\non_unmapped = "fallback_user"\nfallback_user = "desk@example.com"',
            lambda r: r.owners.fallback_user,
            "desk@example.com",
            id="fallback user",
        ),
    ],
)
def test_an_option_replaces_its_default_and_nothing_else(
    load: Load, text: str, read: Callable[[RuleSet], object], expected: object
) -> None:
    assert read(load(text)) == expected


def rows_of(rules: RuleSet, booking: str, obj: SObject) -> list[MappingRow]:
    """The rows for a booking field and an object."""
    return [row for row in rules.field_mapping if row.booking == booking and row.object is obj]


def test_a_row_replaces_the_shipped_one_with_its_booking_field_and_object(load: Load) -> None:
    rules = load('field_mapping = [{ booking = "customer_phone", object = "Lead", field = "HomePhone" }]')
    assert [row.field for row in rows_of(rules, "customer_phone", SObject.LEAD)] == ["HomePhone"]
    assert [row.field for row in rows_of(rules, "customer_phone", SObject.CONTACT)] == ["Phone"]
    assert len(rules.field_mapping) == len(load_ruleset(None).field_mapping)


def test_a_row_for_something_that_is_not_mapped_is_added(load: Load) -> None:
    rules = load('[[field_mapping]]\nbooking = "answer:Budget"\nobject = "Lead"\nfield = "Budget__c"')
    assert [row.field for row in rows_of(rules, "answer:Budget", SObject.LEAD)] == ["Budget__c"]
    assert len(rules.field_mapping) == len(load_ruleset(None).field_mapping) + 1


@pytest.mark.parametrize("field", ["", ', field = "Phone"'], ids=["without its field", "with its field"])
def test_a_row_is_taken_away_by_disabling_it(load: Load, field: str) -> None:
    rules = load(f'field_mapping = [{{ booking = "customer_phone", object = "Lead"{field}, enabled = false }}]')
    rows = rows_of(rules, "customer_phone", SObject.LEAD)
    assert [(row.field, row.enabled) for row in rows] == [("Phone", False)]


def test_the_default_page_speaks_for_pages_of_every_kind(load: Load) -> None:
    rules = load('[pages.default]\nrecord_types = { Lead = "A", Case = "B", Event = "C" }')
    assert rules.pages["default"].record_types == {SObject.LEAD: "A", SObject.CASE: "B", SObject.EVENT: "C"}


def test_a_row_that_is_taken_away_fills_nothing(load: Load) -> None:
    away = '{ booking = "customer_phone", object = "Lead", enabled = false }'
    rules = load(f'field_mapping = [{away}, {{ booking = "customer_note", object = "Lead", field = "Phone" }}]')
    assert [row.booking for row in rules.field_mapping if row.field == "Phone" and row.enabled] == [
        "customer_phone",
        "customer_note",
    ]


def test_a_field_of_ours_may_have_several_names(load: Load) -> None:
    rules = load('[installation]\nevent_status = ["A__c", "B__c"]\ncancel_reschedule_reason = "C__c"')
    assert rules.installation.event_status == ("A__c", "B__c")
    assert rules.installation.cancel_reschedule_reason == ("C__c",)


def test_one_booking_field_may_fill_two_fields_where_the_admin_says_so(load: Load) -> None:
    rows = ", ".join(
        f'{{ booking = "customer_phone", object = "Lead", field = "{name}" }}' for name in ("Phone", "Fax")
    )
    rules = load(f"field_mapping = [{rows}]")
    assert [row.field for row in rows_of(rules, "customer_phone", SObject.LEAD)] == ["Phone", "Fax"]


def test_a_page_inherits_from_the_shipped_default_page(load: Load) -> None:
    rules = load('[pages."BP-1"]\nobject = "case"')
    assert (rules.pages["BP-1"].object, rules.pages["BP-1"].create_event) == ("case", True)
    assert rules.pages["default"].object == "lead"


def test_a_page_inherits_from_the_admins_default_page_wherever_it_stands(load: Load) -> None:
    rules = load('[pages."BP-1"]\nobject = "case"\n[pages.default]\ncreate_event = false\nobject = "contact"')
    assert (rules.pages["BP-1"].object, rules.pages["BP-1"].create_event) == ("case", False)
    assert rules.pages["default"].object == "contact"


def test_record_types_of_a_page_replace_those_of_the_default_page(load: Load) -> None:
    rules = load('[pages.default]\nrecord_types = { Lead = "A", Case = "B" }\n[pages.x]\nrecord_types = { Lead = "C" }')
    assert rules.pages["x"].record_types == {SObject.LEAD: "C"}


ERRORS = [
    (
        "[matchin]\nprefer = 1",
        "matchin: no such option (did you mean 'matching'?); allowed: installation, owners, ",
        "table",
    ),
    (
        "[matching]\npreffer = 'lead'",
        "matching.preffer: no such option (did you mean 'prefer'?); allowed: prefer, cross_object_match, ",
        "option",
    ),
    ("[matching]\nxyzzy = 1", "matching.xyzzy: no such option; allowed: prefer, cross_object_match, ", "nothing near"),
    (
        "[matching]\nprefer = 'leed'",
        "matching.prefer: input should be 'page', 'contact' or 'lead', got 'leed' (did you mean 'lead'?)",
        "choice",
    ),
    (
        "[matching]\nfollow_converted = 'yes'",
        "matching.follow_converted: expected true or false, got 'yes'",
        "a word for true",
    ),
    ("[pages.x]\ncreate_event = 0", "pages.x.create_event: expected true or false, got 0", "a number for false"),
    ("[matching]\nprefer = true", "matching.prefer: input should be 'page', 'contact' or 'lead', got true", "flag"),
    ("matching = 5", "matching: expected a table, got 5", "no table"),
    (
        "[installation]\nbooking_key = nan",
        "installation.booking_key: input should be a valid string, got nan",
        "number",
    ),
    (
        "[creation_rules.lead.new]\nassign = 'keep'",
        "creation_rules.lead.new.assign: input should be 'booking_owner' or 'assignment_rules', got 'keep'",
        "choice three tables deep",
    ),
    (
        "[creation_rules.contact.existing]\nassign = 'assignment_rules'",
        "creation_rules.contact.existing.assign: input should be 'keep' or 'booking_owner', got 'assignment_rules'",
        "contacts have no assignment rules",
    ),
    (
        "[creation_rules.contact.new]\nassign = 'booking_owner'",
        "creation_rules.contact.new: no such option; allowed: existing",
        "a new contact has no choice",
    ),
    (
        "[pages.BP]\nobjekt = 'lead'",
        "pages.BP.objekt: no such option (did you mean 'object'?); allowed: object, ",
        "page",
    ),
    (
        "[pages.default]\nobject = 'deal'",
        "pages.default.object: input should be 'lead', 'contact', 'case' or 'none'",
        "page",
    ),
    ("[pages]\nBP = 5", "pages.BP: expected a table, got 5", "page that is no table"),
    ("pages = []", "pages: expected a table, got []", "no pages"),
    (
        "[pages.x.record_types]\nLeed = 'A'",
        "pages.x.record_types.Leed: input should be 'Account', 'Lead', ",
        "record type",
    ),
    ("field_mapping = 5", "field_mapping: expected an array, got 5", "mapping"),
    ("[field_mapping]\nx = 1", "field_mapping: expected an array, got {'x': 1}", "mapping as a table"),
    ("field_mapping = [5]", "field_mapping.row 1: expected a table, got 5", "row"),
    (
        "field_mapping = [{ booking = 'subject', object = 'Lead', feild = 'X' }]",
        "field_mapping.row 1.feild: no such option (did you mean 'field'?); allowed: booking, object, field, enabled",
        "misspelt option of a row",
    ),
    (
        "field_mapping = [{ booking = 'subject', object = 'Lead' }]",
        "field_mapping.row 1.field: required",
        "option missing from a row",
    ),
    (
        "field_mapping = [{ booking = 'subject', object = 'Lead', field = 'X' }, { booking = 'x', object = 'Leed' }]",
        "field_mapping.row 2.object: input should be 'Account', 'Lead', 'Contact', 'Case' or 'Event', got 'Leed' (",
        "second row",
    ),
    (
        "field_mapping = [{ booking = ['subject'], object = 'Lead', field = 'X' }]",
        "field_mapping.row 1.booking: input should be a valid string, got ['subject']",
        "list in a row",
    ),
    (
        "field_mapping = [{ booking = 'customer_fone', object = 'Lead', field = 'Phone' }]",
        "field_mapping: no booking field 'customer_fone' (did you mean 'customer_phone'?); allowed: attendees, ",
        "booking field",
    ),
    (
        "field_mapping = [{ booking = 'answer:', object = 'Lead', field = 'X__c' }]",
        "field_mapping: no booking field 'answer:'",
        "answer to no question",
    ),
    (
        "field_mapping = [{ booking = 'subject', object = 'Lead', field = '' }]",
        "field_mapping.row 1.field: expected the API name of a field, such as Bookforce_Booking_Id__c, got ''",
        "no name of a field",
    ),
    (
        "[[field_validation]]\nobject = 'Lead'\nfield = 'Annual revenue'\nsource = 'static'\nvalue = '1'",
        "field_validation.row 1.field: expected the API name of a field, such as Bookforce_Booking_Id__c, got ",
        "label of a field",
    ),
    (
        "[[field_validation]]\nobject = 'Lead'\nfield = 'X__c'\nsource = 'booking'\nvalue = 'subjekt'",
        "field_validation: no booking field 'subjekt' (did you mean 'subject'?); allowed: ",
        "booking field of a required field",
    ),
    ("[[field_validation]]\nobject = 'Lead'", "field_validation.row 1.field: required", "validation row"),
    (
        "[owners]\non_unmapped = 'fallback_user'",
        'owners.fallback_user: required because owners.on_unmapped is "fallback_user"',
        "fallback user",
    ),
    (
        "[owners]\nfallback_user = 'desk@example.com'",
        'owners.fallback_user: has no effect because owners.on_unmapped is "api_user"; set that to ',
        "fallback user that is never asked",
    ),
    (
        "[matching]\nprefer = 'lead'\ncross_object_match = false",
        'matching.prefer: "lead" has no effect because matching.cross_object_match is false; set that to true, or ',
        "precedence between objects of which one is never looked for",
    ),
    (
        "[labels]\nmode = 'phase'\ntexts = { 'Canceled by Owner' = 'Off' }",
        'labels.texts.Canceled by Owner: never written because labels.mode is "phase"; allowed here: Scheduled, ',
        "words for a detailed text where phases are written",
    ),
    (
        "[labels]\ntexts = { Rescheduled = 'Moved' }",
        'labels.texts.Rescheduled: never written because labels.mode is "detailed"; allowed here: Scheduled, ',
        "words for a phase where detailed texts are written",
    ),
    (
        "[labels]\ntexts = { Canceled = ' ' }",
        "labels.texts.Canceled: empty, so that the status would not be written; name a text, or remove this",
        "no words",
    ),
    (
        "field_mapping = [{ booking = 'answer: ', object = 'Lead', field = 'X__c' }]",
        "field_mapping: no booking field 'answer: '",
        "the answer to no question",
    ),
    (
        "[owners.users]\n'a@x.example' = 'b@x.example'\n'A@x.example' = 'c@x.example'",
        "owners.users: 'a@x.example', 'A@x.example' are one user, because capitals do not count; keep one of them",
        "one owner twice",
    ),
    (
        "[installation]\nevent_status = 'X__c'\ncancel_reschedule_reason = 'X__c'",
        "installation: X__c is named twice; each field of Event holds one thing",
        "one field for status and reason",
    ),
    (
        "[installation]\nevent_status = 5",
        "installation.event_status: expected a name or an array of names, got 5",
        "number for a name",
    ),
    (
        "[installation]\naccount_key = 'Account key'",
        "installation.account_key: expected the API name of a field, such as Bookforce_Booking_Id__c",
        "label for a name",
    ),
    (
        "field_mapping = [{ booking = 'customer_note', object = 'Lead', field = 'Phone' }]",
        "field_mapping: Lead.Phone is filled by customer_phone and customer_note; take one away, as with { ",
        "one field filled by two rows",
    ),
    (
        "[[field_validation]]\nobject = 'Lead'\nfield = 'X__c'\nsource = 'static'\nvalue = '1'\n" * 2,
        "field_validation: Lead.X__c has two rows, and one value can be sent; remove one",
        "one required field with two values",
    ),
    (
        "[pages.x]\nobject = 'contact'\nrecord_types = { Lead = 'A' }",
        'pages.x.record_types.Lead: a page with object = "contact" never creates one; allowed here: Account, ',
        "record type of an object that the page does not create",
    ),
    (
        "[pages.x]\ncreate_event = false\nrecord_types = { Event = 'A' }",
        'pages.x.record_types.Event: a page with object = "lead" without Events never creates one; allowed here: Lead',
        "record type of Events on a page without",
    ),
    (
        "[pages.x]\nobject = 'none'\ncreate_event = false\nrecord_types = { Lead = 'A' }",
        'pages.x.record_types.Lead: a page with object = "none" never creates one; allowed here: none',
        "record type on a page that creates nothing",
    ),
    (
        "[quota]\nkeep_for_life_cycle = 30\nkeep_from_bulk = 20",
        "quota.keep_from_bulk: 20 is less than quota.keep_for_life_cycle, 30, and bulk publishing would not stop ",
        "bulk that goes on behind new bookings",
    ),
    (
        "[quota]\nkeep_for_life_cycle = 100\nkeep_from_bulk = 100",
        "quota.keep_for_life_cycle: 100 percent leave no API calls to new bookings, which would wait for ever",
        "no calls for new bookings",
    ),
    (
        "[quota]\nkeep_from_bulk = 100",
        "quota.keep_from_bulk: 100 percent leave no API calls to bulk publishing, which would wait for ever",
        "no calls for bulk publishing",
    ),
    ("[quota]\nshare = 0", "quota.share: input should be greater than or equal to 1, got 0", "no share"),
    ("[owners.users]\n'USR-1' = 5", "owners.users.USR-1: input should be a valid string, got 5", "user"),
    (
        "[labels]\nmode = '" + "x" * 80 + "'",
        "labels.mode: input should be 'detailed' or 'phase', got str of 82 ",
        "long",
    ),
    ("[matching", "not TOML: Expected ']' at the end of a table declaration (at end of document)", "broken"),
    ("a = 1\na = 2", "not TOML: Cannot overwrite a value", "doubled key"),
    ("a = " + "1" * 5000, "not TOML: a number with too many digits", "long number"),
    ("a = " + "[" * 9000, "not TOML: arrays or tables are nested too deeply", "nested too deeply"),
]


@pytest.mark.parametrize(("text", "message"), [row[:2] for row in ERRORS], ids=[row[2] for row in ERRORS])
def test_a_bad_file_is_told_where_and_what_is_allowed(load: Load, tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadSetupFile) as caught:
        load(text)
    assert str(caught.value).startswith(f"{tmp_path / 'bookforce.toml'}: {message}")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told_with_the_variable_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(BadSetupFile) as caught:
        load_ruleset(tmp_path / "none.toml")
    message = f"{tmp_path / 'none.toml'}: cannot be read (No such file or directory); BOOKFORCE_SETUP names it"
    assert str(caught.value) == message


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadSetupFile, match="cannot be read"):
        load_ruleset(tmp_path)


def test_a_file_in_another_encoding_is_told_by_the_line(tmp_path: Path) -> None:
    path = tmp_path / "bookforce.toml"
    path.write_bytes("[matching]\n# Größe".encode("latin-1"))
    with pytest.raises(BadSetupFile, match=r"bookforce.toml: line 2 is not UTF-8 text; save the file as UTF-8"):
        load_ruleset(path)


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf", b'\xef\xbb\xbf[matching]\r\nprefer = "lead"\r\n'])
def test_the_mark_that_some_editors_put_before_the_text_says_nothing(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "bookforce.toml"
    path.write_bytes(text)
    assert load_ruleset(path).matching.prefer == ("lead" if b"lead" in text else "page")


SHIPPED_TABLES = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
SCALARS = (
    st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.text(max_size=8)
    | st.sampled_from(["lead", "Lead", "keep", "override", "subject", "answer:x", "default", "object", "booking_owner"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["booking", "object", "field", "default", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated_tables(draw: st.DrawFn) -> dict[str, Any]:
    """The shipped tables with some places changed, dropped or added to."""
    tables = copy.deepcopy(SHIPPED_TABLES)
    for _ in range(draw(st.integers(1, 4))):
        within: Any = tables
        while True:
            keys = sorted(within) if isinstance(within, dict) else list(range(len(within)))
            key = draw(st.sampled_from([*keys, "new"])) if keys else "new"
            deeper = key in keys and isinstance(within[key], dict | list) and draw(st.booleans())
            if not deeper:
                break
            within = within[key]
        change(within, key, draw(VALUES), drop=draw(st.booleans()))
    return tables


def change(within: Any, key: Any, value: object, *, drop: bool) -> None:
    """Put the value there, behind the others of a list, or take away what is there."""
    if drop and key != "new":
        del within[key]
    elif isinstance(within, list) and key == "new":
        within.append(value)
    else:
        within[key] = value


def as_toml(tables: dict[str, Any]) -> str:
    """The tables as a setup file, one line a key."""
    return "\n".join(f"{json.dumps(key)} = {as_value(value)}" for key, value in tables.items())


def as_value(value: Any) -> str:
    """A value as TOML writes it, inline."""
    match value:
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {as_value(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(as_value, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case bool():
            return str(value).lower()
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)


@given(mutated_tables())
def test_any_tables_are_loaded_or_refused_and_nothing_else(tables: dict[str, Any]) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(as_toml(tables))
        file.flush()
        assert_loads_or_refuses(Path(file.name))


@given(st.text(max_size=60) | st.text(st.sampled_from("[]{}=\"'.,#\n a1"), max_size=40))
def test_any_text_is_loaded_or_refused_and_nothing_else(text: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(text.encode())
        file.flush()
        assert_loads_or_refuses(Path(file.name))


def assert_loads_or_refuses(path: Path) -> None:
    """A RuleSet, or an error that names the file and says something."""
    try:
        rules = load_ruleset(path)
    except BadSetupFile as error:
        message = str(error)
    else:
        message = f"{path}: {rules.labels.mode}"
    assert message.startswith(f"{path}: ")
    assert len(message) > len(f"{path}: ")
