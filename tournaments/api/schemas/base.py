"""Confirmations, and the answers of a route by status."""

from typing import Any

from lib.schemas import Refused, Schema

#: Structs by status; none for a body that is no JSON.
Responses = dict[int, Any]


def errors(*statuses: int) -> Responses:
    """Answers that refuse."""
    return dict.fromkeys((*statuses, 413, 415, 503), Refused)


def found_errors(*more: int) -> Responses:
    """The refusals of a route under a tournament."""
    return errors(400, 401, 403, 404, 409, *more)


def found(struct: type[Schema]) -> Responses:
    """The answers of a route under a tournament."""
    return {200: struct} | found_errors()


class Confirmation(Schema):
    """Something was done."""

    status: str
    message: str
