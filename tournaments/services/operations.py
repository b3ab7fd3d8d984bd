"""What an organiser does to a tournament: one table for the buttons, the admin and the API.

`pages/manage_actions.py` reads the inputs of a button, the admin asks and takes its steps from the
same rows, and a test holds the API's routes to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from uuid import UUID

from tournaments.models import Pairing, Round, Tournament
from tournaments.services.progress.attendance import short_teams
from tournaments.services.transfer.imports import import_entrants
from tournaments.services.undo.stack import undo_last

from .actors import Actor
from .entry import check_in, entrants, registration, rosters, seeding
from .progress import byes_and_late_entries, stages, start, swiss_rounds, withdrawals
from .venue import judges, stations

InputKind = Literal[
    "number", "optional number", "text", "lines", "id", "file", "seed order", "details",
    "new entrant", "bye kind",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """An argument of a service, and the form field it is read from."""

    argument: str
    field: str
    kind: InputKind


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that an organiser does.

    `run` is the service, called with the tournament's id, the actor and the inputs; `message` puts
    its result into words, as a format or a function. `route` is the API's operation. `label` and
    `consequence` are what the admin asks before, where it offers the operation.
    """

    run: Callable[..., Any]
    message: Callable[[Any], str] | str
    route: str
    inputs: tuple[Input, ...] = ()
    label: str = ""
    consequence: str = ""

    def do(self, tournament: Tournament, actor: Actor, **inputs: Any) -> str:
        """Do it; returns what was done, in words. Raises a refusal."""
        result = self.run(tournament_id=tournament.pk, actor=actor, **inputs)
        message = self.message
        return message.format(result) if isinstance(message, str) else message(result)


ENTRANT = Input("entrant_id", "entrant", "number")
MEMBER = Input("member_id", "member", "number")
STATION = Input("station_id", "station", "number")
JUDGE = Input("judge_id", "judge", "number")
PAIRING = Input("pairing_id", "pairing", "id")
NAME = Input("name", "name", "text")
WHY = Input("why", "why", "text")
NUMBER = Input("number", "number", "optional number")


def _start(*, tournament_id: UUID, actor: Actor) -> Tournament:
    start.start_tournament(tournament_id=tournament_id, actor=actor)
    return Tournament.objects.get(pk=tournament_id)


def _pair(*, tournament_id: UUID, actor: Actor) -> Round:
    group = swiss_rounds.swiss_group(Tournament.objects.get(pk=tournament_id))
    return swiss_rounds.pair_next_round(group=group, actor=actor)


def _started(tournament: Tournament) -> str:
    absent = tournament.entrants.filter(status="absent").count()
    left_out = f" {absent} who had not checked in were left out." if absent else ""
    short = short_teams(tournament, list(tournament.entrants.taking_part()))
    incomplete = f" {short[0].upper()}{short[1:]}." if short else ""
    return f"The tournament has started.{left_out}{incomplete}"


def _checked_in(entrant: Any) -> str:
    short = short_teams(entrant.tournament, [entrant])
    return f"{entrant} is checked in" + (f", {short}." if short else ".")


def _status(entrant: Any) -> str:
    return f"{entrant} {entrant.get_status_display()}."


def _called(pairings: list[Pairing]) -> str:
    if not pairings:
        return "No station is free, or no match is waiting."
    return ", ".join(f"{p.title}: {p.station}" for p in pairings) + "."


OPERATIONS: dict[str, Operation] = {
    # The state before the start, and the start.
    "open-registration": Operation(
        registration.open_registration,
        "Registration is open.",
        "set_registration",
        label="Open registration",
        consequence="Players can enter it by themselves from now on.",
    ),
    "close-registration": Operation(
        registration.close_registration,
        "Registration is closed.",
        "set_registration",
        label="Close registration",
        consequence="Nobody can enter it any more; those entered stay.",
    ),
    "open-check-in": Operation(
        check_in.open_check_in,
        "Check-in is open. Entrants who do not check in are left out at the start.",
        "set_check_in",
        label="Open check-in",
        consequence="Entrants check in. Those who do not are left out at the start.",
    ),
    "close-check-in": Operation(
        check_in.close_check_in,
        "Check-in is closed. Nobody is left out at the start.",
        "set_check_in",
        label="Close check-in",
        consequence="Nobody is left out at the start for not having checked in.",
    ),
    "start": Operation(_start, _started, "start_play"),
    "cancel": Operation(
        start.cancel_tournament, "The tournament is cancelled.", "call_off", (WHY,)
    ),
    "undo": Operation(
        undo_last,
        "{0.text}.",
        "undo_action",
        (WHY, NUMBER),
        label="Undo the last action",
        consequence="The last action that can be undone is undone, with what followed from it.",
    ),
    "skip-undo": Operation(
        partial(undo_last, skip=True), "{0.text}.", "undo_action", (WHY, NUMBER)
    ),
    # Entrants.
    "upload": Operation(
        import_entrants,
        lambda added: " ".join([f"Added {len(added.entrants)} from the file.", *added.warnings]),
        "import_list",
        (Input("data", "file", "file"),),
    ),
    "admit": Operation(registration.approve, _status, "change_entrant", (ENTRANT,)),
    "decline": Operation(registration.decline, "{} is declined.", "change_entrant", (ENTRANT, WHY)),
    "check-in": Operation(check_in.check_in, _checked_in, "note_arrival", (ENTRANT,)),
    "uncheck": Operation(
        check_in.undo_check_in, "{} is not checked in any more.", "note_arrival", (ENTRANT,)
    ),
    "check-in-all": Operation(check_in.check_in_all, "Checked in {}.", "note_arrival"),
    "readmit": Operation(check_in.readmit, "{} takes part again.", "change_entrant", (ENTRANT,)),
    "remove": Operation(
        entrants.remove_entrant, "The entrant is removed.", "remove_from_list", (ENTRANT, WHY)
    ),
    "rename": Operation(
        entrants.rename_entrant, "The name is {} now.", "change_entrant", (ENTRANT, NAME)
    ),
    "replace": Operation(
        entrants.replace_entrant, "{} has the place now.", "replace_player", (ENTRANT, NAME, WHY)
    ),
    "details": Operation(
        entrants.set_details,
        "{} is up to date.",
        "change_entrant",
        (ENTRANT, Input("details", "", "details")),
    ),
    "withdraw": Operation(withdrawals.withdraw_entrant, _status, "withdraw", (ENTRANT, WHY)),
    "disqualify": Operation(withdrawals.disqualify_entrant, _status, "disqualify", (ENTRANT, WHY)),
    "reinstate": Operation(
        withdrawals.reinstate_entrant,
        lambda opened: f"The entrant takes part again; {withdrawals.open_again(opened)}.",
        "reinstate",
        (ENTRANT, WHY),
    ),
    "add-member": Operation(
        rosters.add_member, "{} is on the roster.", "add_player", (ENTRANT, NAME)
    ),
    "remove-member": Operation(
        rosters.remove_member, "The player is off the roster.", "drop_player", (MEMBER,)
    ),
    "captain": Operation(rosters.make_captain, "{} is the captain.", "appoint_captain", (MEMBER,)),
    # Seeds.
    "seeds": Operation(
        seeding.set_seeds, "The seeds are set.", "seed_players", (Input("order", "", "seed order"),)
    ),
    "shuffle": Operation(
        seeding.shuffle_seeds, "The seeds are shuffled; the record has the number.", "seed_players"
    ),
    "by-rating": Operation(seeding.sort_by_rating, "The seeds are by rating.", "seed_players"),
    # Stations and judges.
    "add-stations": Operation(
        stations.add_stations,
        lambda added: f"Added {len(added)}.",
        "new_stations",
        (Input("names", "names", "lines"),),
    ),
    "rename-station": Operation(
        stations.rename_station, "It is {} now.", "name_station", (STATION, NAME)
    ),
    "remove-station": Operation(
        stations.remove_station, "The station is removed.", "drop_station", (STATION,)
    ),
    "call": Operation(
        stations.assign_station,
        "{0.title} is called to {0.station}.",
        "call_match",
        (PAIRING, STATION),
    ),
    "free": Operation(stations.free_station, "The station is free.", "call_match", (PAIRING,)),
    "call-next": Operation(stations.assign_next, _called, "call_next_matches"),
    "judge-station": Operation(
        judges.set_judge_station,
        lambda one: f"{one} judges {f'at {one.station}' if one.station else 'everywhere'}.",
        "place_judge",
        (JUDGE, Input("station_id", "station", "optional number")),
    ),
    "remove-judge": Operation(judges.remove_judge, "The judge is removed.", "drop_judge", (JUDGE,)),
    # A Swiss.
    "pair": Operation(
        _pair,
        "{} is paired.",
        "pair_round",
        label="Pair the next round",
        consequence="Everybody sees the new pairings at once.",
    ),
    "unpair": Operation(
        swiss_rounds.unpair_round,
        "Round {} is withdrawn, to be paired again.",
        "take_round_back",
        (WHY,),
    ),
    "end-swiss": Operation(
        stages.end_swiss, "The Swiss ends with the rounds it has played.", "end_rounds", (WHY,)
    ),
    "late": Operation(
        byes_and_late_entries.enter_late,
        "{0.entrant} plays from round {0.from_round} on.",
        "add_late",
        (Input("entrant", "line", "new entrant"),),
    ),
    "bye": Operation(
        byes_and_late_entries.ask_bye,
        "{0.contender.entrant} sits out round {0.round_number}.",
        "give_bye",
        (ENTRANT, Input("kind", "kind", "bye kind"), WHY),
    ),
    "no-bye": Operation(
        byes_and_late_entries.take_bye_back,
        "The entrant plays in the next round after all.",
        "take_bye",
        (ENTRANT, WHY),
    ),
}
