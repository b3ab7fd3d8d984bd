"""A tournament in the database as a document; read only, a few queries for each group."""

from typing import Any

from tournaments.models import Bye, Group, Pairing, PairingState, Stage, Tournament

from .document import (
    VERSION,
    ActionPart,
    ByePart,
    ContenderPart,
    Document,
    EntrantPart,
    GroupPart,
    MemberPart,
    P,
    PairingPart,
    ResultPart,
    RoundPart,
    StagePart,
    StationPart,
    TournamentPart,
    plan_of,
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
        tournament=part_of(tournament, TournamentPart),
        entrants=[
            part_of(one, EntrantPart, members=[part_of(m, MemberPart) for m in one.members.all()])
            for one in entrants
        ],
        stations=[part_of(station, StationPart) for station in tournament.stations.all()],
        stages=[_stage(stage, seeds) for stage in tournament.stages.order_by("number")],
        actions=[
            part_of(action, ActionPart, by=action.actor_name)
            for action in tournament.actions.order_by("number")
        ],
        pairing_plan=plan_of(tournament, seeds) if tournament.pairing_plan else None,
    )


def part_of(row: object, kind: type[P], **fields: Any) -> P:
    """A row as a part of a document; fields that are not given have the row's own names."""
    same = (name for name in kind.__struct_fields__ if name not in fields)
    return kind(**{name: getattr(row, name) for name in same}, **fields)


def _stage(stage: Stage, seeds: dict[int, int]) -> StagePart:
    groups = [_group(group, seeds) for group in stage.groups.order_by("number")]
    return part_of(stage, StagePart, **stage.settings, groups=groups)


def _group(group: Group, seeds: dict[int, int]) -> GroupPart:
    byes = Bye.objects.filter(contender__group=group).select_related("contender")
    pairings: dict[int, list[Pairing]] = {}
    for row in group.pairings.select_related("match", "station").order_by("number"):
        pairings.setdefault(row.round_id, []).append(row)
    return part_of(
        group,
        GroupPart,
        forbidden_pairs=[(first, second) for first, second in group.forbidden_pairs],
        prohibitions=[(first, last, among) for first, last, among in group.prohibitions],
        draw=[(key, first, second) for key, first, second in group.draw],
        virtual_points=[(seed, number, points) for seed, number, points in group.virtual_points],
        contenders=[
            part_of(one, ContenderPart, entrant=seeds[one.entrant_id])
            for one in group.contenders.order_by("seed")
        ],
        rounds=[
            part_of(
                one, RoundPart, pairings=[_pairing(row, seeds) for row in pairings.get(one.pk, ())]
            )
            for one in group.rounds.order_by("part", "number")
        ],
        byes=[
            part_of(bye, ByePart, entrant=seeds[bye.contender.entrant_id], round=bye.round_number)
            for bye in byes.order_by("round_number", "contender__seed")
        ],
    )


def _pairing(row: Pairing, seeds: dict[int, int]) -> PairingPart:
    return part_of(
        row,
        PairingPart,
        first=row.top_id and seeds[row.top_id],
        second=row.bottom_id and seeds[row.bottom_id],
        result=_result(row),
        live_scores=row.match.live_scores if row.match else [],
        station=row.station.number if row.station else None,
    )


def _result(row: Pairing) -> ResultPart | None:
    match = row.match
    if row.state != PairingState.DECIDED or match is None or match.outcome is None:
        return None
    return part_of(match, ResultPart)
