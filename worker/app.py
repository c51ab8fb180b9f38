"""The composition root: the Celery application."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_ready

from config.settings import BadSettings, connection_names, load_settings
from producers.contract import SYNC_TASK
from producers.keys import prefix
from producers.publish import QUEUE
from worker.connections import connect_redis
from worker.logs import configure_logs
from worker.sweeper import Sweeper

# The hard limit is shorter than the lease of a claim (pipeline.LEASE), so that no two workers hold one customer.
HARD_LIMIT_SECONDS = 150
SOFT_LIMIT_SECONDS = 130

try:
    settings = load_settings()
except BadSettings as error:
    raise SystemExit(f"bookforce: {error}") from error

app = Celery("bookforce", broker=settings.broker, include=["worker.tasks"])
app.conf.update(
    task_default_queue=QUEUE,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_time_limit=HARD_LIMIT_SECONDS,
    task_soft_time_limit=SOFT_LIMIT_SECONDS,
    # A message is only a wake-up: one held in reserve by a busy process would wake nobody.
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=False,
)
app.steps["worker"].add(Sweeper)


@setup_logging.connect
def _configure_logs(**_: Any) -> None:  # noqa: ANN401 - as Celery calls it
    configure_logs(settings.log_format)


@worker_ready.connect
def _look_at_once(**_: Any) -> None:  # noqa: ANN401 - as Celery calls it
    """A worker often starts because somebody mended something: what is not ready is looked at now, not in a while."""
    for name in connection_names():
        connect_redis(settings).delete(f"{prefix(name)}setup:running")
        app.send_task(SYNC_TASK, args=[name])
