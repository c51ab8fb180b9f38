"""Every code that can be met has an explanation; an unknown one says so."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.salesforce.test_errors import CODES, STATUSES
from worker.errors import Disconnected, OutOfStorage, Transient
from worker.explained.catalogue import CATALOGUE, explain
from worker.explained.explanation import Explanation, Side
from worker.salesforce.errors import is_known

_ROOT = Path(__file__).parents[3]

LOG_IN = ("invalid_grant", "invalid_app_access", "invalid_client_id", "invalid_client", "unsupported_grant_type")
LOG_IN_TOO = ("inactive_user", "inactive_org", "rate_limit_exceeded", "server_error", "temporarily_unavailable")


def own_codes() -> Iterator[str]:
    """The codes that our own source gives: `code="…"`, a constant's name behind `code=`, `_warned("…", …)`."""
    modules = [ast.parse(file.read_text()) for folder in ("worker", "rules") for file in (_ROOT / folder).rglob("*.py")]
    constants = {
        node.targets[0].id: node.value.value
        for module in modules
        for node in module.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    for call in (node for module in modules for node in ast.walk(module) if isinstance(node, ast.Call)):
        given = [word.value for word in call.keywords if word.arg == "code"]
        if isinstance(call.func, ast.Name) and call.func.id == "_warned":
            given += call.args[:1]
        for value in given:
            if isinstance(value, ast.Constant):
                yield str(value.value)
            elif isinstance(value, ast.Name) and value.id in constants:
                yield str(constants[value.id])
    for script in (_ROOT / "worker" / "lua").glob("*.lua"):
        yield from re.findall(r'"code":"(\w+)"', script.read_text())


def table_codes() -> Iterator[str]:
    """The keys of the table from errorCode."""
    module = ast.parse((_ROOT / "worker" / "salesforce" / "errors.py").read_text())
    for node in ast.walk(module):
        if isinstance(node, ast.Dict):
            yield from (
                str(key.value) for key in node.keys if isinstance(key, ast.Constant) and is_known(str(key.value))
            )


OWN = sorted(set(own_codes()))
TABLE = sorted(set(table_codes()))
REFERENCE = sorted({row[0] for row in CODES})


def test_the_codes_are_found() -> None:
    assert {"NO_CUSTOMER", "UNREADABLE_EVENT", "LEASE_LAPSED", "OWNER_UNMAPPED", "VALUE_REFUSED"} <= set(OWN)
    assert set(REFERENCE) <= set(TABLE)


@pytest.mark.parametrize("code", sorted({*OWN, *TABLE, *REFERENCE, *LOG_IN, *LOG_IN_TOO}))
def test_every_code_is_explained(code: str) -> None:
    said = explain(code)
    assert said.is_known
    assert said.what.endswith(".")
    assert said.do.endswith(".")


@pytest.mark.parametrize("status", [row[0] for row in STATUSES])
def test_every_status_without_a_code_is_explained(status: int) -> None:
    assert explain(f"HTTP_{status}").is_known


@pytest.mark.parametrize("code", sorted({row[0] for row in CODES if row[3] in {Disconnected, OutOfStorage}}))
def test_what_waits_until_it_is_mended_is_not_said_to_need_a_replay(code: str) -> None:
    assert "replay" not in explain(code).do.casefold()


def test_what_passes_is_not_said_to_be_over_while_it_is_tried_again() -> None:
    texts = {code: explain(code).do for code in sorted({row[0] for row in CODES if row[3] is Transient})}
    ours = ("REQUEST_LIMIT_EXCEEDED", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER")
    halted = ("PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK")
    assert {code for code, do in texts.items() if not do.startswith("Nothing while it is pending")} <= {*ours, *halted}


def test_a_code_that_is_unknown_is_said_to_be() -> None:
    said = explain("BRAND_NEW_CODE", "Lead", "Email")
    assert not said.is_known
    assert "does not know this code" in said.what


def test_an_explanation_names_object_and_field() -> None:
    assert explain("STRING_TOO_LONG", "Lead", "Title").what == "The value is longer than Lead.Title takes."
    assert explain("STRING_TOO_LONG", "Lead").what == "The value is longer than a field of the Lead takes."
    assert explain("STRING_TOO_LONG").what == "The value is longer than a field of the record takes."


def test_a_field_that_starts_the_sentence_is_kept_as_it_is_written() -> None:
    assert explain("DUPLICATE_VALUE", "Lead", "Key__c").what.startswith("Lead.Key__c is to be unique")
    assert explain("DUPLICATE_VALUE").what.startswith("A field of the record is to be unique")


SPECIAL: list[tuple[str, str, str, str, Side]] = [
    ("INVALID_CROSS_REFERENCE_KEY", "Lead", "RecordTypeId", "The record type of the Lead", Side.ADMIN),
    ("INVALID_CROSS_REFERENCE_KEY", "Lead", "OwnerId", "The owner that the Lead", Side.ADMIN),
    ("INVALID_CROSS_REFERENCE_KEY", "Event", "WhoId", "The Event cannot name", Side.ADMIN),
    ("INVALID_CROSS_REFERENCE_KEY", "Contact", "AccountId", "A record that the booking", Side.ADMIN),
    ("FIELD_INTEGRITY_EXCEPTION", "Lead", "State", "The state or country", Side.BOOKING),
    ("FIELD_INTEGRITY_EXCEPTION", "Lead", "X__c", "The value of Lead.X__c", Side.BOOKING),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", "Account", "Name", "The Account is a Person Account", Side.ADMIN),
    ("INVALID_FIELD_FOR_INSERT_UPDATE", "Lead", "Name", "The API user may not write Lead.Name", Side.ADMIN),
]


@pytest.mark.parametrize(
    ("code", "obj", "field", "start", "side"), SPECIAL, ids=[f"{row[0]} {row[1]}.{row[2]}" for row in SPECIAL]
)
def test_a_code_means_another_thing_on_some_fields(code: str, obj: str, field: str, start: str, side: Side) -> None:
    said = explain(code, obj, field)
    assert said.what.startswith(start)
    assert said.side is side


def _keys(entry: Explanation) -> list[tuple[str, str | None, str | None]]:
    return [(code, entry.object, entry.field) for code in entry.codes]


def test_nothing_is_explained_twice() -> None:
    counted = Counter(key for entry in CATALOGUE for key in _keys(entry))
    assert [key for key, count in counted.items() if count > 1] == []


def test_every_side_has_words() -> None:
    assert all(side.words for side in Side)
