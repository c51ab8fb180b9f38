"""The limits resource, and the header that says the same for free."""

from tests.simulator.messages import Answer, Part
from tests.simulator.state import State

# What else the resource lists; nothing in this org uses it up.
UNTOUCHED = {
    "ConcurrentAsyncGetReportInstances": 200,
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DataStorageMB": 1_024,
    "FileStorageMB": 1_024,
    "HourlyTimeBasedWorkflow": 1_000,
}


def limits(state: State, _part: Part) -> Answer:
    most = state.settings.daily_limit
    remaining = max(most - state.usage.at(state.clock()), 0)
    others = {name: {"Max": value, "Remaining": value} for name, value in UNTOUCHED.items()}
    return Answer(200, {"DailyApiRequests": {"Max": most, "Remaining": remaining}} | others)


def limit_header(state: State) -> dict[str, str]:
    return {"Sforce-Limit-Info": f"api-usage={state.usage.at(state.clock())}/{state.settings.daily_limit}"}
