"""Environment → who may send bookings to the HTTP intake, and how much at once. Secrets are SecretStr, never shown."""

import os
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.settings import DEFAULT_CONNECTION, PREFIX, BadSettings, explain
from producers.signatures import MAX_AGE, Source

_SHORTEST_KEY = 16


def _keys(keys: SecretStr) -> SecretStr:
    if any(len(key) < _SHORTEST_KEY or not key.isascii() for key in split_secrets(keys)):
        msg = f"expected keys of at least {_SHORTEST_KEY} ASCII characters, separated by commas"
        raise ValueError(msg)
    return keys


class IntakeSettings(BaseSettings):
    """`intake_keys` open POST /bookings; without one it is closed. Ages are of a delivery that is signed or dated."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    intake_keys: Annotated[SecretStr, AfterValidator(_keys)] = SecretStr("")
    intake_max_kilobytes: int = Field(default=1024, ge=16, le=65_536)
    oncehub_max_age_seconds: int = Field(default=int(MAX_AGE[Source.ONCEHUB].total_seconds()), ge=30)
    calendly_max_age_seconds: int = Field(default=int(MAX_AGE[Source.CALENDLY].total_seconds()), ge=30)
    calcom_max_age_seconds: int = Field(default=int(MAX_AGE[Source.CALCOM].total_seconds()), ge=30)

    def max_ages(self, keep: timedelta) -> dict[Source, timedelta]:
        """How old a delivery of each source may be; never older than deliveries are remembered, `keep`.

        One that came again behind that would count as new.
        """
        seconds = {
            Source.ONCEHUB: self.oncehub_max_age_seconds,
            Source.CALENDLY: self.calendly_max_age_seconds,
            Source.CALCOM: self.calcom_max_age_seconds,
        }
        return {source: min(timedelta(seconds=number), keep) for source, number in seconds.items()}


def load_intake() -> IntakeSettings:
    """From the environment. Raises BadSettings."""
    try:
        return IntakeSettings()
    except ValidationError as error:
        raise BadSettings(explain(error, PREFIX)) from error


def webhook_secrets(environment: Mapping[str, str] = os.environ) -> dict[tuple[Source, str], tuple[str, ...]]:
    """The secrets of each source and connection: BOOKFORCE_ONCEHUB_SECRETS, BOOKFORCE_<NAME>_CALENDLY_SECRETS, ….

    Several are separated by commas, and all of them count, so that a secret can be changed without a gap.
    """
    pattern = re.compile(rf"{PREFIX}(?:([A-Z0-9_]+)_)?({'|'.join(source.upper() for source in Source)})_SECRETS")
    found = ((match, text) for name, text in environment.items() if (match := pattern.fullmatch(name)))
    return {
        (Source(match[2].lower()), (match[1] or DEFAULT_CONNECTION).lower()): split_secrets(SecretStr(text))
        for match, text in found
    }


def split_secrets(secrets: SecretStr) -> tuple[str, ...]:
    """Those that are separated by commas, blanks left out."""
    return tuple(part.strip() for part in secrets.get_secret_value().split(",") if part.strip())
