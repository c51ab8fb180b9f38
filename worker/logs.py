"""structlog: console for people, one JSON object a line for machines; Celery's own lines in the same form."""

import logging
import logging.config
import sys
import traceback
from pathlib import Path
from typing import Literal

import structlog

from worker.as_json import to_text


def configure_logs(form: Literal["console", "json"]) -> None:
    """Set up logging for this process, once."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Console tracebacks without locals: a local variable may hold a customer's data.
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    last: structlog.typing.Processor = structlog.processors.JSONRenderer(to_text) if form == "json" else plain
    exceptions = [structlog.processors.format_exc_info] if form == "json" else []
    structlog.configure(
        processors=[*shared, *exceptions, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    _route_stdlib([*shared, structlog.stdlib.add_logger_name], [*exceptions, last])


def logs_to_stderr() -> None:
    """For commands, whose output is their answer: what goes wrong meanwhile is said beside it."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.dev.ConsoleRenderer(colors=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _route_stdlib(before: list[structlog.typing.Processor], after: list[structlog.typing.Processor]) -> None:
    """Celery and its friends log through the standard library."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structlog": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": before,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *after],
                }
            },
            "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "structlog"}},
            "root": {"handlers": ["stdout"], "level": "INFO"},
            # One line a task from Celery says less than ours and doubles them.
            "loggers": {name: {"level": "WARNING"} for name in ("celery.app.trace", "celery.worker.strategy")},
        }
    )


def places_of(error: Exception) -> list[str]:
    """Where it happened, without what it said."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
