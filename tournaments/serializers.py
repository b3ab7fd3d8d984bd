"""What this app's rows look like on the wire."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q

from lib.errors import NotFound
from lib.schemas import Json, timestamp
from matchmaking.models import Match

from .models import Entrant, Group, Pairing, Part, Round, Slot, Stage, Tournament

#: Where somebody comes from who is not yet known, by the pairing and side that wait for them.
Sources = Mapping[tuple[UUID, int], Json]


def tournament_url(tournament: Tournament) -> str:
    """The tournament's page; absolute when the site knows its public address."""
    return f"{settings.PUBLIC_URL}/tournaments/{tournament.pk}"


def tournament_brief(tournament: Tournament) -> Json:
    """A tournament in one line."""
    return {
        "id": str(tournament.pk),
        "name": tournament.name,
        "url": tournament_url(tournament),
        "state": tournament.state,
    }


def entrant_answer(entrant: Entrant) -> Json:
    """An entrant as everybody sees it."""
    return {
        "id": entrant.pk,
        "seed": entrant.seed,
        "name": entrant.name,
        "status": entrant.status,
    }


def stage_brief(stage: Stage) -> Json:
    """A stage in one line."""
    return {
        "number": stage.number,
        "name": str(stage),
        "format": stage.format,
        "state": stage.state,
    }


def pairing_answer(pairing: Pairing) -> Json:
    """A place in a bracket or table, as a match; needs what stands around it."""
    [answer] = pairing_answers([pairing])
    return answer


def pairing_answers(pairings: Sequence[Pairing]) -> list[Json]:
    """Places in a bracket or table, each as a match, with where those come from not yet known."""
    waiting = [row.pk for row in pairings if Slot.PENDING in (row.top_slot, row.bottom_slot)]
    sources: Sources = {}
    if waiting:
        feeding = Pairing.objects.filter(Q(winner_to__in=waiting) | Q(loser_to__in=waiting))
        sources = sources_of(feeding)
    return [_pairing(row, sources) for row in pairings]


def sources_of(pairings: Iterable[Pairing]) -> Sources:
    """For each side that these pairings lead to: whose winner or loser comes there."""
    found: dict[tuple[UUID, int], Json] = {}
    for row in pairings:
        if row.winner_to_id is not None and row.winner_to_side is not None:
            found[row.winner_to_id, row.winner_to_side] = _source("winner", row)
        if row.loser_to_id is not None and row.loser_to_side is not None:
            found[row.loser_to_id, row.loser_to_side] = _source("loser", row)
    return found


def _source(who: str, row: Pairing) -> Json:
    return {"from": who, "of": str(row.pk), "key": row.key}


def _pairing(row: Pairing, sources: Sources) -> Json:
    match = row.match
    return {
        "id": str(row.pk),
        "key": row.key,
        "round": row.round.number,
        "number": row.number,
        "state": row.state,
        "best_of": _best_of(row, match),
        "winner": row.winner,
        "winner_to": _place(row.winner_to_id, row.winner_to_side),
        "loser_to": _place(row.loser_to_id, row.loser_to_side),
        "scores": match.scores if match else [],
        "live_scores": match.live_scores if match else [],
        "outcome": match.outcome if match else None,
        "revision": match.revision if match else 0,
        "station": row.station.name if row.station else None,
        "sides": [_side(row, number, sources) for number in (0, 1)],
    }


def _best_of(row: Pairing, match: Match | None) -> int:
    if match is not None:
        return match.best_of
    return row.round.best_of or row.group.stage.best_of


def _place(pairing_id: UUID | None, side: int | None) -> Json | None:
    return None if pairing_id is None else {"match": str(pairing_id), "side": side}


def _side(row: Pairing, number: int, sources: Sources) -> Json:
    slot, entrant = row.sides[number]
    side: Json = {
        "slot": slot,
        "entrant": entrant and entrant.pk,
        "name": entrant and entrant.name,
        "seed": entrant and entrant.seed,
    }
    if slot == Slot.PENDING:
        side |= sources.get((row.pk, number), {})
    return side


def tournament_answer(tournament_id: UUID) -> Json:
    """A whole tournament: stages, groups, rounds, matches, all in order; raises `NotFound`."""
    pairings = Pairing.objects.select_related("top", "bottom", "match", "station")
    tournament = (
        Tournament.objects.filter(pk=tournament_id)
        .select_related("rated_in")
        .prefetch_related(
            "entrants",
            "stages__groups__rounds",
            Prefetch("stages__groups__rounds__pairings", pairings.order_by("number")),
        )
        .first()
    )
    if tournament is None:
        raise NotFound("There is no such tournament.")
    return tournament_brief(tournament) | {
        "created_at": timestamp(tournament.created_at),
        "settings": _settings(tournament),
        "entrants": [entrant_answer(entrant) for entrant in tournament.entrants.all()],
        "stages": [_stage(stage) for stage in tournament.stages.all()],
    }


def _settings(tournament: Tournament) -> Json:
    """What a tournament is like, in the words that change it; the code is for who has it."""
    return {
        "about": tournament.about,
        "entry": tournament.entry,
        "capacity": tournament.capacity,
        "team_size": tournament.team_size,
        "check_in_minutes": tournament.check_in_minutes,
        "starts_at": tournament.starts_at and timestamp(tournament.starts_at),
        "match_minutes": tournament.match_minutes,
        "reporting": tournament.reporting,
        "rated_in": tournament.rated_in and tournament.rated_in.slug,
        "seeding": tournament.seeding,
        "byes": tournament.byes,
        "keep_apart": tournament.keep_apart,
    }


def _stage(stage: Stage) -> Json:
    return stage_brief(stage) | {
        "best_of": stage.best_of,
        "semi_best_of": stage.semi_best_of,
        "final_best_of": stage.final_best_of,
        "third_place": stage.third_place,
        "rounds": stage.rounds_planned,
        "group_count": stage.group_count,
        "legs": stage.legs,
        "draws": stage.draws,
        "points": {
            "win": float(stage.points_win),
            "draw": float(stage.points_draw),
            "loss": float(stage.points_loss),
            "bye": float(stage.points_bye),
        },
        "tie_breaks": [name.lower() for name in stage.tie_breaks],
        "advance": stage.advance,
        "groups": [_group(stage, group) for group in stage.groups.all()],
    }


def _group(stage: Stage, group: Group) -> Json:
    group.stage = stage
    rounds = sorted(group.rounds.all(), key=_in_bracket)
    rows = [row for round_ in rounds for row in round_.pairings.all()]
    sources = sources_of(rows)
    return {
        "number": group.number,
        "name": group.name,
        "rounds": [_round(group, round_, sources) for round_ in rounds],
    }


def _in_bracket(round_: Round) -> tuple[int, int]:
    """The winners' bracket, the losers', the finals, the third place; each from its first round."""
    return Part.values.index(round_.part), round_.number


def _round(group: Group, round_: Round, sources: Sources) -> Json:
    rows = list(round_.pairings.all())
    for row in rows:
        row.group, row.round = group, round_
    return {
        "number": round_.number,
        "name": round_.name,
        "part": round_.part,
        "matches": [_pairing(row, sources) for row in rows],
    }
