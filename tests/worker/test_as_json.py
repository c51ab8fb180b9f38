"""What is written as JSON can be read again, whatever an org says in its errors."""

import json

import pytest

from worker.as_json import to_bytes, to_text


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True]}, {"name": "Zoë “quoted”\n"}, "\U0001f4c5"])
def test_what_is_written_is_read_back(value: object) -> None:
    assert json.loads(to_text(value)) == value
    assert json.loads(to_bytes(value)) == value


def test_half_a_character_becomes_a_question_mark() -> None:
    assert json.loads(to_bytes({"message": "half a pair: \ud83d"})) == {"message": "half a pair: ?"}


def test_what_cannot_be_written_is_written_as_the_default_says() -> None:
    assert json.loads(to_text({"error": ValueError("why")}, default=repr)) == {"error": "ValueError('why')"}
