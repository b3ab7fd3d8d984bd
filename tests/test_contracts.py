"""Which way imports point, as `pyproject.toml` has it."""

import subprocess
import sys
from pathlib import Path

from grimp import ImportGraph

from .contracts import SelfContained


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
    # A process of its own: import-linter sets up logging, and silences loggers that exist.
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
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


def test_an_engine_that_imports_more_is_told_of_each_import() -> None:
    graph = engine(("app.engine.seeding", "app.names"), ("app.engine", "django"))
    assert strays(graph) == [
        "app.engine imports django",
        "app.engine.seeding imports app.names",
    ]
