"""A provider of sign-in as a process of its own, behind a proxy that notes what is asked and can forge answers."""

import json
import sys
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from appointly.supervisor import Child
from tests.processes import answers, free_port

CLIENT_ID, CLIENT_SECRET = "appointly-tests", "a-client-secret-for-tests"
OURS = RSAKey.generate_key(2048, {"kid": "forged", "use": "sig"})  # a key the provider knows nothing of
Change = Callable[[dict[str, Any]], dict[str, Any]]


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@dataclass
class Provider:
    """The address of the proxy; what was asked of the provider since `requests` was emptied; how answers change."""

    url: str
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    changes: dict[str, Change] = field(default_factory=dict)
    down: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """What the product is told, as the environment has it."""
        return {
            "GOOGLE_CLIENT_ID": CLIENT_ID,
            "GOOGLE_CLIENT_SECRET": CLIENT_SECRET,
            "GOOGLE_DISCOVERY_URL": f"{self.url}/.well-known/openid-configuration",
        }

    def knows(self, subject: str, email: str, *, verified: Any = True, name: str = "Ada Lovelace") -> None:
        """Somebody with an account there; again, with other facts, for the same account."""
        claims = {"email": email, "email_verified": verified, "name": name}
        httpx.put(f"{self.url}/users/{subject}", json=claims, timeout=60).raise_for_status()

    def asked(self, path: str) -> dict[str, str]:
        """The parameters of the only request for `path`."""
        [found] = [values for _, asked, values in self.requests if asked == path]
        return found

    def forge(self, header: dict[str, Any] | None = None, key: Any = OURS, **claims: Any) -> None:
        """Answer with an ID token that we sign, in which these claims are changed; None takes one away."""
        header = header or {"alg": "RS256", "kid": "forged"}

        def forged(answer: dict[str, Any]) -> dict[str, Any]:
            real = jwt.decode(answer["id_token"], self.real_keys(), algorithms=["RS256"]).claims
            changed = {name: value for name, value in (real | claims).items() if value is not None}
            if header["alg"] == "none":
                return answer | {"id_token": f"{_part(header)}.{_part(changed)}."}
            return answer | {"id_token": jwt.encode(header, changed, key, algorithms=["RS256", "HS256"])}

        self.changes["/oauth2/token"] = forged
        self.changes["/jwks"] = lambda _: {"keys": [OURS.as_dict(private=False)]}

    def real_keys(self) -> Any:
        """What the provider really signs with."""
        return KeySet.import_key_set(httpx.get(f"{self.url}/jwks?real=1", timeout=60).json())

    def reset(self) -> None:
        """As it was made."""
        self.requests.clear()
        self.changes.clear()
        self.down = False


@contextmanager
def running_provider(log: Path) -> Iterator[Provider]:
    """oidc-provider-mock and its proxy, both gone afterwards. The issuer is the proxy's address."""
    port = free_port()
    mock = Child(
        "The provider", [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)], log=log
    )
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    provider = Provider(f"http://127.0.0.1:{proxy.server_port}")
    proxy.RequestHandlerClass = _handler(provider, f"http://127.0.0.1:{port}")
    thread = threading.Thread(target=proxy.serve_forever)
    thread.start()
    try:
        mock.wait_until(lambda: answers(port, "/.well-known/openid-configuration"))
        yield provider
    finally:
        proxy.shutdown()
        thread.join()
        proxy.server_close()
        mock.stop()


def _handler(provider: Provider, upstream: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def pass_on(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            values = dict(parse_qsl(parts.query)) | dict(parse_qsl(body.decode()))
            if not parts.path.startswith("/users/") and "real" not in values:
                provider.requests.append((self.command, parts.path, values))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            answer = httpx.request(self.command, upstream + self.path, content=body, headers=headers, timeout=60)
            content, status = answer.content, 503 if provider.down else answer.status_code
            change = provider.changes.get(parts.path)
            if change and answer.is_success and "real" not in values:
                content = json.dumps(change(answer.json())).encode()
            self.send_response(status)
            for name in ("content-type", "location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = pass_on

        def log_message(self, *_: object) -> None:
            pass

    return Handler
