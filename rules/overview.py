"""Stages 3 to 5 for people: what supplies each required field, which rows are mapped, the creation rules as set."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rules.describe import FieldSpec
from rules.findings import Fact, fact
from rules.offers import STATUS, WITH_PROCESS, Offers, narrowed
from rules.plan import SObject
from rules.ready import CompiledRow, ObjectMapping, RequiredField, Users, needs_of
from rules.record_types import TypeOffers
from rules.ruleset import CreationRules, Owners, PageRules
from rules.validation import default_by_type

_UNUSED_TIME = "2000-01-01T00:00:00Z"


def supply_facts(
    required: Mapping[SObject, tuple[RequiredField, ...]],
    mapping: Mapping[SObject, ObjectMapping],
    offers: TypeOffers,
) -> tuple[Fact, ...]:
    """For each required field what supplies it, in the order in which it is asked; by record type where that differs.

    The same fields are required of all record types: page layouts, in which those differ too, bind people alone.
    Source: https://help.oncehub.com/help/handling-required-salesforce-fields-in-the-field-validation-step
    """
    facts: list[Fact] = []
    for obj, needs in required.items():
        said = {need.field.name: tuple(_suppliers(need, mapping[obj])) for need in needs_of(needs, None)}
        facts += [_supply(f"{obj}.{name}", suppliers) for name, suppliers in said.items()]
        for record_type, offered in offers.get(obj, {}).items():
            own = _typed_suppliers(obj, needs, mapping[obj], record_type, offered)
            facts += [
                _supply(f"{obj}.{name} (record type {record_type})", suppliers)
                for name, suppliers in own.items()
                if suppliers != said.get(name)
            ]
    return tuple(facts)


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


def _supply(about: str, suppliers: Iterable[str]) -> Fact:
    return fact(about, ", else ".join(suppliers) or "nothing")


def _typed_suppliers(
    obj: SObject, needs: Iterable[RequiredField], mapping: ObjectMapping, record_type: str, offered: Offers
) -> dict[str, tuple[str, ...]]:
    """What supplies the fields of one record type, by name, and the status of its process."""
    own = [replace(need, field=narrowed(need.field, record_type, offered)) for need in needs_of(needs, record_type)]
    said = {need.field.name: tuple(_suppliers(need, mapping)) for need in own}
    status = offered.get(STATUS)
    if obj not in WITH_PROCESS or status is None or status.default is None:
        return said
    return {STATUS: (*_mapped(STATUS, mapping), f"{status.default!r} of its process"), **said}


def _mapped(field: str, mapping: ObjectMapping) -> Iterable[str]:
    return (row.booking for row in (*mapping.customer, *mapping.booking) if row.field.name == field)


def _suppliers(need: RequiredField, mapping: ObjectMapping) -> Iterable[str]:
    yield from _mapped(need.field.name, mapping)
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
