"""The composition root of the HTTP intake: `uvicorn worker.web:app`."""

import gc
from datetime import timedelta

import structlog

from config.intake import load_intake, split_secrets, webhook_secrets
from config.settings import BadSettings, configured_connections, load_settings
from producers.intake import Seen, create_intake
from producers.intake_desk import Desk
from producers.intake_gate import Gate
from producers.publish import Publisher
from producers.refused import RefusedEvents
from worker.connections import connect_redis
from worker.logs import configure_logs

log = structlog.get_logger()


def _observe(seen: Seen) -> None:
    """One line for what somebody may have to look at; what went well is counted elsewhere."""
    if seen.outcome == "ignored":
        log.info("intake.ignored", source=seen.source, connection=seen.connection, because=seen.because)
    elif seen.outcome == "refused":
        log.warning("intake.refused", source=seen.source, connection=seen.connection, problem=seen.because)
    elif seen.outcome.isdigit():
        log.warning("intake.turned_away", source=seen.source, status=int(seen.outcome), because=seen.because)


try:
    settings, intake = load_settings(), load_intake()
    cipher = settings.cipher
except BadSettings as error:
    raise SystemExit(f"bookforce: {error}") from error

configure_logs(settings.log_format)
_keep = timedelta(days=settings.keep_finished_days)
_redis = connect_redis(settings)
app = create_intake(
    Gate(
        keys=split_secrets(intake.intake_keys),
        secrets=webhook_secrets(),
        connections=tuple(configured_connections()),
        max_bytes=intake.intake_max_kilobytes * 1024,
        max_ages=intake.max_ages(_keep),
    ),
    Desk(
        _redis,
        Publisher.connect(settings.redis_url, settings.broker, cipher),
        RefusedEvents(_redis, cipher, _keep),
        cipher,
    ),
    _observe,
)

# As in the worker (worker/app.py): the search for garbage stops everybody who waits for an answer.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
