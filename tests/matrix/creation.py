"""The creation matrix of setup step 5: Lead, Contact and Case, existing and new, under each choice of the admin's."""

from collections.abc import Iterator, Sequence

from tests.matrix.customer import ACCOUNT, CASE, CONTACT, LEAD
from tests.matrix.row import Assign, Choice, End, Fate, Page, Row, Seeded, Update, Whose

_BY = {"id": "recognised by the id in the link", "e-mail": "recognised by e-mail"}

_EXISTING_LEADS: Sequence[tuple[str, Update, Assign, Fate, Whose]] = (
    ("id", "override", "keep", "overridden", "Ben"),
    ("id", "override", "booking_owner", "overridden", "Ada"),
    ("id", "override", "assignment_rules", "overridden", "queue"),
    ("id", "fill_empty", "keep", "filled", "Ben"),
    ("id", "fill_empty", "booking_owner", "filled", "Ada"),
    ("id", "fill_empty", "assignment_rules", "filled", "queue"),
    ("e-mail", "override", "keep", "overridden", "Ben"),
    ("e-mail", "override", "booking_owner", "overridden", "Ada"),
    ("e-mail", "override", "assignment_rules", "overridden", "queue"),
    ("e-mail", "fill_empty", "keep", "filled", "Ben"),
    ("e-mail", "fill_empty", "booking_owner", "filled", "Ada"),
    ("e-mail", "fill_empty", "assignment_rules", "filled", "queue"),
)

_NEW_LEADS: Sequence[tuple[Update, Assign, Whose]] = (
    ("override", "booking_owner", "Ada"),
    ("override", "assignment_rules", "queue"),
    ("fill_empty", "booking_owner", "Ada"),
    ("fill_empty", "assignment_rules", "queue"),
)

_EXISTING_CONTACTS: Sequence[tuple[str, Update, Assign, Fate, Whose]] = (
    ("id", "override", "keep", "overridden", "Ben"),
    ("id", "override", "booking_owner", "overridden", "Ada"),
    ("id", "fill_empty", "keep", "filled", "Ben"),
    ("id", "fill_empty", "booking_owner", "filled", "Ada"),
    ("e-mail", "override", "keep", "overridden", "Ben"),
    ("e-mail", "override", "booking_owner", "overridden", "Ada"),
    ("e-mail", "fill_empty", "keep", "filled", "Ben"),
    ("e-mail", "fill_empty", "booking_owner", "filled", "Ada"),
)

_NEW_CONTACTS: Sequence[tuple[Update, Assign, Whose]] = (
    ("override", "keep", "Ada"),
    ("override", "booking_owner", "Ada"),
    ("override", "assignment_rules", "Ada"),
    ("fill_empty", "keep", "Ada"),
    ("fill_empty", "booking_owner", "Ada"),
    ("fill_empty", "assignment_rules", "Ada"),
)

# What becomes of the Case and of its Contact, and whose they are then.
_EXISTING_CASES: Sequence[tuple[Update, Assign, Fate, Whose, Whose]] = (
    ("override", "keep", "overridden", "Ben", "Ben"),
    ("override", "booking_owner", "overridden", "Ada", "Ada"),
    ("override", "assignment_rules", "overridden", "queue", "Ben"),
    ("fill_empty", "keep", "filled", "Ben", "Ben"),
    ("fill_empty", "booking_owner", "filled", "Ada", "Ada"),
    ("fill_empty", "assignment_rules", "filled", "queue", "Ben"),
)

# What becomes of the Contact; whose the Case is, whose the Contact.
_CASES_OF_CONTACTS: Sequence[tuple[Update, Assign, Fate, Whose, Whose]] = (
    ("override", "keep", "overridden", "Ada", "Ben"),
    ("override", "booking_owner", "overridden", "Ada", "Ada"),
    ("override", "assignment_rules", "overridden", "queue", "Ben"),
    ("fill_empty", "keep", "filled", "Ada", "Ben"),
    ("fill_empty", "booking_owner", "filled", "Ada", "Ada"),
    ("fill_empty", "assignment_rules", "filled", "queue", "Ben"),
)

_CASES_OF_NOBODY: Sequence[tuple[Update, Assign, Whose]] = (
    ("override", "keep", "Ada"),
    ("override", "booking_owner", "Ada"),
    ("override", "assignment_rules", "queue"),
    ("fill_empty", "keep", "Ada"),
    ("fill_empty", "booking_owner", "Ada"),
    ("fill_empty", "assignment_rules", "queue"),
)

_PAGES: Sequence[Page] = ("lead", "contact", "case", "none")

# Whether the Account of the customer's company is in the org, and what becomes of it then.
_ACCOUNTS: Sequence[tuple[str, tuple[Seeded, ...], End]] = (
    ("whose Account is missing", (), End(record="new Account", fate="created", owner="Ada")),
    ("whose Account is there", (ACCOUNT,), End(record="Account", fate="left", owner="Ben")),
)

_ACCOUNT_LEFT = End(record="Account", fate="left", owner="Ben")


_BETA = Seeded(name="other Account", object="Account", email=None, fields={"Name": "Beta {n}"})


def creation_rows() -> tuple[Row, ...]:
    """All cells of the matrix."""
    return (*_leads(), *_new_leads(), *_contacts(), *_new_contacts(), *_cases(), *_new_cases(), *_account_rows())


def _leads() -> Iterator[Row]:
    for by, update, assign, fate, owner in _EXISTING_LEADS:
        yield Row(
            section="Existing Leads",
            situation=_BY[by],
            choice=Choice(update=update, assign=assign),
            there=(LEAD,),
            link={"lead": "Lead"} if by == "id" else {},
            ends=(End(record="Lead", fate=fate, owner=owner),),
            who="Lead",
        )


def _new_leads() -> Iterator[Row]:
    for update, assign, owner in _NEW_LEADS:
        yield Row(
            section="New Leads",
            situation="nobody has the id or the e-mail",
            choice=Choice(update=update, assign=assign),
            ends=(End(record="new Lead", fate="created", owner=owner),),
            who="new Lead",
        )


def _contacts() -> Iterator[Row]:
    for by, update, assign, fate, owner in _EXISTING_CONTACTS:
        yield Row(
            section="Existing Contacts",
            situation=_BY[by],
            page="contact",
            choice=Choice(update=update, assign=assign),
            there=(ACCOUNT, CONTACT),
            link={"contact": "Contact"} if by == "id" else {},
            ends=(End(record="Contact", fate=fate, owner=owner, parent="Account"), _ACCOUNT_LEFT),
            who="Contact",
        )


def _new_contacts() -> Iterator[Row]:
    for situation, there, account in _ACCOUNTS:
        for update, assign, owner in _NEW_CONTACTS:
            contact = End(record="new Contact", fate="created", owner=owner, parent=account.record)
            yield Row(
                section="New Contacts",
                situation=f"nobody has the id or the e-mail; somebody {situation}",
                page="contact",
                choice=Choice(update=update, assign=assign),
                there=there,
                ends=(contact, account),
                who="new Contact",
            )


def _cases() -> Iterator[Row]:
    for page in _PAGES:
        for update, assign, fate, owner, contact_owner in _EXISTING_CASES:
            yield Row(
                section="Existing Cases",
                situation="recognised by the id in the link",
                page=page,
                choice=Choice(update=update, assign=assign),
                there=(ACCOUNT, CONTACT, CASE),
                link={"case": "Case"},
                ends=(
                    End(record="Case", fate=fate, owner=owner, parent="Contact"),
                    End(record="Contact", fate=fate, owner=contact_owner, parent="Account"),
                    _ACCOUNT_LEFT,
                ),
                who="Contact",
                what="Case",
            )


def _new_cases() -> Iterator[Row]:
    for update, assign, fate, owner, contact_owner in _CASES_OF_CONTACTS:
        yield Row(
            section="New Cases",
            situation="of a Contact recognised by e-mail",
            page="case",
            choice=Choice(update=update, assign=assign),
            there=(ACCOUNT, CONTACT),
            ends=(
                End(record="new Case", fate="created", owner=owner, parent="Contact"),
                End(record="Contact", fate=fate, owner=contact_owner, parent="Account"),
                _ACCOUNT_LEFT,
            ),
            who="Contact",
            what="new Case",
        )
    for situation, there, account in _ACCOUNTS:
        for update, assign, owner in _CASES_OF_NOBODY:
            yield Row(
                section="New Cases",
                situation=f"of an unknown customer {situation}",
                page="case",
                choice=Choice(update=update, assign=assign),
                there=there,
                ends=(
                    End(record="new Case", fate="created", owner=owner, parent="new Contact"),
                    End(record="new Contact", fate="created", owner="Ada", parent=account.record),
                    account,
                ),
                who="new Contact",
                what="new Case",
            )


# An Account whose phone and note are mapped too: what it had is "+49 own" and no note.
_MAPPED_ACCOUNTS: Sequence[tuple[Update, Fate]] = (("override", "overridden"), ("fill_empty", "filled"))

_CALLED: Sequence[tuple[Page, str, str]] = (
    ("contact", "Acme {n}", "called as the booking says"),
    ("lead", "Acme {n}", "called as the booking says"),
    ("contact", "Acme Holding {n}", "called otherwise: not renamed"),
)


def _account_rows() -> Iterator[Row]:
    for update, fate in _MAPPED_ACCOUNTS:
        choice = Choice(update=update, account_rows=True)
        for page, name, told in _CALLED:
            called = {"Name": name}
            yield Row(
                section="Accounts",
                situation=f"of a recognised Contact, {told}; more of it is mapped than its name",
                page=page,
                choice=choice,
                there=(Seeded(name="Account", object="Account", email=None, fields=called), CONTACT),
                ends=(
                    End(record="Contact", fate=fate, owner="Ben", parent="Account"),
                    End(record="Account", fate=fate, owner="Ben", fields=called),
                ),
                who="Contact",
            )
        for situation, there, account in _ACCOUNTS:
            filled = {} if there else {"Phone": "+33 1 23 45", "Description": "By phone"}
            yield Row(
                section="Accounts",
                situation=f"of a new Contact {situation}; more of it is mapped than its name",
                page="contact",
                choice=choice,
                there=there,
                ends=(
                    End(record="new Contact", fate="created", owner="Ada", parent=account.record),
                    End(
                        record=account.record,
                        fate=fate if there else account.fate,
                        owner=account.owner,
                        fields=filled,
                    ),
                ),
                who="new Contact",
            )
    yield Row(
        section="Accounts",
        situation="of a new Contact, written ACME in the org: found whatever the capitals, not renamed",
        page="contact",
        there=(Seeded(name="Account", object="Account", email=None, fields={"Name": "ACME {n}"}),),
        ends=(
            End(record="new Contact", fate="created", owner="Ada", parent="Account"),
            End(record="Account", fate="left", owner="Ben", fields={"Name": "ACME {n}"}),
        ),
        who="new Contact",
    )
    yield Row(
        section="Accounts",
        situation="of a recognised Contact who names another company: neither renamed nor exchanged",
        page="contact",
        there=(
            ACCOUNT,
            CONTACT,
            Seeded(name="other Account", object="Account", email=None, fields={"Name": "Beta {n}"}),
        ),
        says={"company": "Beta {n}"},
        ends=(
            End(record="Contact", fate="overridden", owner="Ben", parent="Account"),
            _ACCOUNT_LEFT,
            End(record="other Account", fate="left", owner="Ben", fields={"Name": "Beta {n}"}),
        ),
        who="Contact",
    )
