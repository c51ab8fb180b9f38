"""Whether a raw body really is from that source: the published signature of each, over the bytes as they came."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

# Clocks of sender and receiver differ.
_AHEAD = timedelta(minutes=5)

# Longer ones are no Unix time that datetime knows.
_MOST_DIGITS = 11


class Source(StrEnum):
    """A booking system that sends webhooks."""

    ONCEHUB = "oncehub"
    CALENDLY = "calendly"
    CALCOM = "calcom"


class Mismatch(StrEnum):
    """Why a body is not taken for the source's."""

    NO_SECRET = "no secret is set for this source and connection"  # noqa: S105 - a sentence
    UNSIGNED = "the signature is missing or has another form"
    WRONG = "the signature fits no secret"
    OLD = "the signature is too old"
    AHEAD = "the signature is of the future"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scheme:
    header: str
    signature: str


_TIMED = {
    # https://developers.oncehub.com/docs/webhooks/webhook-signatures/
    Source.ONCEHUB: _Scheme(header="oncehub-signature", signature="s"),
    # https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures
    Source.CALENDLY: _Scheme(header="calendly-webhook-signature", signature="v1"),
}

# https://cal.com/docs/developing/guides/automation/webhooks
_CALCOM_HEADER = "x-cal-signature-256"
_CALCOM_PREFIX = "sha256="

MAX_AGE: Mapping[Source, timedelta] = {
    # Retries come for three days, and the vendor does not say whether they are signed anew.
    Source.ONCEHUB: timedelta(days=4),
    # Recommended by the vendor.
    Source.CALENDLY: timedelta(minutes=3),
    # The vendor tries three times within some minutes.
    Source.CALCOM: timedelta(days=1),
}
"""How old a delivery may be. Cal.com signs no time of its own: there it is the one that the body tells."""


def verify(
    source: Source,
    headers: Mapping[str, str],
    body: bytes,
    secrets: Iterable[str],
    *,
    now: datetime,
    max_age: timedelta | None = None,
) -> Mismatch | None:
    """None if the body is signed with one of the secrets; header names are in lower case.

    `max_age` instead of the source's own. Nothing of the body is to be trusted or read before.
    """
    keys = [secret.encode() for secret in secrets]
    if not keys:
        return Mismatch.NO_SECRET
    if source is Source.CALCOM:
        signature = headers.get(_CALCOM_HEADER, "").strip().removeprefix(_CALCOM_PREFIX)
        return _check(signature, body, keys)
    scheme = _TIMED[source]
    parts = _parts(headers.get(scheme.header, ""))
    signed_at = parts.get("t", "")
    if not (signed_at.isascii() and signed_at.isdigit() and len(signed_at) <= _MOST_DIGITS):
        return Mismatch.UNSIGNED
    wrong = _check(parts.get(scheme.signature, ""), signed_at.encode() + b"." + body, keys)
    return wrong or check_age(datetime.fromtimestamp(int(signed_at), UTC), now, max_age or MAX_AGE[source])


def check_age(sent_at: datetime, now: datetime, max_age: timedelta) -> Mismatch | None:
    """None if it was sent within that time."""
    age = now - sent_at
    if age > max_age:
        return Mismatch.OLD
    return Mismatch.AHEAD if age < -_AHEAD else None


def _parts(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(","))
    return {name: value for name, _, value in pairs}


def _check(signature: str, signed: bytes, keys: list[bytes]) -> Mismatch | None:
    """Every key is tried, so that the time tells nobody which one came closest."""
    given = signature.lower().encode()
    if not given:
        return Mismatch.UNSIGNED
    expected = (hmac.new(key, signed, hashlib.sha256).hexdigest().encode() for key in keys)
    return None if sum(hmac.compare_digest(each, given) for each in expected) else Mismatch.WRONG
