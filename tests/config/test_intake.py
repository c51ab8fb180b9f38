"""The intake's part of the environment: what is refused at the start, and which secrets belong to whom."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from config.intake import load_intake, split_secrets, webhook_secrets
from config.settings import BadSettings
from producers.signatures import MAX_AGE, Source

BAD = [
    ("BOOKFORCE_INTAKE_KEYS", "short", "expected keys of at least 16 ASCII characters, separated by commas"),
    ("BOOKFORCE_INTAKE_KEYS", "a-key-that-is-long-enough,short", "expected keys of at least 16"),
    ("BOOKFORCE_INTAKE_KEYS", "é" * 20, "expected keys of at least 16"),
    ("BOOKFORCE_INTAKE_MAX_KILOBYTES", "0", "Input should be greater than or equal to 16"),
    ("BOOKFORCE_CALENDLY_MAX_AGE_SECONDS", "soon", "Input should be a valid integer"),
]


@pytest.mark.parametrize(("name", "text", "message"), BAD)
def test_what_cannot_be_used_is_named_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(BadSettings) as refused:
        load_intake()
    assert str(refused.value).startswith(f"{name}: {message}")
    assert len(text) < 3 or text not in str(refused.value)


def test_without_settings_the_intake_is_closed_and_ages_are_the_sources_own() -> None:
    intake = load_intake()
    assert split_secrets(intake.intake_keys) == ()
    assert intake.max_ages(timedelta(days=30)) == MAX_AGE


def test_no_delivery_may_be_older_than_deliveries_are_remembered() -> None:
    ages = load_intake().max_ages(timedelta(days=1))
    assert ages[Source.ONCEHUB] == ages[Source.CALCOM] == timedelta(days=1)
    assert ages[Source.CALENDLY] == MAX_AGE[Source.CALENDLY]


def test_secrets_are_of_a_source_and_a_connection() -> None:
    environment = {
        "BOOKFORCE_ONCEHUB_SECRETS": "one, two,",
        "BOOKFORCE_EU_WEST_CALCOM_SECRETS": "three",
        "BOOKFORCE_CALENDLY_SECRETS": "",
        "BOOKFORCE_ZOOM_SECRETS": "four",
        "OTHER_ONCEHUB_SECRETS": "five",
    }
    assert webhook_secrets(environment) == {
        (Source.ONCEHUB, "default"): ("one", "two"),
        (Source.CALCOM, "eu_west"): ("three",),
        (Source.CALENDLY, "default"): (),
    }


def test_blanks_between_secrets_are_none() -> None:
    assert split_secrets(SecretStr(" a ,, b ")) == ("a", "b")
