"""A Swiss, round by round: paired, withdrawn, byes, late entries, ended."""

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from msgspec import Meta

from lib.errors import Conflict, NotFound
from lib.http import json_bytes
from lib.schemas import Schema
from tournaments.models import ByeKind, Part, Round
from tournaments.revisions import slot_if_large
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late, take_bye_back
from tournaments.services.progress.pairing_by_hand import pair_by_hand, suggest_pairs
from tournaments.services.progress.round_lengths import set_round_best_of
from tournaments.services.progress.stages import end_swiss
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group, unpair_round
from tournaments.storage.swiss_reasons import reasons_refused, round_reasons, swiss_round
from tournaments.storage.tables import read_table

from . import schemas
from .api_setup import ONE, Router, organised
from .bodies import DUTCH, NO_REASON, BestOfBody, ByeBody, LateBody, NoByeBody, RoundBody, Why
from .entrants import entrant_ref
from .idempotency import once_afterwards, once_in_one
from .tournaments import kept_file, tournament_of

router = Router("Rounds")
ROUND = f"{ONE}/stages/<int:stage>/groups/<int:group>/rounds/<part>/<int:number>"


@router.route("POST", f"{ONE}/rounds", status=201, once=once_afterwards)
def pair_round(
    request: HttpRequest, tournament_id: UUID, body: RoundBody = DUTCH
) -> schemas.Paired:
    """Pair and publish the next round of the Swiss that is played.

    By the Dutch system this may take seconds; when it takes too long, the refusal has the code
    `pairing_timeout`, and `{"engine": "quick"}` keeps the absolute rules alone. With `pairs` it is
    paired by hand: everybody who plays is in one pair, but for one if their number is odd.
    """
    who = organised(request, tournament_id)
    group = swiss_group(tournament_of(tournament_id), stage=body.stage)
    if body.pairs is None:
        round_ = pair_next_round(group=group, actor=who["actor"], engine=body.engine, why=body.why)
    else:
        pairs = [
            (entrant_ref(tournament_id, white), entrant_ref(tournament_id, black))
            for white, black in body.pairs
        ]
        round_ = pair_by_hand(
            **who, stage=group.stage.number, pairs=pairs, repeats=body.repeats, why=body.why
        )
    return schemas.Paired("Paired", schemas.PairedRound.of_row(round_))


@router.route("GET", f"{ONE}/rounds/next")
def show_next_round(request: HttpRequest, tournament_id: UUID) -> schemas.NextRound:
    """Who plays the next round of the Swiss, whom each has met, and pairs to begin with.

    For pairing by hand, as the organiser; nothing is paired by it.
    """
    organised(request, tournament_id)
    with slot_if_large(tournament_of(tournament_id), request.META.get("REMOTE_ADDR")):
        return schemas.NextRound.of(suggest_pairs(tournament_id))


class ReasonsQuery(Schema):
    """Which Swiss is meant."""

    stage: Annotated[int, Meta(ge=1, le=1000)] | None = None


@router.route("GET", f"{ONE}/rounds/<int:number>/why", returns=schemas.RoundReasons, for_all=True)
def explain_round(
    request: HttpRequest, tournament_id: UUID, number: int, query: ReasonsQuery
) -> HttpResponse:
    """Why a round of a Swiss was paired as it was, in words with the articles of FIDE C.04.3.

    Without a `stage` it is the last Swiss that has begun. A round that was paired by hand, quickly
    or elsewhere has no such reasons; the refusal has the code `no_reasons`.
    """
    found = tournament_of(tournament_id)

    def made() -> bytes:
        row = swiss_round(found, number, stage=query.stage)
        table = read_table(row.group)
        if refused := reasons_refused(table, row):
            raise Conflict(refused, code="no_reasons")
        return json_bytes(schemas.RoundReasons.of(table, row, round_reasons(table, row)))

    variant = ("why", query.stage, number)
    return kept_file(request, found, variant, made, kind="application/json")


@router.route("DELETE", f"{ONE}/rounds/last")
def take_round_back(
    request: HttpRequest, tournament_id: UUID, body: Why = NO_REASON
) -> schemas.Confirmation:
    """Take the last round back while no result of it is in, to be paired again."""
    number = unpair_round(**organised(request, tournament_id), why=body.why)
    return schemas.Confirmation("Taken Back", f"Round {number} is taken back.")


@router.route("POST", f"{ONE}/rounds/end", once=once_in_one)
def end_rounds(
    request: HttpRequest, tournament_id: UUID, body: Why = NO_REASON
) -> schemas.EndedStage:
    """End the Swiss with the rounds that it has played."""
    stage = end_swiss(**organised(request, tournament_id), why=body.why)
    stage.refresh_from_db()
    return schemas.EndedStage("Ended", schemas.StageBrief.of(stage))


@router.route("PATCH", ROUND)
def set_best_of(
    request: HttpRequest,
    tournament_id: UUID,
    stage: int,
    group: int,
    part: Part,
    number: int,
    body: BestOfBody,
) -> schemas.ChangedRound:
    """Set best of N for one round, of which no result is in yet."""
    who = organised(request, tournament_id)
    found = Round.objects.filter(
        group__stage__tournament=tournament_id,
        group__stage__number=stage,
        group__number=group,
        part=part,
        number=number,
    ).first()
    if found is None:
        raise NotFound("There is no such round in this tournament.")
    round_ = set_round_best_of(**who, round_id=found.pk, best_of=body.best_of)
    length = schemas.RoundLength(round_.number, round_.name, body.best_of)
    return schemas.ChangedRound("Changed", length)


@router.route("POST", f"{ONE}/late-entry", status=201, once=once_in_one)
def add_late(request: HttpRequest, tournament_id: UUID, body: LateBody) -> schemas.Late:
    """Let somebody into a Swiss that has begun; the rounds before are worth nothing."""
    who = organised(request, tournament_id)
    late = enter_late(**who, entrant=body.new(), from_round=body.from_round, why=body.why)
    return schemas.Late("Entered", schemas.Entrant.of(late.entrant), late.from_round)


@router.route("POST", f"{ONE}/byes", status=201, once=once_in_one)
def give_bye(request: HttpRequest, tournament_id: UUID, body: ByeBody) -> schemas.GivenBye:
    """Let an entrant sit out a round that is not yet paired, for a full point, half or none."""
    who = organised(request, tournament_id)
    bye = ask_bye(
        **who,
        entrant_id=entrant_ref(tournament_id, body.entrant),
        round_number=body.round,
        kind=ByeKind(body.kind),
        why=body.why,
    )
    return schemas.GivenBye("Bye Given", schemas.Bye.of(bye))


@router.route("DELETE", f"{ONE}/byes")
def take_bye(request: HttpRequest, tournament_id: UUID, body: NoByeBody) -> schemas.Confirmation:
    """Let an entrant play after all in a round that is not yet paired."""
    who = organised(request, tournament_id)
    entrant_id = entrant_ref(tournament_id, body.entrant)
    take_bye_back(**who, entrant_id=entrant_id, round_number=body.round, why=body.why)
    return schemas.Confirmation("Taken Back", "The entrant will be paired.")
