"""A new tournament, started at once or left as a draft."""

from django.http import HttpRequest, HttpResponse

from lib.errors import Malformed, Refusal
from lib.schemas import Json
from matchmaking.models import Player
from tournaments.files.entrant_lines import NewEntrant
from tournaments.models import Entry, Format, StageSettings, Tournament
from tournaments.schemas import Brief
from tournaments.services.actors import Actor
from tournaments.services.permissions import owner_actor
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.setup.stage_plans import check_plans, check_size

from . import schemas
from .api_setup import FOR_ALL, Router, account, maker
from .bodies import TournamentBody
from .idempotency import created
from .tournaments import changes_of

router = Router(tags=["Tournaments"])

#: The settings that are arguments of `create_tournament`.
_ARGUMENTS = frozenset({"name", "seeding", "byes", "entry", "entry_code"})


@router.post(
    "/tournament",
    response={201: schemas.Created} | schemas.errors(400, 401, 403, 404, 409, 422, 429),
    openapi_extra=FOR_ALL,
)
def new_tournament(request: HttpRequest, body: TournamentBody) -> HttpResponse:
    """Make a tournament, and start it unless `start` is false or players enter by themselves.

    The answer has the first round and the organiser's token, which is shown this once. With an
    Idempotency-Key, a retry makes no second tournament.
    """
    owner = maker(request)
    actor = owner_actor(owner, account(request))
    return created(
        request,
        lambda: _make(body, owner, actor),
        complete=lambda answer: _complete(body, answer, actor),
    )


def _make(body: TournamentBody, organiser: Player | None, actor: Actor) -> Json:
    players, plans = _players(body), body.plans()
    check_plans(plans)
    made = create_tournament(
        name=body.name,
        players=players,
        seeding=body.seeding,
        byes=body.byes,
        organiser=organiser,
        entry=body.entry,
        entry_code=body.entry_code,
        stages=plans,
    )
    changes = changes_of(body, but=_ARGUMENTS)
    if changes:
        change_settings(tournament_id=made.tournament.pk, actor=actor, changes=changes)
    brackets = _start(made.tournament, body, plans[0], len(players), actor)
    made.tournament.refresh_from_db(fields=["state"])
    return {
        "status": "Tournament Created",
        "brackets": brackets,
        "tournament": Brief.of(made.tournament),
        "token": made.token,
    }


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


def _complete(body: TournamentBody, answer: Json, actor: Actor) -> None:
    """Start a Swiss; the tournament stands, with its token, even if its pairing fails."""
    tournament = answer["tournament"]
    if not _starts(body) or body.plans()[0].format != Format.SWISS:
        return
    try:
        answer["brackets"] = start_tournament(tournament_id=tournament.id, actor=actor)
    except Refusal as refusal:
        answer["message"] = refusal.message
    found = Tournament.objects.get(pk=tournament.id)
    answer["tournament"] = Brief.of(found)
