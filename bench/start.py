"""How long `appointly up` takes: the first start in an empty folder, the second to its first answer; limit 5 s."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = 5.0
PATIENCE = 300.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether the first page is there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def start(folder: Path) -> tuple[float, float]:
    """Start in `folder` and stop again; seconds to the first answer, and to having stopped."""
    port, began = free_port(), time.monotonic()
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "appointly.cli", "up", "--port", str(port)]
    up = subprocess.Popen(command, cwd=folder, env={**env, "APPOINTLY_HOME": str(folder)}, stdout=subprocess.DEVNULL)
    try:
        while not answers(port):
            if up.poll() is not None or time.monotonic() - began > PATIENCE:
                raise SystemExit("appointly up did not start.")
            time.sleep(0.02)
        answered = time.monotonic() - began
    finally:
        stopping = time.monotonic()
        up.send_signal(signal.SIGTERM)
        up.wait(60)
    return answered, time.monotonic() - stopping


def main() -> None:
    """Print the first start, three more, and how long stopping took."""
    with tempfile.TemporaryDirectory(prefix="appointly-start-") as folder:
        first, _ = start(Path(folder))
        print(f"first start to first answer: {first:.1f} s (database, demo data and front end made)")
        later = [start(Path(folder)) for _ in range(3)]
    answered, stopped = sorted(one for one, _ in later), sorted(two for _, two in later)
    verdict = "met" if answered[1] < LIMIT else "MISSED"
    print(f"second start to first answer: {answered[1]:.1f} s in the middle of 3 (limit {LIMIT:.0f} s: {verdict})")
    print(f"stopping: {stopped[1]:.1f} s")


if __name__ == "__main__":
    main()
