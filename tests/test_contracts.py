"""Which way imports point, as `pyproject.toml` has it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from grimp import ImportGraph

from .contracts import SelfContained

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = (
    "tests", "clients",
    "tournament_site", "lobby", "play", "webhooks", "tournaments", "matchmaking", "service_keys",
    "streams", "lib",
)  # fmt: skip


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    """What import-linter says of a copy of the project."""
    # A process of its own: import-linter sets up logging, and silences loggers that exist.
    command = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    return subprocess.run(
        [sys.executable, "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


def engine(*imports: tuple[str, str]) -> ImportGraph:
    """A project whose package `app.engine` is to stand alone."""
    graph = ImportGraph()
    for module in ("app", "app.engine", "app.engine.seeding", "app.engine.tests", "app.names"):
        graph.add_module(module)
    for outside in ("random", "django", "msgspec", "pytest"):
        graph.add_module(outside, is_squashed=True)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported)
    return graph


def strays(graph: ImportGraph) -> list[str]:
    contract = SelfContained(
        name="engines",
        session_options={},
        contract_options={"packages": ["app.engine"], "allowed": ["msgspec"]},
    )
    found: list[str] = contract.check(graph, verbose=False).metadata["strays"]
    return found


def test_the_projects_contracts_are_kept() -> None:
    checked = lint(ROOT)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_engine_may_import_itself_the_standard_library_and_what_is_allowed() -> None:
    graph = engine(
        ("app.engine.seeding", "app.engine"),
        ("app.engine.seeding", "random"),
        ("app.engine", "msgspec"),
        ("app.engine.tests", "pytest"),
        ("app.names", "django"),
    )
    assert strays(graph) == []


def test_an_engine_that_imports_more_is_reported_of_each_import() -> None:
    graph = engine(("app.engine.seeding", "app.names"), ("app.engine", "django"))
    assert strays(graph) == [
        "app.engine imports django",
        "app.engine.seeding imports app.names",
    ]


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("lib/names.py", "matchmaking.models", "Imports point one way"),
        ("streams/log.py", "lobby.chat", "Imports point one way"),
        ("streams/log.py", "tournaments.models", "Imports point one way"),
        ("matchmaking/models/pools.py", "tournaments.models", "Imports point one way"),
        ("tournaments/engine/seeding.py", "django.db", "Engines rest on"),
        ("tournaments/services/actors.py", "tournaments.services.undo.stack", "No rings"),
        ("tournaments/storage/matches.py", "tournaments.services.actors", "Floors of tournaments"),
        ("tournaments/pages/rights.py", "tournaments.api.results", "Floors of tournaments"),
        ("matchmaking/models/pools.py", "matchmaking.selectors", "Floors of matchmaking"),
        ("matchmaking/services/matches.py", "matchmaking.pages.urls", "Floors of matchmaking"),
        (
            "tournaments/services/progress/results.py",
            "tournaments.services.entry.registration",
            "Floors of the services of tournaments",
        ),
    ],
)
@pytest.mark.parametrize("way", ["at the top", "inside a function", "for types"])
def test_a_planted_breach_is_found(
    tmp_path: Path, module: str, imported: str, contract: str, way: str
) -> None:
    planted = {
        "at the top": f"import {imported}\n",
        "inside a function": f"def later():\n    import {imported}\n",
        "for types": (
            f"from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import {imported}\n"
        ),
    }
    ignored = shutil.ignore_patterns("__pycache__", "test_*.py", "data")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    with (tmp_path / module).open("a") as source:
        source.write(planted[way])
    checked = lint(tmp_path)
    assert checked.returncode == 1
    assert re.search(rf"^{contract}.* BROKEN", checked.stdout, flags=re.MULTILINE)
