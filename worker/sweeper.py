"""Every worker process sweeps by its own timer, so that no single process's death stops recovery."""

from typing import Any

import structlog
from celery import bootsteps
from kombu.exceptions import OperationalError

from config.settings import connection_names
from producers.contract import SWEEP_TASK

log = structlog.get_logger()

INTERVAL_SECONDS = 2.0
"""How late a lost wake-up is noticed. A sweep of nothing is one script call."""


class Sweeper(bootsteps.StartStopStep):
    """Sends one sweep task a connection and interval; doubled sweeps find nothing to do.

    A step of the consumer, not of the worker: when the broker's connection breaks Celery clears all timers, and only
    the consumer's steps are started again behind it.
    """

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Celery calls it
        super().__init__(parent, **kwargs)
        self._entry: Any = None

    def start(self, parent: Any) -> None:  # noqa: ANN401 - as Celery calls it
        self._entry = parent.timer.call_repeatedly(INTERVAL_SECONDS, _sweep_all, (parent.app,))

    def stop(self, parent: Any) -> None:  # noqa: ANN401, ARG002 - as Celery calls it
        if self._entry:
            self._entry.cancel()


def _sweep_all(app: Any) -> None:  # noqa: ANN401 - a Celery application
    for name in connection_names():
        try:
            # Sweeps of a worker that was busy must not pile up.
            app.send_task(SWEEP_TASK, args=[name], expires=INTERVAL_SECONDS, retry=False)
        except OperationalError:
            log.warning("sweep.broker_away", connection=name)
