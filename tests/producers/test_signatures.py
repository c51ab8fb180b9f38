"""Each vendor's published algorithm: valid, tampered, old, replayed, wrong secret, rotated secret."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.signatures import MAX_AGE, Mismatch, Source, verify
from tests.producers.webhooks import signed

NOW = datetime(2026, 3, 2, 9, 15, 31, tzinfo=UTC)
BODY = b'{"id": "EVNT-1"}'
SECRET, OTHER = "b1946ac92492d2347c6235b4d2611184", "591785b794601e212b260e25925636fd"
TIMED = [Source.ONCEHUB, Source.CALENDLY]

# Made with `openssl dgst -sha256 -hmac "$SECRET"` over `1772442931.{"id": "EVNT-1"}` and over the body alone.
VECTORS = {
    Source.ONCEHUB: ("oncehub-signature", "t=1772442931,s={timed}"),
    Source.CALENDLY: ("calendly-webhook-signature", "t=1772442931,v1={timed}"),
    Source.CALCOM: ("x-cal-signature-256", "{plain}"),
}
BY_OPENSSL = {
    "timed": "50a91832551e09f745e24e6c2ffd7fb10055443206bf7e8c0ff1a204157388f8",
    "plain": "7c7a70c95f308d1cd7fb248c38bec4e756cfc637f7d007952009d857bb6c4418",
}


def check(
    source: Source, headers: dict[str, str], body: bytes = BODY, secrets: tuple[str, ...] = (SECRET,)
) -> Mismatch | None:
    return verify(source, {name.lower(): value for name, value in headers.items()}, body, secrets, now=NOW)


@pytest.mark.parametrize("source", Source)
def test_what_another_implementation_signed_is_taken(source: Source) -> None:
    header, form = VECTORS[source]
    assert check(source, {header: form.format(**BY_OPENSSL)}) is None


@pytest.mark.parametrize("source", Source)
def test_a_changed_body_is_refused(source: Source) -> None:
    assert check(source, signed(source, BODY, SECRET, at=NOW), BODY + b" ") is Mismatch.WRONG


@pytest.mark.parametrize("source", Source)
def test_a_wrong_secret_is_refused(source: Source) -> None:
    assert check(source, signed(source, BODY, OTHER, at=NOW)) is Mismatch.WRONG


@pytest.mark.parametrize("source", Source)
def test_old_and_new_secret_both_count_while_it_is_changed(source: Source) -> None:
    for secret in (SECRET, OTHER):
        assert check(source, signed(source, BODY, secret, at=NOW), secrets=(OTHER, SECRET)) is None


@pytest.mark.parametrize("source", Source)
def test_nothing_is_taken_without_a_secret(source: Source) -> None:
    assert check(source, signed(source, BODY, "", at=NOW), secrets=()) is Mismatch.NO_SECRET


@pytest.mark.parametrize("source", TIMED)
def test_the_signed_time_may_not_be_old(source: Source) -> None:
    for age, wanted in ((MAX_AGE[source], None), (MAX_AGE[source] + timedelta(seconds=1), Mismatch.OLD)):
        assert check(source, signed(source, BODY, SECRET, at=NOW - age)) is wanted


@pytest.mark.parametrize("source", TIMED)
def test_the_signed_time_may_be_a_little_ahead(source: Source) -> None:
    for minutes, wanted in ((5, None), (6, Mismatch.AHEAD)):
        assert check(source, signed(source, BODY, SECRET, at=NOW + timedelta(minutes=minutes))) is wanted


@pytest.mark.parametrize("source", TIMED)
def test_a_signature_does_not_hold_for_another_time(source: Source) -> None:
    headers = signed(source, BODY, SECRET, at=NOW - timedelta(days=9))
    moved = {
        name: value.replace(str(int((NOW - timedelta(days=9)).timestamp())), str(int(NOW.timestamp())))
        for name, value in headers.items()
    }
    assert check(source, moved) is Mismatch.WRONG


@pytest.mark.parametrize("source", Source)
def test_one_sources_signature_is_none_of_anothers(source: Source) -> None:
    for other in set(Source) - {source}:
        assert check(source, signed(other, BODY, SECRET, at=NOW)) is Mismatch.UNSIGNED


def test_calcom_without_a_secret_of_its_own_is_refused() -> None:
    assert check(Source.CALCOM, {"X-Cal-Signature-256": "no-secret-provided"}) is Mismatch.WRONG


def test_calcom_may_name_its_algorithm() -> None:
    (signature,) = [value for name, value in signed(Source.CALCOM, BODY, SECRET).items() if name.startswith("X-")]
    assert check(Source.CALCOM, {"X-Cal-Signature-256": f"sha256={signature}"}) is None


@pytest.mark.parametrize("source", Source)
@given(
    header=st.text(max_size=80) | st.from_regex(r"t=\d{0,30},(s|v1)=[0-9a-f]{0,64}", fullmatch=True), body=st.binary()
)
def test_nothing_made_up_is_taken_or_breaks_anything(source: Source, header: str, body: bytes) -> None:
    assert check(source, {VECTORS[source][0]: header}, body) is not None
