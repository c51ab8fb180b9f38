"""Errors of the org as findings of a setup stage: what happened, and what the admin does next."""

from rules.findings import Finding
from worker.errors import Disconnected, LimitReached, Stale, SyncError, Transient

_API_OFF = {"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"}


def explain(error: SyncError) -> Finding:
    """The finding for an error that ended a stage."""
    return Finding(level="error", message=error.message, advice=f"{_advice(error)} ({error.code})")


def is_passing(error: SyncError) -> bool:
    """Whether the error says nothing of the setup: what was found before still holds."""
    return isinstance(error, Transient | LimitReached)


def _advice(error: SyncError) -> str:
    match error:
        case LimitReached():
            return "wait until API calls are back: the window is 24 hours and rolls"
        case Transient():
            return "try again in a while; if it stays so, look at the network and at status.salesforce.com"
        case Disconnected() if error.code in _API_OFF:
            return "give the API user's profile the permission API Enabled, in an edition that has the API"
        case Stale() if error.code == "NOT_FOUND":
            return "let BOOKFORCE_SALESFORCE_API_VERSION name a version that the org has; unset it for the usual one"
        case Disconnected():
            return "mend the connection, then run bookforce setup again"
        case _:
            return "look at the org's setup and the API user's permissions, then run bookforce setup again"
