"""The composition root: the Celery application."""

from typing import Any

from celery import Celery
from celery.signals import setup_logging

from config.settings import load_settings
from producers.publish import QUEUE
from worker.logs import configure_logs
from worker.sweeper import Sweeper

# The hard limit is shorter than the lease of a claim (pipeline.LEASE), so that no two workers hold one customer.
HARD_LIMIT_SECONDS = 150
SOFT_LIMIT_SECONDS = 130

settings = load_settings()

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
