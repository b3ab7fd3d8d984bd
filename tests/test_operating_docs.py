"""`docs/operating.md` names every variable that the environment may set, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

from .server import ROOT

PAGE = ROOT / "docs" / "operating.md"
CODE = (
    "tournament_site", "lobby", "play", "webhooks", "matchmaking", "tournaments", "service_keys",
)  # fmt: skip
#: `env.int("PORT", …)` in the settings, `os.environ.get("URL")` and `os.environ["URL"]` anywhere.
READ = re.compile(
    r"\benv\.\w+\(\s*\"([A-Z_]+)\"|os\.(?:environ\.get\(|environ\[|getenv\()\"([A-Z_]+)\""
)
#: What may also stand in a file: each has a second variable.
SECRET = re.compile(r"\benv\.secret\(\s*\"([A-Z_]+)\"")


def sources() -> Iterator[Path]:
    """Every module of the site that is no test."""
    for app in CODE:
        yield from (path for path in (ROOT / app).rglob("*.py") if "tests" not in path.parts)


def variables_read() -> set[str]:
    """What the code reads from the environment."""
    texts = [path.read_text("utf-8") for path in sources()]
    named = {first or second for text in texts for first, second in READ.findall(text)}
    return named | {f"{name}_FILE" for text in texts for name in SECRET.findall(text)}


def variables_documented(text: str) -> set[str]:
    """What the table names, in its first column."""
    section = text.split("## Environment variables", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}


def test_the_table_of_variables_is_complete_and_true() -> None:
    read, documented = variables_read(), variables_documented(PAGE.read_text("utf-8"))
    assert {"SECRET_KEY", "SERVER", "URL"} <= read, "the code is no longer read right"
    assert read - documented == set(), "read from the environment, but not in docs/operating.md"
    assert documented - read == set(), "in docs/operating.md, but nothing reads it"
