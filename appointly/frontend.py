"""The browser's part: built once, and again only when what it is made of has changed."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appointly.supervisor import Child, StartFailed

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ["rxconfig.py", "requirements.lock", "assets/**/*", "reflex.lock/*", "appointly/**/*"]
UNRELATED = {"api", "database", "demo", "emails", "gateways", "sandbox", "__pycache__"}
UNRELATED |= {"asgi.py", "cli.py", "doctor.py", "supervisor.py", "up.py", "web.py"}
BUNDLE = ["build/client", "backend", "routes.json", "reflex.json", "env.json"]
BUNDLES_KEPT = 3


def source_hash() -> str:
    """What the front end is made of, as one short name."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and not UNRELATED.intersection(path.relative_to(ROOT).parts):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def bundle_path(home: Path) -> Path:
    """Where the bundle of the present sources is, or will be."""
    return home.resolve() / "frontend" / source_hash()


def is_built(home: Path) -> bool:
    """Whether the present sources are built already."""
    return bundle_path(home).exists()


def build(home: Path) -> Path:
    """The bundle of the present sources, built if need be; processes that ask at once wait for one build.

    Raises `StartFailed` with the builder's last words.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        bundle = bundle_path(home)
        if not bundle.exists():
            bundle.parent.mkdir(exist_ok=True)
            _build(bundle.parent / "work", home.resolve() / "frontend.log")
            _tidy_lock(ROOT / "reflex.lock" / "package.json")
            bundle = bundle_path(home)  # the build may have brought reflex.lock up to date
            # A build that was ended half-way leaves reflex.lock in another form: the bundle may be there, and served.
            if not bundle.exists():
                _keep(bundle.parent / "work", bundle)
    return bundle


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Builds for other homes wait too: they share reflex.lock."""
    with (ROOT / "rxconfig.py").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(work: Path, log: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "REFLEX_WEB_WORKDIR": str(work),
        "REFLEX_USE_SYSTEM_BUN": "1",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_DIR": str(work.parent / "reflex"),
    }
    command = [sys.executable, "-m", "appointly.frontend"]
    builder = Child("The front-end build", command, log=log, env=environment, cwd=ROOT, orphan_signal=signal.SIGTERM)
    try:
        if builder.process.wait() != 0:
            raise StartFailed(f"The front end could not be built. {builder.explain()}")
    finally:
        builder.stop()


def _tidy_lock(path: Path) -> None:
    """Reflex writes the file on one line or on many; in one form it changes only when its content does."""
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2) + "\n")


def _keep(work: Path, bundle: Path) -> None:
    """Copy what serving needs to its own folder, so that a later build never touches what is being served."""
    half = bundle.with_suffix(".new")
    shutil.rmtree(half, ignore_errors=True)
    for part in BUNDLE:
        source, target = work / part, half / part
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    half.rename(bundle)
    kept = [path for path in bundle.parent.iterdir() if re.fullmatch(r"[0-9a-f]{16}", path.name)]
    for old in sorted(kept, key=lambda path: path.stat().st_mtime)[:-BUNDLES_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    """Reflex's own build, taking the programs it starts along when it is told to end."""
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    from reflex.reflex import cli

    cli(["export", "--frontend-only", "--no-zip"])


if __name__ == "__main__":
    main()
