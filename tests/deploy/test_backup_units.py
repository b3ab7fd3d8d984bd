"""The units of the nightly backup, as systemd itself reads them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server import ROOT

UNITS = ROOT / "deploy" / "systemd"
pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def analyze(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["systemd-analyze", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_systemd_accepts_the_units() -> None:
    files = [UNITS / f"matchpoint-backup.{kind}" for kind in ("service", "timer")]
    done = analyze("verify", "--man=no", "--recursive-errors=no", *files)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_backup_is_as_confined_as_the_site() -> None:
    done = analyze(
        *("security", "--offline=yes", "--threshold=20"), UNITS / "matchpoint-backup.service"
    )
    assert done.returncode == 0, done.stdout
