"""Every address of the site as its URL patterns say, with the methods that it knows."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from lib.endpoints import operations_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")

#: Part of the address of a socket that is asked for a page.
_ANY_STREAM = "(?:tournaments|matches)/[0-9a-f-]{36}"


def address_of(pattern: str) -> str:
    """A pattern as an address with names in braces, such as `/players/{player_id}`."""
    pattern = pattern.replace(_ANY_STREAM, "{stream}")
    named = _PARAMETER.sub(lambda found: f"{{{found[1] or found[2]}}}", pattern)
    return "/" + named.replace("^", "").replace("$", "").replace("/?", "").replace(r"\.", ".")


def addresses() -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern."""

    def walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
        for each in resolver.url_patterns:
            path = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each, path)
            else:
                yield address_of(path), each

    yield from walk(get_resolver(), "")


def api_methods(pattern: URLPattern) -> dict[str, Any]:
    """The operations of an address of the API by method; empty for a page."""
    return {one.method: one for one in operations_of(pattern.callback)}
