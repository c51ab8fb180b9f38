"""The composition root of the HTTP intake: `uvicorn worker.web:app`."""

import gc
from datetime import timedelta
from functools import partial

import structlog

from config.intake import load_intake, split_secrets, webhook_secrets
from config.settings import BadSettings, configured_connections, connection_names, load_settings
from producers.intake import Seen, create_intake
from producers.intake_desk import Desk
from producers.intake_gate import Gate, check_bearer
from producers.publish import Publisher
from producers.refused import RefusedEvents
from worker.arrivals import arrivals_log, note_arrival
from worker.connections import connect_redis
from worker.intake_metrics import IntakeMetrics, add_metrics
from worker.logs import configure_logs
from worker.metrics import metrics_registry

log = structlog.get_logger()


def _observe(seen: Seen) -> None:
    """A count, and a line: what goes well is followed by it, and the rest somebody may have to look at."""
    metrics.note(seen)
    if seen.outcome in {"accepted", "known"}:
        note_arrival(
            arrivals,
            is_new=seen.outcome == "accepted",
            delivery=seen.event_id,
            booking=seen.booking_id,
            connection=seen.connection,
            source=seen.source,
        )
    elif seen.outcome == "ignored":
        log.info("intake.ignored", source=seen.source, connection=seen.connection, because=seen.because)
    elif seen.outcome == "refused":
        log.warning("intake.refused", source=seen.source, connection=seen.connection, problem=seen.because)
    else:
        log.warning("intake.turned_away", source=seen.source, status=int(seen.outcome), because=seen.because)


try:
    settings, intake = load_settings(), load_intake()
    cipher = settings.cipher
except BadSettings as error:
    raise SystemExit(f"bookforce: {error}") from error

configure_logs(settings.log_format)
arrivals = arrivals_log()
_keep = timedelta(days=settings.keep_finished_days)
_redis = connect_redis(settings)
_keys, _secrets = split_secrets(intake.intake_keys), webhook_secrets()
_registry = metrics_registry(_redis, connection_names, cipher)
metrics = IntakeMetrics(_registry, [*connection_names(), *(connection for _, connection in _secrets)])
app = create_intake(
    Gate(
        keys=_keys,
        secrets=_secrets,
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
add_metrics(app, _registry, metrics, partial(check_bearer, keys=(*split_secrets(intake.metrics_keys), *_keys)))

# As in the worker (worker/app.py): the search for garbage stops everybody who waits for an answer.
gc.freeze()
gc.set_threshold(50_000, 20, 20)
