"""Every file that is generated, by its path."""

import re

from . import described, python_types, typescript_types

ANSWERS = "clients/python/matchpoint/answers.py"
MESSAGES = "clients/python/matchpoint/messages.py"
TYPES = "clients/js/types.d.ts"


def files() -> dict[str, str]:
    """What each file should hold."""
    answers, messages = described.answers(), described.messages()
    own = {one.name for one in messages}
    used = set(re.findall(r"#/\$defs/(\w+)", str([one.schema for one in messages])))
    return {
        ANSWERS: python_types.module("What goes over HTTP, both ways.", answers),
        MESSAGES: python_types.module(
            "What goes over sockets, both ways.", messages, borrowed=sorted(used - own)
        ),
        TYPES: typescript_types.module([*answers, *messages]),
    }
