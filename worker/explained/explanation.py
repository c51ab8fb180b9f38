"""What an explanation is."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """Who can mend it."""

    OURS = "ours"
    ADMIN = "admin"
    BOOKING = "booking"
    SALESFORCE = "salesforce"

    @property
    def words(self) -> str:
        return _SIDES[self]


_SIDES = {
    Side.OURS: "bookforce, or who runs it",
    Side.ADMIN: "the org's administrator",
    Side.BOOKING: "the booking's data",
    Side.SALESFORCE: "Salesforce itself",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What some codes mean, anywhere or on this object or field alone.

    In the texts `{place}` stands for the object and field that the error names, `{object}` for the object. They are
    names of the org's setup; nothing that a customer typed is in an explanation.
    """

    codes: tuple[str, ...]
    what: str
    side: Side
    do: str
    object: str | None = None
    field: str | None = None
