"""An entrant's next match: the opponent, the station and about when."""

import pytest

from tournaments.display.next_match import NextMatch, next_match
from tournaments.models import Format, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.venue.stations import add_stations, assign_next

from .builders import DOUBLE, TABLE, first_wins, play_on, started

pytestmark = pytest.mark.django_db


def part(tournament: Tournament, name: str) -> NextMatch | None:
    tournament.refresh_from_db()
    return next_match(tournament, tournament.entrants.get(name=name))


def shown(tournament: Tournament, name: str) -> str:
    found = part(tournament, name)
    assert found is not None
    when = "later" if found.start else "now"
    return f"{found.opponent} {when} {found.station}".strip()


def test_without_stations_an_entrant_plays_at_once_and_then_waits() -> None:
    cup = started(4, DOUBLE)
    assert shown(cup, "P1") == "P4 now"
    first_wins(cup, "W1.1")
    assert shown(cup, "P1") == "the winner of W1.2 later"
    assert shown(cup, "P4") == "the loser of W1.2 later"
    first_wins(cup, "W1.2")
    assert shown(cup, "P1") == "P2 now"


def test_with_stations_an_entrant_waits_for_them() -> None:
    cup = started(4)
    add_stations(tournament_id=cup.pk, names=["Table 1"], actor=ORGANISER)
    assign_next(tournament_id=cup.pk, actor=ORGANISER)
    assert shown(cup, "P1") == "P4 now Table 1"
    assert shown(cup, "P2") == "P3 later"


def test_what_can_be_played_comes_before_what_waits() -> None:
    assert shown(started(3, TABLE), "P3").endswith("now")


@pytest.mark.parametrize("plan", [StageSettings(Format.SINGLE_ELIMINATION), TABLE])
def test_an_entrant_who_is_out_or_done_has_no_next_match(plan: StageSettings) -> None:
    cup = started(4, plan)
    play_on(cup)
    assert part(cup, "P1") is None
    assert part(cup, "P4") is None
