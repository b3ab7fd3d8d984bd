"""Refusals, which the sender can correct: a code for programs and a sentence for people."""

from collections.abc import Iterable
from typing import Self


class Refusal(Exception):
    """A request that cannot be done as asked, and what to change.

    `code` is one stable word of the wire; `message` is a sentence that says what to change.
    Views and consumers turn it into a status or an error frame; nothing has been stored.
    """

    code = "invalid"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class Malformed(Refusal):
    """The request cannot be read: not JSON, a field missing or of the wrong type."""

    code = "malformed"


class WrongMethod(Malformed):
    """The address does not take this method; `allowed` are those that it takes."""

    code = "wrong_method"
    allowed = ""

    @classmethod
    def of(cls, method: str | None, methods: Iterable[str]) -> Self:
        """The refusal of a method where only these are taken."""
        allowed = ", ".join(methods)
        refusal = cls(f"{method} is not done here. Use {allowed}.")
        refusal.allowed = allowed
        return refusal


class NotFound(Refusal):
    """The object of the request does not exist, or not for this caller."""

    code = "not_found"


class Unauthenticated(Refusal):
    """The request needs a caller, and shows no valid token or session."""

    code = "unidentified"


class Forbidden(Refusal):
    """The caller is known, and this is not theirs to do."""

    code = "forbidden"


class Conflict(Refusal):
    """What is asked does not fit the state of things; often it was already done."""

    code = "conflict"


class RateLimited(Refusal):
    """Too many of one kind; it may be tried again after so many seconds."""

    code = "rate_limited"

    def __init__(self, message: str, *, seconds: int = 2) -> None:
        super().__init__(message)
        self.seconds = seconds


class Overloaded(Refusal):
    """Too much at once; the same request may be sent again after a while."""

    code = "busy"


class Outage(Refusal):
    """The database cannot be used now; nothing was done, and a retry is safe."""

    code = "outage"
