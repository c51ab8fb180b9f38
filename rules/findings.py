"""What the setup stages find."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rules.describe import ObjectSpec
from rules.plan import SObject

Objects = Mapping[SObject, ObjectSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """Bookings that write a record of this object; with `creates` only those that create one."""

    object: SObject
    creates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Bookings that have a value of this booking field for a record of this object; one of `texts` if there are any."""

    object: SObject
    booking: str
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedBy:
    """Bookings of this user of the booking system; without a name, of users who are nobody in Salesforce."""

    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfType:
    """Bookings that create a record of this object with this record type."""

    object: SObject
    record_type: str


Concern = Writing | Filling | OwnedBy | OfType
"""Which bookings a finding is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the admin should know, and what to do about it. An error keeps the stage from being ready.

    `concerns` tells which bookings it is about, None for all or none in particular; two findings that say the same
    are the same.
    """

    level: Literal["error", "warning"]
    message: str
    advice: str
    concerns: Concern | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a stage found to be so, for people: about what, and one or several things that are said of it."""

    about: str
    says: tuple[str, ...]


def fact(about: str, *says: str) -> Fact:
    """A Fact, in fewer words."""
    return Fact(about=about, says=says)
