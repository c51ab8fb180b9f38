"""Duplicate rules of the org: the one record that a rule names is the customer's, else it is overruled or obeyed."""

from collections.abc import Iterator
from dataclasses import replace

from tests.matrix.customer import ACCOUNT, CONTACT, LEAD, PHONE
from tests.matrix.row import Choice, End, Fate, Page, Row, Rule, Seeded, Update

_SAME_PHONE = {"Phone": PHONE}
_LEAD = replace(LEAD, email="other", fields=_SAME_PHONE)
_CONTACT = replace(CONTACT, email="other", fields=_SAME_PHONE)
_ACCOUNT_LEFT = End(record="Account", fate="left", owner="Ben")

_RULES: tuple[Rule, ...] = ("alert", "block")
_MODES: tuple[tuple[Update, Fate], ...] = (("override", "overridden"), ("fill_empty", "filled"))
_ASKED_AGAIN = 4
_TAKEN = "recognised by e-mail, and another Lead has the phone number"


def duplicate_rows() -> tuple[Row, ...]:
    """All cells."""
    return (*_of("lead", _LEAD, ()), *_of("contact", _CONTACT, (ACCOUNT,)), *_of_the_other_object(), *_updates())


def _of(page: Page, match: Seeded, others: tuple[Seeded, ...]) -> Iterator[Row]:
    """Nobody has the customer's e-mail, and the org takes a new record for one or for several that are there."""
    obj, section = match.object, f"New {match.object}s"
    second = replace(match, name=f"second {obj}")
    left = [_left(seeded) for seeded in (match, second)]
    accounts = tuple(_ACCOUNT_LEFT for _ in others)
    made = End(record=f"new {obj}", fate="created", owner="Ada", parent=match.parent)
    for rule in _RULES:
        for update, fate in _MODES:
            yield Row(
                section=section,
                situation=f"one {obj} has the phone number: it is the customer's",
                page=page,
                choice=Choice(update=update),
                rule=rule,
                there=(*others, match),
                ends=(End(record=obj, fate=fate, owner="Ben", parent=match.parent), *accounts),
                who=obj,
                calls=_ASKED_AGAIN,
            )
    several = f"two {obj}s have the phone number"
    there = (*others, match, second)
    yield Row(
        section=section,
        situation=f"{several}: the rule is overruled, and the job says so",
        page=page,
        rule="alert",
        there=there,
        ends=(made, *left, *accounts),
        who=made.record,
        calls=_ASKED_AGAIN,
    )
    yield Row(
        section=section,
        situation=f"{several}: the booking is parked",
        page=page,
        rule="block",
        there=there,
        ends=(*left, *accounts),
        is_parked=True,
    )


def _of_the_other_object() -> Iterator[Row]:
    """A rule may hold Leads against Contacts too: a Lead is not replaced by a Contact who has another e-mail."""
    there, left = (ACCOUNT, _CONTACT), (_left(_CONTACT), _ACCOUNT_LEFT)
    yield Row(
        section="New Leads",
        situation="a Contact has the phone number: the rule is overruled, and the job says so",
        rule="alert",
        there=there,
        ends=(End(record="new Lead", fate="created", owner="Ada"), *left),
        who="new Lead",
        calls=_ASKED_AGAIN,
    )
    yield Row(
        section="New Leads",
        situation="a Contact has the phone number: the booking is parked",
        rule="block",
        there=there,
        ends=left,
        is_parked=True,
    )


def _updates() -> Iterator[Row]:
    """The Lead with the e-mail would get the phone number that another one has."""
    other = replace(_LEAD, name="other Lead")
    yield Row(
        section="Existing Leads",
        situation=f"{_TAKEN}: the rule is overruled, and the job says so",
        rule="alert",
        there=(LEAD, other),
        ends=(End(record="Lead", fate="overridden", owner="Ben"), _left(other)),
        who="Lead",
        calls=_ASKED_AGAIN,
    )
    yield Row(
        section="Existing Leads",
        situation=f"{_TAKEN}: the Lead stays as it is, and the booking is parked",
        rule="block",
        there=(LEAD, other),
        ends=(End(record="Lead", fate="left", owner="Ben"), _left(other)),
        who="Lead",
        is_parked=True,
    )


def _left(seeded: Seeded) -> End:
    return End(record=seeded.name, fate="left", owner="Ben", parent=seeded.parent, fields=_SAME_PHONE)
