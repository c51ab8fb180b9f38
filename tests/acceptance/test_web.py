"""The HTTP intake in a process of its own, by the Procfile."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from producers.signatures import Source
from tests.load.web import running_web
from tests.producers.bodies import a_webhook, a_wire_event
from tests.producers.webhooks import raw, signed
from tests.servers import DidNotStart, free_port, running_redis

KEY, SECRET = "key-of-the-first-service", "secret-of-the-webhook"
OPEN = {"BOOKFORCE_INTAKE_KEYS": KEY, "BOOKFORCE_ONCEHUB_SECRETS": SECRET, "BOOKFORCE_LOG_FORMAT": "json"}


def post(port: int, event: dict[str, Any]) -> int:
    headers = {"Authorization": f"Bearer {KEY}"}
    return requests.post(f"http://127.0.0.1:{port}/bookings", json=event, headers=headers, timeout=30).status_code


def test_while_redis_is_away_senders_are_asked_to_come_back(tmp_path: Path) -> None:
    redis_port = free_port()
    url = f"redis://127.0.0.1:{redis_port}/0"
    later = a_wire_event() | {"event_id": "EVNT-2"}
    with ExitStack() as stack:
        with running_redis(tmp_path, redis_port):
            port = stack.enter_context(running_web(tmp_path, {**OPEN, "BOOKFORCE_REDIS_URL": url}))
            assert post(port, a_wire_event()) == 202
        assert post(port, later) == 503
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=30).headers["retry-after"] == "5"
        with running_redis(tmp_path, redis_port):
            assert post(port, later) == 202


def test_what_is_turned_away_is_logged_without_what_customers_said(tmp_path: Path) -> None:
    marked = raw(a_webhook(duration_minutes=0, subject="Marker Subject", customer_timezone="Marker/Zone"))
    with running_redis(tmp_path) as url, running_web(tmp_path, {**OPEN, "BOOKFORCE_REDIS_URL": url}) as port:
        address = f"http://127.0.0.1:{port}/webhooks/oncehub?sosfLeadId=Marker"
        for secret, status in ((SECRET, 400), ("wrong", 401)):
            headers = signed(Source.ONCEHUB, marked, secret)
            assert requests.post(address, data=marked, headers=headers, timeout=30).status_code == status
        assert post(port, a_wire_event() | {"kind": "Marker"}) == 400
    log = (tmp_path / "web.log").read_text()
    assert log.count('"event":"intake.refused"') == 2
    assert log.count('"event":"intake.turned_away"') == 1
    assert "arker" not in log


def test_settings_that_cannot_be_used_end_it_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DidNotStart) as end, running_web(tmp_path, {"BOOKFORCE_INTAKE_KEYS": "short"}):
        pass
    assert "bookforce: BOOKFORCE_INTAKE_KEYS: expected keys of at least 16" in str(end.value)
    assert "Traceback" not in str(end.value)
