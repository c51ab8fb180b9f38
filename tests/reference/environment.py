"""The variables of the environment, from the settings, and what others read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.intake import IntakeSettings, webhook_secrets
from config.settings import PREFIX, Connection, Settings
from producers.signatures import Source
from tests.reference.forms import form_of

_ROOT = Path(__file__).parents[2]

_VENDORS: Mapping[Source, str] = {
    Source.ONCEHUB: "OnceHub",
    Source.CALENDLY: "Calendly",
    Source.CALCOM: "Cal.com",
}

NAME = "<NAME>"
"""Stands for a connection's name in a variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable: its form, its default ("" where it has none) and what it is."""

    name: str
    form: str
    default: str
    what: str


def process_variables() -> Sequence[Variable]:
    """Those of the process."""
    return _variables(Settings)


def connection_variables() -> Sequence[Variable]:
    """Those of an org: of the default one, as the others have their name behind the prefix."""
    return _variables(Connection)


def intake_variables() -> Sequence[Variable]:
    """Those of the HTTP intake."""
    return _variables(IntakeSettings)


def secret_variables() -> Sequence[Variable]:
    """The secrets of webhooks, which config.intake finds by their names."""
    names = [f"{PREFIX}{source.upper()}_SECRETS" for source in Source]
    read = {source for source, _ in webhook_secrets(dict.fromkeys(names, "one,two"))}
    what = "What the webhooks of {} are signed with; several, separated by commas, all count."
    return [
        Variable(name=name, form="secret", default="", what=what.format(_VENDORS[source]))
        for name, source in zip(names, Source, strict=True)
        if source in read
    ]


def procfile_variables() -> dict[str, str]:
    """Variables that the Procfile's lines read, with their defaults."""
    return dict(re.findall(r"\$\{(\w+):-([^}]*)\}", (_ROOT / "Procfile").read_text()))


def known_names() -> Iterator[str]:
    """The names of all variables above, those of orgs of their own with NAME in them."""
    for variable in (*process_variables(), *intake_variables()):
        yield variable.name
    for variable in (*connection_variables(), *secret_variables()):
        yield variable.name
        yield variable.name.replace(PREFIX, f"{PREFIX}{NAME}_", 1)
    yield from procfile_variables()


def _variables(model: type[BaseModel]) -> Sequence[Variable]:
    return [
        Variable(
            name=f"{PREFIX}{name.upper()}",
            form=form_of(field),
            default=_default(field),
            what=" ".join((field.description or "").split()),
        )
        for name, field in model.model_fields.items()
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    default: Any = field.default
    return "" if default is None or isinstance(default, SecretStr) else f"`{default}`"
