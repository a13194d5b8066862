"""The browser for the tests: one that is installed, else Playwright's own, else Debian's."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser"]
PACKAGE = ["chromium", "fonts-liberation"]


def installed() -> str | None:
    """An installed Chrome or Chromium."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def playwrights_own() -> str | None:
    """Playwright's own Chromium, where it has been downloaded."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = [*cache.glob("chromium-*/chrome-linux*/chrome"), *cache.glob("chromium_headless_shell-*/*/*headless*shell")]
    return str(max(found)) if found else None


def run(*command: str) -> bool:
    """Run a command that may fail; its words go to stderr."""
    print("Looking for a browser:", " ".join(command), file=sys.stderr)
    return subprocess.run(command, stdout=sys.stderr, check=False).returncode == 0


def obtain() -> str:
    """The path of a browser, installed if need be. Raises `RuntimeError` with what to do."""
    if path := installed() or playwrights_own():
        return path
    if run(sys.executable, "-m", "playwright", "install", "chromium") and (path := playwrights_own()):
        return path
    if os.getuid() == 0 and shutil.which("apt-get"):
        os.environ["DEBIAN_FRONTEND"] = "noninteractive"
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGE]
        if (run(*install) or (run("apt-get", "update", "-q") and run(*install))) and (path := installed()):
            return path
    raise RuntimeError(
        "The browser tests need Chrome or Chromium, and none could be installed here. "
        "Install one (Debian: apt-get install chromium) and run the tests again."
    )


def chromium() -> str:
    """`obtain`, one process at a time."""
    with (Path(tempfile.gettempdir()) / f"appointly-browser-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return obtain()


if __name__ == "__main__":
    print(chromium())
