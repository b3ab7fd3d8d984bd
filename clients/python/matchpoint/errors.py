"""What goes wrong, as one kind of exception."""

from typing import Any


class MatchpointError(Exception):
    """A request that was not done, or a stream that cannot go on.

    `code` is one stable word, `message` a sentence that says what to change; `status` is that of
    HTTP, or 0 where no answer came. The site's codes are in its docs/protocol.md; the client adds
    `no_answer` (nobody answered in time; whether the request was done is not known), `unreachable`
    (it was not done), `closed` (a socket was refused; `status` is its close code) and, of a wait in
    the queue, the state in which it ended.
    """

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        #: Whether an earlier try of the same request may have been done already.
        self.maybe_done = False

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    @classmethod
    def of_answer(cls, status: int, answer: Any) -> "MatchpointError":
        """An answer that refuses."""
        if isinstance(answer, dict) and "code" in answer:
            return cls(str(answer["code"]), str(answer.get("message", "")), status=status)
        return cls(f"status_{status}", f"The answer has the status {status}.", status=status)
