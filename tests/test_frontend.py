"""The front end is built once for its sources, and again only when they change."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from appointly import frontend
from appointly.supervisor import StartFailed
from tests.family import family, nothing_left, until

BUILD = "import sys; from pathlib import Path; from appointly import frontend; print(frontend.build(Path(sys.argv[1])))"


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree of sources."""
    for name in ("rxconfig.py", "appointly/pages/landing.py", "appointly/api/http.py", "assets/theme.css"):
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first = 1\n")
    monkeypatch.setattr(frontend, "ROOT", tmp_path / "sources")
    return tmp_path / "sources"


@pytest.mark.parametrize(
    ("changed", "rebuilds"),
    [
        ("appointly/pages/landing.py", True),
        ("appointly/state/new.py", True),
        ("assets/theme.css", True),
        ("rxconfig.py", True),
        ("appointly/api/http.py", False),
        ("appointly/pages/__pycache__/landing.pyc", False),
        ("tests/test_more.py", False),
    ],
)
def test_what_pages_are_made_of_decides(sources: Path, changed: str, rebuilds: bool) -> None:
    before = frontend.source_hash()
    assert frontend.source_hash() == before
    (sources / changed).parent.mkdir(parents=True, exist_ok=True)
    (sources / changed).write_text("second = 2\n")
    assert (frontend.source_hash() != before) is rebuilds


@pytest.mark.timeout(900)  # a build and a half, on a busy machine
def test_a_killed_build_leaves_nothing_and_processes_that_ask_at_once_get_one(tmp_path: Path) -> None:
    home = tmp_path / "a home"
    killed = subprocess.Popen([sys.executable, "-c", BUILD, str(home)], stdout=subprocess.DEVNULL)
    log = home / "frontend.log"
    until(lambda: log.exists() and "Compiling" in log.read_text(), "the build did not begin")
    until(lambda: len(family(killed.pid)) > 2, "the build started no program")  # bun, which installs and bundles
    processes = family(killed.pid)
    killed.kill()
    killed.wait()
    nothing_left(processes)
    begun = log.read_text().count("Compiling production app")
    asking = [
        subprocess.Popen([sys.executable, "-c", BUILD, str(home)], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = {one.communicate()[0].strip() for one in asking}
    assert [one.returncode for one in asking] == [0, 0]
    (bundle,) = answers
    assert (Path(bundle) / "build/client/index.html").exists()
    assert log.read_text().count("Compiling production app") == begun + 1


def test_a_page_that_does_not_compile_is_a_sentence(sources: Path, tmp_path: Path) -> None:
    (sources / "rxconfig.py").write_text("raise RuntimeError('no such colour')\n")
    with pytest.raises(StartFailed, match=r"could not be built.*no such colour"):
        frontend.build(tmp_path / "home")
    assert not frontend.is_built(tmp_path / "home")


def test_every_script_that_a_component_names_is_there_and_none_besides() -> None:
    sources = [path.read_text() for path in (frontend.ROOT / "appointly/components").glob("*.py")]
    named = {name for source in sources for name in re.findall(r'"\$/public/scripts/([^"]+)"', source)}
    assert named == {path.name for path in (frontend.ROOT / "assets/scripts").iterdir()}
