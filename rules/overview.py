"""Stages 3 to 5 for people: what supplies each required field, which rows are mapped, the creation rules as set."""

from collections.abc import Iterable, Mapping

from rules.describe import FieldSpec
from rules.findings import Fact, fact
from rules.plan import SObject
from rules.ready import CompiledRow, ObjectMapping, RequiredField, Users
from rules.ruleset import CreationRules, Owners, PageRules
from rules.validation import default_by_type

_UNUSED_TIME = "2000-01-01T00:00:00Z"


def supply_facts(
    required: Mapping[SObject, tuple[RequiredField, ...]], mapping: Mapping[SObject, ObjectMapping]
) -> tuple[Fact, ...]:
    """For each required field what supplies it, in the order in which it is asked.

    What the API requires is the same for all record types: those differ in page layouts, which bind people alone.
    Source: https://help.oncehub.com/help/handling-required-salesforce-fields-in-the-field-validation-step
    """
    return tuple(
        fact(f"{obj}.{need.field.name}", ", else ".join(_suppliers(need, mapping[obj])) or "nothing")
        for obj, needs in required.items()
        for need in needs
    )


def mapping_facts(mapping: Mapping[SObject, ObjectMapping]) -> tuple[Fact, ...]:
    """The rows of each object: booking field → Salesforce field (type, longest text)."""
    return tuple(fact(obj, *map(_row, (*rows.customer, *rows.booking))) for obj, rows in mapping.items())


def matrix_facts(rules: CreationRules) -> tuple[Fact, ...]:
    """The matrix of creation, update and assignment."""
    lead, contact, case = rules.lead, rules.contact, rules.case
    existing = (("Lead", lead.existing), ("Contact", contact.existing), ("Case", case.existing))
    new = (("Lead", lead.new.assign), ("Contact", "booking_owner"), ("Case", case.new.assign))
    return (
        *(fact(f"existing {name}", f"update: {rule.update}", f"owner: {rule.assign}") for name, rule in existing),
        *(fact(f"new {name}", "created", f"owner: {assign}") for name, assign in new),
        fact("new Account", "created where it is missing", "never renamed"),
    )


def owner_facts(owners: Owners, users: Users) -> tuple[Fact, ...]:
    """How booking owners become Salesforce users. Without their names, which are nobody's business here."""
    by_email = "matched by e-mail and username" if owners.match_by_email else "not matched by e-mail"
    return (
        fact("owners", f"{len(owners.users)} named", by_email, f"{len(users.by_name)} names lead to a user"),
        fact("other owners", owners.on_unmapped),
    )


def page_facts(pages: Mapping[str, PageRules]) -> tuple[Fact, ...]:
    """The Salesforce settings of each booking page."""
    return tuple(fact(f"page {name}", *_page(page)) for name, page in pages.items())


def _suppliers(need: RequiredField, mapping: ObjectMapping) -> Iterable[str]:
    rows = (*mapping.customer, *mapping.booking)
    yield from (row.booking for row in rows if row.field.name == need.field.name)
    if need.static is not None:
        yield repr(need.static)
        return
    if need.booking:
        yield need.booking
    default = _default(need.field)
    if default:
        yield default


def _default(field: FieldSpec) -> str:
    match field.type:
        case "date":
            return "the current date"
        case "datetime":
            return "the current time"
        case _:
            value = default_by_type(field, _UNUSED_TIME)
            return "" if value is None else repr(value)


def _row(row: CompiledRow) -> str:
    length = f", {row.field.length}" if row.field.length else ""
    key = f" by {row.lookup_key}" if row.lookup_key else ""
    return f"{row.booking} → {row.field.name} ({row.field.type}{length}){key}"


def _page(page: PageRules) -> Iterable[str]:
    yield f"general links: {page.object}"
    yield "an Event" if page.create_event else "no Event"
    yield from (f"{obj} of record type {name}" for obj, name in page.record_types.items())
