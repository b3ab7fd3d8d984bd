"""A throwaway Prometheus with the configuration of `deploy/`, on the processes of a test."""

import json
import re
import shutil
import signal
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import URLError
from urllib.parse import urlencode

from tests.server import ROOT
from tests.services.service import Service

CONFIGURATION = ROOT / "deploy" / "prometheus"


class Prometheus(Service):
    """Scrapes the ports of these processes, once a second instead of every 15."""

    name: ClassVar[str] = "prometheus"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    quit_signal: ClassVar[signal.Signals] = signal.SIGKILL

    def __init__(self, program: Path, ports: Sequence[int]) -> None:
        super().__init__()
        self.program, self._ports = program, ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _prepare(self) -> None:
        shutil.copytree(CONFIGURATION, self.folder, dirs_exist_ok=True)
        file = self.folder / "prometheus.yml"
        file.write_text(re.sub(r"(_interval: )15s", r"\g<1>1s", file.read_text()))
        processes = self.folder / "site" / "processes.yml"
        targets = [f"127.0.0.1:{port}" for port in self._ports]
        processes.write_text(json.dumps([{"targets": targets}]))

    def _command(self) -> list[str]:
        return [
            str(self.program),
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=warn",
        ]

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression returns now."""
        address = f"{self.url}/api/v1/query?{urlencode({'query': expression})}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found
