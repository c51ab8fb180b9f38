"""Stage 1: which org the connection leads to, and what the API user may do and has used there."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from rules.describe import ObjectSpec
from rules.findings import Fact, Finding, Objects, fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """The org as it describes itself; `edition` is its OrganizationType, `instance` where it lives."""

    id: str
    name: str
    edition: str
    instance: str
    is_sandbox: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUsage:
    """API calls of the last 24 hours, of all applications of the org."""

    used: int
    allowed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareOfCalls:
    """What part of the org's calls is ours, in percent, and how many we made in the last 24 hours."""

    percent: int
    spent: int


def check_environment(login_url: str, org: Organization) -> list[Finding]:
    """Whether the address that was logged in at says the same of the org as the org itself."""
    meant = _is_sandbox_address(login_url)
    if meant is None or meant is org.is_sandbox:
        return []
    message = (
        f"the login address is one of {_environment(meant)}, and the org says that it is {_environment(not meant)}"
    )
    advice = "check BOOKFORCE_SALESFORCE_LOGIN_URL: bookings go to the org that is named here"
    return [Finding(level="warning", message=message, advice=advice)]


def connection_facts(
    org: Organization, api_user: str, objects: Objects, usage: ApiUsage | None, share: ShareOfCalls | None
) -> tuple[Fact, ...]:
    """Which org this is, whether it is real, who we are there, what we may do, and how many calls are left."""
    return (
        fact("org", org.name, org.id, f"{org.edition} on {org.instance}"),
        fact("environment", _environment(org.is_sandbox)),
        fact("API", "enabled", f"user {api_user}"),
        *(fact(obj, *_rights(spec)) for obj, spec in objects.items()),
        *([fact("API calls", *_calls(usage, share))] if usage else []),
    )


def _is_sandbox_address(login_url: str) -> bool | None:
    """What the address says: None for a My Domain, which may be either.

    Source: https://help.salesforce.com/s/articleView?id=xcloud.domain_name_url_formats.htm (a sandbox's My Domain has
    `.sandbox.`)
    """
    host = urlsplit(login_url).hostname or ""
    if host == "test.salesforce.com" or ".sandbox." in host:
        return True
    return False if host == "login.salesforce.com" else None


def _environment(is_sandbox: bool) -> str:
    return "a sandbox" if is_sandbox else "a production org"


def _calls(usage: ApiUsage, share: ShareOfCalls | None) -> Iterator[str]:
    yield f"{usage.used:,} of {usage.allowed:,} used in the last 24 hours"
    if share:
        yield f"our share {share.percent} % = {usage.allowed * share.percent // 100:,}, of which {share.spent:,} made"


def _rights(spec: ObjectSpec) -> list[str]:
    rights = ("queryable", "createable", "updateable")
    return [right for right in rights if getattr(spec, right)] or ["no rights"]
