"""The container image, built by buildah on a machine without a registry or a container engine."""

import json
import shlex
import subprocess
import sys
from ast import literal_eval
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server import ROOT

CONTAINERFILE = ROOT / "deploy" / "Containerfile"
#: In place of the official image with Python, which only a registry has: Debian's own Python.
BASE = "localhost/python:debian"
BASE_PACKAGES = "python3,python3-venv,ca-certificates"
#: What nobody reads in a container.
LEFT_OUT = ("doc", "locale", "man")


@dataclass(frozen=True)
class Builder:
    """Builds images, and runs commands in containers made from them, in a folder of its own."""

    program: Path
    folder: Path

    def __call__(self, *arguments: str | Path) -> str:
        """What buildah prints."""
        done = subprocess.run(self.command(*arguments), check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout.strip()

    def command(self, *arguments: str | Path) -> list[str]:
        """How buildah is called: nothing is kept outside the folder."""
        store = ("--root", self.folder / "images", "--runroot", self.folder / "run")
        return list(map(str, (self.program, "--storage-driver", "vfs", *store, *arguments)))

    def make_base(self, mmdebstrap: Path) -> None:
        """Make a small Debian with Python, and keep it as an image."""
        archive = self.folder / "base.tar"
        packages = f"--include={BASE_PACKAGES}"
        without = [f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in LEFT_OUT]
        made = [str(mmdebstrap), "--quiet", "--variant=essential", packages, *without]
        made += ["bookworm", str(archive)]
        done = subprocess.run(made, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        container = self("from", "scratch")
        self("add", container, archive, "/")
        self("commit", "--quiet", "--rm", container, BASE)
        archive.unlink()

    def build(self, tag: str) -> None:
        """Build the image as `docker build` does, with this machine's way to packages."""
        self(
            *("build", "--isolation", "chroot", "--pull-never", "--format", "docker"),
            *("--build-arg", f"PYTHON_IMAGE={BASE}", *self._pip_volumes()),
            *("--file", CONTAINERFILE, "--tag", tag, ROOT),
        )

    def _pip_volumes(self) -> Iterator[str]:
        """Pip's settings on this machine, and what they name; mounted, so not in the image."""
        printed = subprocess.check_output(
            [sys.executable, "-m", "pip", "config", "list"], text=True
        )
        lines = sorted(printed.splitlines(), key=lambda line: line.startswith(":env:"))
        pairs = (line.partition("=") for line in lines)
        options = {name.rpartition(".")[2]: literal_eval(value) for name, _, value in pairs}
        written = self.folder / "pip.conf"
        written.write_text(
            "[global]\n"
            + "".join(f"{name} = {' '.join(options[name].split())}\n" for name in options)
        )
        mounted = {written: Path("/etc/pip.conf")}
        for word in shlex.split(" ".join(options.values())):
            path = Path(word.removeprefix("file://"))
            if path.is_absolute() and path.exists():
                # An index has its files beside it.
                source = path.parent if word.startswith("file://") else path
                mounted[source] = source
        for source, target in mounted.items():
            yield f"--volume={source}:{target}:ro"

    def inspect(self, tag: str) -> dict[str, Any]:
        """What is known of an image, as Docker has it."""
        found: dict[str, Any] = json.loads(self("inspect", "--type", "image", tag))["Docker"]
        return found
