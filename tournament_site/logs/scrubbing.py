"""What must not stand in a log or an error report, taken out of any text that may hold it.

Our own lines do not hold it; this is for what libraries and the database put into their errors.
"""

import re

from lib.tracing.trace import current

GONE = "…"

_SECRETS = (
    # Credentials in an address, such as one of a database, and in a header.
    (re.compile(r"://[^/\s@]*@"), f"://{GONE}@"),
    (re.compile(r"(?i)\b(bearer|basic) +[\w.~+/=-]+"), rf"\1 {GONE}"),
    (re.compile(r"(?i)\b(cookie|authorization)\b(['\"]?[:=] *)[^\n]+"), rf"\1\2{GONE}"),
    # An address' query, and the path in what Daphne says of a request.
    (re.compile(r"(?<=[\w/])\?[\w%.~+-]+=\S*"), f"?{GONE}"),
    (re.compile(r"\buri=\S+"), f"uri={GONE}"),
    # Our tokens; a link that sets a password; a session's key; a signed cookie.
    (re.compile(r"(?<![\w-])(?=[\w-]*[A-Z0-9])[\w-]{43}(?![\w-])"), GONE),
    (re.compile(r"\b[0-9a-z]{6,}-[0-9a-f]{32}\b"), GONE),
    (re.compile(r"\b(?=[a-z0-9]*[g-z])(?=[a-z0-9]*\d)[a-z0-9]{32}\b"), GONE),
    (re.compile(r"[\w-]{8,}:[\w-]{5,8}:[\w-]{27,}"), GONE),
    # Rows, as PostgreSQL quotes them.
    (re.compile(r"\bKey \([^)]*\)=\(.*?\)(?= |$)"), f"Key ({GONE})"),
    (re.compile(r"Failing row contains \(.*\)"), f"Failing row contains ({GONE})"),
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def scrubbed(text: str) -> str:
    """The text without secrets, and without the address of whoever is served."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    trace = current.get()
    if trace is not None and trace.address:
        text = text.replace(trace.address, GONE)
    return text


def on_one_line(text: str) -> str:
    """The text with control characters written out, so that nobody forges another line."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)
