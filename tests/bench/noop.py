"""Celery as it comes: an application with one task that does nothing."""

import os

from celery import Celery

app = Celery("noop", broker=os.environ.get("NOOP_BROKER_URL", "memory://"))
app.conf.update(
    task_default_queue="noop",
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
)


@app.task(name="noop")
def noop(_connection: str) -> None:
    """Nothing; the argument is as long as bookforce's."""
