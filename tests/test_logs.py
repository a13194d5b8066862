"""The log tells what happened and keeps people's secrets."""

import structlog

from appointly.logs import configure_logs


def test_a_traceback_shows_no_local_variables(capsys):
    before = structlog.get_config()
    configure_logs()
    try:
        password = " ".join(["correct", "horse", "battery", "staple"])
        try:
            raise ValueError(f"{len(password)} characters")
        except ValueError as error:
            structlog.get_logger().error("event_failed", exc_info=error)
    finally:
        structlog.configure(**before)
    written = capsys.readouterr().err
    assert "event_failed" in written
    assert "ValueError: 28 characters" in written
    assert "correct horse" not in written
