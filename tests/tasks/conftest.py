"""A Resend that can be stopped in the middle, in front of the real development mailbox."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from appointly.gateways import mail
from appointly.sandbox.mailbox import router
from appointly.settings import settings
from appointly.supervisor import Child
from tests.conftest import Servers
from tests.processes import Site, environment, start_worker
from tests.processes import start as start_role

PATIENCE = 90.0


class Gate:
    """Lets a request for mail through, or holds it before or after the mailbox has taken it."""

    def __init__(self, mailbox: httpx.AsyncClient) -> None:
        self.mailbox, self.loop = mailbox, asyncio.get_running_loop()
        self.arrived, self.taken = asyncio.Semaphore(0), asyncio.Semaphore(0)
        self.before, self.after = threading.Event(), threading.Event()
        self.before.set()
        self.after.set()
        self.requests = 0
        self.paths: set[str] = set()

    def pass_on(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Called on the server's thread."""
        self.loop.call_soon_threadsafe(self.arrived.release)
        if not self.before.is_set():
            # Whoever asked is gone when the gate opens: the request never reached the mailbox.
            self.before.wait(PATIENCE)
            return 500, b""
        self.requests += 1
        wanted = {name: headers[name] for name in ("Authorization", "Idempotency-Key")}
        post = self.mailbox.post("/sandbox/resend/emails", json=json.loads(body), headers=wanted)
        answer = asyncio.run_coroutine_threadsafe(post, self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.taken.release)
        self.after.wait(PATIENCE)
        return answer.status_code, answer.content

    async def mails(self) -> list[tuple[str, str]]:
        """Receiver and subject of everything delivered."""
        return sorted((mail["to"], mail["subject"]) for mail in (await self.mailbox.get("/dev/mailbox.json")).json())


@pytest.fixture
async def gate(database: str) -> AsyncIterator[Gate]:
    app = FastAPI()
    app.include_router(router)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mailbox") as mailbox:
        yield Gate(mailbox)


@pytest.fixture
def resend(gate: Gate) -> Iterator[str]:
    """The address of the Resend behind the gate."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gate.paths.add(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = gate.pass_on(dict(self.headers), body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)
            except OSError:
                pass  # the worker was killed

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # two workers send forty mails at once; the default turns away the sixth
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    gate.before.set()
    gate.after.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def to_gate(resend: str, database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """This process, too, sends through the gate."""
    monkeypatch.setenv("RESEND_API_KEY", "re_test")
    monkeypatch.setenv("RESEND_API_URL", resend)
    for made_once in (settings, mail.client):
        made_once.cache_clear()
    yield
    await mail.client().aclose()
    for made_once in (settings, mail.client):
        made_once.cache_clear()


StartWorker = Callable[..., Child]


@pytest.fixture
def work(worker_servers: Servers, resend: str, tmp_path: Path) -> Iterator[StartWorker]:
    """Starts worker processes that send through the gate, and the clock where one is wanted."""
    children: list[Child] = []

    def start(*, clock: bool = False, demo: bool = False, **more: str) -> Child:
        log = tmp_path / f"worker{len(children)}.log"
        log.touch()
        env = {} if demo else {"RESEND_API_KEY": "re_test", "RESEND_API_URL": resend}
        site = Site(resend, worker_servers)
        env |= {"APPOINTLY_HOME": str(tmp_path), **more}
        if clock:
            everything = environment(worker_servers, resend) | env
            children.append(start_role("The clock", "beat", env=everything, log=tmp_path / "beat.log"))
        children.append(start_worker(site, log, **env))
        return children[-1]

    yield start
    for child in children:
        child.stop()
