"""Processes and what descends from them, as the kernel sees it."""

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 150.0


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for something that must happen."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def running() -> dict[int, int]:
    """Every living process and its parent."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found[int(entry.parent.name)] = int(parent)
    return found


def family(pid: int) -> set[int]:
    """A process and all that descend from it."""
    parents, found = running(), {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def nothing_left(processes: set[int]) -> None:
    """All of these must end."""
    until(lambda: not processes & running().keys(), f"still running: {processes & running().keys()}")
