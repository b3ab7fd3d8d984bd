"""A new tournament, started at once or left as a draft."""

from django.http import HttpRequest, HttpResponse
from msgspec.structs import replace

from lib.errors import Malformed, Refusal
from lib.http import sent_fields
from matchmaking.models import Player
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import Entry, Format, StageSettings, Tournament
from tournaments.revisions import large_write
from tournaments.services.actors import Actor
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.quotas import origin_of
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import check_plans, check_size

from . import schemas
from .api_setup import Router, maker
from .bodies import SettingsBody, TournamentBody
from .idempotency import created
from .tournaments import changes_of, tournament_of

router = Router("Tournaments")

#: The settings that are arguments of `create_tournament`, and those that are changed after it.
_ARGUMENTS = ("name", "seeding", "byes", "entry", "entry_code", "plays", "play_settings")
_OTHERS = frozenset(SettingsBody.__struct_fields__) - set(_ARGUMENTS)


@router.route(
    "POST",
    "tournament",
    status=201,
    returns=schemas.Created,
    refusals=(400, 401, 403, 404, 409, 422, 429),
    for_all=True,
)
def new_tournament(request: HttpRequest, body: TournamentBody) -> HttpResponse:
    """Make a tournament, and start it unless `start` is false or players enter by themselves.

    The answer has the first round and the organiser's token, which is shown this once. With an
    Idempotency-Key, a retry makes no second tournament.
    """
    owner, actor = maker(request)
    size, address = len(body.players or body.entrants or ()), request.META.get("REMOTE_ADDR")
    origin = origin_of(address=address, actor=actor, size=size)
    with large_write(size, address):
        return created(
            request,
            lambda: _make(body, sent_fields(request), owner, actor, origin),
            complete=lambda answer: _complete(body, answer, actor),
        )


def _make(
    body: TournamentBody,
    sent: frozenset[str],
    organiser: Player | None,
    actor: Actor,
    origin: str,
) -> schemas.Created:
    players, plans = _players(body), body.plans()
    check_plans(plans)
    made = create_tournament(
        players=players,
        organiser=organiser,
        stages=plans,
        origin=origin,
        actor=actor,
        **{name: getattr(body, name) for name in _ARGUMENTS},
    )
    changes = changes_of(body, sent & _OTHERS)
    change_settings(tournament_id=made.tournament.pk, actor=actor, changes=changes)
    brackets = _start(made.tournament, body, plans[0], len(players), actor)
    made.tournament.refresh_from_db(fields=["state"])
    brief = schemas.Brief.of(made.tournament)
    return schemas.Created("Tournament Created", brackets, brief, made.token)


def _players(body: TournamentBody) -> list[str | NewEntrant]:
    if body.players is not None and body.entrants is not None:
        raise Malformed("Give `players` or `entrants`, not both.")
    if body.entrants is not None:
        return [entrant.new() for entrant in body.entrants]
    if body.players is None and body.entry == Entry.ORGANISER:
        raise Malformed("`players` is missing: a list of names. Or give `entrants`.")
    return list(body.players or ())


def _starts(body: TournamentBody) -> bool:
    return body.entry == Entry.ORGANISER if body.start is None else body.start


def _start(
    tournament: Tournament, body: TournamentBody, first: StageSettings, count: int, actor: Actor
) -> list[list[str]]:
    """The first round; a Swiss is only checked here, and paired after this transaction."""
    if not _starts(body):
        return []
    if first.format == Format.SWISS:
        stage = tournament.stages.get(number=1)
        check_size(stage, count)
        return []
    return start_tournament(tournament_id=tournament.pk, actor=actor)


def _complete(body: TournamentBody, answer: schemas.Created, actor: Actor) -> schemas.Created:
    """Start a Swiss; the tournament stands, with its token, even if its pairing fails."""
    if not _starts(body) or body.plans()[0].format != Format.SWISS:
        return answer
    tournament_id = answer.tournament.id
    try:
        brackets = start_tournament(tournament_id=tournament_id, actor=actor)
        answer = replace(answer, brackets=brackets)
    except Refusal as refusal:
        answer = replace(answer, message=refusal.message)
    return replace(answer, tournament=schemas.Brief.of(tournament_of(tournament_id)))
