"""The five setup stages against the org."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.builders import an_event
from tests.rig import Rig
from tests.simulator.org import Org
from tests.simulator.server import serve
from tests.simulator.settings import RecordType, Settings
from worker.setup import Stage, StageReport


def last(rig: Rig) -> StageReport:
    return rig.here.setup.run_all()[-1]


def problems(report: StageReport) -> str:
    return " ".join(f"{finding.message} {finding.advice}" for finding in report.findings)


def test_a_good_org_is_ready_in_one_call(rig: Rig) -> None:
    reports = rig.here.setup.run_all()
    assert [report.stage for report in reports] == list(Stage)
    assert {report.state for report in reports} == {"ready"}
    assert rig.calls == 1
    assert rig.here.setup.reports() == {report.stage: report for report in reports}


def test_an_org_without_our_fields_stops_at_installation(
    make_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(Org(Settings(custom_fields=()))) as bare:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bare.ca_file))
        report = last(make_rig(salesforce_login_url=bare.url))
    assert report.stage is Stage.INSTALLATION
    assert "Lead.Bookforce_Booking_Id__c is missing" in problems(report)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"salesforce_client_secret": "wrong"}, "BOOKFORCE_SALESFORCE_CLIENT_SECRET"),
        ({"salesforce_client_id": "nobody"}, "BOOKFORCE_SALESFORCE_CLIENT_ID"),
        ({"salesforce_login_url": "https://localhost:1"}, "connection refused"),
        ({"salesforce_login_url": "https://nowhere.invalid"}, "cannot be reached"),
    ],
    ids=["secret", "client id", "unreachable", "unknown host"],
)
def test_what_is_wrong_with_the_connection_is_one_sentence(
    make_rig: Callable[..., Rig], settings: dict[str, str], words: str
) -> None:
    report = last(make_rig(**settings))
    assert (report.stage, report.state) == (Stage.CONNECTION, "not_ready")
    assert words in problems(report)
    assert "Traceback" not in problems(report)
    assert "wrong" not in problems(report)


def test_a_version_that_the_org_does_not_have_is_named_by_its_variable(make_rig: Callable[..., Rig]) -> None:
    said = problems(last(make_rig(salesforce_api_version="99.0")))
    assert "BOOKFORCE_SALESFORCE_API_VERSION" in said
    assert "(NOT_FOUND)" in said


def test_a_private_key_that_is_not_there_is_named(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    rig = make_rig(
        salesforce_client_secret=None,
        salesforce_username="integration@vendor.example",
        salesforce_private_key_file=tmp_path / "absent.pem",
    )
    assert "absent.pem cannot be read" in problems(last(rig))


@pytest.mark.parametrize(
    ("setup", "stage", "words"),
    [
        ('[matching]\nprefr = "lead"', Stage.INSTALLATION, "did you mean 'prefer'"),
        ('[owners.users]\n"USR-1" = "nobody@x.example"', Stage.CREATION_RULES, "no active standard user"),
        ('[pages.default]\nrecord_types = { Lead = "Nope" }', Stage.CREATION_RULES, "no record type 'Nope'"),
        (
            '[[field_mapping]]\nbooking = "subject"\nobject = "Lead"\nfield = "Nope__c"',
            Stage.FIELD_MAPPING,
            "Lead.Nope__c does not exist",
        ),
        (
            '[[field_mapping]]\nbooking = "subject"\nobject = "Lead"\nfield = "IsUnreadByOwner"',
            Stage.FIELD_MAPPING,
            "a boolean field is mapped only with values.extended_types",
        ),
    ],
    ids=["option", "owner", "record type", "field", "type"],
)
def test_a_wrong_setup_stops_at_its_stage(make_rig: Callable[..., Rig], setup: str, stage: Stage, words: str) -> None:
    report = last(make_rig(setup))
    assert report.stage is stage
    assert words in problems(report)


def test_a_record_type_that_is_retired_is_none(make_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch) -> None:
    retired = RecordType(object="Lead", developer_name="Retired", name="Retired lead", active=False)
    with serve(Org(Settings(record_types=(retired,)))) as other:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other.ca_file))
        setup = '[pages.default]\nrecord_types = { Lead = "Retired" }'
        report = last(make_rig(setup, salesforce_login_url=other.url))
    assert "Lead has no record type 'Retired'" in problems(report)


def test_a_stage_that_fails_again_withdraws_the_ready_setup(rig: Rig) -> None:
    rig.make_ready()
    rig.org.expire_sessions()
    rig.org.change(client_secret="changed")
    assert last(rig).state == "not_ready"
    assert rig.here.ready() is None
    rig.publish(an_event())
    rig._drain()  # noqa: SLF001 - what the worker does while the setup is not ready
    assert rig.journal.counts()["ready"] == 1


def test_what_another_release_kept_in_another_shape_is_found_anew(rig: Rig) -> None:
    rig.make_ready()
    for name in ("ready", Stage.CONNECTION, "facts"):
        rig.redis.set(f"bookforce:{{{rig.connection}}}:setup:{name}", '{"shape": "another"}')
    assert rig.here.ready() is None
    assert rig.here.setup.last_ready() is None
    assert Stage.CONNECTION not in rig.here.setup.reports()
    assert "the connection stage has not run yet" in problems(rig.here.setup.run(Stage.INSTALLATION))
    rig.publish(an_event())
    rig.sync()
    assert rig.journal.counts()["synced"] == 1


def test_a_jwt_bearer_logs_in_without_a_secret(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "key.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    rig = make_rig(
        salesforce_client_secret=None,
        salesforce_username="integration@vendor.example",
        salesforce_private_key_file=file,
    )
    rig.org.change(jwt_public_keys=(public,), jwt_audiences=(rig.here.setup.connection.salesforce_login_url,))
    assert last(rig).state == "ready"


RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
NO_KEYS = {
    "text": b"not a key",
    "bytes": b"\xff\xfe\x00",
    "nothing": b"",
    "the public half": RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    "a passphrase": RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"phrase")),
    "another kind": ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ),
}


@pytest.mark.parametrize("content", NO_KEYS.values(), ids=NO_KEYS)
def test_a_key_file_without_a_key_is_named(make_rig: Callable[..., Rig], tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "no-key.pem"
    file.write_bytes(content)
    rig = make_rig(
        salesforce_client_secret=None,
        salesforce_username="integration@vendor.example",
        salesforce_private_key_file=file,
    )
    assert "no-key.pem holds no RSA private key" in problems(last(rig))


def test_wrong_credentials_are_found_although_a_token_is_shared(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.make_ready()
    rig.org.change(client_secret="changed")
    assert last(rig).stage is Stage.CONNECTION


def test_several_workers_that_need_a_token_log_in_once(rig: Rig) -> None:
    tokens = rig.here.tools.session.tokens
    first = tokens.current()
    assert tokens.renew(expired=None) == tokens.current() == first
    assert tokens.renew(expired=first) != first
