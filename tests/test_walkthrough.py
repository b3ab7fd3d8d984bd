"""The walk through it in README.md, typed as it stands there: what is shown is what happens."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

from .clients import Websocat
from .server import ROOT, MatchpointServer

pytestmark = pytest.mark.curl

SECTION = "## A walk through it"
ADDRESS = "127.0.0.1:8000"
DONE = "--done--"


@dataclass
class Typed:
    """A command, and the lines that it should print; `…` stands for anything."""

    command: str
    shown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Broadcast:
    """Lines that every listener should receive."""

    lines: list[str]


def steps(text: str) -> Iterator[Typed | Broadcast | str]:
    """The section in order: commands, what is broadcast, and the prose between."""
    section = text.split(SECTION, 1)[1].split("\n## ", 1)[0]
    for prose, kind, block in re.findall(r"(.*?)```(\w*)\n(.*?)```", section, flags=re.DOTALL):
        yield prose
        if kind != "console":
            yield Broadcast(block.splitlines())
            continue
        typed: list[Typed] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                typed.append(Typed(line[2:]))
            else:
                typed[-1].shown.append(line)
        yield from typed


def pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in line.split("…")))


class Shell:
    """One terminal, which remembers its variables."""

    def __init__(self) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._bash.communicate()

    def type(self, command: str) -> list[str]:
        """Type a command; returns the lines that it printed, and fails when it failed."""
        assert self._bash.stdin is not None and self._bash.stdout is not None
        self._bash.stdin.write(f"{command}\necho; echo {DONE}$?\n")
        self._bash.stdin.flush()
        printed: list[str] = []
        while not (line := self._bash.stdout.readline()).startswith(DONE):
            assert line, f"the shell ended after: {command}"
            printed.append(line.rstrip("\n"))
        assert line == f"{DONE}0\n", (command, printed)
        return [line for line in printed if line]


class Walk:
    """Goes through the steps against a server of its own."""

    def __init__(self, site: MatchpointServer, websocat: Path, open_: ExitStack) -> None:
        self.site, self.websocat, self.open = site, websocat, open_
        self.shell = open_.enter_context(Shell())
        self.listeners: list[Websocat] = []

    def here(self, text: str) -> str:
        """The command for this machine: this server's address, this environment's pip."""
        text = text.replace(ADDRESS, self.site.url.removeprefix("http://"))
        return text.replace(".venv/bin/pip", f"{sys.executable} -m pip")

    def take(self, step: Typed | Broadcast | str) -> None:
        match step:
            case str():
                for words in re.findall(r"Type `(.+?)`", step):
                    self.listeners[0].type(words)
            case Broadcast(lines):
                for line in lines:
                    assert all(receives(listener, line) for listener in self.listeners), line
            case Typed(command, shown) if command.startswith("websocat "):
                self.listen(self.here(command).split()[1].strip("'"), shown)
            case Typed(command, shown):
                printed = self.shell.type(self.here(command))
                assert len(printed) == len(shown), (command, printed)
                for line, expected in zip(printed, shown, strict=True):
                    assert pattern(expected).fullmatch(line), (line, expected)

    def listen(self, address: str, shown: list[str]) -> None:
        """Open a socket that stays open: two terminals on the lobby, one in the queue."""
        is_lobby = address.endswith("/ws")
        for _ in range(2 if is_lobby else 1):
            socket = self.open.enter_context(Websocat(self.websocat, address))
            for line in shown:
                assert receives(socket, line), line
            if is_lobby:
                self.listeners.append(socket)


def receives(socket: Websocat, expected: str) -> bool:
    """Whether a line like this one comes, others passed over."""
    while (line := socket.line()) is not None:
        if pattern(expected).fullmatch(line.rstrip("\n")):
            return True
    return False


def test_the_readme_does_what_it_shows(curl: Path, websocat: Path) -> None:
    with MatchpointServer(RATE_LIMITS="on") as site, ExitStack() as open_:
        walk = Walk(site, websocat, open_)
        taken = list(steps((ROOT / "README.md").read_text()))
        for step in taken:
            walk.take(step)
    assert sum(isinstance(step, Typed) for step in taken) >= 8
    assert sum(isinstance(step, Broadcast) for step in taken) >= 2
