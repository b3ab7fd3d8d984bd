"""A tournament in the database as a document; read only, a few queries for each group."""

from collections.abc import Iterable
from typing import Any

from tournaments.models import Bye, Entrant, Group, Pairing, PairingState, Round, Stage, Tournament

from .document import (
    VERSION,
    ActionPart,
    ByePart,
    ContenderPart,
    Document,
    EntrantPart,
    GroupPart,
    MemberPart,
    PairingPart,
    Part,
    ResultPart,
    RoundPart,
    StagePart,
    StationPart,
    TournamentPart,
    part,
    write_document,
)


def export_tournament(tournament: Tournament) -> bytes:
    """The whole tournament as JSON, to be imported as another one."""
    return write_document(document_of(tournament))


def document_of(tournament: Tournament) -> Document:
    """The whole tournament as a document."""
    entrants = list(tournament.entrants.prefetch_related("members").order_by("seed"))
    seeds = {entrant.pk: entrant.seed for entrant in entrants}
    return Document(
        matchpoint=VERSION,
        tournament=part(TournamentPart, **_fields(tournament, TournamentPart)),
        entrants=[_entrant(entrant) for entrant in entrants],
        stations=[
            StationPart(number=station.number, name=station.name)
            for station in tournament.stations.all()
        ],
        stages=[_stage(stage, seeds) for stage in tournament.stages.order_by("number")],
        actions=[
            ActionPart(
                at=action.at,
                by=action.actor_name,
                verb=action.verb,
                text=action.text,
                why=action.why,
            )
            for action in tournament.actions.order_by("number")
        ],
    )


def _fields(row: Entrant | Tournament, kind: type[Part]) -> dict[str, Any]:
    """What a row and its part have under the same names."""
    return {name: getattr(row, name) for name in kind.__struct_fields__}


def _entrant(entrant: Entrant) -> EntrantPart:
    members = [
        MemberPart(name=member.name, is_captain=member.is_captain)
        for member in entrant.members.all()
    ]
    return part(EntrantPart, **_fields(entrant, EntrantPart) | {"members": members})


def _stage(stage: Stage, seeds: dict[int, int]) -> StagePart:
    return part(
        StagePart,
        **stage.settings,
        state=stage.state,
        groups=[_group(group, seeds) for group in stage.groups.order_by("number")],
    )


def _group(group: Group, seeds: dict[int, int]) -> GroupPart:
    contenders = list(group.contenders.order_by("seed"))
    byes = Bye.objects.filter(contender__group=group).select_related("contender")
    pairings: dict[int, list[Pairing]] = {}
    for row in group.pairings.select_related("match", "station").order_by("number"):
        pairings.setdefault(row.round_id, []).append(row)
    return part(
        GroupPart,
        number=group.number,
        name=group.name,
        first_colour=group.first_colour,
        forbidden_pairs=[(first, second) for first, second in group.forbidden_pairs],
        contenders=[
            ContenderPart(
                entrant=seeds[one.entrant_id],
                seed=one.seed,
                from_round=one.from_round,
                until_round=one.until_round,
                first=one.first,
                last=one.last,
            )
            for one in contenders
        ],
        rounds=[
            _round(round_, pairings.get(round_.pk, ()), seeds)
            for round_ in group.rounds.order_by("part", "number")
        ],
        byes=[
            part(
                ByePart,
                entrant=seeds[bye.contender.entrant_id],
                round=bye.round_number,
                kind=bye.kind,
            )
            for bye in byes.order_by("round_number", "contender__seed")
        ],
    )


def _round(round_: Round, rows: Iterable[Pairing], seeds: dict[int, int]) -> RoundPart:
    return part(
        RoundPart,
        number=round_.number,
        name=round_.name,
        part=round_.part,
        best_of=round_.best_of,
        published_at=round_.published_at,
        pairings=[
            PairingPart(
                key=row.key,
                first=row.top_id and seeds[row.top_id],
                second=row.bottom_id and seeds[row.bottom_id],
                result=_result(row),
                loser_leaves=row.loser_leaves,
                live_scores=row.match.live_scores if row.match else [],
                station=row.station.number if row.station else None,
            )
            for row in rows
        ],
    )


def _result(row: Pairing) -> ResultPart | None:
    match = row.match
    if row.state != PairingState.DECIDED or match is None or match.outcome is None:
        return None
    return part(
        ResultPart,
        outcome=match.outcome,
        winner=match.winner,
        scores=match.scores,
        closed_at=match.closed_at,
    )
