"""How events ended, as the journal keeps it: messages are sealed, all else can be read."""

import json

from producers.cipher import PLAIN, Cipher, new_key
from worker.claims import state_of
from worker.sealing import UNREADABLE, from_json, opened_fields, to_json

FACTS = {
    "state": "parked",
    "cause": {"code": "X", "message": "Lea says no", "object": None},
    "because": ["found by its id"],
    "discarded": {"why": "Mr Typed asked"},
    "warnings": [{"code": "Y", "message": "cut from 90 to 80"}],
}
CIPHER = Cipher.of(new_key())


def test_messages_are_sealed_wherever_they_stand() -> None:
    text = to_json(FACTS, CIPHER)
    assert "Lea" not in text
    assert "cut from" not in text
    assert "Typed" not in text
    assert from_json(text, CIPHER) == FACTS
    assert state_of(text) == "parked"
    assert json.loads(text)["cause"]["code"] == "X"


def test_without_keys_all_is_as_it_was() -> None:
    assert json.loads(to_json(FACTS, PLAIN)) == FACTS
    assert from_json(to_json(FACTS, PLAIN), CIPHER) == FACTS


def test_a_booking_is_opened_with_its_ends_its_tries_and_its_cause() -> None:
    plain = {"customer": "x", "attempts": "1"} | dict.fromkeys(("state:1", "try:1", "cause"), json.dumps(FACTS))
    sealed = {
        name: to_json(FACTS, CIPHER) if name not in {"customer", "attempts"} else text for name, text in plain.items()
    }
    assert opened_fields(sealed, CIPHER) == plain


def test_a_message_without_its_key_says_so() -> None:
    assert from_json(to_json(FACTS, CIPHER), PLAIN)["cause"]["message"] == UNREADABLE
