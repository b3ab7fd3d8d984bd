"""Tournaments for tests, and the short way to their pairings and results."""

from collections.abc import Sequence
from uuid import UUID

from matchmaking.models import Match
from tournaments.models import Format, Pairing, StageSettings, Tournament
from tournaments.services.actors import ORGANISER, Actor
from tournaments.services.progress.results import Report, by_forfeit, by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.stage_plans import set_stages

SINGLE = StageSettings()
DOUBLE = StageSettings(Format.DOUBLE_ELIMINATION)
TABLE = StageSettings(Format.ROUND_ROBIN)


def draft(players: int | Sequence[str], *plans: StageSettings) -> Tournament:
    """A tournament that has not started, of P1, P2 … or of these names."""
    names = [f"P{n}" for n in range(1, players + 1)] if isinstance(players, int) else players
    tournament = create_tournament(name="Cup", players=names, byes=True).tournament
    if plans:
        set_stages(tournament_id=tournament.pk, stages=plans, actor=ORGANISER)
    return tournament


def started(players: int | Sequence[str], *plans: StageSettings) -> Tournament:
    """A tournament that runs."""
    tournament = draft(players, *plans)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    return tournament


def pairing(tournament: Tournament, key: str, *, stage: int = 1, group: int = 1) -> Pairing:
    """The pairing of this name."""
    related = Pairing.objects.select_related("round", "top", "bottom", "match", "group__stage")
    return related.get(
        group__stage__tournament=tournament,
        group__stage__number=stage,
        group__number=group,
        key=key,
    )


def match_of(tournament: Tournament, key: str, *, stage: int = 1, group: int = 1) -> Match:
    """The match of the pairing of this name."""
    match = pairing(tournament, key, stage=stage, group=group).match
    assert match is not None
    return match


def report(tournament: Tournament, key: str, result: Report, **where: int) -> Pairing:
    """Enter a result."""
    match = match_of(tournament, key, **where)
    return enter_result(
        tournament_id=tournament.pk, match_id=match.pk, report=result, actor=ORGANISER
    )


def correct_result(
    *, tournament_id: UUID, match_id: UUID, report: Report, actor: Actor = ORGANISER, why: str = ""
) -> Pairing:
    """Correct a result, seen as it is now."""
    revision = Match.objects.get(pk=match_id).revision
    return enter_result(
        tournament_id=tournament_id,
        match_id=match_id,
        report=report,
        actor=actor,
        revision=revision,
        why=why,
    )


def first_wins(tournament: Tournament, *keys: str, **where: int) -> None:
    """The first side wins each of these, one after the other."""
    for key in keys:
        report(tournament, key, by_score([1, 0]), **where)


def second_wins(tournament: Tournament, *keys: str, **where: int) -> None:
    """The second side wins each of these, one after the other."""
    for key in keys:
        report(tournament, key, by_score([0, 1]), **where)


def forfeit(tournament: Tournament, key: str, winner: int, **where: int) -> None:
    """One side (an index) wins because the other does not play."""
    report(tournament, key, by_forfeit(winner), **where)


def names(tournament: Tournament, key: str, **where: int) -> list[str | None]:
    """Who stands on the sides of a pairing; None where it is nobody, or not known."""
    return [
        entrant.name if entrant else None for _, entrant in pairing(tournament, key, **where).sides
    ]


def play_on(tournament: Tournament) -> None:
    """Play whatever is ready until nothing is: the better seed wins."""
    ready = Pairing.objects.filter(group__stage__tournament=tournament, state="ready")
    while row := ready.select_related("top", "bottom", "match").first():
        assert row.top and row.bottom and row.match
        needed = row.match.best_of // 2 + 1
        scores = [needed, 0] if row.top.seed < row.bottom.seed else [0, needed]
        enter_result(
            tournament_id=tournament.pk,
            match_id=row.match.pk,
            report=by_score(scores),
            actor=ORGANISER,
        )
