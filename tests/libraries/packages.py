"""The client libraries as people get them: built, and installed where nothing else is."""

import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.server import ROOT

PYTHON, JS = ROOT / "clients" / "python", ROOT / "clients" / "js"


def build_wheel(folder: Path) -> Path:
    """The wheel of the Python client, built by flit from a copy of its source."""
    source = folder / "python"
    shutil.copytree(PYTHON, source, ignore=shutil.ignore_patterns("__pycache__"))
    build = "from flit_core.buildapi import build_wheel; print(build_wheel('.'))"
    return source / _run(sys.executable, "-c", build, cwd=source)


def install_wheel(wheel: Path, folder: Path) -> Path:
    """Install it in a new environment with what it says that it needs; returns its Python."""
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "--quiet", "--python", python, "install", "--no-deps", "--no-index")
    _run(sys.executable, *pip, wheel)
    [packages] = folder.glob("lib/*/site-packages")
    # What is needed is here already; each package is shown to the environment by a link.
    [metadata] = packages.glob("matchpoint_client-*.dist-info/METADATA")
    lines = metadata.read_text().splitlines()
    wanted = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist")]
    for name in needed(wanted):
        _link(name, packages)
    return python


def needed(wanted: list[str]) -> set[str]:
    """The distributions that these requirements bring, each checked to be one that is asked for."""
    found: set[str] = set()
    rest = [Requirement(one) for one in wanted]
    while rest:
        one = rest.pop()
        if one.name not in found and (one.marker is None or one.marker.evaluate({"extra": ""})):
            found.add(one.name)
            there = distribution(one.name)
            assert one.specifier.contains(there.version), f"{one} is not what is installed"
            rest += map(Requirement, there.requires or [])
    return found


def _link(name: str, packages: Path) -> None:
    there = distribution(name)
    tops = {Path(file).parts[0] for file in there.files or [] if not str(file).startswith("..")}
    for top in tops - {"__pycache__"}:
        source = Path(str(there.locate_file(top)))
        if not (packages / top).exists():
            (packages / top).symlink_to(source)


def pack_js(npm: Path, folder: Path) -> Path:
    """The tarball of the JavaScript client."""
    return folder / _run(npm, "pack", "--silent", "--pack-destination", folder, cwd=JS)


def install_js(npm: Path, tarball: Path, folder: Path) -> None:
    """Install it in an empty folder."""
    (folder / "package.json").write_text('{"private": true}')
    _run(npm, "install", "--offline", "--no-audit", "--no-fund", tarball, cwd=folder)


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""
