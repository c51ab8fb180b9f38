"""Environment → Settings. Secrets are SecretStr and never shown."""

import hashlib
import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from kombu.transport import TRANSPORT_ALIASES, get_transport_cls
from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis import Redis

from producers.cipher import EXPECTED, Cipher, are_keys

PREFIX = "BOOKFORCE_"
DEFAULT_CONNECTION = "default"

_SALESFORCE = "https://login.salesforce.com, https://test.salesforce.com or the https address of a My Domain"

_EXPECTED = {"salesforce_login_url": _SALESFORCE, "salesforce_client_id": "the consumer key of the org's app"}


class BadSettings(ValueError):
    """The environment cannot be used: names the variable and the form expected."""


def _redis_url(url: str) -> str:
    try:
        Redis.from_url(url)
    except ValueError:
        msg = "expected an address such as redis://localhost:6379/0"
        raise ValueError(msg) from None  # whose text may quote a part of the password
    return url


def _broker_url(url: str | None) -> str | None:
    if not url:
        return url
    scheme = url.partition("://")[0].partition("+")[0]
    if scheme not in TRANSPORT_ALIASES:
        msg = "expected the address of a Celery broker, such as redis://localhost:6379/0 or amqp://localhost//"
        raise ValueError(msg)
    try:
        get_transport_cls(scheme)
    except ImportError as error:
        msg = f"a broker of the kind {scheme!r} needs a package that is not installed ({error.name})"
        raise ValueError(msg) from error
    return url


def _https_url(url: str) -> str:
    if not re.match(r"https://[^/\s]+/?$", url):
        msg = f"expected {_SALESFORCE}"
        raise ValueError(msg)
    return url.rstrip("/")


def _api_version(version: str) -> str:
    if not re.fullmatch(r"\d{2}\.0", version):
        msg = "expected a version such as 62.0"
        raise ValueError(msg)
    return version


def _file(path: Path) -> Path:
    if path == Path():  # as an empty variable reads
        msg = "expected the path of a file; unset it where there is none"
        raise ValueError(msg)
    return path


FilePath = Annotated[Path, AfterValidator(_file)]


def _journal_keys(keys: SecretStr) -> SecretStr:
    if not are_keys(keys.get_secret_value()):
        raise ValueError(EXPECTED)
    return keys


_Keys = Annotated[SecretStr, AfterValidator(_journal_keys)]


def _flower_password(password: SecretStr) -> SecretStr:
    # Flower takes a comma for the end of it, and answers 500 to what is not ASCII.
    if not re.fullmatch(r"[!-+\--~]{8,}|", password.get_secret_value()):
        msg = "expected at least 8 printable ASCII characters, no space and no comma"
        raise ValueError(msg)
    return password


_Port = Annotated[int, Field(ge=1, le=65535)]


class Settings(BaseSettings):
    """What concerns the process, not one org."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    redis_url: Annotated[str, AfterValidator(_redis_url)] = "redis://localhost:6379/0"
    broker_url: Annotated[str | None, AfterValidator(_broker_url)] = None
    log_format: Literal["console", "json"] = "console"
    keep_finished_days: int = Field(default=30, ge=1, le=3650)
    setup_recheck_hours: float = Field(default=1, gt=0, le=168)
    journal_keys: _Keys = SecretStr("")
    journal_digest_key: _Keys = SecretStr("")
    flower_user: str = Field(default="bookforce", pattern=r"^[A-Za-z0-9._@-]+$")
    flower_password: Annotated[SecretStr, AfterValidator(_flower_password)] = SecretStr("")
    flower_address: str = Field(default="127.0.0.1", min_length=1)
    flower_port: _Port = 5555
    metrics_address: str = Field(default="127.0.0.1", min_length=1)
    metrics_port: _Port = 9540

    @property
    def cipher(self) -> Cipher:
        """What the journal is encrypted with: nothing where no key is set."""
        return Cipher.of(self.journal_keys.get_secret_value(), self.journal_digest_key.get_secret_value())

    @property
    def broker(self) -> str:
        return self.broker_url or self.redis_url


class Connection(BaseSettings):
    """How one Salesforce org is reached, and the setup file that governs it."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    setup: FilePath | None = None
    salesforce_login_url: Annotated[str, AfterValidator(_https_url)]
    salesforce_client_id: str = Field(min_length=1)
    salesforce_client_secret: SecretStr | None = None
    salesforce_username: str | None = None
    salesforce_private_key_file: FilePath | None = None
    salesforce_api_version: Annotated[str, AfterValidator(_api_version)] = "62.0"

    @property
    def fingerprint(self) -> str:
        """A digest of the org and the credentials: what was found or handed out for others must not be used."""
        secret = self.salesforce_client_secret.get_secret_value() if self.salesforce_client_secret else ""
        facts = (self.salesforce_login_url, self.salesforce_client_id, secret, self.salesforce_username)
        return hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> Self:
        jwt = self.salesforce_username and self.salesforce_private_key_file
        if not (self.salesforce_client_secret or jwt):
            msg = (
                "set {prefix}SALESFORCE_CLIENT_SECRET (client credentials), "
                "or {prefix}SALESFORCE_USERNAME and {prefix}SALESFORCE_PRIVATE_KEY_FILE (JWT bearer)"
            )
            raise ValueError(msg)
        return self


def load_settings() -> Settings:
    """The process's settings from the environment. Raises BadSettings."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(explain(error, PREFIX)) from error


def load_connection(name: str) -> Connection:
    """One org's settings: BOOKFORCE_SALESFORCE_… for "default", BOOKFORCE_<NAME>_SALESFORCE_… for others.

    The setup file is BOOKFORCE_SETUP or BOOKFORCE_<NAME>_SETUP; without one, ./bookforce.toml if it is there.
    Raises BadSettings.
    """
    prefix = PREFIX if name == DEFAULT_CONNECTION else f"{PREFIX}{name.upper()}_"
    try:
        connection = Connection(_env_prefix=prefix)
    except ValidationError as error:
        raise BadSettings(explain(error, prefix)) from error
    here = Path("bookforce.toml")
    if connection.setup is None and name == DEFAULT_CONNECTION and here.exists():
        return connection.model_copy(update={"setup": here})
    return connection


def connection_names() -> list[str]:
    """The connections that a worker serves: those that the environment names, the default one first, or it alone."""
    return configured_connections() or [DEFAULT_CONNECTION]


def configured_connections() -> list[str]:
    """The connections that the environment names, the default one first; none where nothing but publishing is done."""
    pattern = re.compile(rf"{PREFIX}(?:([A-Z0-9_]+)_)?SALESFORCE_LOGIN_URL")
    found = (match[1] for variable in os.environ if (match := pattern.fullmatch(variable)))
    names = {(name or DEFAULT_CONNECTION).lower() for name in found}
    return sorted(names, key=lambda name: (name != DEFAULT_CONNECTION, name))


def explain(error: ValidationError, prefix: str) -> str:
    """The first thing that is wrong, with the variable's name and the form expected."""
    first = error.errors(include_url=False, include_input=False)[0]
    message = first["msg"].removeprefix("Value error, ").replace("{prefix}", prefix)
    variable = "".join(f"{prefix}{str(part).upper()}: " for part in first["loc"][:1])
    if first["type"] == "missing":
        return f"{variable}not set; expected {_EXPECTED[str(first['loc'][0])]}"
    return f"{variable}{message}"
