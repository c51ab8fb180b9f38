from dataclasses import replace
from typing import Any

import pytest

from rules.accounts import account_name, account_values, find_or_create_account
from rules.part import Part
from rules.plan import New, Reason, SObject
from rules.ready import ObjectMapping, ReadySetup
from rules.snapshot import OrgSnapshot
from tests.builders import ADA, NOW, a_customer, a_field, a_setup, a_state, a_work, an_event, objects
from tests.rules.records import ACCOUNT, an_account
from tests.rules.setups import rows_with


def found(org: OrgSnapshot, setup: ReadySetup | None = None, **customer: Any) -> Part | None:
    setup = setup or a_setup()
    work = a_work(an_event(customer=a_customer(**customer)))
    return find_or_create_account(work, setup.pages["default"], org, setup, NOW)


@pytest.mark.parametrize("name", ["Acme", "ACME", " acme. "])
def test_an_account_is_found_by_any_spelling_of_its_name_and_left_as_it_is(name: str) -> None:
    part = found(OrgSnapshot.of(accounts=[an_account(name)]), company="Acme")
    reason = Reason(record=ACCOUNT, found="found by its name")
    because = ("Account found by its name",)
    assert part == Part(record=ACCOUNT, because=because, reasons=(reason,), is_followed=False)


def test_an_account_that_was_renamed_is_found_by_our_key() -> None:
    part = found(OrgSnapshot.of(accounts=[an_account("Acme Holding", key="acme")]))
    assert part
    assert (part.record, part.writes) == (ACCOUNT, ())


def test_a_missing_account_is_created_for_the_owner_at_booking_time() -> None:
    setup = a_setup(pages={"default": {"record_types": {"Account": "Inbound"}}})
    part = found(OrgSnapshot(), setup, company="Acme Inc.")
    assert part
    assert part.record == New(object=SObject.ACCOUNT, key="acme inc")
    (write,) = part.writes
    assert write.fields == {"Name": "Acme Inc.", "OwnerId": ADA, "RecordTypeId": "012000000000001AAA"}
    assert write.auto_assign is False


def test_an_account_gets_all_that_is_mapped() -> None:
    rows = rows_with({"booking": "customer_phone", "object": "Account", "field": "Phone"})
    setup = a_setup(objects(Account=(a_field("Phone", "phone"),)), field_mapping=rows)
    values = account_values(a_state(), setup.pages["default"], setup, NOW)
    assert values
    assert values.fields == {"Name": "Acme", "Phone": "+33 1 23 45"}


@pytest.mark.parametrize(("is_mapped", "company"), [(True, "Acme"), (True, None), (False, "Acme"), (False, None)])
def test_an_account_is_looked_up_by_the_name_that_it_would_get(is_mapped: bool, company: str | None) -> None:
    setup, state = a_setup(), a_state(customer=a_customer(company=company))
    if not is_mapped:
        setup = replace(setup, mapping={**setup.mapping, SObject.ACCOUNT: ObjectMapping()})
    values = account_values(state, setup.pages["default"], setup, NOW)
    assert values
    assert account_name(state, setup.pages["default"], setup, NOW) == values.fields["Name"]


@pytest.mark.parametrize(
    ("empty_company", "customer", "name"),
    [
        ("unspecified", {"company": None}, "Unspecified"),
        ("customer_name", {"company": None}, "Lea Marin"),
        ("customer_name", {"company": "", "name": None}, "Unspecified"),
        ("customer_name", {"company": None, "name": "L" * 300}, "L" * 254 + "…"),
        ("customer_name", {"company": None, "name": "@{r0.id}"}, "@ {r0.id}"),
        ("customer_name", {"company": "Acme"}, "Acme"),
        ("none", {"company": None}, None),
        ("none", {"company": "Acme"}, "Acme"),
    ],
)
def test_account_of_a_customer_without_a_company(
    empty_company: str, customer: dict[str, Any], name: str | None
) -> None:
    setup = a_setup(matching={"empty_company": empty_company})
    values = account_values(a_state(customer=a_customer(**customer)), setup.pages["default"], setup, NOW)
    assert (values.fields["Name"] if values else None) == name
    assert (found(OrgSnapshot(), setup, **customer) is None) is (name is None)


def test_all_customers_without_a_company_share_one_account() -> None:
    part = found(OrgSnapshot.of(accounts=[an_account("Unspecified")]), company=None)
    assert part
    assert part.record == ACCOUNT


def test_an_account_has_a_name_even_where_the_org_requires_none() -> None:
    """Person Accounts make Account.Name optional."""
    org = objects()
    account = org[SObject.ACCOUNT]
    optional = replace(account, fields={**account.fields, "Name": a_field("Name")})
    setup = a_setup({**org, SObject.ACCOUNT: optional})
    values = account_values(a_state(customer=a_customer(company=None)), setup.pages["default"], setup, NOW)
    assert values
    assert values.fields == {"Name": "Unspecified"}
