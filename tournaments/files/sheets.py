"""A tournament's entrants, matches and standings as CSV files."""

from collections.abc import Iterator, Sequence

from matchmaking.results import final_score
from matchmaking.wording import points_in_words
from tournaments.models import Entrant, Group, Pairing, Stage, Tournament
from tournaments.storage.final_places import final_places
from tournaments.storage.tables import bracket_places, group_standings, tie_breaks_of

from .cells import write_csv
from .entrant_sheet import Sheet

MATCH_COLUMNS = (
    "stage", "group", "round", "match", "first", "second", "score", "state", "outcome", "winner",
    "station", "games",
)  # fmt: skip


def entrants_csv(tournament: Tournament, *, is_whole: bool = False) -> bytes:
    """The entrants by seed, all or those whom everybody may see; `parse_sheet` reads it back."""
    rows = []
    entrants = tournament.entrants.all() if is_whole else tournament.entrants.listed()
    for entrant in entrants.prefetch_related("members").order_by("seed"):
        members = [member.name for member in entrant.members.all()]
        known = (entrant.name, entrant.rating, entrant.club, entrant.region, entrant.seed)
        rows.append([*known, entrant.status, *members])
    longest = max((len(row) for row in rows), default=6) - 6
    members = [f"member {number}" for number in range(1, longest + 1)]
    return write_csv(("name", "rating", "club", "region", "seed", "status", *members), rows)


def list_csv(sheet: Sheet) -> str:
    """A list that was read, in its order, for `parse_sheet` to read again."""
    longest = max(len(one.members) for one in sheet.entrants)
    members = [f"member {number}" for number in range(1, longest + 1)]
    rows = (
        (one.new.name, one.new.rating, one.new.club, one.new.region, *one.members)
        for one in sheet.entrants
    )
    return write_csv(("name", "rating", "club", "region", *members), rows).decode("utf-8-sig")


def matches_csv(tournament: Tournament) -> bytes:
    """Every pairing with two sides in order of play, and how it ended."""
    pairings = (
        Pairing.objects.in_full()
        .filter(group__stage__tournament=tournament, top__isnull=False, bottom__isnull=False)
        .order_by("group__stage__number", "group__number", "round__number", "round__part", "number")
    )
    return write_csv(MATCH_COLUMNS, map(_match_row, pairings))


def _match_row(row: Pairing) -> Sequence[object]:
    winner = None if row.winner is None else row.sides[row.winner][1]
    match = row.match
    return (
        row.group.stage,
        row.group.name,
        row.round,
        row.key,
        row.top,
        row.bottom,
        ":".join(map(str, final_score(match))) if match else "",
        row.get_state_display(),
        (match.get_outcome_display() if match and match.outcome else ""),
        winner,
        row.station,
        points_in_words(match.games) if match else "",
    )


def standings_csv(tournament: Tournament) -> bytes:
    """The standings of all stages that have begun, with a column for each tie-break of any.

    The last column has everybody's place over all stages, once the tournament is over.
    """
    stages = list(tournament.stages.prefetch_related("groups").order_by("number"))
    titles: list[str] = []
    for stage in stages:
        if not stage.is_elimination:
            new = (tie_break.title for tie_break in tie_breaks_of(stage))
            titles += [title for title in new if title not in titles]
    header = (
        "stage", "group", "place", "name", "played", "won", "drawn", "lost", *titles,
        "won by forfeit", "lost by forfeit", "final place",
    )  # fmt: skip
    final = {place.contender.entrant: place.places for place in final_places(tournament)}
    rows = (
        (stage, group.name, place, entrant, *values, final.get(entrant, ""))
        for stage in stages for group in stage.groups.all()
        for place, entrant, values in _standing_rows(stage, group, titles)
    )  # fmt: skip
    return write_csv(header, rows)


def _standing_rows(
    stage: Stage, group: Group, titles: Sequence[str]
) -> Iterator[tuple[str, Entrant, Sequence[object]]]:
    """Each line's place, entrant and what follows it; of a bracket nothing does."""
    group.stage = stage
    if stage.is_elimination:
        for place in bracket_places(group):
            yield place.places, place.contender.entrant, [""] * (6 + len(titles))
        return
    own = [tie_break.title for tie_break in tie_breaks_of(stage)]
    for one in group_standings(group):
        values = dict(zip(own, one.values, strict=True))
        yield one.places, one.contender.entrant, (
            one.played, one.won, one.drawn, one.lost,
            *(values.get(title, "") for title in titles),
            one.won_by_forfeit, one.lost_by_forfeit,
        )  # fmt: skip
