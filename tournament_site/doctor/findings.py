"""What a check finds: how grave it is, one sentence, and what to do."""

from enum import StrEnum

from lib.schemas import Schema


class Gravity(StrEnum):
    """How grave a finding is; a fault makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Finding(Schema):
    """One thing that was looked at."""

    gravity: Gravity
    about: str
    """One word, the same for each run."""
    message: str
    fix: str = ""


def ok(about: str, message: str) -> Finding:
    """All is well with it."""
    return Finding(Gravity.OK, about, message)


def warning(about: str, message: str, fix: str) -> Finding:
    """It works, and should be otherwise."""
    return Finding(Gravity.WARNING, about, message, fix)


def fault(about: str, message: str, fix: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding(Gravity.FAULT, about, message, fix)
