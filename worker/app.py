"""The composition root: the Celery application."""

import gc
import signal
from typing import Any

import structlog
from celery import Celery
from celery.signals import celeryd_after_setup, setup_logging, worker_process_init, worker_ready

from config.settings import BadSettings, connection_names, load_settings
from producers.contract import SYNC_TASK
from producers.keys import prefix
from producers.publish import QUEUE
from worker.connections import connect_redis
from worker.durability import find_weaknesses
from worker.logs import configure_logs
from worker.release import release
from worker.salesforce.breaker import breaker_key
from worker.sweeper import Sweeper
from worker.telling import note_events

# A task that hangs holds its customers until the hard limit and one lease behind it (worker/holding.py).
HARD_LIMIT_SECONDS = 150
SOFT_LIMIT_SECONDS = 130

log = structlog.get_logger()

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
app.steps["consumer"].add(Sweeper)


@setup_logging.connect
def _configure_logs(**_: Any) -> None:  # noqa: ANN401 - as Celery calls it
    configure_logs(settings.log_format)


@celeryd_after_setup.connect
def _note_events(instance: Any, **_: Any) -> None:  # noqa: ANN401 - as Celery calls it
    note_events(app, instance)


@worker_process_init.connect
def _prepare_child(**_: Any) -> None:  # noqa: ANN401 - as Celery calls it
    """Look for garbage less often, and finish a batch when told to end.

    A batch makes some 100,000 short-lived objects and no cycles; at the default threshold the search took a third of
    a process's time (measured: 390 → 260 µs of CPU a booking).
    """
    gc.freeze()
    # A terminal or a supervisor signals the whole group. The main process then lets its children finish their batch;
    # one that died of the signal itself would leave its customers claimed until the lease ends. A hard time limit
    # still ends a child: Celery sends SIGKILL behind SIGTERM.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.set_threshold(50_000, 20, 20)


@worker_ready.connect
def _look_at_once(**_: Any) -> None:  # noqa: ANN401 - as Celery calls it
    """A worker often starts because somebody mended something: what was not ready is looked at now, not in a while."""
    redis = connect_redis(settings)
    for sentence in find_weaknesses(redis):
        log.warning("journal.may_lose_events", problem=sentence)
    for name in connection_names():
        start = prefix(name)
        redis.delete(breaker_key(name))
        is_ready = redis.exists(f"{start}setup:version")
        if redis.exists(f"{start}setup:connection") and not is_ready:
            redis.delete(f"{start}setup:running")
        if is_ready and redis.get(f"{start}setup:release") != release():
            # Not by every sweep: while workers of both releases are up they would compile by turns.
            app.send_task("bookforce.setup.connection", args=[name])
        app.send_task(SYNC_TASK, args=[name])
    redis.close()
