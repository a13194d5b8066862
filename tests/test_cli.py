"""The command: one sentence for every refusal, and the roles that run beside others."""

from pathlib import Path

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly import cli
from appointly.database.embedded import Servers
from appointly.passwords import password_fits
from appointly.queries.accounts import account_by_email
from appointly.settings import settings
from tests.people import person
from tests.processes import answers, environment, free_port, start, start_web


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder where nothing is set and nothing runs."""
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "APPOINTLY_DEMO"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("APPOINTLY_DEMO", "0")
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    "command", [["web"], ["worker"], ["beat"], ["migrate"], ["demo"], ["create-admin", "a@b.test"]]
)
def test_a_role_without_servers_says_what_to_set(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(command) == 1
    error = capsys.readouterr().err
    assert error.startswith("appointly: Set DATABASE_URL")
    assert error.count("\n") == 1


@pytest.mark.usefixtures("bare")
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("APPOINTLY_DATABASE_POOL_SIZE", "many")
    settings.cache_clear()
    assert cli.main(["migrate"]) == 1
    assert "The setting APPOINTLY_DATABASE_POOL_SIZE is wrong" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_a_sentence(bare: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
        settings.cache_clear()
        assert cli.main(["migrate"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("appointly: The database cannot be reached")
    assert "Traceback" not in error


def test_web_serves_on_a_port_of_its_own_and_refuses_a_taken_one(worker_servers: Servers, tmp_path: Path) -> None:
    web, site = start_web(worker_servers, tmp_path / "web.log")
    try:
        port = int(site.url.rpartition(":")[2])
        env = environment(worker_servers, site.url)
        second = start("A second one", "web", "--port", str(port), env=env, log=tmp_path / "second.log")
        assert second.process.wait(120) == 1
        assert f"Port {port} on 127.0.0.1 cannot be used" in second.explain()
        assert answers(port)
    finally:
        web.stop()


def test_web_without_a_secret_does_not_start(worker_servers: Servers, tmp_path: Path) -> None:
    env = {**environment(worker_servers), "SECRET_KEY": "secret", "APPOINTLY_DEMO": "0"}
    web = start("The web server", "web", "--port", str(free_port()), env=env, log=tmp_path / "web.log")
    assert web.process.wait(120) == 1
    assert "SECRET_KEY is missing" in web.explain()


async def test_create_admin_makes_one_and_renews_the_password(
    session: AsyncSession, worker_servers: Servers, tmp_path: Path
) -> None:
    for password in ("a long password", "another long one"):
        env = {**environment(worker_servers), "APPOINTLY_ADMIN_PASSWORD": password}
        made = start("create-admin", "create-admin", "Boss@Example.com", env=env, log=tmp_path / "log")
        assert made.process.wait(120) == 0, made.explain()
        account = await account_by_email(session, "boss@example.com")
        assert account
        assert account.role == "admin"
        assert await password_fits(password, account.password_hash)


async def test_create_admin_never_raises_a_customer(
    session: AsyncSession, worker_servers: Servers, tmp_path: Path
) -> None:
    ann = await person("Ann Smith")
    env = {**environment(worker_servers), "APPOINTLY_ADMIN_PASSWORD": "a long password"}
    refused = start("create-admin", "create-admin", ann.email, env=env, log=tmp_path / "log")
    assert refused.process.wait(120) == 1
    assert "not an admin's" in refused.explain()
    account = await account_by_email(session, ann.email)
    assert account
    assert account.role == "customer"


@pytest.mark.usefixtures("bare")
def test_create_admin_refuses_a_short_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setenv("APPOINTLY_ADMIN_PASSWORD", "short")
    settings.cache_clear()
    assert cli.main(["create-admin", "boss@example.com"]) == 1
    assert "at least 8 characters" in capsys.readouterr().err
