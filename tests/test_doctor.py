"""`appointly doctor` finds what would break a booking, and says how to mend it."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from appointly import doctor
from appointly.gateways import files
from appointly.settings import settings


class Setting:
    """Changes settings for one test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __call__(self, **values: str) -> None:
        for name, value in values.items():
            self.monkeypatch.setenv(name, value)
        settings.cache_clear()


@pytest.fixture
def setting(database: str) -> Iterator[Setting]:
    with pytest.MonkeyPatch.context() as patch:
        yield Setting(patch)
    settings.cache_clear()


async def report(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = await doctor.examine()
    return code, capsys.readouterr().out


async def test_a_healthy_installation(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    code, text = await report(capsys)
    assert code == 0
    assert "✗" not in text
    assert "Database: PostgreSQL 18 answers" in text
    assert "Tables: at the newest revision" in text


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("SECRET_KEY", "change-me", "✗ Secret key: missing or unsafe"),
        ("DATABASE_URL", "", "✗ Database: not set"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "✗ Database: cannot be reached"),
        ("REDIS_URL", "", "✗ Broker: not set"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "✗ Broker: cannot be reached"),
        ("SMTP_URL", "smtp://127.0.0.1:1", "✗ Mail: the SMTP server does not answer"),
        ("APPOINTLY_DEMO", "0", "✗ Mail: cannot be sent"),
        ("APPOINTLY_BASE_URL", "appointly.example", "✗ Address"),
        ("APPOINTLY_CALENDAR_NETWORKS", "home", "✗ Calendars elsewhere: APPOINTLY_CALENDAR_NETWORKS: 'home'"),
    ],
)
async def test_what_breaks_a_booking(
    setting: Setting, capsys: pytest.CaptureFixture[str], name: str, value: str, finding: str
) -> None:
    setting(**{name: value})
    code, text = await report(capsys)
    assert code == 1
    assert finding in text


async def test_old_tables(setting: Setting, capsys: pytest.CaptureFixture[str], database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        try:
            code, text = await report(capsys)
        finally:
            connection.execute("UPDATE alembic_version SET version_num = %s", [doctor.newest_revision()])
    assert code == 1
    assert "Run: appointly migrate" in text


async def test_an_address_without_https_is_worth_knowing(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    setting(APPOINTLY_BASE_URL="http://book.example")
    code, text = await report(capsys)
    assert code == 0
    assert "! Address: http://book.example" in text


async def test_a_mail_server_that_answers(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    class Greeting(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hello\r\n")
            while line := self.rfile.readline():
                self.wfile.write(b"221 bye\r\n" if line.lower().startswith(b"quit") else b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        setting(SMTP_URL=f"smtp://127.0.0.1:{server.server_address[1]}")
        code, text = await report(capsys)
        server.shutdown()
    assert code == 0
    assert "✓ Mail: through SMTP" in text


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({}, "✓ Pictures: are kept in a folder of this machine"),
        ({"APPOINTLY_FILES_URL": "ftp://x"}, "! Pictures: APPOINTLY_FILES_URL must look like s3://"),
        (
            {"APPOINTLY_FILES_URL": "s3://x/y", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "eu-west-1"}
            | {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"},
            "! Pictures: The store of files did not take a picture",
        ),
    ],
)
async def test_where_pictures_are_kept(
    setting: Setting, capsys: pytest.CaptureFixture[str], tmp_path: Path, values: dict[str, str], finding: str
) -> None:
    setting(APPOINTLY_HOME=str(tmp_path), **values)
    files.store.cache_clear()
    try:
        code, text = await report(capsys)
    finally:
        files.store.cache_clear()
    assert code == 0, "no booking hangs on it"
    assert finding in text


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({}, "✓ Google sign-in: not set up"),
        ({"GOOGLE_CLIENT_ID": "x"}, "Set GOOGLE_CLIENT_SECRET too."),
        ({"GOOGLE_CLIENT_SECRET": "x"}, "Set GOOGLE_CLIENT_ID too."),
        (
            {
                "GOOGLE_CLIENT_ID": "x",
                "GOOGLE_CLIENT_SECRET": "x",
                "GOOGLE_DISCOVERY_URL": "http://127.0.0.1:1/.well-known/openid-configuration",
            },
            "! Google sign-in: cannot be described",
        ),
    ],
)
async def test_google_is_set_up_as_a_whole(
    setting: Setting, capsys: pytest.CaptureFixture[str], values: dict[str, str], finding: str
) -> None:
    setting(**values)
    code, text = await report(capsys)
    assert finding in text
    assert code == 0  # no booking depends on it
