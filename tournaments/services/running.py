"""A tournament's day: started, played match by match, finished or cancelled."""

from collections.abc import Sequence
from random import Random, SystemRandom
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from matchmaking.errors import Conflict, Unknown
from matchmaking.models import Match, MatchState, Outcome, Seat
from matchmaking.services.matches import finish_match, winner_by_score

from ..engine.elimination import Entrant as Champion
from ..engine.elimination import Side, Win, advance, champion, single_elimination
from ..engine.seeding import seed_as_listed, seed_at_random
from ..models import Entrant, Pairing, Seeding, Tournament, TournamentState
from ..signals import bracket_created, pairing_decided, tournament_closed
from .brackets import BracketState, first_round, store_bracket
from .entries import check_even


def start_tournament(*, tournament_id: UUID, chance: Random | None = None) -> list[list[str]]:
    """Seed and draw a draft's bracket; gives the first round's pairs, a bye as a pair of one.

    Raises `Conflict` when it has started before, `BadEntrants` when it cannot.
    """
    with transaction.atomic():
        tournament = _locked(tournament_id)
        if tournament.state != TournamentState.DRAFT:
            raise Conflict(
                f"{tournament.name} is already {tournament.get_state_display()}.",
                code="already_started",
            )
        entrants = list(tournament.entrants.all())
        check_even(len(entrants), byes=tournament.byes)
        seeded = _seed(entrants, Seeding(tournament.seeding), chance or SystemRandom())
        store_bracket(tournament, seeded)
        tournament.state = TournamentState.RUNNING
        tournament.started_at = timezone.now()
        tournament.save(update_fields=("state", "started_at"))
        brackets = first_round(seeded)
        bracket_created.send(sender=Tournament, tournament=tournament, brackets=brackets)
        return brackets


def _seed(entrants: list[Entrant], seeding: Seeding, chance: Random) -> list[Entrant]:
    """Give out the seeds; they are stored, so that the draw can be read back."""
    match seeding:
        case Seeding.GIVEN:
            return entrants
        case Seeding.RANDOM:
            seeded = seed_at_random(entrants, chance)
        case Seeding.LISTED:
            seeded = seed_as_listed(entrants)
    # Two steps, because seeds are unique at every moment.
    for offset in (len(seeded), 0):
        for seed, entrant in enumerate(seeded, start=1):
            entrant.seed = seed + offset
        Entrant.objects.bulk_update(seeded, ("seed",), batch_size=500)
    return seeded


def report_result(
    *,
    tournament_id: UUID,
    match_id: UUID,
    scores: Sequence[int] = (),
    forfeit_winner: int | None = None,
) -> Pairing:
    """Enter a match's result, by score or by forfeit; the winner goes on in the same transaction.

    Raises `BadScore`, `Conflict` when the match has ended or the tournament does not run, and
    `Unknown`.
    """
    with transaction.atomic():
        tournament = _locked(tournament_id)
        pairing = (
            Pairing.objects.select_related("match", "stage", "top", "bottom")
            .filter(match=match_id, stage__tournament=tournament)
            .first()
        )
        if pairing is None or pairing.match is None:
            raise Unknown("There is no such match in this tournament.")
        _check_runs(tournament)
        if forfeit_winner is None:
            winner = winner_by_score(scores, best_of=pairing.match.best_of)
            outcome = Outcome.PLAYED
        else:
            winner, outcome, scores = forfeit_winner, Outcome.FORFEIT, ()
        finish_match(match=pairing.match, winner=winner, scores=scores, outcome=outcome)
        return _advance(tournament, pairing, winner)


def _advance(tournament: Tournament, pairing: Pairing, winner: int) -> Pairing:
    """Carry the winner on, tell of it, and finish the tournament when that was the last match.

    Gives the pairing as it is now.
    """
    bracket = single_elimination(tournament.entrants.count())
    state = BracketState(pairing.stage, bracket)
    changed = advance(bracket, state, pairing.key, Win(Side(winner)))
    pairings = state.store(changed)
    pairing_decided.send(sender=Pairing, tournament=tournament, pairings=pairings)
    if not any(row.winner is None for row in pairings):
        last = champion(bracket, changed)
        won = tournament.entrants.get(seed=last.seed) if isinstance(last, Champion) else None
        _finish(tournament, won)
    return pairings[0]


def _finish(tournament: Tournament, winner: Entrant | None) -> None:
    tournament.state = TournamentState.FINISHED
    tournament.finished_at = timezone.now()
    tournament.save(update_fields=("state", "finished_at"))
    tournament_closed.send(sender=Tournament, tournament=tournament, winner=winner)


def cancel_tournament(*, tournament_id: UUID) -> Tournament:
    """Call a tournament off, and with it the matches not yet played."""
    with transaction.atomic():
        tournament = _locked(tournament_id)
        if tournament.state in {TournamentState.FINISHED, TournamentState.CANCELLED}:
            raise Conflict(f"{tournament.name} is already {tournament.get_state_display()}.")
        open_matches = Match.objects.filter(
            pairing__stage__tournament=tournament, state=MatchState.OPEN
        )
        Seat.objects.filter(match__in=open_matches).update(holds=False)
        open_matches.update(state=MatchState.CANCELLED, closed_at=timezone.now())
        tournament.state = TournamentState.CANCELLED
        tournament.save(update_fields=("state",))
        tournament_closed.send(sender=Tournament, tournament=tournament, winner=None)
        return tournament


def _locked(tournament_id: UUID) -> Tournament:
    """The tournament, its row locked: results that feed one pairing follow one another."""
    tournament = Tournament.objects.select_for_update(no_key=True).filter(pk=tournament_id).first()
    if tournament is None:
        raise Unknown("There is no such tournament.")
    return tournament


def _check_runs(tournament: Tournament) -> None:
    if tournament.state != TournamentState.RUNNING:
        raise Conflict(
            f"{tournament.name} is {tournament.get_state_display()}: results can be entered only "
            "while it is running.",
            code="not_running",
        )
