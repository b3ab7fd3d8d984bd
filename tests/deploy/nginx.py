"""The nginx of `deploy/nginx`, on loopback ports and in a folder of its own."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.server import ROOT
from tests.services.processes import children, comes_true
from tests.services.service import STOP_SECONDS, Service, ServiceFailed, free_port

FILES = ROOT / "deploy" / "nginx"
#: What keeps its own temporary files in the folder too, wherever nginx was built for.
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx(Service):
    """nginx as `deploy/nginx` has it, but for ports, folders, host name and certificate.

    `edits` replaces text of the configuration, such as a rate that a test shall reach soon; each
    must be found. The site's name is `localhost`, which every client knows.
    """

    name = "nginx"
    host = "localhost"
    stop_signal = signal.SIGQUIT
    quit_signal = signal.SIGTERM

    def __init__(self, program: Path, *, edits: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.program, self.http_port = program, free_port()
        self._edits = edits or {}
        self._ports = [free_port()]  # nobody is there, until `sends_to` says who is

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    @property
    def socket_url(self) -> str:
        """The same for web sockets."""
        return f"wss://{self.host}:{self.port}"

    @property
    def plain_url(self) -> str:
        """The site without TLS."""
        return f"http://{self.host}:{self.http_port}"

    @property
    def certificate(self) -> Path:
        """Whom to trust here: the site's own certificate."""
        return self.folder / "tls" / "fullchain.pem"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """What nginx has logged so far, a line each."""
        lines = (self.folder / "logs" / "access.log").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def sends_to(self, ports: Iterable[int]) -> None:
        """Say which server processes there are; a running nginx reads it anew."""
        self._ports = list(ports)
        if self._process is not None:
            self._write_processes()
            self.reload()

    def write(self, name: str, text: str) -> None:
        """Change a file of the configuration, and have it read."""
        (self.folder / name).write_text(text)
        self.reload()

    def reload(self) -> None:
        """Read the configuration again, as `systemctl reload nginx` does, and wait for it."""
        before = self._workers()
        os.kill(self._pid(), signal.SIGHUP)
        if not comes_true(lambda: not before & self._workers(), STOP_SECONDS):
            raise ServiceFailed(f"nginx did not reload:\n{self._log_end()}")

    def check(self) -> str:
        """What `nginx -t` says of the configuration, empty if it is right."""
        done = subprocess.run([*self._command(), "-t", "-q"], check=False, capture_output=True)
        return done.stderr.decode()

    @cached_property
    def _paths(self) -> dict[str, str]:
        account = pwd.getpwuid(os.getuid()).pw_name
        here = self.folder
        return {
            "user www-data;": f"user {account};",
            "/run/nginx.pid": f"{here}/nginx.pid",
            "/var/log/nginx": f"{here}/logs",
            "/etc/matchpoint/tls": f"{here}/tls",
            "/etc/nginx/pages": f"{here}/pages",
            "/var/www/matchpoint": f"{here}/www",
            "/var/www/acme": f"{here}/acme",
            "play.example.org": self.host,
            "listen 80": f"listen 127.0.0.1:{self.http_port}",
            "listen [::]:80": f"listen [::1]:{self.http_port}",
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen [::]:443": f"listen [::1]:{self.port}",
            "server_tokens off;": "server_tokens off;"
            + "".join(f" {each}_temp_path {here}/{each};" for each in TEMPORARY),
        }

    def _prepare(self) -> None:
        for part in ("nginx.conf", "matchpoint", "site", "pages"):
            source, target = FILES / part, self.folder / part
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
        shutil.copyfile("/etc/nginx/mime.types", self.folder / "mime.types")
        for folder in ("logs", "tls", "www", "acme"):
            (self.folder / folder).mkdir()
        if static := os.environ.get("STATIC_ROOT"):
            (self.folder / "www" / "static").symlink_to(static)
        self._rewrite()
        self._write_processes()
        self._make_certificate()

    def _rewrite(self) -> None:
        files = [self.folder / "nginx.conf", *self.folder.glob("[ms]*/*.conf")]
        for replaced, by in (self._paths | dict(self._edits)).items():
            texts = {file: file.read_text() for file in files}
            assert any(replaced in text for text in texts.values()), f"not in deploy/: {replaced}"
            for file, text in texts.items():
                file.write_text(text.replace(replaced, by))

    def _write_processes(self) -> None:
        lines = (f"server 127.0.0.1:{port} max_fails=0;\n" for port in self._ports)
        (self.folder / "site" / "processes.conf").write_text("".join(lines))

    def _make_certificate(self) -> None:
        tls = self.folder / "tls"
        names = f"subjectAltName=DNS:{self.host},IP:127.0.0.1,IP:::1"
        # fmt: off
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={self.host}",
             "-addext", names, "-keyout", tls / "privkey.pem", "-out", tls / "fullchain.pem"],
            check=True, capture_output=True,
        )
        # fmt: on

    def _command(self) -> list[str]:
        configuration = str(self.folder / "nginx.conf")
        options = ["-p", str(self.folder), "-e", "stderr", "-c", configuration]
        return [str(self.program), *options, "-g", "daemon off;"]

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
            return True
        return False

    def _workers(self) -> set[int]:
        """The processes that take connections: none that is about to end."""
        return {pid for pid in children(self._pid()) if not _is_ending(pid)}


def _is_ending(pid: int) -> bool:
    with suppress(OSError):
        return b"shutting down" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return True
