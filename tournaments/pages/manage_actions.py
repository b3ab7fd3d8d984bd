"""The organiser's buttons: the inputs of an operation read from a form, and the operation run."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from lib.errors import Malformed
from tournaments.files.entrant_lines import NewEntrant, parse_lines
from tournaments.forms.manage import EntrantForm
from tournaments.models import ByeKind, Tournament
from tournaments.services.actors import Actor
from tournaments.services.entry.entrants import Details
from tournaments.services.operations import OPERATIONS, InputKind
from tournaments.services.setup.creation import BadEntrants

#: No number of a form has more digits; every database can hold these.
DIGITS_MAX = 15


@dataclass(frozen=True, slots=True)
class FormAction:
    """A button that was pressed in a tournament, and its form."""

    tournament: Tournament
    actor: Actor
    data: QueryDict
    files: "MultiValueDict[str, UploadedFile[bytes]]"

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


def run(name: str, form: FormAction) -> str:
    """Run the operation of a button; returns what was done, in words. Raises a refusal."""
    operation = OPERATIONS[name]
    arguments = {one.argument: _READERS[one.kind](form, one.field) for one in operation.inputs}
    return operation.do(form.tournament, form.actor, **arguments)


def _lines(form: FormAction, field: str) -> list[str]:
    return [line for line in form.data.get(field, "").splitlines() if line.strip()]


def _seed_order(form: FormAction, field: str) -> list[int]:
    """The order of the entrants that the numbers beside their names ask for."""
    rows = form.tournament.entrants.taking_part()
    given = {entrant.pk: form.optional(f"seed-{entrant.pk}") for entrant in rows}
    return reordered([entrant.pk for entrant in rows], given)


def reordered(order: Sequence[int], given: dict[int, int | None]) -> list[int]:
    """Put those whose number changed at their new places, and the others around them."""
    moved = {
        pk: wish
        for place, pk in enumerate(order, start=1)
        if (wish := given.get(pk)) is not None and wish != place
    }
    rest = [pk for pk in order if pk not in moved]
    for pk, wish in sorted(moved.items(), key=lambda item: item[1]):
        rest.insert(max(0, wish - 1), pk)
    return rest


def _details(form: FormAction, field: str) -> Details:
    details = EntrantForm(form.data)
    if not details.is_valid():
        faults = details.errors.items()
        wrong = [f"{details[name].label}: {' '.join(map(str, texts))}" for name, texts in faults]
        raise Malformed(" ".join(wrong))
    return details.details()


def _new_entrant(form: FormAction, field: str) -> NewEntrant:
    lines = parse_lines(form.text(field))
    if len(lines) != 1:
        raise BadEntrants("Give one name.")
    return lines[0]


def _bye_kind(form: FormAction, field: str) -> ByeKind:
    kind = form.text(field) or ByeKind.HALF_POINT
    if kind not in ByeKind.values:
        raise Malformed("There is no such bye.")
    return ByeKind(kind)


_READERS: dict[InputKind, Callable[[FormAction, str], Any]] = {
    "number": FormAction.number,
    "optional number": FormAction.optional,
    "text": FormAction.text,
    "lines": _lines,
    "id": FormAction.uuid,
    "file": FormAction.file,
    "seed order": _seed_order,
    "details": _details,
    "new entrant": _new_entrant,
    "bye kind": _bye_kind,
}
