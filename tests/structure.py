"""The rules of the structure that import-linter cannot state; `make check` runs them.

A folder holds at most `MOST_MODULES` modules, and product code imports at the top of a module, but
for the functions in `MAY_IMPORT`.
"""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_MODULES = 15
#: Functions that may import, and why.
MAY_IMPORT = {
    "matchmaking/apps.py:ready": "receivers need the models, which load after the apps",
    "lobby/apps.py:ready": "as above",
    "tournaments/apps.py:ready": "as above",
    "play/apps.py:ready": "as above",
    "webhooks/apps.py:ready": "as above",
    "service_keys/apps.py:ready": "as above",
    "tournament_site/apps.py:ready": "as above",
    "tournament_site/management/commands/serve.py:handle": "only the server that is asked for",
    "tournament_site/servers/daphne.py:serve": "Daphne's reactor must be chosen first",
}


def product_modules(root: Path = ROOT) -> list[Path]:
    """The modules that are shipped, relative to `root`: no tests, migrations or benchmarks."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    skipped = {"tests", "migrations", "benchmarks"}
    return [
        path
        for path in map(Path, listed)
        if not skipped & set(path.parts) and path.name != "conftest.py" and (root / path).exists()
    ]


def crowded_folders(modules: Iterable[Path]) -> list[str]:
    """The folders that hold too many modules; `__init__` does not count."""
    held = Counter(path.parent for path in modules if path.name != "__init__.py")
    return [
        f"{folder}/ has {count} modules, more than {MOST_MODULES}"
        for folder, count in sorted(held.items())
        if count > MOST_MODULES
    ]


def inner_imports(path: Path, source: str) -> Iterator[str]:
    """The functions of a module that import, as `path:function`, once for each import."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"{path}:{function.name}"


def faults(root: Path = ROOT) -> list[str]:
    """Every breach of the rules, in words."""
    modules = product_modules(root)
    importing = {
        place for path in modules for place in inner_imports(path, (root / path).read_text())
    }
    return [
        *crowded_folders(modules),
        *(f"{place} imports inside a function" for place in sorted(importing - set(MAY_IMPORT))),
        *(
            f"{place} imports no more: take it off the list"
            for place in MAY_IMPORT.keys() - importing
        ),
    ]


if __name__ == "__main__":
    found = faults()
    print("\n".join(found) or f"Structure kept: {len(product_modules())} modules.")
    sys.exit(bool(found))
