"""What this app's rows look like on the wire."""

from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch

from matchmaking.answers import Json, stamp
from matchmaking.errors import Unknown

from .models import Pairing, Slot, Tournament


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


def pairing_state(pairing: Pairing) -> str:
    """`pending`, `ready`, `decided`, or `bye` for one that needs no match."""
    if pairing.winner is not None:
        return "decided" if pairing.match_id else "bye"
    if pairing.match_id:
        return "ready"
    known = Slot.PENDING not in {pairing.top_slot, pairing.bottom_slot}
    return "bye" if known else "pending"


def pairing_answer(pairing: Pairing) -> Json:
    """A place in the bracket; needs its round, entrants and match."""
    return {
        "id": str(pairing.pk),
        "key": pairing.key,
        "round": pairing.round.number,
        "number": pairing.number,
        "state": pairing_state(pairing),
        "match": str(pairing.match_id) if pairing.match_id else None,
        "winner": pairing.winner,
        "winner_to": _place(pairing),
        "scores": pairing.match.scores if pairing.match else [],
        "outcome": pairing.match.outcome if pairing.match else None,
        "sides": [
            {"slot": slot, "name": entrant and entrant.name, "seed": entrant and entrant.seed}
            for slot, entrant in pairing.sides
        ],
    }


def _place(pairing: Pairing) -> Json | None:
    if pairing.winner_to_id is None:
        return None
    return {"pairing": str(pairing.winner_to_id), "side": pairing.winner_to_side}


def tournament_answer(tournament_id: UUID) -> Json:
    """A whole tournament: stages, their rounds, their pairings; raises `Unknown`."""
    pairings = Pairing.objects.select_related("round", "top", "bottom", "match")
    tournament = (
        Tournament.objects.filter(pk=tournament_id)
        .prefetch_related(
            "entrants", "stages__rounds", Prefetch("stages__rounds__pairings", pairings)
        )
        .first()
    )
    if tournament is None:
        raise Unknown("There is no such tournament.")
    entrants = [{"seed": e.seed, "name": e.name} for e in tournament.entrants.all()]
    return tournament_brief(tournament) | {
        "created_at": stamp(tournament.created_at),
        "entrants": entrants,
        "stages": [
            {
                "number": stage.number,
                "format": stage.format,
                "rounds": [
                    {
                        "number": round_.number,
                        "name": round_.name,
                        "pairings": [pairing_answer(p) for p in round_.pairings.all()],
                    }
                    for round_ in stage.rounds.all()
                ],
            }
            for stage in tournament.stages.all()
        ],
    }
