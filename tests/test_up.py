"""`appointly up` owns what it starts: whatever happens, one clear sentence and no process left behind."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from appointly import frontend
from appointly.database.embedded import Servers, embedded_servers
from appointly.database.migrate import migrate
from tests.conftest import clean
from tests.family import PATIENCE, family, nothing_left, until
from tests.processes import HOME, TEST_SECRET, answers, free_port

UP = [sys.executable, "-m", "appointly.cli", "up"]
pytestmark = pytest.mark.timeout(900)


class Up:
    """One `appointly up` in a folder of its own."""

    def __init__(
        self, folder: Path, *, port: int | None = None, first: str = "", demo: bool = False, **settings: str
    ) -> None:
        """`first` is shell to run before it as root of new user and mount namespaces."""
        self.folder, self.port = folder, port or free_port()
        (folder / ".appointly").mkdir(parents=True, exist_ok=True)
        built = folder / ".appointly" / "frontend"
        if not built.exists():
            built.symlink_to(HOME / "frontend")
        command = [*UP, "--port", str(self.port), *([] if demo else ["--no-demo"])]
        unset = {"DATABASE_URL", "REDIS_URL", "APPOINTLY_HOME", "APPOINTLY_DEMO", "SECRET_KEY"}
        env = {name: value for name, value in os.environ.items() if name not in unset}
        self.output = folder / "output"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["unshare", "-U", "-r", "-m", "sh", "-c", f'{first} && exec "$@"', "sh", *command]
                if first
                else command,
                cwd=folder,
                env={**env, **({} if demo else {"SECRET_KEY": TEST_SECRET}), **settings},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_ready(self) -> set[int]:
        """Wait for the address; all processes of it."""
        until(lambda: "is ready" in self.said() or self.process.poll() is not None, "it never got ready")
        assert self.process.poll() is None, self.said()
        return family(self.process.pid)

    def ended(self) -> int:
        """Wait for the end; the exit code."""
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Up]]:
    """Starts `up`, in a folder with a space in its name."""
    frontend.build(HOME)
    started: list[Up] = []

    def starting(name: str = "a folder", **options: object) -> Up:
        started.append(Up(tmp_path / name, **options))  # type: ignore[arg-type]
        return started[-1]

    yield starting
    for one in started:
        if one.process.poll() is None:
            one.process.terminate()
            one.ended()


def test_however_it_ends_nothing_is_left_and_it_starts_again(start: Callable[..., Up]) -> None:
    for ending in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
        up = start()
        processes = up.wait_ready()
        assert len(processes) > 8
        assert answers(up.port)
        up.process.send_signal(ending)
        assert up.ended() == (-signal.SIGKILL if ending == signal.SIGKILL else 0)
        nothing_left(processes)


def test_a_second_one_in_the_same_folder_is_refused(start: Callable[..., Up]) -> None:
    first = start()
    first.wait_ready()
    second = start()
    assert second.ended() == 1
    assert f"already running in {first.folder / '.appointly'} (process {first.process.pid})" in second.said()
    assert answers(first.port)


def test_a_port_in_use_is_named(start: Callable[..., Up]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = start(port=other.getsockname()[1])
        assert refused.ended() == 1
    assert f"Port {refused.port} on 127.0.0.1 cannot be used" in refused.said()
    assert "--port" in refused.said()


def test_a_full_disk_is_named(start: Callable[..., Up]) -> None:
    refused = start(first="mount -t tmpfs -o size=20m none .appointly")
    assert refused.ended() == 1
    assert "full. Free some space and start again." in refused.said()


def test_without_user_namespaces_root_is_told_what_to_do(start: Callable[..., Up]) -> None:
    refused = start(first="echo 0 > /proc/sys/user/max_user_namespaces")
    assert refused.ended() == 1
    assert "does not allow user namespaces" in refused.said()
    assert "DATABASE_URL" in refused.said()


@pytest.mark.parametrize(("part", "words"), [("PostgreSQL", "postgres\0-D\0"), ("The clock", "\0beat\0")])
def test_a_part_that_ends_by_itself_ends_everything(start: Callable[..., Up], part: str, words: str) -> None:
    first = start()
    processes = first.wait_ready()
    [process] = [each for each in processes if words in Path(f"/proc/{each}/cmdline").read_text()]
    os.kill(process, signal.SIGKILL)
    assert first.ended() == 1
    assert f"{part} ended by itself" in first.said()
    nothing_left(processes)


def test_outside_demo_mode_a_secret_is_needed(start: Callable[..., Up]) -> None:
    refused = start(SECRET_KEY="change-me")
    assert refused.ended() == 1
    assert "SECRET_KEY is missing, a placeholder or shorter than 32 characters" in refused.said()


def test_demo_mode_refuses_a_database_with_real_data(start: Callable[..., Up], tmp_path: Path) -> None:
    with embedded_servers(tmp_path / "a folder/.appointly", valkey=False) as real:
        migrate(real.database_url)
        with psycopg.connect(real.database_url) as connection:
            connection.execute("""INSERT INTO "user" (email, name, role) VALUES ('a@example.test', 'A', 'customer')""")
    refused = start(demo=True)
    assert refused.ended() == 1
    assert "--no-demo" in refused.said()


def test_servers_of_ones_own_are_used_and_left_alone(
    start: Callable[..., Up], worker_servers: Servers, emptied_tables: list[str]
) -> None:
    clean(worker_servers, emptied_tables)
    up = start(DATABASE_URL=worker_servers.database_url, REDIS_URL=worker_servers.redis_url)
    processes = up.wait_ready()
    assert not (up.folder / ".appointly/postgres").exists()
    up.process.terminate()
    assert up.ended() == 0
    nothing_left(processes)
    with psycopg.connect(worker_servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
