"""`bookforce status`: what waits and since when, what ended how, the API calls, and what stops the work."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rich.markup import escape
from rich.table import Table

from config.settings import DEFAULT_CONNECTION, load_settings
from worker.commands.console import ConnectionOption, JsonOption, out, print_json, redis_explained, settings_explained
from worker.connections import connect_redis
from worker.locked import ADVICE
from worker.standing import Standing, read_standing

_QUEUES = ("ready", "claimed", "waiting")


def status(connection: ConnectionOption = DEFAULT_CONNECTION, as_json: JsonOption = False) -> None:
    """How many bookings stand where, how long the oldest waits, and how many API calls are left."""
    with settings_explained(), redis_explained():
        settings = load_settings()
        standing = read_standing(connect_redis(settings), connection, settings.cipher)
    if as_json:
        print_json(_facts(standing))
        return
    table = Table("what", "how it stands")
    for what, how in _rows(standing):
        table.add_row(what, escape(how))
    out.print(table)


def _facts(standing: Standing) -> dict[str, Any]:
    budget, usage, breaker = standing.budget, standing.usage, standing.breaker
    runs_out_at = standing.runs_out_at
    return {
        **standing.counts,
        "pending": standing.pending,
        "locked": standing.locked,
        "refused": standing.refused,
        "oldest_waiting_seconds": _seconds(_age(standing)),
        "paused_seconds": _seconds(standing.paused_for),
        "setup_ready": standing.is_setup_ready,
        "api": {
            "used": usage.used if usage else None,
            "allowed": usage.allowed if usage else None,
            "share": budget.calls,
            "spent": budget.spent,
            "last_hour": budget.last_hour,
            "left": budget.left,
            "runs_out_at": runs_out_at.isoformat() if runs_out_at else None,
        },
        "breaker": {
            "code": breaker.code,
            "since": breaker.since.isoformat(),
            "probes_at": breaker.probes_at.isoformat(),
        }
        if breaker
        else None,
    }


def _rows(standing: Standing) -> Iterator[tuple[str, str]]:
    yield "setup", "ready" if standing.is_setup_ready else "not ready: bookings wait; bookforce setup says why"
    yield "Salesforce", _salesforce(standing)
    yield "API calls", _calls(standing)
    age = _age(standing)
    yield "events that wait", f"{standing.pending:,}" + (f", the oldest for {_words(age)}" if age is not None else "")
    if standing.locked:
        yield "without a key", f"{standing.locked:,} or more bookings: {ADVICE}"
    for name in _QUEUES:
        yield f"customers {name}", f"{standing.counts[name]:,}"
    for name in standing.counts:
        if name not in _QUEUES:
            yield f"events {name}", f"{standing.counts[name]:,}"
    if standing.refused:
        yield "events refused", f"{standing.refused:,}, of all connections: bookforce refused says what is wrong"


def _salesforce(standing: Standing) -> str:
    breaker = standing.breaker
    if breaker:
        since, left = _words(standing.at - breaker.since), _words(breaker.probes_at - standing.at)
        return f"has not let us in or not answered ({breaker.code}) for {since}; tried again in {left}"
    if standing.paused_for and standing.budget.is_used_up:
        return f"the API calls are used up: bookings wait, and it is looked again in {_words(standing.paused_for)}"
    if standing.paused_for:
        return f"calls are saved: the next batch starts in {_words(standing.paused_for)}"
    return "nothing stops the work"


def _calls(standing: Standing) -> str:
    budget, usage = standing.budget, standing.usage
    if usage is None or budget.calls is None:
        return f"{budget.spent:,} made in the last 24 hours; what the org allows is not known yet"
    forecast = "used up" if budget.is_used_up else _forecast(budget.lasts_for)
    org = f"all applications {usage.used:,} of {usage.allowed:,}"
    return f"{budget.spent:,} of our share of {budget.calls:,} in the last 24 hours ({forecast}); {org}"


def _forecast(lasts: timedelta | None) -> str:
    return "it lasts" if lasts is None else f"used up in {_words(lasts)} at the rate of the last hour"


def _age(standing: Standing) -> timedelta | None:
    return max(standing.at - standing.oldest, timedelta()) if standing.oldest else None


def _seconds(duration: timedelta | None) -> float | None:
    return None if duration is None else round(duration.total_seconds(), 1)


def _words(duration: timedelta) -> str:
    """To the two largest units: 3 h 5 min."""
    seconds = max(round(duration.total_seconds()), 0)
    parts = [(seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    said = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(said[:2]) or "0 s"
