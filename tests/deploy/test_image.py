"""The container image is built, looked at and started."""

import os
import signal
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.clients import send
from tests.server import ROOT, SECRET
from tests.services.processes import comes_true
from tests.services.service import free_port

from .builder import Builder

pytestmark = [pytest.mark.deploy, pytest.mark.image, pytest.mark.timeout(600)]

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
TAG = f"localhost/matchpoint:{VERSION}"
ACCOUNT = 10001


@pytest.fixture(scope="module")
def builder(buildah: Path, mmdebstrap: Path) -> Iterator[Builder]:
    with TemporaryDirectory(prefix="matchpoint-image-") as folder:
        builder = Builder(buildah, Path(folder))
        builder.make_base(mmdebstrap)
        builder.build(TAG)
        yield builder


@pytest.fixture(scope="module")
def container(builder: Builder) -> str:
    return builder("from", "--pull-never", TAG)


def in_container(builder: Builder, container: str, *command: str) -> str:
    return builder("run", "--isolation", "chroot", container, "--", *command)


def test_it_says_what_it_is_and_runs_as_nobody_special(builder: Builder) -> None:
    config = builder.inspect(TAG)["config"]
    assert config["User"] == f"{ACCOUNT}:{ACCOUNT}"
    assert config["Labels"]["org.opencontainers.image.version"] == VERSION
    assert config["Entrypoint"] == ["python", "manage.py"]
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"]
    assert config["StopSignal"] == "SIGTERM"


def test_it_has_what_runs_and_nothing_else(
    builder: Builder, container: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(builder("mount", container))
    site, static = root / "srv/matchpoint", root / "var/www/matchpoint/static"
    assert (static / "staticfiles.json").exists()
    assert list(static.rglob("*.css.gz"))
    assert not [path for path in site.rglob("tests") if path.is_dir()]
    assert not list(site.glob(".venv/bin/pip*"))
    packages, static_files = mebibytes(site / ".venv"), mebibytes(static)
    sizes = {
        "Debian's Python, in place of the official image": mebibytes(root)
        - mebibytes(site)
        - static_files,
        "Python packages": packages,
        "Matchpoint": mebibytes(site) - packages,
        "static files": static_files,
    }
    with capsys.disabled():
        for part, size in sizes.items():
            print(f"\n  {size:6.1f} MiB  {part}", end="")
    assert mebibytes(site) + static_files < 200
    settings = root / "etc/pip.conf"  # where this machine's were mounted
    assert not settings.exists() or settings.read_text() == ""


def mebibytes(folder: Path) -> float:
    files = (path.lstat() for path in folder.rglob("*"))
    return sum(file.st_size for file in files) / 2**20


def test_it_can_write_to_one_folder_only(builder: Builder, container: str) -> None:
    assert in_container(builder, container, "id", "-u") == str(ACCOUNT)
    writable = "find / -xdev -type d -writable -not -path '/proc/*' -not -path '/dev/*' | sort"
    found = in_container(builder, container, "sh", "-c", writable).splitlines()
    assert found == ["/run/lock", "/site/static", "/tmp", "/var/lib/matchpoint", "/var/tmp"]


@pytest.mark.parametrize("server", ["uvicorn", "daphne"])
def test_it_serves_as_compose_starts_it(builder: Builder, container: str, server: str) -> None:
    root = Path(builder("mount", container))
    port = free_port()
    (root / "tmp/secret").write_text(SECRET["SECRET_KEY"])
    settings = {"PORT": str(port), "HOST": "127.0.0.1", "SECRET_KEY_FILE": "/tmp/secret"}
    settings["SERVER"] = server
    before = set(root.rglob("*"))
    start = "python manage.py migrate --verbosity 0; exec python manage.py serve"
    with running(builder, container, start, settings) as process:
        assert comes_true(lambda: process.poll() is not None or is_ready(port), 60)
        assert process.poll() is None, process.communicate()
        url = f"http://127.0.0.1:{port}"
        assert send(url, "GET", "/health").json == {"status": "ok"}
        page = send(url, "GET", "/", headers={"Accept": "text/html"})
        assert (page.status, b"/static/css/base." in page.body) == (200, True)
        health = builder.inspect(TAG)["config"]["Healthcheck"]["Test"][1:]
        with_port = ("env", f"PORT={port}", *health)
        assert in_container(builder, container, *with_port) == ""
    changed = {path.relative_to(root) for path in set(root.rglob("*")) - before}
    kept = {path for path in changed if path.parts[0] not in {"tmp", "run", "proc", "sys", "dev"}}
    assert {path.parts[:3] for path in kept} <= {("var", "lib", "matchpoint")}, "no read-only root"


def is_ready(port: int) -> bool:
    try:
        return send(f"http://127.0.0.1:{port}", "GET", "/readyz").status == 200
    except OSError:
        return False


@contextmanager
def running(
    builder: Builder, container: str, command: str, settings: dict[str, str]
) -> "Iterator[subprocess.Popen[bytes]]":
    variables = [f"--env={name}={value}" for name, value in settings.items()]
    run = builder.command("run", "--isolation", "chroot", *variables, container, "--")
    process = subprocess.Popen(
        [*run, "sh", "-ec", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)
