"""How long `appointly up` takes: the first start in an empty folder, the second to its first answer; limit 5 s."""

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from appointly.supervisor import Child
from tests.processes import answers, free_port

LIMIT = 5.0
PATIENCE = 300.0


def start(folder: Path) -> tuple[float, float, float]:
    """Start in `folder` and stop again: seconds to the first answer, to the greeting, and to having stopped."""
    port, began = free_port(), time.monotonic()
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "appointly.cli", "up", "--port", str(port)]
    log, env = folder / "up.log", {**env, "APPOINTLY_HOME": str(folder)}
    up = Child("appointly up", command, log=log, orphan_signal=signal.SIGTERM, cwd=folder, env=env)
    try:
        up.wait_until(lambda: answers(port, "/"), PATIENCE)
        answered = time.monotonic() - began
        up.wait_until(lambda: up.has_said("Appointly is ready"), PATIENCE)
        greeted = time.monotonic() - began
    finally:
        stopping = time.monotonic()
        up.stop()
    return answered, greeted, time.monotonic() - stopping


def main() -> None:
    """Print the first start, three more, and how long stopping took; ends with 1 where the limit is missed."""
    with tempfile.TemporaryDirectory(prefix="appointly-start-") as folder:
        first, greeted, _ = start(Path(folder))
        print(f"first start to first answer: {first:.1f} s, all of it {greeted:.1f} s (database, demo, front end made)")
        later = [start(Path(folder)) for _ in range(3)]
        answered, greeting, stopped = (sorted(each)[1] for each in zip(*later, strict=True))
    verdict = "met" if answered < LIMIT else "MISSED"
    print(f"second start to first answer: {answered:.1f} s in the middle of 3 (limit {LIMIT:.0f} s: {verdict})")
    print(f"with the worker taking jobs: {greeting:.1f} s; stopping: {stopped:.1f} s")
    if answered >= LIMIT:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
