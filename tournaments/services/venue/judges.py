"""Judges: who else may enter results, everywhere or at one station."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from lib import tokens
from lib.errors import Conflict, Forbidden, NotFound
from lib.names import parse_name
from matchmaking.models import Player
from tournaments.models import Judge, Tournament
from tournaments.services import audit_log
from tournaments.services.actors import Actor, player_actor
from tournaments.services.guards import check_not_over, row_of
from tournaments.services.locking import lock_tournament

from .stations import station_of

JUDGES_MAX = 100


@dataclass(frozen=True, slots=True)
class NewJudge:
    """A new judge, and the token that is shown this once; none for a player, who needs none."""

    judge: Judge
    token: str


@transaction.atomic
def add_judge(
    *,
    tournament_id: UUID,
    name: str,
    actor: Actor,
    is_player: bool = False,
    station_id: int | None = None,
) -> NewJudge:
    """Invite a judge by a token; or, when `is_player`, the registered player of that name."""
    tournament = lock_tournament(tournament_id, check_not_over)
    player = _registered(name) if is_player else None
    shown = player.name if player else parse_name(name).display
    station = station_of(tournament, station_id)
    _check_new(tournament, shown, player)
    token = "" if player else tokens.new_token()
    judge = Judge.objects.create(
        tournament=tournament,
        name=shown,
        player=player,
        station=station,
        token_sha256=tokens.digest(token) if token else None,
    )
    where = f" at {station}" if station else ""
    audit_log.record(tournament, actor, "judge", f"made {judge} a judge{where}")
    return NewJudge(judge, token)


def _registered(name: str) -> Player:
    key = parse_name(name).name_key
    player = Player.objects.filter(name_key=key, user__isnull=False).first()
    if player is None:
        raise NotFound(f"No player called {name.strip()!r} has signed up. Invite by token instead.")
    return player


def _check_new(tournament: Tournament, name: str, player: Player | None) -> None:
    judges = tournament.judges.all()
    if judges.filter(name=name).exists() or (player and judges.filter(player=player).exists()):
        raise Conflict(f"{name} is already a judge here.", code="name_taken")
    if judges.count() >= JUDGES_MAX:
        raise Conflict(f"A tournament has at most {JUDGES_MAX} judges.", code="list_full")


@transaction.atomic
def set_judge_station(
    *, tournament_id: UUID, judge_id: int, station_id: int | None, actor: Actor
) -> Judge:
    """Limit a judge to a station, or to none."""
    tournament = lock_tournament(tournament_id, check_not_over)
    judge = row_of(tournament.judges, judge_id, "judge")
    judge.change(station=station_of(tournament, station_id))
    where = f"at {judge.station} only" if judge.station else "everywhere"
    audit_log.record(tournament, actor, "judge", f"let {judge} judge {where}")
    return judge


@transaction.atomic
def remove_judge(*, tournament_id: UUID, judge_id: int, actor: Actor) -> None:
    """Remove a judge; results they have entered stay."""
    tournament = lock_tournament(tournament_id)
    judge = row_of(tournament.judges, judge_id, "judge")
    judge.delete()
    audit_log.record(tournament, actor, "judge", f"removed the judge {judge}")


@transaction.atomic
def claim_judgeship(*, tournament_id: UUID, token: str, player: Player) -> Judge:
    """Make the player with an invitation's token a judge; the invitation is theirs from then on.

    The token still works for programs, but for no other player in a browser.
    """
    tournament = lock_tournament(tournament_id)
    judge = tournament.judges.filter(token_sha256=tokens.digest(token.strip())).first()
    if judge is None:
        raise Forbidden(
            "This is not the token of a judge of this tournament. Ask the organiser for one.",
            code="wrong_token",
        )
    if judge.player_id == player.pk:
        return judge
    if judge.player_id is not None:
        raise Conflict("Somebody else has taken this invitation.", code="claimed")
    if tournament.judges.filter(player=player).exists():
        raise Conflict("You are a judge here already.", code="already_judge")
    judge.change(player=player)
    audit_log.record(
        tournament, player_actor(player), "judge", f"took the invitation of the judge {judge}"
    )
    return judge
