"""The product's own processes for tests: they end with the tests, however those end."""

import contextlib
import http.client
import itertools
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from appointly import frontend
from appointly.database.embedded import Servers
from appointly.supervisor import Child

TEST_SECRET = "a-secret-for-tests-only-a-secret-for-tests-only"
HOME = frontend.ROOT / ".appointly"
PORTS = itertools.count()


@dataclass(frozen=True)
class Site:
    """A running web server: its address, and where its data are."""

    url: str
    servers: Servers


def free_port() -> int:
    """A port nobody listens on, nor will before it is used: not one that the kernel gives to whoever asks for any.

    Each process has some hundred of its own, so that two that run beside each other do not choose the same.
    """
    while True:
        port = 10_000 + (os.getpid() * 100 + next(PORTS)) % 20_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def environment(servers: Servers, url: str = "http://127.0.0.1:8000") -> dict[str, str]:
    """What a role of the product reads, for a test."""
    return {
        **os.environ,
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": TEST_SECRET,
        "APPOINTLY_DEMO": "1",
        "APPOINTLY_HOME": str(HOME),
        "APPOINTLY_BASE_URL": url,
    }


def start(name: str, *arguments: str, env: dict[str, str], log: Path, cwd: Path = frontend.ROOT) -> Child:
    """`appointly …` as a child of this process."""
    return Child(name, [sys.executable, "-m", "appointly.cli", *arguments], log=log, env=env, cwd=cwd)


def answers(port: int, path: str = "/readyz") -> bool:
    """Whether the server on this port answers 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def start_web(servers: Servers, log: Path, port: int | None = None, workers: int = 1) -> tuple[Child, Site]:
    """A web server over these data, answering; the front end is built first if it must be."""
    frontend.build(HOME)
    port = port or free_port()
    site = Site(f"http://127.0.0.1:{port}", servers)
    arguments = ["web", "--port", str(port), "--workers", str(workers)]
    web = start("The web server", *arguments, env=environment(servers, site.url), log=log)
    try:
        web.wait_until(lambda: answers(port))
    except BaseException:
        web.stop()
        raise
    return web, site


def start_worker(site: Site, log: Path, **env: str) -> Child:
    """A Celery worker process over the site's data, taking work; `env` comes on top."""
    env = environment(site.servers, site.url) | env
    worker = start("The worker", "worker", env=env, log=log)
    try:
        worker.wait_until(lambda: worker.has_said(" ready."))
    except BaseException:
        worker.stop()
        raise
    return worker
