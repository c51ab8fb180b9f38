"""Encryption at rest: what is sealed, who can open it, and what changes of keys do."""

import base64
import subprocess
import sys
from typing import Any

import pytest
from celery import Celery
from fakeredis import FakeRedis
from hypothesis import given
from hypothesis import strategies as st

from producers.cipher import PLAIN, BadKeys, Cipher, Locked, are_keys
from producers.contract import customer_key, key_of_email
from producers.publish import Publisher
from tests.builders import a_booking, a_customer, an_event

# The same in every process, because tests are named after them.
OLD, NEW, OTHER = (base64.urlsafe_b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3))


@given(st.text())
def test_what_is_sealed_opens_again_and_does_not_show(text: str) -> None:
    cipher = Cipher.of(OLD)
    sealed = cipher.seal(text)
    assert cipher.open(sealed) == text
    assert sealed.isascii()
    assert text not in sealed or len(text) < 8


def test_without_keys_nothing_is_sealed() -> None:
    assert PLAIN.seal('{"a": 1}') == '{"a": 1}'
    assert Cipher.of("", "") == PLAIN


def test_plain_texts_of_before_are_read() -> None:
    assert Cipher.of(OLD).open('{"a": 1}') == '{"a": 1}'


def test_the_first_key_seals_and_all_open() -> None:
    before, during, after = Cipher.of(OLD), Cipher.of(f"{NEW}, {OLD}"), Cipher.of(NEW)
    assert during.open(before.seal("Lea")) == "Lea"
    assert after.open(during.seal("Lea")) == "Lea"


@pytest.mark.parametrize("cipher", [PLAIN, Cipher.of(OTHER)], ids=["none", "another"])
def test_without_the_key_a_text_is_locked(cipher: Cipher) -> None:
    with pytest.raises(Locked):
        cipher.open(Cipher.of(OLD).seal("Lea"))


DIGESTS: list[tuple[str, str, str, str, bool]] = [
    (OLD, "", f"{NEW},{OLD}", "", True),
    (f"{NEW},{OLD}", "", NEW, OLD, True),
    (OLD, OTHER, NEW, OTHER, True),
    (OLD, "", NEW, "", False),
    ("", "", OLD, "", False),
    ("", OTHER, OLD, OTHER, True),
]


@pytest.mark.parametrize(("keys", "digest_key", "later_keys", "later_digest_key", "is_same"), DIGESTS)
def test_a_customer_stays_one_when_keys_change_and_the_key_of_digests_does_not(
    keys: str, digest_key: str, later_keys: str, later_digest_key: str, *, is_same: bool
) -> None:
    before, after = (
        customer_key(a_booking(), Cipher.of(*each).digest_key)
        for each in ((keys, digest_key), (later_keys, later_digest_key))
    )
    assert (before == after) is is_same


@pytest.mark.parametrize("customer", [a_customer(), a_customer(email=None), a_customer(email=None, phone=None)])
def test_nobody_without_the_key_can_tell_who_a_customer_is(customer: Any) -> None:
    booking = a_booking(customer=customer)
    assert customer_key(booking, Cipher.of(OLD).digest_key) != customer_key(booking)


def test_an_address_has_the_key_of_its_bookings() -> None:
    assert key_of_email("LEA@acme.example", b"x") == customer_key(a_booking(), b"x")


@pytest.mark.parametrize("text", ["short", OLD[:-1], OLD + "A", "ä" * 44, f"{OLD};{NEW}", f"{OLD},short"])
def test_what_is_no_key_is_refused_without_showing_it(text: str) -> None:
    assert not are_keys(text)
    for environment in ({"BOOKFORCE_JOURNAL_KEYS": text}, {"BOOKFORCE_JOURNAL_DIGEST_KEY": text}):
        with pytest.raises(BadKeys, match=r"^BOOKFORCE_JOURNAL_\w+: expected a key of 44 characters") as told:
            Cipher.from_environment(environment)
        assert text not in str(told.value)
    with pytest.raises(BadKeys):
        Cipher.of(text)
    with pytest.raises(BadKeys):
        Cipher.of("", text)


def test_a_cipher_shows_no_key() -> None:
    assert OLD not in repr(Cipher.of(OLD))
    assert "digest_key" not in repr(Cipher.of(OLD))


def test_a_published_event_stands_sealed_in_the_journal_under_a_digest_that_says_nothing() -> None:
    journal, cipher = FakeRedis(decode_responses=True), Cipher.of(OLD)
    Publisher(journal, Celery(broker="memory://", set_as_current=False), cipher).publish(an_event(event_id="E"))
    fields = journal.hgetall("bookforce:{default}:booking:BKNG-1")
    assert isinstance(fields, dict)
    assert "acme" not in str(fields)
    assert "Lea" in cipher.open(fields["body:E"])
    assert fields["customer"] == customer_key(a_booking(), cipher.digest_key)


def test_who_sets_no_key_needs_no_package_for_it() -> None:
    program = "import sys, producers.publish; sys.exit('cryptography.fernet' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - ours
