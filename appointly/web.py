"""The web server: one port for pages, socket and HTTP API, over the front end that was built before."""

import gc
import multiprocessing
import os
import socket
import sys
from pathlib import Path

from appointly import frontend
from appointly.settings import Settings, settings
from appointly.supervisor import StartFailed

REDIS_CONNECTIONS = 64
STOP_PATIENCE = 5


def require_free_port(host: str, port: int) -> None:
    """Raise `StartFailed` where somebody else listens already: granian would share the port without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise StartFailed(
                f"Port {port} on {host} cannot be used ({error.strerror}). "
                f"Stop what is using it, or choose another one with --port."
            ) from error


def allowed_origins(config: Settings) -> list[str]:
    """The addresses whose pages may open the socket; both names of this machine where it serves itself alone."""
    base = config.base_url.rstrip("/")
    if "//127.0.0.1" in base or "//localhost" in base:
        return sorted({base.replace("localhost", "127.0.0.1"), base.replace("127.0.0.1", "localhost")})
    return [base]


def reflex_environment(config: Settings, bundle: Path) -> dict[str, str]:
    """What Reflex reads from the environment to serve `bundle` and to keep its state in Redis."""
    return {
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
        "REFLEX_WEB_WORKDIR": str(bundle),
        "REFLEX_REDIS_URL": config.redis(1),
        "REFLEX_REDIS_MAX_CONNECTIONS": str(REDIS_CONNECTIONS),
        "REFLEX_SOCKET_INTERVAL": "5",
        "REFLEX_SOCKET_TIMEOUT": "5",
        "REFLEX_CORS_ALLOWED_ORIGINS": ",".join(allowed_origins(config)),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
    }


def serve(host: str, port: int, workers: int) -> None:
    """Serve until SIGINT or SIGTERM. Everything is imported before the fork, so that workers start at once."""
    gc.disable()  # half a second of the imports below; what they leave is frozen, and the workers collect again
    from appointly.origin import trusted  # not for `up`, which needs this file for its check of the port alone

    config = settings()
    config.require_secret()
    config.require_limits()
    trusted(config.trusted_proxies)
    require_free_port(host, port)
    os.environ.update(reflex_environment(config, frontend.build(config.home)))
    os.chdir(frontend.ROOT)
    sys.path.insert(0, str(frontend.ROOT))
    multiprocessing.set_start_method("fork", force=True)

    import reflex.model  # noqa: F401 (the first event with a dict argument would spend a second on it)
    from granian.constants import Interfaces
    from granian.server import Server

    import appointly.asgi  # noqa: F401

    gc.freeze()
    gc.enable()
    Server(
        target="appointly.asgi:create",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=True,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_PATIENCE,
    ).serve()
