"""Messages whose wording could not be verified, or may differ between releases: each can be replaced by a setting."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from string import Formatter
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Text:
    """A template, and who has seen it: None says that the wording is this simulator's own."""

    template: str
    seen: str | None = None


TEXTS: Mapping[str, Text] = MappingProxyType({
    # records
    "INVALID_EMAIL_ADDRESS": Text("{label}: invalid email address: {value}", "REST guide, composite subrequest result"),
    "INACTIVE_OWNER_OR_USER": Text("operation performed with inactive user [{user}] as owner of {object}"),
    "LEAD_WITH_WHAT": Text("You can't relate an event to a lead and to another record at once"),
    "PRIVATE_EVENT": Text("Private events can't be related to other records"),
    "EVENT_TIMES_DISAGREE": Text("Duration and End Date Time do not agree: send one of them, or two that agree"),
    "EVENT_ENDS_BEFORE_IT_STARTS": Text("Event duration can't be negative"),
    "EVENT_TOO_LONG": Text("Events can't be longer than {length}"),
    "RELATION_WITHOUT_INVITEE": Text("Without shared activities an event relation is an invitee"),
    "INVITEE_OF_CHILD": Text("Event relations can't be created for child events"),
    "INVITEE_IS_OWNER": Text("The owner of an event can't be its invitee too"),
    "INVITEE_TWICE": Text("duplicate value found: <unknown> duplicates value on record with id: <unknown>"),
    # custom fields
    "DUPLICATE_DEVELOPER_NAME": Text("There is already a field named {field} on {object}."),
    # requests
    "JSON_SYNTAX": Text("{reason} at [line:{line}, column:{column}]"),
    "JSON_VALUE": Text(
        "Cannot deserialize instance of {type} from {token} or request may be missing a required field at [line:1, "
        "column:2]",
        "restforce#619",
    ),
    "METHOD_NOT_ALLOWED": Text("HTTP Method '{method}' not allowed. Allowed are {allowed}", "forrest#181"),
    "BODY_TOO_LARGE": Text("the request body is too large"),
    "UNSUPPORTED_MEDIA_TYPE": Text("Content type '{type}' not supported"),
    "GONE": Text("API version {version} has been retired. Use a supported version."),
    "API_DISABLED_FOR_ORG": Text("The REST API is not enabled for this Organization."),
    "API_CURRENTLY_DISABLED": Text("API is currently disabled for this Organization or User"),
    # queries
    "SOQL_STRING_TOO_LONG": Text("string literals cannot be longer than {most} characters"),
    "SOQL_PATH_TOO_DEEP": Text("SOQL supports at most {most} child-to-parent relationships in one field path"),
    "SOQL_MISSING": Text("SOQL statement is required: parameter q is missing"),
    "SOQL_SCOPE": Text("invalid scope: {scope}"),
    "SOQL_SEMIJOINS": Text("maximum {most} semi join sub-selects are allowed"),
    # composite and collections
    "COMPOSITE_FORM": Text("Cannot deserialize: {what} at [line:1, column:1]"),
    "COMPOSITE_SUBREQUESTS": Text("The composite request can't contain more than {most} subrequests"),
    "COMPOSITE_QUERIES": Text("The composite request can't contain more than {most} query and collections subrequests"),
    "COMPOSITE_SAME_REFERENCE": Text("Each referenceId of a composite request must be unique"),
    "COMPOSITE_REFERENCE": Text(
        "Provided referenceId ('{reference}') must start with a letter or a number, and it can contain only letters, "
        "numbers and underscores ('_').",
        "revoman, as part of a longer message",
    ),
    "COMPOSITE_HEADERS": Text("httpHeaders can't contain Accept, Authorization or Content-Type"),
    "COLLECTION_CHUNKS": Text(
        "Cannot have more than {most} chunks in a single operation. Please rearrange the data to reduce chunking.",
        "declarative-lookup-rollup-summaries#51, of Apex",
    ),
    "COLLECTION_RETRIEVED": Text("record limit reached. cannot retrieve more than {most} records in this call"),
    "COLLECTION_TYPE": Text("all records must be of type {object}"),
    "COLLECTION_NO_ID": Text("Id not specified in an update call"),
    "COLLECTION_NO_KEY": Text("{field} not specified"),
    "COLLECTION_NO_IDS": Text("The {parameter} parameter is required"),
    "COLLECTION_SAME_ID": Text("duplicate id specified: {id}"),
    # signing in
    "AUTH_AUDIENCE": Text("audience is invalid", "components#1423"),
    "AUTH_ASSERTION": Text("invalid assertion"),
    "AUTH_EXPIRED": Text("expired authorization code", "simple-salesforce#371"),
    "AUTH_INACTIVE_USER": Text("user is inactive"),
    "AUTH_INACTIVE_ORG": Text("organization is inactive"),
    "AUTH_NOT_POST": Text("must use HTTP POST"),
})  # fmt: skip

_replaced: ContextVar[Mapping[str, str]] = ContextVar("replaced", default=MappingProxyType({}))


def say(key: str, **values: object) -> str:
    """Write a message, in the words of the org whose request is being answered."""
    template = _replaced.get().get(key, TEXTS[key].template)
    return template.format(**{name: str(value) for name, value in values.items()})


@contextmanager
def spoken(replaced: Mapping[str, str]) -> Iterator[None]:
    """Let messages be those of one org while its request is answered.

    Messages are made deep in the reading of values, where no org is at hand and none is wanted.
    """
    token = _replaced.set(replaced)
    try:
        yield
    finally:
        _replaced.reset(token)


def check_texts(replaced: Mapping[str, str]) -> None:
    """Refuse a template for no message, or one that asks for what its message does not know."""
    for key, template in replaced.items():
        if key not in TEXTS:
            raise ValueError(f"no such text: {key}")
        known = placeholders(TEXTS[key].template)
        unknown = placeholders(template) - known
        if unknown:
            raise ValueError(f"text {key} has no {', '.join(sorted(unknown))}")
        _try(key, template, known)


def _try(key: str, template: str, known: set[str]) -> None:
    try:
        template.format(**dict.fromkeys(known, "x"))
    except (KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"text {key} cannot be written: {error}") from None


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}
