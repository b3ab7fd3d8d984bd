"""Reads that are more than a lookup."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from matchmaking.models import DecidedBy
from matchmaking.ports.match_host import Decider

from .models import (
    Contender,
    Entrant,
    EntryStatus,
    Format,
    Group,
    Pairing,
    PairingState,
    Part,
    Reporting,
    Stage,
    StageState,
    Tournament,
    TournamentState,
)

#: The statuses of those on the list who do not take part.
OUTSIDE = (EntryStatus.APPLIED, EntryStatus.WAITING, EntryStatus.DECLINED, EntryStatus.ABSENT)


def listed_tournaments() -> QuerySet[Tournament]:
    """Every tournament, the newest first, with `entrant_count` and, when finished, `champion`."""
    first = Contender.objects.filter(
        group__stage__tournament=OuterRef("pk"), first=1, last=1
    ).order_by("-group__stage__number")
    final = Pairing.objects.filter(
        group__stage__tournament=OuterRef("pk"),
        round__part__in=(Part.WINNERS, Part.FINAL),
        winner_to__isnull=True,
        winner__isnull=False,
    )
    name = Case(When(winner=0, then=F("top__name")), default=F("bottom__name"))
    champion = Coalesce(
        Subquery(first.values("entrant__name")[:1]), Subquery(final.values_list(name)[:1])
    )
    over = Q(state=TournamentState.FINISHED)
    return Tournament.objects.annotate(
        entrant_count=Count("entrants", filter=~Q(entrants__status__in=OUTSIDE)),
        champion=Case(When(over, then=champion)),
    ).order_by("-created_at", "pk")


def current_tournaments(*, limit: int) -> QuerySet[Tournament]:
    """Tournaments that are played now, then those to enter, then past ones, with `entrant_count`.

    Of each kind the latest first; drafts and cancelled ones are left out.
    """
    kind = Case(
        When(state=TournamentState.RUNNING, then=0),
        When(state__in=(TournamentState.CHECK_IN, TournamentState.REGISTRATION), then=1),
        default=2,
    )
    count = Count("entrants", filter=~Q(entrants__status__in=OUTSIDE))
    public = Tournament.objects.exclude(
        state__in=(TournamentState.DRAFT, TournamentState.CANCELLED)
    )
    return public.annotate(kind=kind, entrant_count=count).order_by(
        "kind", F("started_at").desc(nulls_last=True), "-created_at"
    )[:limit]


def bracket_pairings(tournament_id: UUID) -> list[Pairing]:
    """A tournament's pairings in order, with their groups, rounds, entrants and matches."""
    return list(
        Pairing.objects.in_full()
        .filter(group__stage__tournament=tournament_id)
        .order_by("group__stage__number", "group__number", "round__number", "number")
    )


def group_pairings(group: Group) -> list[Pairing]:
    """A group's pairings in order, with matches and stations and only what a page draws.

    Entrants and rounds are read once each beside it: joined to every pairing they would cost more
    than all the rest of a large bracket.
    """
    return list(
        group.pairings.select_related("match", "station")
        .only(
            "id", "key", "round_id", "number", "state", "winner", "top_slot", "top_id",
            "bottom_slot", "bottom_id", "group_id", "winner_to_id", "winner_to_side", "loser_to_id",
            "loser_to_side", "match__outcome", "match__winner", "match__scores",
            "match__games", "match__live_scores", "station__name",
        )
        .order_by("round_id", "number")
    )  # fmt: skip


def tournament_entrants(tournament: Tournament) -> list[Entrant]:
    """All entrants, in the order of their seeds."""
    fields = (
        "id", "seed", "name", "status", "club", "region", "rating", "player_id", "tournament_id",
    )  # fmt: skip
    return list(tournament.entrants.only(*fields).order_by("seed"))


def tournament_stages(tournament: Tournament) -> list[Stage]:
    """The stages in order, each with its groups."""
    return list(tournament.stages.prefetch_related("groups").order_by("number"))


def champions(tournament: Tournament, last: Stage) -> list[str]:
    """The names in first place of a finished tournament's last stage; several may share it."""
    if tournament.state != TournamentState.FINISHED:
        return []
    first = Contender.objects.filter(group__stage=last, first=1).order_by("seed")
    return list(first.values_list("entrant__name", flat=True))


def swiss_to_pair(tournament: Tournament) -> Group | None:
    """The Swiss whose next round can be paired now: all is played that has been paired."""
    running = Group.objects.filter(
        stage__tournament=tournament, stage__format=Format.SWISS, stage__state=StageState.RUNNING
    )
    open_ = Pairing.objects.open().filter(group=OuterRef("pk"))
    paired = running.annotate(last=Coalesce(Max("rounds__number"), 0)).filter(~Exists(open_))
    return paired.filter(last__lt=F("stage__rounds_planned")).first()


def match_pairing(tournament_id: UUID, match_id: UUID) -> Pairing | None:
    """The pairing of a match, with everything around it; it may have no `match` yet."""
    pairings = Pairing.objects.in_full().select_related("group__stage__tournament__organiser")
    return pairings.filter(pk=match_id, group__stage__tournament=tournament_id).first()


def ready_pairings(groups: Sequence[Group]) -> list[Pairing]:
    """The pairings that can be played now in these groups, those called to a station first."""
    ready = Pairing.objects.in_full().ready().filter(group__in=groups)
    return list(ready.order_by(F("called_at").asc(nulls_last=True), "round__number", "number"))


def latest_results(groups: Sequence[Group], *, limit: int) -> list[Pairing]:
    """The latest results in these groups, the newest first."""
    decided = Pairing.objects.in_full().decided().filter(group__in=groups)
    return list(decided.order_by(F("match__closed_at").desc(nulls_last=True))[:limit])


def tournament_of(match_id: UUID) -> UUID | None:
    """The id of the tournament that a match belongs to."""
    found = Tournament.objects.filter(stages__groups__pairings__match=match_id)
    return found.values_list("pk", flat=True).first()


def tournaments_of(match_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The ids of the tournaments of those of these matches that belong to one."""
    found = Pairing.objects.filter(match__in=match_ids)
    return dict(found.values_list("match_id", "group__stage__tournament_id"))


def games_of(match_ids: Collection[UUID]) -> dict[UUID, tuple[str, dict[str, Any]]]:
    """The games that the tournaments of matches are played in here, and their settings.

    An empty name stands for no game; matches of no tournament are left out.
    """
    found = Tournament.objects.filter(stages__groups__pairings__match__in=match_ids)
    rows = found.values_list("stages__groups__pairings__match", "plays", "play_settings")
    return {match_id: (plays, settings) for match_id, plays, settings in rows}


def deciders_of(match_ids: Collection[UUID]) -> dict[UUID, Decider]:
    """Whose word the results of matches of tournaments are; of players only where they report."""
    found = Pairing.objects.filter(match__in=match_ids).select_related(
        "group__stage__tournament__game_server"
    )
    shown = found.only(
        "match",
        "group__stage__tournament__decided_by",
        "group__stage__tournament__reporting",
        "group__stage__tournament__game_server",
    )
    return {one.pk: _decider(one.group.stage.tournament) for one in shown}


def _decider(tournament: Tournament) -> Decider:
    decides = DecidedBy(tournament.decided_by)
    if decides == DecidedBy.GAME_SERVER:
        return Decider(decides, tournament.game_server)
    asks = tournament.reporting == Reporting.PLAYERS
    return Decider(decides if asks else DecidedBy.ORGANISER)


def players_report(match_id: UUID) -> bool:
    """Whether the players of a match are asked for its result."""
    return Tournament.objects.filter(
        stages__groups__pairings__match=match_id,
        state=TournamentState.RUNNING,
        reporting=Reporting.PLAYERS,
        decided_by=DecidedBy.PLAYERS,
    ).exists()


def open_pairing(entrant: Entrant) -> Pairing | None:
    """What an entrant is to play next: what can be played before what waits, the earliest first."""
    waits = Case(When(state=PairingState.READY, then=0), default=1)
    mine = Pairing.objects.open().filter(
        Q(top=entrant) | Q(bottom=entrant), round__published_at__isnull=False
    )
    in_order = mine.order_by(waits, "group__stage__number", "round__number")
    return in_order.select_related("top", "bottom", "round", "station").first()
