"""What `make check` says of a structure that breaks its rules."""

import subprocess
from pathlib import Path

import pytest

from .structure import MOST_MODULES, faults


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project, as git lists its files."""
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


def write(project: Path, name: str, source: str = "") -> None:
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)


def test_this_project_has_no_fault() -> None:
    assert faults() == []


def test_a_folder_with_too_many_modules_is_named(project: Path) -> None:
    for number in range(MOST_MODULES):
        write(project, f"app/pages/page{number}.py")
    write(project, "app/pages/__init__.py")
    write(project, "app/pages/tests/test_page.py")
    assert "app/pages" not in " ".join(faults(project))
    write(project, "app/pages/one_more.py")
    assert f"app/pages/ has {MOST_MODULES + 1} modules, more than {MOST_MODULES}" in faults(project)


@pytest.mark.parametrize(
    "body", ["from app import models", "import app.models", "if True:\n        import app.models"]
)
def test_an_import_inside_a_function_is_named(project: Path, body: str) -> None:
    write(project, "app/services.py", f"def undo():\n    {body}  # noqa: PLC0415\n")
    assert "app/services.py:undo imports inside a function" in faults(project)


def test_imports_at_the_top_and_those_of_tests_are_free(project: Path) -> None:
    write(project, "app/services.py", "import os\n\n\ndef undo():\n    return os.name\n")
    write(project, "app/tests/test_services.py", "def test_undo():\n    import os\n")
    assert "app/" not in " ".join(faults(project))


def test_a_listed_function_that_no_longer_imports_is_named(project: Path) -> None:
    found = faults(project)
    assert "lobby/apps.py:ready imports no more: take it off the list" in found
