"""`appointly up`: everything one machine needs, owned by one process that leaves nothing behind."""

import http.client
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import psycopg

from appointly import frontend
from appointly.database.embedded import embedded_servers
from appointly.database.migrate import migrate
from appointly.settings import Settings, settings
from appointly.supervisor import Child, StartFailed
from appointly.web import require_free_port

WATCH_EVERY = 0.3
DEMO_ADMIN = "admin@demo.test"
DEMO_PASSWORD = "appointly-demo"  # noqa: S105 (printed on the login page of every demo)


class Stopped(BaseException):
    """Somebody asked us to stop."""


def up(host: str, port: int, workers: int, demo: bool) -> None:
    """Start everything, then watch it until SIGINT or SIGTERM; raises `StartFailed` with a sentence."""
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(wanted, _stop)
    started = time.monotonic()
    try:
        with ExitStack() as stack:
            children = _start(stack, host, port, workers, demo)
            _greet(time.monotonic() - started)
            _watch(children)
    except Stopped:
        _say("Stopped.")


def _stop(number: int, frame: FrameType | None) -> None:
    for asked in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, signal.SIG_IGN)  # once is enough: stopping in order takes a moment
    raise Stopped


def _start(stack: ExitStack, host: str, port: int, workers: int, demo: bool) -> list[Child]:
    require_free_port(host, port)
    config = settings()
    home = config.home.resolve()
    with _step("Database and message broker"):
        servers = stack.enter_context(
            embedded_servers(home, postgres=not config.database_url, valkey=not config.redis_url)
        )
    _set_environment(config, servers.database_url, servers.redis_url, host, port, demo)
    config = settings()
    config.require_secret()
    with _step("Tables"):
        migrate(config.database_url)
    if demo and _needs_demo_data(config.database_url):
        with _step("Demo data"):
            _run_to_end("The demo data", "demo", home)
    with _step("Front end" if frontend.is_built(home) else "Front end (built once, then kept)"):
        frontend.build(home)
    children = list(servers.owned)
    web = ["web", "--host", host, "--port", str(port), "--workers", str(workers)]
    web_server = _child(stack, "The web server", web, home / "web.log")
    worker = _child(stack, "The worker", ["worker"], home / "worker.log")
    with _step("Web server"):
        web_server.wait_until(_answers(host, port))
    # A process of its own: were it part of the worker, nobody would notice that it has ended. Nobody waits for it.
    clock = _child(stack, "The clock", ["beat"], home / "beat.log")
    with _step("Worker (started beside it)"):
        worker.wait_until(lambda: worker.has_said(" ready."))
    children += [web_server, worker, clock]
    return children


def _set_environment(config: Settings, database_url: str, redis_url: str, host: str, port: int, demo: bool) -> None:
    """What the roles started from here read; settings of the user come first."""
    chosen = {
        "APPOINTLY_HOME": str(config.home.resolve()),
        "APPOINTLY_DEMO": "1" if demo else "0",
        "DATABASE_URL": config.database_url or database_url,
        "REDIS_URL": config.redis_url or redis_url,
    }
    if config.base_url == Settings.model_fields["base_url"].default:
        chosen["APPOINTLY_BASE_URL"] = f"http://{_reachable(host)}:{port}"
    if demo and not config.secret_key:
        chosen["SECRET_KEY"] = _kept_secret(config.home.resolve() / "secret_key")
    os.environ.update(chosen)
    settings.cache_clear()


def _kept_secret(path: Path) -> str:
    """The demo's own secret key, made on the first start."""
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _needs_demo_data(database_url: str) -> bool:
    """Whether the database is empty. Real data is never shown in demo mode, where anyone can sign in as the admin."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            'SELECT count(*), count(*) FILTER (WHERE email = %s) FROM "user"', [DEMO_ADMIN]
        ).fetchone()
    everyone, demo_admins = row or (0, 0)
    if everyone and not demo_admins:
        raise StartFailed("This database holds data that is not the demo's. Start with --no-demo, or use another one.")
    return not everyone


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "appointly.cli", *arguments]


def _child(stack: ExitStack, name: str, arguments: list[str], log: Path) -> Child:
    child = Child(name, _command(*arguments), log=log)
    stack.callback(child.stop)
    return child


def _run_to_end(name: str, command: str, home: Path) -> None:
    child = Child(name, _command(command), log=home / f"{command}.log")
    try:
        if child.process.wait() != 0:
            raise StartFailed(f"{name} could not be made. {child.explain()}")
    finally:
        child.stop()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def _answers(host: str, port: int) -> Callable[[], bool]:
    def ready() -> bool:
        connection = http.client.HTTPConnection(_reachable(host).strip("[]"), port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    return ready


def _watch(children: list[Child]) -> None:
    """Return never: end with `Stopped`, or with `StartFailed` when a part ended by itself."""
    while True:
        for child in children:
            if child.process.poll() is not None:
                raise StartFailed(f"{child.name} ended by itself, so everything was stopped. {child.explain()}")
        time.sleep(WATCH_EVERY)


@contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"  {name} ", end="", flush=True)
    try:
        yield
    except BaseException:
        _say("✗")
        raise
    _say(f"{'.' * max(3, 44 - len(name))} {time.monotonic() - started:5.1f} s")


def _greet(seconds: float) -> None:
    _say(f"\nAppointly is ready after {seconds:.1f} s: {settings().base_url}")
    if settings().demo:
        _say("\nSign in as (password " + DEMO_PASSWORD + "):")
        for role in ("customer", "provider", "admin"):
            _say(f"  {role}@demo.test{', then the code that arrives in the mailbox' if role == 'provider' else ''}")
        _say(f"\nMail, SMS and push arrive at {settings().base_url}/dev/mailbox")
    _say("Press Ctrl-C to stop.")


def _say(text: str) -> None:
    print(text, flush=True)
