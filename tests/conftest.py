"""Programs that the tests of the whole drive, and what happens where one is absent."""

import os
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

# By the name of its fixture: the program's names, and the marker of the tests that drive it.
PROGRAMS = {
    "chromium": (("chromium", "chromium-browser", "google-chrome"), "browser"),
    "curl": (("curl",), "curl"),
    "nginx": (("nginx",), ""),
    "systemd_analyze": (("systemd-analyze",), ""),
    "promtool": (("promtool",), ""),
    "prometheus": (("prometheus",), ""),
    "buildah": (("buildah",), ""),
    "mmdebstrap": (("mmdebstrap",), ""),
}
LEFT_OUT = pytest.StashKey[Counter[str]]()


def find_program(*names: str) -> Path | None:
    """The first of these programs: from the environment's pip packages, then from the system."""
    usual = os.environ.get("PATH", "")
    places = os.pathsep.join([str(Path(sys.executable).parent), usual, "/usr/sbin"])
    found = (shutil.which(name, path=places) for name in names)
    return next((Path(program) for program in found if program), None)


def absent_program(item: pytest.Item) -> str | None:
    """The first program that a test needs and this machine lacks."""
    fixtures = getattr(item, "fixturenames", [])
    for program, (names, marker) in PROGRAMS.items():
        needed = program in fixtures or bool(marker and item.get_closest_marker(marker))
        if needed and find_program(*names) is None:
            return program
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    config.stash[LEFT_OUT] = Counter()
    if os.environ.get("CI") == "true":
        return
    absent = {item: program for item in items if (program := absent_program(item))}
    config.stash[LEFT_OUT].update(absent.values())
    config.hook.pytest_deselected(items=list(absent))
    items[:] = [item for item in items if item not in absent]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if program := absent_program(item):
        pytest.fail(f"{program} is not installed, and CI=true insists on it", pytrace=False)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for program, count in config.stash.get(LEFT_OUT, Counter()).items():
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.write_line(f"LEFT OUT for want of {program}: {tests}", yellow=True)


def require(*names: str) -> Path:
    program = find_program(*names)
    if program is None:
        pytest.fail(f"{names[0]} is not installed", pytrace=False)
    return program


@pytest.fixture(scope="session")
def chromium() -> Path:
    return require(*PROGRAMS["chromium"][0])


@pytest.fixture(scope="session")
def curl() -> Path:
    return require(*PROGRAMS["curl"][0])


@pytest.fixture(scope="session")
def websocat() -> Path:
    return require("websocat")


@pytest.fixture(scope="session")
def nginx() -> Path:
    return require("nginx")


@pytest.fixture(scope="session")
def systemd_analyze() -> Path:
    return require("systemd-analyze")


@pytest.fixture(scope="session")
def promtool() -> Path:
    return require("promtool")


@pytest.fixture(scope="session")
def prometheus() -> Path:
    return require("prometheus")


@pytest.fixture(scope="session")
def buildah() -> Path:
    return require("buildah")


@pytest.fixture(scope="session")
def mmdebstrap() -> Path:
    return require("mmdebstrap")


@pytest.fixture(scope="session")
def node() -> Path:
    return require("node")


@pytest.fixture(scope="session")
def npm() -> Path:
    return require("npm")
