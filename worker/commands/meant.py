"""The events that an operator means by ids, and what is said of those that are left alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from worker.commands.console import err
from worker.commands.preview_view import printable
from worker.replaying import Replaying, Target


@dataclass(slots=True, kw_only=True)
class Meant:
    """The events that are meant; and the ids that stand for none, or for one that is left alone, with the reason."""

    targets: list[Target] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)


def find_meant(replaying: Replaying, ids: Sequence[str]) -> Meant:
    """What is meant by these ids."""
    meant = Meant()
    for name in dict.fromkeys(ids):
        targets = replaying.find_targets(name)
        meant.targets += targets
        if not targets:
            meant.refused[name] = "the journal knows no event or booking of this id"
    return meant


def refusals(results: Mapping[Target, str], reasons: Mapping[str, str]) -> dict[str, str]:
    """Why targets are left alone, by what they are."""
    return {target.name: reasons[result] for target, result in results.items() if result in reasons}


def say_refused(refused: Mapping[str, str]) -> None:
    """One line each."""
    for name, why in refused.items():
        err.print(printable(f"bookforce: {name}: {why}"))


def refused_facts(refused: Mapping[str, str]) -> list[dict[str, Any]]:
    """The same for machines."""
    return [{"id": name, "why": why} for name, why in refused.items()]


def target_facts(targets: Sequence[Target]) -> list[dict[str, Any]]:
    """Events for machines."""
    return [{"event": target.name, "booking": target.booking_id} for target in targets]


def say_count(targets: Sequence[Target]) -> str:
    """How many events of how many bookings."""
    events, bookings = len(targets), len({target.booking_id for target in targets})
    return f"{events} event{'' if events == 1 else 's'} of {bookings} booking{'' if bookings == 1 else 's'}"
