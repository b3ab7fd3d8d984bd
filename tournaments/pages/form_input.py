"""A pressed button, and the inputs of its form."""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from lib.errors import Malformed
from tournaments.models import Tournament
from tournaments.services.actors import Actor

#: No number of a form has more digits; every database can hold these.
DIGITS_MAX = 15


@dataclass(frozen=True, slots=True)
class FormAction:
    """A button that was pressed in a tournament, and its form."""

    tournament: Tournament
    actor: Actor
    data: QueryDict
    files: "MultiValueDict[str, UploadedFile[bytes]]" = field(default_factory=MultiValueDict)

    def number(self, name: str) -> int:
        """A number of the form; raises `Malformed`."""
        found = self.optional(name)
        if found is None:
            raise Malformed(f"The form lacks {name!r}. Load the page again.")
        return found

    def optional(self, name: str) -> int | None:
        """A number that may be left out."""
        raw = self.data.get(name, "").strip()
        if not raw:
            return None
        try:
            number = int(raw[: DIGITS_MAX + 1])
        except ValueError as error:
            raise Malformed(f"{raw[:DIGITS_MAX]!r} is not a whole number.") from error
        if len(raw) > DIGITS_MAX:
            raise Malformed(f"{raw[:DIGITS_MAX]}… is too large a number.")
        return number

    def text(self, name: str) -> str:
        """A line of the form."""
        return self.data.get(name, "").strip()[:400]

    def file(self, name: str) -> bytes:
        """An uploaded file, read just far enough to see that it is too long; raises `Malformed`."""
        sent = self.files.get(name)
        if sent is None:
            raise Malformed("Choose a file first.")
        content: bytes = sent.read(settings.MATCHPOINT_FILE_MAX_BYTES + 1)
        return content

    def uuid(self, name: str) -> UUID:
        """An id of the form; raises `Malformed`."""
        try:
            return UUID(self.text(name))
        except ValueError as error:
            raise Malformed(f"The form lacks {name!r}. Load the page again.") from error
