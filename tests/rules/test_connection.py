"""Stage 1: which org this is."""

from dataclasses import replace

import pytest

from rules.connection import ApiUsage, Organization, ShareOfCalls, check_environment, connection_facts
from rules.findings import Fact
from rules.plan import SObject
from tests.builders import API_USER, objects


def an_org(*, is_sandbox: bool = False) -> Organization:
    return Organization(
        id="00D000000000001EAA", name="Acme", edition="Enterprise Edition", instance="EU1", is_sandbox=is_sandbox
    )


@pytest.mark.parametrize(
    ("address", "is_sandbox", "warned"),
    [
        ("https://login.salesforce.com", False, False),
        ("https://login.salesforce.com", True, True),
        ("https://test.salesforce.com", True, False),
        ("https://test.salesforce.com", False, True),
        ("https://acme--dev.sandbox.my.salesforce.com", True, False),
        ("https://acme--dev.sandbox.my.salesforce.com", False, True),
        ("https://acme.my.salesforce.com", False, False),
        ("https://acme.my.salesforce.com", True, False),
        ("not an address", True, False),
    ],
)
def test_a_login_address_that_contradicts_the_org_is_a_warning(address: str, is_sandbox: bool, warned: bool) -> None:
    findings = check_environment(address, an_org(is_sandbox=is_sandbox))
    assert bool(findings) is warned
    assert {finding.level for finding in findings} <= {"warning"}
    for finding in findings:
        assert ("that it is a sandbox" if is_sandbox else "that it is a production org") in finding.message


USED = ApiUsage(used=12, allowed=15000)
SHARE = ShareOfCalls(percent=30, spent=7)


@pytest.mark.parametrize(
    ("usage", "share", "said"),
    [
        (USED, None, ["12 of 15,000 used in the last 24 hours"]),
        (USED, SHARE, ["12 of 15,000 used in the last 24 hours", "our share 30 % = 4,500, of which 7 made"]),
        (None, SHARE, []),
    ],
)
def test_the_facts_name_org_user_rights_and_calls(
    usage: ApiUsage | None, share: ShareOfCalls | None, said: list[str]
) -> None:
    described = objects()
    described[SObject.CASE] = replace(described[SObject.CASE], createable=False)
    described[SObject.LEAD] = replace(described[SObject.LEAD], createable=False, updateable=False, queryable=False)
    facts = connection_facts(an_org(is_sandbox=True), API_USER, described, usage, share)
    assert facts[:3] == (
        Fact(about="org", says=("Acme", "00D000000000001EAA", "Enterprise Edition on EU1")),
        Fact(about="environment", says=("a sandbox",)),
        Fact(about="API", says=("enabled", f"user {API_USER}")),
    )
    rights = {fact.about: fact.says for fact in facts[3:]}
    assert rights["Case"] == ("queryable", "updateable")
    assert rights["Lead"] == ("no rights",)
    assert list(rights.get("API calls", ())) == said
