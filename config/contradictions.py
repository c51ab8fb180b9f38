"""Choices of a setup file that exclude each other: each is told by key, before any org is asked."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from rules.lifecycle import status_labels
from rules.plan import SObject
from rules.ruleset import MappingRow, PageObject, RuleSet

Name = TypeVar("Name")

_CREATED: Mapping[PageObject, frozenset[SObject]] = {
    "lead": frozenset({SObject.LEAD}),
    "contact": frozenset({SObject.CONTACT, SObject.ACCOUNT}),
    "case": frozenset({SObject.CASE, SObject.CONTACT, SObject.ACCOUNT}),
    "none": frozenset(),
}
"""What a page creates; Events besides, where the page wants them."""


_ALL = 100


def find_contradiction(rules: RuleSet, own: Mapping[str, Any]) -> str | None:
    """The first contradiction, as `key: what is wrong; what to do`. `own` is the file as the admin wrote it."""
    found = (
        *_owners(rules),
        *_installation(rules),
        *_rows(rules),
        *_pages(rules, own),
        *_matching(rules),
        *_labels(rules),
        *_quota(rules),
    )
    return next(iter(found), None)


def _owners(rules: RuleSet) -> Iterator[str]:
    owners = rules.owners
    wants = owners.on_unmapped == "fallback_user"
    if wants and not owners.fallback_user:
        yield 'owners.fallback_user: required because owners.on_unmapped is "fallback_user"'
    if owners.fallback_user and not wants:
        yield (
            f'owners.fallback_user: has no effect because owners.on_unmapped is "{owners.on_unmapped}"; '
            'set that to "fallback_user", or remove this'
        )
    for name in _twice(name.casefold() for name in owners.users):
        spellings = ", ".join(repr(each) for each in owners.users if each.casefold() == name)
        yield f"owners.users: {spellings} are one user, because capitals do not count; keep one of them"


def _installation(rules: RuleSet) -> Iterator[str]:
    own = rules.installation
    on_event = (own.booking_key, *own.event_status, *own.cancel_reschedule_reason)
    for name in _twice(on_event):
        yield f"installation: {name} is named twice; each field of Event holds one thing"


def _rows(rules: RuleSet) -> Iterator[str]:
    for obj, field, _ in _twice((row.object, row.field, row.record_type) for row in rules.field_validation):
        yield f"field_validation: {obj}.{field} has two rows, and one value can be sent; remove one"
    rows = [row for row in rules.field_mapping if row.enabled]
    for target in _twice((row.object, row.field) for row in rows):
        yield _filled_twice([row for row in rows if (row.object, row.field) == target])


def _filled_twice(rows: Sequence[MappingRow]) -> str:
    first = rows[0]
    booking = " and ".join(row.booking for row in rows)
    taken = f'{{ booking = "{first.booking}", object = "{first.object}", enabled = false }}'
    return f"field_mapping: {first.object}.{first.field} is filled by {booking}; take one away, as with {taken}"


def _pages(rules: RuleSet, own: Mapping[str, Any]) -> Iterator[str]:
    """Only what a page says itself: the default page speaks for pages of every kind."""
    for name, said in own.get("pages", {}).items():
        page = rules.pages[name]
        if name == "default" or "record_types" not in said:
            continue
        created = _CREATED[page.object] | ({SObject.EVENT} if page.create_event else frozenset())
        for obj in page.record_types:
            if obj not in created:
                allowed = ", ".join(sorted(created)) or "none"
                event = " without Events" if obj is SObject.EVENT else ""
                where = f"pages.{name}.record_types.{obj}"
                yield f'{where}: a page with object = "{page.object}"{event} never creates one; allowed here: {allowed}'


def _quota(rules: RuleSet) -> Iterator[str]:
    bulk, life_cycle = rules.quota.keep_from_bulk, rules.quota.keep_for_life_cycle
    if bulk < life_cycle:
        yield (
            f"quota.keep_from_bulk: {bulk} is less than quota.keep_for_life_cycle, {life_cycle}, and bulk publishing "
            f"would not stop before new bookings do; make it {life_cycle} or more"
        )

    for name, held, whose in (
        ("keep_for_life_cycle", life_cycle, "new bookings"),
        ("keep_from_bulk", bulk, "bulk publishing"),
    ):
        if held == _ALL:
            yield f"quota.{name}: {_ALL} percent leave no API calls to {whose}, which would wait for ever; make it less"


def _matching(rules: RuleSet) -> Iterator[str]:
    matching = rules.matching
    if matching.prefer != "page" and not matching.cross_object_match:
        yield (
            f'matching.prefer: "{matching.prefer}" has no effect because matching.cross_object_match is false; '
            "set that to true, or remove this"
        )


def _labels(rules: RuleSet) -> Iterator[str]:
    written = status_labels(rules.labels.mode)
    for label, text in rules.labels.texts.items():
        where = f"labels.texts.{label}"
        if label not in written:
            allowed = ", ".join(written)
            yield f'{where}: never written because labels.mode is "{rules.labels.mode}"; allowed here: {allowed}'
        if not text.strip():
            yield f"{where}: empty, so that the status would not be written; name a text, or remove this"


def _twice(names: Iterable[Name]) -> list[Name]:
    return [name for name, count in Counter(names).items() if count > 1]
