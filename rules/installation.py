"""Stage 2: the connector's own fields, by the names that the org has them under."""

from collections.abc import Container, Sequence

from rules.describe import FieldSpec
from rules.findings import Fact, Finding, Objects, Writing, fact
from rules.plan import SObject
from rules.ruleset import Installation, InstallationNames

BOOKING_KEY_LENGTH, ACCOUNT_KEY_LENGTH = 100, 255
"""The longest booking id that is accepted, and the longest company name that becomes a key."""


def resolve_installation(names: InstallationNames, objects: Objects) -> Installation:
    """The names that count in this org: of several the first that Event has; the first of all where it has none."""
    fields = objects[SObject.EVENT].fields
    return Installation(
        booking_key=names.booking_key,
        account_key=names.account_key,
        event_status=first_there(names.event_status, fields) or names.event_status[0],
        cancel_reschedule_reason=first_there(names.cancel_reschedule_reason, fields)
        or names.cancel_reschedule_reason[0],
    )


def first_there(names: Sequence[str], there: Container[str]) -> str | None:
    """The first of the names that is there."""
    return next((name for name in names if name in there), None)


def key_fields(names: InstallationNames) -> dict[SObject, str]:
    """The field of each object that makes its records be created once."""
    return dict.fromkeys(SObject, names.booking_key) | {SObject.ACCOUNT: names.account_key}


def check_installation(names: InstallationNames, objects: Objects) -> list[Finding]:
    """Stage 2: the fields that make writes happen once must be there, unique; the others may be missing."""
    needed = [finding for obj, name in key_fields(names).items() for finding in _key_findings(obj, name, objects)]
    fields = objects[SObject.EVENT].fields
    texts = (names.event_status, names.cancel_reschedule_reason)
    return needed + [_text_finding(wanted) for wanted in texts if not first_there(wanted, fields)]


def installation_facts(names: InstallationNames, objects: Objects) -> tuple[Fact, ...]:
    """Our fields as the org has them; those that are missing are findings."""
    keys = [(obj, name) for obj, name in key_fields(names).items() if name in objects[obj].fields]
    fields = objects[SObject.EVENT].fields
    texts = [
        (SObject.EVENT, name)
        for wanted in (names.event_status, names.cancel_reschedule_reason)
        if (name := first_there(wanted, fields))
    ]
    return tuple(fact(f"{obj}.{name}", _kind(objects[obj].fields[name])) for obj, name in (*keys, *texts))


def _kind(field: FieldSpec) -> str:
    kind = f"{'text' if field.type == 'string' else field.type}, {field.length} characters"
    if not field.unique_external_id:
        return kind
    return f"{kind}, unique external id, {'' if field.case_sensitive else 'not '}case-sensitive"


def shape_findings(obj: SObject, field: FieldSpec) -> list[Finding]:
    """What is wrong with the kind of a field that is to make the object's records be created once."""
    where = f"{obj}.{field.name}"
    if field.type != "string" or not field.unique_external_id:
        state = "is not a unique external id" if field.type == "string" else f"is a {field.type} field, not text"
        advice = "make it text, unique and external id in Salesforce, or name another field under [installation]"
        return [_error(obj, f"{where} {state}", advice)]
    return [*_length_findings(obj, field), *_case_findings(obj, field)]


def _key_findings(obj: SObject, name: str, objects: Objects) -> list[Finding]:
    field = objects[obj].fields.get(name)
    if field is None:
        advice = f"run `bookforce setup install`, or {_creation(obj, name)}"
        return [_error(obj, f"{obj}.{name} is missing or hidden from the API user", advice)]
    if field.createable and field.updateable:
        return shape_findings(obj, field)
    advice = "run `bookforce setup install`, or let the API user edit it"
    return [_error(obj, f"{obj}.{name} is read-only for the API user", advice), *shape_findings(obj, field)]


def _error(obj: SObject, message: str, advice: str) -> Finding:
    return Finding(level="error", message=message, advice=advice, concerns=Writing(object=obj))


def _creation(obj: SObject, name: str) -> str:
    home = "Activity" if obj is SObject.EVENT else obj
    return f"create a text field {name} on {home}, unique and external id, and let the API user edit it"


def _length_findings(obj: SObject, field: FieldSpec) -> list[Finding]:
    needed = ACCOUNT_KEY_LENGTH if obj is SObject.ACCOUNT else BOOKING_KEY_LENGTH
    if field.length >= needed:
        return []
    message = f"{obj}.{field.name} takes {field.length} characters: longer keys, of up to {needed}, cannot be written"
    return [Finding(level="warning", message=message, advice=f"make the field {needed} characters long")]


def _case_findings(obj: SObject, field: FieldSpec) -> list[Finding]:
    if field.case_sensitive or obj is SObject.ACCOUNT:
        return []
    where = f"{obj}.{field.name}"
    message = f"{where} does not tell capitals from small letters: booking ids that differ in nothing else collide"
    advice = "make the field case-sensitive, unless your booking system's ids never differ in case alone"
    return [Finding(level="warning", message=message, advice=advice)]


def _text_finding(names: Sequence[str]) -> Finding:
    which = " and ".join(f"Event.{name}" for name in names)
    message = f"{which} {'is' if len(names) == 1 else 'are'} missing or hidden from the API user"
    advice = "run `bookforce setup install`, install the vendor's package, or name another field under [installation]"
    return Finding(level="warning", message=f"{message}; bookings sync without it", advice=advice)
