"""The organiser's buttons for a Swiss: who comes late, who sits a round out, a round undone."""

from lib.errors import Malformed
from tournaments.files.entrant_lines import parse_lines
from tournaments.models import ByeKind
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late, take_bye_back
from tournaments.services.progress.stages import end_swiss
from tournaments.services.progress.swiss_rounds import unpair_round
from tournaments.services.setup.creation import BadEntrants

from .form_input import Act, Press


def _late(press: Press) -> str:
    lines = parse_lines(press.text("line"))
    if len(lines) != 1:
        raise BadEntrants("Give one name.")
    made = enter_late(tournament_id=press.pk, entrant=lines[0], actor=press.actor)
    return f"{made.entrant} plays from round {made.from_round} on."


def _bye(press: Press) -> str:
    kind = press.text("kind") or ByeKind.HALF_POINT
    if kind not in ByeKind.values:
        raise Malformed("There is no such bye.")
    made = ask_bye(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        kind=ByeKind(kind),
        actor=press.actor,
        why=press.text("why"),
    )
    return f"{made.contender.entrant} sits out round {made.round_number}."


def _no_bye(press: Press) -> str:
    take_bye_back(
        tournament_id=press.pk,
        entrant_id=press.number("entrant"),
        actor=press.actor,
        why=press.text("why"),
    )
    return "The entrant plays in the next round after all."


def _unpair(press: Press) -> str:
    number = unpair_round(tournament_id=press.pk, actor=press.actor, why=press.text("why"))
    return f"Round {number} is taken back, to be paired again."


def _end(press: Press) -> str:
    end_swiss(tournament_id=press.pk, actor=press.actor, why=press.text("why"))
    return "The Swiss ends with the rounds it has played."


#: By the last part of the address, as `day_actions.ACTIONS`.
SWISS_ACTIONS: dict[str, Act] = {
    "late": _late,
    "bye": _bye,
    "no-bye": _no_bye,
    "unpair": _unpair,
    "end-swiss": _end,
}
