"""`docs/protocol.md`, read: its chapters, sections, tables and examples."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "protocol.md").read_text()


def parts(text: str, level: int) -> dict[str, str]:
    """What stands under each heading of a level, by the heading's text."""
    found = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    bodies = (re.split(rf"^#{{1,{level}}} ", body, flags=re.MULTILINE)[0] for body in found[2::2])
    return dict(zip(found[1::2], bodies, strict=True))


CHAPTERS = parts(TEXT, 3)


def sections(chapter: str) -> dict[str, str]:
    """The messages of a chapter, by their type."""
    return {
        heading.strip("`"): body
        for heading, body in parts(CHAPTERS[chapter], 4).items()
        if heading.startswith("`")
    }


def first_column(text: str) -> list[str]:
    """The words in code type in the first column of each table's rows."""
    rows = re.findall(r"^\| (`[^|]+) \|", text, flags=re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def examples(text: str) -> list[bytes]:
    return [block.encode() for block in re.findall(r"```json\n(.*?)```", text, flags=re.DOTALL)]


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every field in a JSON value, however deep: `data.players[].id`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{at}.{name}"
            yield from paths(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{at}[]")


def shape(values: list[Any]) -> set[str]:
    return {path for value in values for path in paths(value)}


def shown(text: str) -> set[str]:
    """The fields in the examples of a part of the page."""
    return shape([msgspec.json.decode(example) for example in examples(text)])
