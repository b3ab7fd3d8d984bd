"""The threat model names tests that exist, and every threat has one."""

import ast
import re

from .server import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = [line for line in PAGE.split("## Threats")[1].splitlines() if line.startswith("| ")][1:]
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


def defined_in(path: str) -> set[str]:
    """The names of the tests of a module."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in tree.body if isinstance(node, kinds)}


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 30
    missing = [f"{path}::{name}" for path, name in NAMED if name not in defined_in(path)]
    assert not missing


def test_every_threat_has_a_test() -> None:
    assert len(ROWS) > 15
    for row in ROWS:
        assert "::test_" in row.split("|")[3], row
