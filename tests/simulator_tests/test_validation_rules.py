from typing import Any

import pytest

from tests.simulator.rules.org_rules import ValidationRule
from tests.simulator_tests.api import Api, a_lead, an_api


def a_rule(when: str, message: str = "Don't.", **changes: str) -> ValidationRule:
    settings: dict[str, Any] = {"object": "Lead", "name": "A_Rule", "when": when, "message": message}
    return ValidationRule(**(settings | changes))


def an_org_with(*rules: ValidationRule) -> Api:
    return an_api(validation_rules=rules)


def error(message: str, *fields: str) -> dict[str, Any]:
    return {"message": message, "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "fields": list(fields)}


def test_the_admins_text_is_the_message_and_the_field_is_named_if_the_rule_names_one() -> None:
    api = an_org_with(a_rule("Email = null AND Phone = null", "An e-mail or a phone, please.", field="Email"))
    reply = api.post("/sobjects/Lead", a_lead())
    assert (reply.status, reply.body) == (400, [error("An e-mail or a phone, please.", "Email")])
    assert api.post("/sobjects/Lead", a_lead(Phone="1")).status == 201


def test_all_rules_that_hold_are_told_together() -> None:
    rules = (
        a_rule("Title = null", "No title."),
        a_rule("Company = 'Army'", "No army."),
        a_rule("Email = null", "No mail."),
    )
    reply = an_org_with(*rules).post("/sobjects/Lead", a_lead())
    assert reply.body == [error("No title."), error("No mail.")]


@pytest.mark.parametrize(
    ("change", "status"), [({"Title": "x"}, 204), ({"Email": None}, 400), ({"Company": "Army"}, 400)]
)
def test_an_update_is_judged_by_the_record_as_it_would_be(change: dict[str, Any], status: int) -> None:
    api = an_org_with(a_rule("Email = null OR Company = 'Army'"))
    lead = api.create("Lead", **a_lead(Email="g@example.com"))
    assert api.patch(f"/sobjects/Lead/{lead}", change).status == status


def test_defaults_and_derived_values_count() -> None:
    api = an_org_with(a_rule("Status = 'Open - Not Contacted' AND Name = 'Grace Hopper'"))
    assert api.post("/sobjects/Lead", a_lead(FirstName="Grace")).status == 400
    assert api.post("/sobjects/Lead", a_lead(FirstName="Ada")).status == 201


def test_a_rule_may_look_at_parents() -> None:
    api = an_org_with(a_rule("Account.Name = 'Closed Ltd'", object="Contact"))
    closed, opened = api.create("Account", Name="Closed Ltd"), api.create("Account", Name="Open Ltd")
    statuses = [api.post("/sobjects/Contact", {"LastName": "x", "AccountId": each}).status for each in (closed, opened)]
    assert statuses == [400, 201]


def test_a_rule_speaks_of_its_own_object_and_of_what_clients_write() -> None:
    api = an_org_with(a_rule("Email = null"))
    assert api.post("/sobjects/Contact", {"LastName": "x"}).status == 201
    assert api.org.seed("Lead", [a_lead()])


def test_collections_give_each_record_its_own_errors() -> None:
    api = an_org_with(a_rule("Title = 'x'", "No x."))
    records = [{"attributes": {"type": "Lead"}, **a_lead(Title=title)} for title in "yx"]
    results = api.post("/composite/sobjects", {"records": records}).body
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert results[1]["errors"] == [{"statusCode": code, "message": "No x.", "fields": []}]
    assert results[0]["success"] is True


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (a_rule("Email ="), "unexpected token"),
        (a_rule("Pet__c = 'x'"), "No such column 'Pet__c' on entity 'Lead'"),
        (a_rule("Email = null ORDER BY Id"), "a rule is a condition and nothing else"),
        (a_rule("Email = null LIMIT 1"), "a rule is a condition and nothing else"),
        (a_rule("Email = null FOR VIEW LIMIT 1"), "unexpected token"),
        (a_rule("OwnerId IN (SELECT Id FROM User)"), "a rule looks at no other records: SELECT Id FROM User"),
        (a_rule("Email = null", object="Pet"), "no object Pet"),
        (a_rule("Email = null", field="Pet__c"), "no field Pet__c on Lead"),
        (a_rule("Email = null", message=""), "a message is required"),
    ],
)
def test_a_rule_that_cannot_be_judged_is_refused_with_the_reason(rule: ValidationRule, reason: str) -> None:
    api = an_api()
    with pytest.raises(ValueError, match="validation rule A_Rule: ") as raised:
        api.org.change(validation_rules=(rule,))
    assert reason in str(raised.value)
    assert api.org.state.settings.validation_rules == ()
