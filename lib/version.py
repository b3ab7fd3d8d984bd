"""Which version of the product this is, as `pyproject.toml` says."""

import tomllib
from functools import cache
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@cache
def version() -> str:
    """Such as `0.1.0`."""
    return str(tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"])


def version_key(text: str) -> tuple[int, ...]:
    """By which versions are compared: 0.10.0 comes after 0.9.1."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())
