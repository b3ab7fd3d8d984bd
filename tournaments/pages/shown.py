"""What a tournament's page shows to every reader, drawn once for each revision.

What is a reader's own (buttons, the own entry) is no part of it and is drawn each time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from matchmaking.ports.game_host import game_host
from tournaments.display.bracket import champion_of
from tournaments.display.choice import Choice
from tournaments.display.draft import DraftView, draft_of
from tournaments.display.stage import StageView, view_stage
from tournaments.models import Entrant, Format, Seeding, Tournament, TournamentState
from tournaments.revisions import KeptReads, slot_if_large
from tournaments.selectors import OUTSIDE, champions, tournament_entrants


@dataclass(frozen=True, slots=True)
class Shown:
    """The drawn parts, from above, and what the rest of the page must know of them.

    `view` is without its bracket or table. `next_round` of a Swiss can be paired now, and with
    `starts_swiss` its first one is paired at the start.
    """

    players: int
    progress: SafeString
    head: SafeString
    body: SafeString
    view: StageView | None
    is_table: bool
    next_round: int | None
    starts_swiss: bool
    champions: Sequence[str]
    top_names: Sequence[str]

    @property
    def size(self) -> int:
        """What it takes to keep it, about, in bytes."""
        return len(self.progress) + len(self.head) + len(self.body) + 2000


@dataclass(frozen=True, slots=True)
class Whole:
    """A tournament as the pages show it: the stage chosen in the address, the entrants."""

    tournament: Tournament
    entrants: Sequence[Entrant]
    view: StageView | None
    draft: DraftView | None
    champions: Sequence[str]

    @classmethod
    def read(cls, tournament: Tournament, choice: Choice) -> "Whole":
        """Read all of it."""
        entrants = tournament_entrants(tournament)
        view = view_stage(tournament, entrants, choice)
        playing = [entrant for entrant in entrants if entrant.status not in OUTSIDE]
        draft = draft_of(tournament, playing)
        return cls(tournament, playing, view, draft, _champions_of(tournament, view))


_kept = KeptReads[Shown](size=lambda shown: shown.size)


def shown_of(
    request: HttpRequest, tournament: Tournament, *, may_enter: bool = False, framed: bool = False
) -> Shown:
    """What everybody sees; with links to enter results, or for a frame in another site.

    Raises `Overloaded`. A draft that is seeded by ratings changes with them, and is not kept.
    """
    choice = Choice.of(request.GET)
    draw = partial(_draw, tournament, choice, may_enter=may_enter, framed=framed)
    address = request.META.get("REMOTE_ADDR")
    if tournament.is_before_start and tournament.seeding == Seeding.RATING:
        with slot_if_large(tournament, address):
            return draw()
    return _kept.get(tournament, (choice, may_enter, framed), draw, address)


def _draw(tournament: Tournament, choice: Choice, *, may_enter: bool, framed: bool) -> Shown:
    whole = Whole.read(tournament, choice)
    context = {
        "tournament": tournament,
        "entrants": whole.entrants,
        "follow": choice.follow,
        "view": whole.view,
        "draft": whole.draft,
        "champions": whole.champions,
        "may_enter": may_enter,
        "framed": framed,
        "with_games": _with_games(whole),
    }
    view = whole.view
    table = view.table if view is not None else None
    return Shown(
        players=len(whole.entrants),
        progress=render_to_string("tournaments/_progress.html", context),
        head=render_to_string("tournaments/_head.html", context),
        body=render_to_string("tournaments/_body.html", context),
        view=view and replace(view, bracket=None, table=None, places=()),
        is_table=table is not None,
        next_round=table.next_round if table is not None else None,
        starts_swiss=whole.draft is not None and whole.draft.stage.format == Format.SWISS,
        champions=whole.champions,
        top_names=table.top_names if table is not None else (),
    )


def _with_games(whole: Whole) -> Collection[UUID]:
    """The matches on the page of which games can be watched again."""
    part = whole.view and (whole.view.bracket or whole.view.table)
    if not part or not whole.tournament.plays:
        return ()
    places = [one for round_ in part.rounds for one in round_.pairings if not one.is_open]
    return game_host().with_games([one.match_id for one in places if one.match_id])


def _champions_of(tournament: Tournament, view: StageView | None) -> list[str]:
    """The winners of a finished tournament, when its last stage is shown."""
    if view is None or not view.is_last or tournament.state != TournamentState.FINISHED:
        return []
    found = champions(tournament, view.stage)
    if not found and view.bracket is not None:
        found = [name] if (name := champion_of(view.bracket)) else []
    return found
