"""One cell of the rules as data: what is in the org, what the admin chose, and what comes of a booking."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Update = Literal["override", "fill_empty"]
Assign = Literal["keep", "booking_owner", "assignment_rules"]
Page = Literal["lead", "contact", "case", "none"]
Fate = Literal["created", "overridden", "filled", "left"]
Whose = Literal["Ada", "Ben", "queue"]
"""Ada is the booking owner, Ben has owned whatever was there, the queue is where assignment rules send records."""

Rule = Literal["", "alert", "block"]
"""What the org's duplicate rules do, by which Leads and Contacts with one phone number are the same; none if empty."""

Fields = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """A record that is in the org before the booking is made; Ben's.

    `email` says whose it has: the customer's own or another. `parent` is a Contact's Account or a Case's Contact.
    """

    name: str
    object: str
    email: Literal["own", "other"] | None = "own"
    fields: Fields = field(default_factory=dict)
    parent: str | None = None
    modified: str | None = None
    converted_to: str | None = None
    merged_into: str | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the admin chose: one update mode and one assignment for all objects that offer it, the rest as shipped.

    New records have no owner to keep: there "keep" is the booking owner, as shipped. `account_rows` maps phone and
    note to the Account too.
    """

    update: Update = "override"
    assign: Assign = "keep"
    matching: Mapping[str, str | bool] = field(default_factory=dict)
    account_rows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What has become of one record in the end; new ones are called "new Lead" and so on.

    `fields` are those in which it differs from what its fate says.
    """

    record: str
    fate: Fate
    owner: Whose
    parent: str | None = None
    fields: Fields = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell. `link` holds names of seeded records, or ids, by what a personalised link calls them.

    `says` is what the customer says otherwise; `who` and `what` are the names of the records of the Event, which is
    Ada's; without a `who` and a `what` there is no Event.
    """

    section: str
    situation: str
    page: Page = "lead"
    choice: Choice = Choice()
    rule: Rule = ""
    there: tuple[Seeded, ...] = ()
    link: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str | None] = field(default_factory=dict)
    ends: tuple[End, ...] = ()
    who: str | None = None
    what: str | None = None
    calls: int = 2
    is_parked: bool = False

    @property
    def name(self) -> str:
        """What a test of it is called."""
        choice = self.choice
        options = [f"{name} {value}" for name, value in choice.matching.items()]
        rule = [f"a rule that {self.rule}s"] if self.rule else []
        how = ", ".join([f"{self.page} page", choice.update, choice.assign, *rule, *options])
        return f"{self.section}: {self.situation} ({how})"
