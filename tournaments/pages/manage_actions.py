"""What the organiser's buttons do: each reads its form, makes one call, and says what was done."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django import forms

from lib.errors import Malformed
from tournaments.models import Entrant, EntryStatus
from tournaments.pages.forms.manage import EntrantForm
from tournaments.services.entry import check_in, entrants, registration, rosters, seeding
from tournaments.services.progress import attendance
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.withdrawals import (
    disqualify_entrant,
    reinstate_entrant,
    withdraw_entrant,
)
from tournaments.services.transfer.imports import import_entrants
from tournaments.services.undo.stack import undo_last
from tournaments.services.venue import judges, stations

from .form_input import Act, Press
from .swiss_actions import SWISS_ACTIONS

# The day.


def _open_registration(press: Press) -> str:
    registration.open_registration(tournament_id=press.pk, actor=press.actor)
    return "Registration is open."


def _close_registration(press: Press) -> str:
    registration.close_registration(tournament_id=press.pk, actor=press.actor)
    return "Registration is closed."


def _open_check_in(press: Press) -> str:
    check_in.open_check_in(tournament_id=press.pk, actor=press.actor)
    return "Check-in is open. Who has not checked in is left out at the start."


def _close_check_in(press: Press) -> str:
    check_in.close_check_in(tournament_id=press.pk, actor=press.actor)
    return "Check-in is closed; nobody is left out for not having come."


def _start(press: Press) -> str:
    start_tournament(tournament_id=press.pk, actor=press.actor)
    absent = press.tournament.entrants.filter(status=EntryStatus.ABSENT).count()
    left_out = f" {absent} who had not checked in were left out." if absent else ""
    playing = list(press.tournament.entrants.filter(status=EntryStatus.ENTERED))
    short = attendance.short_teams(press.tournament, playing)
    warned = f" {short[0].upper()}{short[1:]}." if short else ""
    return f"The tournament has started.{left_out}{warned}"


def _undo(press: Press) -> str:
    return _undo_or_skip(press, skip=False)


def _skip_undo(press: Press) -> str:
    return _undo_or_skip(press, skip=True)


def _undo_or_skip(press: Press, *, skip: bool) -> str:
    action = undo_last(
        tournament_id=press.pk,
        actor=press.actor,
        why=press.text("why"),
        skip=skip,
        number=press.optional("number"),
    )
    return f"{action.text}."


# Entrants.


def _upload(press: Press) -> str:
    added = import_entrants(tournament_id=press.pk, data=press.file("file"), actor=press.actor)
    return f"Added {len(added)} from the file."


def _admit(press: Press) -> str:
    done = registration.approve(
        tournament_id=press.pk, entrant_id=press.number("entrant"), actor=press.actor
    )
    return f"{done} {done.get_status_display()}."


def _decline(press: Press) -> str:
    done = registration.decline(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        actor=press.actor,
        why=press.text("why"),
    )
    return f"{done} is declined."


def _check_in(press: Press) -> str:
    done = check_in.check_in(
        tournament_id=press.pk, entrant_id=press.number("entrant"), actor=press.actor
    )
    short = attendance.short_teams(press.tournament, [done])
    return f"{done} is checked in" + (f", {short}." if short else ".")


def _uncheck(press: Press) -> str:
    done = check_in.undo_check_in(
        tournament_id=press.pk, entrant_id=press.number("entrant"), actor=press.actor
    )
    return f"{done} is not checked in any more."


def _check_in_all(press: Press) -> str:
    count = check_in.check_in_all(tournament_id=press.pk, actor=press.actor)
    return f"Checked in {count}."


def _readmit(press: Press) -> str:
    done = check_in.readmit(
        tournament_id=press.pk, entrant_id=press.number("entrant"), actor=press.actor
    )
    return f"{done} takes part again."


def _remove(press: Press) -> str:
    entrants.remove_entrant(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        actor=press.actor,
        why=press.text("why"),
    )
    return "The entrant is off the list."


def _rename(press: Press) -> str:
    done = entrants.rename_entrant(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        name=press.text("name"),
        actor=press.actor,
    )
    return f"The name is {done} now."


def _replace(press: Press) -> str:
    done = entrants.replace_entrant(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        name=press.text("name"),
        actor=press.actor,
        why=press.text("why"),
    )
    return f"{done} has the place now."


def _details(press: Press) -> str:
    form = checked(EntrantForm(press.data))
    done = entrants.set_details(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        details=form.details(),
        actor=press.actor,
    )
    return f"{done} is up to date."


def _leave(leave: Callable[..., Entrant]) -> Act:
    def act(press: Press) -> str:
        done = leave(
            tournament_id=press.pk,
            entrant_id=press.number("entrant"),
            actor=press.actor,
            why=press.text("why"),
        )
        return f"{done} {done.get_status_display()}."

    return act


def _reinstate(press: Press) -> str:
    opened = reinstate_entrant(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        actor=press.actor,
        why=press.text("why"),
    )
    count = "1 match is" if len(opened) == 1 else f"{len(opened)} matches are"
    return f"The entrant takes part again; {count} open again."


# Rosters.


def _add_member(press: Press) -> str:
    done = rosters.add_member(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        name=press.text("name"),
        actor=press.actor,
    )
    return f"{done} is on the roster."


def _remove_member(press: Press) -> str:
    rosters.remove_member(
        tournament_id=press.pk, member_id=press.number("member"), actor=press.actor
    )
    return "The roster is shorter by one."


def _captain(press: Press) -> str:
    done = rosters.make_captain(
        tournament_id=press.pk, member_id=press.number("member"), actor=press.actor
    )
    return f"{done} is the captain."


# Seeds.


def _seeds(press: Press) -> str:
    seeding.set_seeds(tournament_id=press.pk, order=_order(press), actor=press.actor)
    return "The seeds are as you gave them."


def _order(press: Press) -> list[int]:
    """The order that numbers beside names ask for: who was given another one goes there."""
    rows = press.tournament.entrants.filter(status=EntryStatus.ENTERED)
    given = {entrant.pk: press.optional(f"seed-{entrant.pk}") for entrant in rows}
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


def _shuffle(press: Press) -> str:
    seeding.shuffle_seeds(tournament_id=press.pk, actor=press.actor)
    return "The seeds are shuffled; the record has the number."


def _by_rating(press: Press) -> str:
    seeding.sort_by_rating(tournament_id=press.pk, actor=press.actor)
    return "The seeds are by rating."


# Stations.


def _add_stations(press: Press) -> str:
    names = [line for line in press.data.get("names", "").splitlines() if line.strip()]
    added = stations.add_stations(tournament_id=press.pk, names=names, actor=press.actor)
    return f"Added {len(added)}."


def _rename_station(press: Press) -> str:
    done = stations.rename_station(
        tournament_id=press.pk,
        station_id=press.number("station"),
        name=press.text("name"),
        actor=press.actor,
    )
    return f"It is {done} now."


def _remove_station(press: Press) -> str:
    stations.remove_station(
        tournament_id=press.pk, station_id=press.number("station"), actor=press.actor
    )
    return "The station is gone."


def _call(press: Press) -> str:
    done = stations.assign_station(
        tournament_id=press.pk,
        pairing_id=press.uuid("pairing"),
        station_id=press.number("station"),
        actor=press.actor,
    )
    return f"{done.top} vs {done.bottom} is called to {done.station}."


def _free(press: Press) -> str:
    stations.free_station(
        tournament_id=press.pk, pairing_id=press.uuid("pairing"), actor=press.actor
    )
    return "The station is free."


def _call_next(press: Press) -> str:
    called = stations.assign_next(tournament_id=press.pk, actor=press.actor)
    if not called:
        return "No station is free, or nothing waits to be played."
    return ", ".join(f"{p.top} vs {p.bottom}: {p.station}" for p in called) + "."


# Judges.


def _judge_station(press: Press) -> str:
    done = judges.set_judge_station(
        tournament_id=press.pk,
        judge_id=press.number("judge"),
        station_id=press.optional("station"),
        actor=press.actor,
    )
    return f"{done} judges {'at ' + str(done.station) if done.station else 'everywhere'}."


def _remove_judge(press: Press) -> str:
    judges.remove_judge(tournament_id=press.pk, judge_id=press.number("judge"), actor=press.actor)
    return "The judge is removed."


AnyForm = TypeVar("AnyForm", bound=forms.Form)


def checked(form: AnyForm) -> AnyForm:
    """A form that is well; raises `Malformed` with what is not."""
    if not form.is_valid():
        wrong = [
            f"{form[name].label}: {' '.join(map(str, told))}" for name, told in form.errors.items()
        ]
        raise Malformed(" ".join(wrong))
    return form


#: By the last part of the address.
ACTIONS: dict[str, Act] = {
    "open-registration": _open_registration,
    "close-registration": _close_registration,
    "open-check-in": _open_check_in,
    "close-check-in": _close_check_in,
    "start": _start,
    "undo": _undo,
    "skip-undo": _skip_undo,
    "upload": _upload,
    "admit": _admit,
    "decline": _decline,
    "check-in": _check_in,
    "uncheck": _uncheck,
    "check-in-all": _check_in_all,
    "readmit": _readmit,
    "remove": _remove,
    "rename": _rename,
    "replace": _replace,
    "details": _details,
    "withdraw": _leave(withdraw_entrant),
    "disqualify": _leave(disqualify_entrant),
    "reinstate": _reinstate,
    "add-member": _add_member,
    "remove-member": _remove_member,
    "captain": _captain,
    "seeds": _seeds,
    "shuffle": _shuffle,
    "by-rating": _by_rating,
    "add-stations": _add_stations,
    "rename-station": _rename_station,
    "remove-station": _remove_station,
    "call": _call,
    "free": _free,
    "call-next": _call_next,
    "judge-station": _judge_station,
    "remove-judge": _remove_judge,
    **SWISS_ACTIONS,
}
