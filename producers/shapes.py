"""Values as booking systems send them, brought to one shape: blanks, single values and lists, ids and objects."""

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict

from .contract import Email, Identifier, Text


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def blank_is_none(value: object) -> object:
    return None if is_blank(value) else value


# Where an answer is an object (a file, a choice with its id), what people would read of it; a file is its link.
_TELLING = ("url", "link", "value", "label", "name")


def joined(value: object) -> object:
    """A list of choices becomes the text that people would write; what nobody could read is left to be refused."""
    items = [item for item in value if not is_blank(item)] if isinstance(value, list) else [value]
    texts = [_written(item) for item in items]
    return value if None in texts else ", ".join(filter(None, texts))


def _written(item: object) -> str | None:
    if isinstance(item, dict):
        return next((text for name in _TELLING if (text := _written(item.get(name)))), None)
    if isinstance(item, bool):
        return "true" if item else "false"
    return str(item).strip() if isinstance(item, str | int | float) else None


def without_blanks(value: object) -> object:
    """Guests come as [], [""] or null."""
    if is_blank(value):
        return []
    return [item for item in value if not is_blank(item)] if isinstance(value, list) else value


def text_or_none(value: object) -> object:
    return value.strip() if isinstance(value, str) else None


def object_or_none(value: object) -> object:
    return value if isinstance(value, dict) else None


def empty_if_blank(value: object) -> object:
    return [] if is_blank(value) else value


Blank = BeforeValidator(blank_is_none)
OptionalText = Annotated[Text | None, Blank]
OptionalEmail = Annotated[Email | None, Blank]
OptionalId = Annotated[Identifier | None, Blank]


AS_SENT = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)
"""For the parts of a webhook: what we do not know is none of our business."""
