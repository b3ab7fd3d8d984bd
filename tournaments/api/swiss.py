"""A Swiss, round by round: paired, withdrawn, byes, late entries, ended."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from lib.errors import NotFound
from lib.http import json_response
from lib.schemas import Json
from tournaments.models import Bye, ByeKind, Contender, Part, Round
from tournaments.schemas import Match, StageBrief
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late, take_bye_back
from tournaments.services.progress.round_lengths import set_round_best_of
from tournaments.services.progress.stages import end_swiss
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group, unpair_round

from . import schemas
from .api_setup import Router, organiser
from .bodies import DUTCH, NO_REASON, BestOfBody, ByeBody, LateBody, NoByeBody, RoundBody, Why
from .entrants import entrant_answer, entrant_ref
from .tournaments import ONE, tournament_of

router = Router(tags=["Rounds"])
ROUND = f"{ONE}/stages/{{int:stage}}/groups/{{int:group}}/rounds/{{part}}/{{int:number}}"


@router.post(f"{ONE}/rounds", response={201: schemas.Paired} | schemas.found_errors())
def pair_round(request: HttpRequest, tournament_id: UUID, body: RoundBody = DUTCH) -> HttpResponse:
    """Pair and publish the next round of the Swiss that is played.

    By the Dutch system this may take seconds; when it takes too long, the refusal has the code
    `pairing_timeout`, and `{"engine": "quick"}` keeps the absolute rules alone.
    """
    actor = organiser(request, tournament_id)
    group = swiss_group(tournament_of(tournament_id), stage=body.stage)
    round_ = pair_next_round(group=group, actor=actor, engine=body.engine)
    return json_response({"status": "Paired", "round": _round(round_)}, status=201)


def _round(round_: Round) -> Json:
    rows = round_.pairings.select_related(
        "round", "top", "bottom", "match", "station", "group__stage"
    )
    byes = Bye.objects.filter(contender__group=round_.group_id, round_number=round_.number)
    return {
        "number": round_.number,
        "name": round_.name,
        "part": round_.part,
        "matches": Match.listed(list(rows.order_by("number"))),
        "byes": [_bye(bye) for bye in byes.select_related("contender__entrant")],
    }


def _bye(bye: Bye) -> Json:
    entrant = bye.contender.entrant
    return {
        "entrant": entrant.pk,
        "name": entrant.name,
        "round": bye.round_number,
        "kind": bye.kind,
    }


@router.delete(f"{ONE}/rounds/last", response=schemas.found(schemas.Confirmation))
def take_round_back(
    request: HttpRequest, tournament_id: UUID, body: Why = NO_REASON
) -> HttpResponse:
    """Take the last round back while no result of it is in, to be paired again."""
    actor = organiser(request, tournament_id)
    number = unpair_round(tournament_id=tournament_id, actor=actor, why=body.why)
    return json_response({"status": "Taken Back", "message": f"Round {number} is taken back."})


@router.post(f"{ONE}/rounds/end", response=schemas.found(schemas.EndedStage))
def end_rounds(request: HttpRequest, tournament_id: UUID, body: Why = NO_REASON) -> HttpResponse:
    """End the Swiss with the rounds that it has played."""
    actor = organiser(request, tournament_id)
    stage = end_swiss(tournament_id=tournament_id, actor=actor, why=body.why)
    stage.refresh_from_db()
    return json_response({"status": "Ended", "stage": StageBrief.of(stage)})


@router.patch(ROUND, response=schemas.found(schemas.ChangedRound))
def set_best_of(
    request: HttpRequest,
    tournament_id: UUID,
    stage: int,
    group: int,
    part: Part,
    number: int,
    body: BestOfBody,
) -> HttpResponse:
    """Set best of N for one round, of which no result is in yet."""
    actor = organiser(request, tournament_id)
    found = Round.objects.filter(
        group__stage__tournament=tournament_id,
        group__stage__number=stage,
        group__number=group,
        part=part,
        number=number,
    ).first()
    if found is None:
        raise NotFound("There is no such round in this tournament.")
    round_ = set_round_best_of(
        tournament_id=tournament_id, round_id=found.pk, best_of=body.best_of, actor=actor
    )
    answer = {"number": round_.number, "name": round_.name, "best_of": round_.best_of}
    return json_response({"status": "Changed", "round": answer})


@router.post(f"{ONE}/late-entry", response={201: schemas.Late} | schemas.found_errors())
def add_late(request: HttpRequest, tournament_id: UUID, body: LateBody) -> HttpResponse:
    """Let somebody into a Swiss that has begun; the rounds before are worth nothing."""
    contender: Contender = enter_late(
        tournament_id=tournament_id,
        actor=organiser(request, tournament_id),
        entrant=body.new(),
        from_round=body.from_round,
        why=body.why,
    )
    answer = {
        "status": "Entered",
        "entrant": entrant_answer(contender.entrant),
        "from_round": contender.from_round,
    }
    return json_response(answer, status=201)


@router.post(f"{ONE}/byes", response={201: schemas.GivenBye} | schemas.found_errors())
def give_bye(request: HttpRequest, tournament_id: UUID, body: ByeBody) -> HttpResponse:
    """Let an entrant sit out a round that is not yet paired, for half a point or none."""
    actor = organiser(request, tournament_id)
    bye = ask_bye(
        tournament_id=tournament_id,
        entrant_id=entrant_ref(tournament_id, body.entrant),
        round_number=body.round,
        kind=ByeKind(body.kind),
        actor=actor,
        why=body.why,
    )
    return json_response({"status": "Bye Given", "bye": _bye(bye)}, status=201)


@router.delete(f"{ONE}/byes", response=schemas.found(schemas.Confirmation))
def take_bye(request: HttpRequest, tournament_id: UUID, body: NoByeBody) -> HttpResponse:
    """Let an entrant play after all in a round that is not yet paired."""
    actor = organiser(request, tournament_id)
    take_bye_back(
        tournament_id=tournament_id,
        entrant_id=entrant_ref(tournament_id, body.entrant),
        round_number=body.round,
        actor=actor,
        why=body.why,
    )
    return json_response({"status": "Taken Back", "message": "The entrant will be paired."})
