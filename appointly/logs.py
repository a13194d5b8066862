"""How every process of the product writes its log: one readable line an event, on standard error."""

import sys

import structlog


def configure_logs() -> None:
    """Call once a process. Tracebacks come without local variables: those hold passwords, tokens and addresses."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
