"""The Celery tasks: thin. Arguments are a connection's name, never a payload, but for those of `bookforce.accept`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from celery import Task, shared_task
from celery.exceptions import Reject
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from config.settings import BadSettings
from producers.contract import ACCEPT_TASK, SWEEP_TASK, SYNC_TASK
from producers.keys import prefix
from producers.refusal import Refused
from worker.accepting import EventTask, acceptor
from worker.connections import Org, org
from worker.logs import places_of
from worker.pipeline import sync_batch
from worker.rows import Batch, booking_rows, sweep_row
from worker.setup import Stage, after
from worker.telling import are_events_on, tell

log = structlog.get_logger()

# While the setup is not ready it is looked at again this often.
_RECHECK_SECONDS = 20

# Values that the org does not take come every day, and each look costs a call or two.
_DOUBTED_AFTER = timedelta(minutes=5)


# Nobody can journal anything meanwhile, and a message that comes back at once would be tried without end.
_JOURNAL_AWAY_SECONDS = 5


class NotAccepted(Exception):
    """An event that came as a task is refused, for this reason; `bookforce refused` shows it."""


class BrokeOff(Exception):
    """A task ended in a fault of ours, of this type. Where it happened is in the log."""


@shared_task(name=SYNC_TASK)
def sync(connection: str) -> None:
    """Bring one batch to Salesforce. Bookings wait in the journal while the setup is not ready."""
    with _task(connection):
        there = org(connection)
        if not there.tools.session.admits():
            return
        setup = there.ready()
        if setup is None:
            _recheck(connection, there)
            return
        told = _tell_bookings if are_events_on(sync.app) else None
        report = sync_batch(there.tools, setup, lambda: _wake(connection), told)
        if report.recheck or (report.doubts and there.is_setup_old(datetime.now(UTC), _DOUBTED_AFTER)):
            _recheck(connection, there)


# One every two seconds and process would crowd all else out of Flower, so only what a sweep found is shown there.
@shared_task(name=SWEEP_TASK, send_events=False)
def sweep(connection: str) -> None:
    """Repair what a lost message, worker or wait left behind; look at the org again when that was long ago."""
    with _task(connection):
        there = org(connection)
        started, swept = datetime.now(UTC), there.tools.journal.sweep()
        if (swept.lapsed or swept.due) and are_events_on(sweep.app):
            found = {"leases had lapsed": swept.lapsed, "waits were over": swept.due}
            request = sweep.request
            tell(sweep.app, request.hostname, sweep_row(str(request.id), SWEEP_TASK, connection, found, started))
        if swept.lapsed:
            log.warning("sweep.leases_lapsed", customers=swept.lapsed)
        if swept.ready:
            sync.delay(connection)
        if there.is_setup_old(datetime.now(UTC)):
            _recheck(connection, there)


# The message is what there is of the event until it is journalled: it goes when the task is done, not when it begins.
@shared_task(name=ACCEPT_TASK, base=EventTask, acks_late=True, reject_on_worker_lost=True)
def accept(*arguments: object, **named: object) -> None:
    """Journal an event that a service sent, which is its one argument: a JSON object or a text that holds one."""
    try:
        acceptor().accept(arguments, named)
    except Refused as refused:
        log.warning("event.refused", source="task", problem=str(refused))
        raise NotAccepted(str(refused)) from None
    except (RedisError, BadSettings) as error:
        log.warning("journal.away", problem=type(error).__name__)
        time.sleep(_JOURNAL_AWAY_SECONDS)
        raise Reject(type(error).__name__, requeue=True) from None


@shared_task(name="bookforce.setup.connection")
def setup_connection(connection: str) -> None:
    """Stage 1: log in, read the rights and the users."""
    _run_stage(Stage.CONNECTION, connection)


@shared_task(name="bookforce.setup.installation")
def setup_installation(connection: str) -> None:
    """Stage 2: our fields are there."""
    _run_stage(Stage.INSTALLATION, connection)


@shared_task(name="bookforce.setup.field_validation")
def setup_field_validation(connection: str) -> None:
    """Stage 3: something supplies every required field."""
    _run_stage(Stage.FIELD_VALIDATION, connection)


@shared_task(name="bookforce.setup.field_mapping")
def setup_field_mapping(connection: str) -> None:
    """Stage 4: every mapping row can work."""
    _run_stage(Stage.FIELD_MAPPING, connection)


@shared_task(name="bookforce.setup.creation_rules")
def setup_creation_rules(connection: str) -> None:
    """Stage 5: owners, record types and pages resolve; compile the ReadySetup."""
    _run_stage(Stage.CREATION_RULES, connection)


_TASK_OF: dict[Stage, "Task[[str], None]"] = {
    Stage.CONNECTION: setup_connection,
    Stage.INSTALLATION: setup_installation,
    Stage.FIELD_VALIDATION: setup_field_validation,
    Stage.FIELD_MAPPING: setup_field_mapping,
    Stage.CREATION_RULES: setup_creation_rules,
}


def _run_stage(stage: Stage, connection: str) -> None:
    """Run it, then start the next; behind the last one bookings that waited may go."""
    with _task(connection):
        report = org(connection).setup.run(stage)
        # Findings name fields and settings; the message of a refused log-in quotes Salesforce. Neither is personal.
        problems = [finding.message for finding in report.findings]
        log.info("setup.stage_done", stage=stage, state=report.state, problems=problems)
        following = after(stage)
        if report.state == "ready":
            (_TASK_OF[following] if following else sync).delay(connection)


def _tell_bookings(batch: Batch) -> None:
    tell(sync.app, sync.request.hostname, booking_rows(batch))


def _wake(connection: str) -> None:
    """Tell another worker. What cannot be sent delays bookings until the next sweep; the batch under way goes on."""
    try:
        sync.apply_async((connection,), retry=False)
    except OperationalError as error:
        log.warning("broker.away", problem=type(error).__name__)


def _recheck(connection: str, there: Org) -> None:
    """Start the setup stages, unless they were started just now."""
    if there.redis.set(f"{prefix(connection)}setup:running", 1, nx=True, ex=_RECHECK_SECONDS):
        setup_connection.delay(connection)


@contextmanager
def _task(connection: str) -> Iterator[None]:
    """Every log line of the task names its connection; what nobody can mend from here is one line, not a traceback."""
    with structlog.contextvars.bound_contextvars(connection=connection):
        try:
            yield
        except BadSettings as error:
            log.error("settings.unusable", problem=str(error))  # noqa: TRY400 - the sentence says it all
        except RedisError as error:
            log.warning("journal.away", problem=type(error).__name__)
        except OperationalError as error:
            log.warning("broker.away", problem=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - whatever it is, Celery shows it in its log, its events and Flower
            # Its text may quote a customer, and so may a traceback.
            log.error("task.broke_off", error=type(error).__name__, at=places_of(error))  # noqa: TRY400 - see above
            raise BrokeOff(type(error).__name__) from None
