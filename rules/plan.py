"""What is to be written and why: plans as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rules.quick import quick


class SObject(StrEnum):
    """The objects that bookings touch, in the order in which their records are written: parents first."""

    ACCOUNT = "Account"
    LEAD = "Lead"
    CONTACT = "Contact"
    CASE = "Case"
    EVENT = "Event"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A record that is in Salesforce."""

    object: SObject
    id: str

    def __str__(self) -> str:
        return f"{self.object} {self.id}"


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A record that the plan creates, named by the external id that it will carry."""

    object: SObject
    key: str

    def __hash__(self) -> int:
        return hash(self.key)  # results are kept by it: of the records of one booking there is one an object

    def __str__(self) -> str:
        return f"new {self.object}"


Record = Known | New

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByKey:
    """The value of a lookup: the record that carries this external id, named through the relationship."""

    relationship: str
    key: str
    value: str


FieldValue = Scalar | New | ByKey
"""A value of a field; New stands for the id that the record will get."""


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One record to be created (New: an upsert by our external id) or updated (Known: by its id).

    `auto_assign` is what Sforce-Auto-Assign says. Salesforce takes its absence for TRUE, so every write says it:
    https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm
    `allow_duplicates` overrules duplicate rules that let themselves be overruled.
    """

    record: Record
    fields: Mapping[str, FieldValue]
    auto_assign: bool = False
    allow_duplicates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something that the admin should know although the booking went through; names fields, never their values."""

    code: str
    object: SObject
    field: str
    message: str


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The Salesforce records of one booking.

    `person_account` is the one whose Contact the customer is: what is to change on that is written to this.
    `assigned` are those whose owner is to be the booking owner; `filled` the fields ("Lead.Phone") that were empty
    and got their value from this booking, so that they may follow it where only empty fields are filled. `invited` are
    ids of the users whom the Event has as invitees for the booking's sake. `doubted` tells that Salesforce has refused
    one as deleted, merged or converted, so that they are read before the next write.
    """

    lead: Record | None = None
    contact: Record | None = None
    account: Record | None = None
    case: Record | None = None
    event: Record | None = None
    person_account: Known | None = None
    assigned: tuple[SObject, ...] = ()
    filled: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    doubted: bool = False

    @property
    def person(self) -> Record | None:
        return self.lead or self.contact

    @property
    def all(self) -> tuple[Record, ...]:
        slots = (self.account, self.lead, self.contact, self.case, self.event)
        return tuple(record for record in slots if record)


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a record is one of a booking's: by what it was found, empty where it is created; and what its owner is."""

    record: Record
    found: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitations:
    """Who is to be an invitee of the booking's Event, by user id; `former` may be one and are not to be any more.

    They follow the writes, because an Event must be there, and an invitee carries no key of ours by which a repeated
    write would be the same write again.
    """

    users: tuple[str, ...]
    former: tuple[str, ...] = ()
    is_new_event: bool


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one booking means: the writes in order, the records it ends with, the reasons in all and by record.

    `invitations` is None where nobody is to be invited, and where those who are to be are known to be invitees.
    """

    booking_id: str
    writes: tuple[Write, ...] = ()
    records: Records = field(default_factory=Records)
    because: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()
    reasons: tuple[Reason, ...] = ()
    invitations: Invitations | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No record is to be touched for this booking, and that is right."""

    booking_id: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """No plan can be made: a person must change the booking, the setup or the org."""

    booking_id: str
    code: str
    object: SObject | None
    field: str | None
    because: str


Decision = Plan | Nothing | Impossible
