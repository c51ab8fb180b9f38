"""What the admin is told to do about each error of the org."""

import pytest

from worker.errors import Disconnected, Drifted, LimitReached, SyncError, Transient
from worker.setup_errors import explain, is_passing


@pytest.mark.parametrize(
    ("error", "advice", "passing"),
    [
        (Transient("away", code="HTTP_503"), "try again in a while", True),
        (LimitReached("full", code="REQUEST_LIMIT_EXCEEDED"), "wait until API calls are back", True),
        (Disconnected("off", code="API_DISABLED_FOR_ORG"), "give the API user's profile the permission API", False),
        (Disconnected("no", code="invalid_grant"), "mend the connection", False),
        (Drifted("gone", code="INVALID_FIELD"), "look at the org's setup", False),
    ],
)
def test_each_kind_of_error_has_its_advice(error: SyncError, advice: str, passing: bool) -> None:
    finding = explain(error)
    assert (finding.level, finding.message) == ("error", error.message)
    assert finding.advice.startswith(advice)
    assert finding.advice.endswith(f"({error.code})")
    assert is_passing(error) is passing
