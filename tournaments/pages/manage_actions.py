"""The organiser's buttons: the inputs of an operation read from its form."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django import forms

from lib.errors import Malformed
from tournaments.files.entrant_lines import NewEntrant, parse_lines
from tournaments.forms.manage import EntrantForm
from tournaments.models import ByeKind, EntryStatus
from tournaments.services.entry.entrants import Details
from tournaments.services.operations import OPERATIONS, InputKind
from tournaments.services.setup.creation import BadEntrants

from .form_input import FormAction


def run(name: str, form: FormAction) -> str:
    """Do what a button asks for; returns what was done, in words. Raises a refusal."""
    operation = OPERATIONS[name]
    arguments = {one.argument: _READERS[one.kind](form, one.field) for one in operation.inputs}
    return operation.say(
        operation.run(tournament_id=form.tournament.pk, actor=form.actor, **arguments)
    )


def _lines(form: FormAction, field: str) -> list[str]:
    return [line for line in form.data.get(field, "").splitlines() if line.strip()]


def _seed_order(form: FormAction, field: str) -> list[int]:
    """The order that the numbers beside the names ask for."""
    rows = form.tournament.entrants.filter(status=EntryStatus.ENTERED)
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
    return checked(EntrantForm(form.data)).details()


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


AnyForm = TypeVar("AnyForm", bound=forms.Form)


def checked(form: AnyForm) -> AnyForm:
    """A valid form; raises `Malformed` naming what is wrong."""
    if not form.is_valid():
        wrong = [
            f"{form[name].label}: {' '.join(map(str, faults))}"
            for name, faults in form.errors.items()
        ]
        raise Malformed(" ".join(wrong))
    return form


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
