"""Child processes that never outlive their owner, whichever way it ends."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from appointly.errors import AppointlyError

PR_SET_PDEATHSIG = 1


class StartFailed(AppointlyError):
    """Something that a start needs did not come up; the message says what to do about it."""

    code = "start_failed"
    status = 500
    message = "Appointly could not start."


class Child:
    """One program in its own process group, so that Ctrl-C reaches only its owner, which stops it in order.

    Must be made on the main thread: the kernel signals the child when the *thread* that started it is gone.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
        patience: float = 10.0,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        prefix: Sequence[str] = (),
        hold: Sequence[int] = (),
    ) -> None:
        """Start `command`, which gets `orphan_signal` when its owner is gone, however that ends.

        `stop()` sends `stop_signal` once it was ready, before that `orphan_signal` too (Celery asked to stop while it
        starts does not), and insists after `patience` seconds. `prefix` runs around the command, which keeps the file
        descriptors in `hold` open.
        """
        self.name, self.log, self.patience = name, log, patience
        self.stop_signal, self.orphan_signal, self.ready = stop_signal, orphan_signal, False
        die_with_owner = ["setpriv", "--pdeathsig", orphan_signal.name.removeprefix("SIG")]
        with log.open("ab") as out:
            self._log_start = out.tell()
            try:
                self.process = subprocess.Popen(
                    [*prefix, *die_with_owner, *map(str, command)],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env=dict(env) if env is not None else None,
                    cwd=cwd,
                    pass_fds=hold,
                    process_group=0,
                )
            except FileNotFoundError as error:
                raise StartFailed(f"{name} needs the program {error.filename}, which is not installed.") from error

    def wait_until(self, ready: Callable[[], bool], patience: float = 120.0) -> None:
        """Return when `ready()` is true. Raises `StartFailed` when the program ends first or time is up."""
        deadline = time.monotonic() + patience
        while not ready():
            if self.process.poll() is not None:
                raise StartFailed(f"{self.name} stopped while starting. {self.explain()}")
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} did not get ready within {patience:.0f} s. {self.explain()}")
            time.sleep(0.02)
        self.ready = True

    def has_said(self, words: str) -> bool:
        """Whether the program has written these words since it started."""
        return words in self._words()

    def _words(self) -> str:
        return self.log.read_bytes()[self._log_start :].decode(errors="replace")

    def explain(self) -> str:
        """The last words of the program, and where to read on."""
        text = self._words()
        if "No space left on device" in text:
            return f"The disk that holds {self.log.parent} is full. Free some space and start again."
        lines = [line for line in text.splitlines() if line.strip()]
        return "Its last words: " + " | ".join(lines[-3:]) + f" (all of them in {self.log})"

    def stop(self) -> None:
        """Ask the program to end, then insist. Nothing of its process group is left when this returns."""
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal if self.ready else self.orphan_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def die_with_parent() -> None:
    """For a process that a library forks: have the kernel end it when its parent is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def require_linux() -> None:
    """The way children die with their owner is Linux's."""
    if sys.platform != "linux":
        raise StartFailed(
            "The embedded servers run on Linux. Set DATABASE_URL and REDIS_URL to servers of your own instead."
        )
