"""What somebody is told to play next."""

import pytest

from tournaments.display.next_match import Meeting, next_meeting
from tournaments.models import Format, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.venue.stations import add_stations, assign_next

from .builders import DOUBLE, TABLE, first_wins, play_on, started

pytestmark = pytest.mark.django_db


def part(tournament: Tournament, name: str) -> Meeting | None:
    tournament.refresh_from_db()
    return next_meeting(tournament, tournament.entrants.get(name=name))


def told(tournament: Tournament, name: str) -> str:
    meeting = part(tournament, name)
    assert meeting is not None
    when = "later" if meeting.start else "now"
    return f"{meeting.opponent} {when} {meeting.station}".strip()


def test_without_stations_one_plays_at_once_and_then_waits() -> None:
    cup = started(4, DOUBLE)
    assert told(cup, "P1") == "P4 now"
    first_wins(cup, "W1.1")
    assert told(cup, "P1") == "the winner of W1.2 later"
    assert told(cup, "P4") == "the loser of W1.2 later"
    first_wins(cup, "W1.2")
    assert told(cup, "P1") == "P2 now"


def test_with_stations_one_waits_for_them() -> None:
    cup = started(4)
    add_stations(tournament_id=cup.pk, names=["Table 1"], actor=ORGANISER)
    assign_next(tournament_id=cup.pk, actor=ORGANISER)
    assert told(cup, "P1") == "P4 now Table 1"
    assert told(cup, "P2") == "P3 later"


def test_what_can_be_played_comes_before_what_waits() -> None:
    assert told(started(3, TABLE), "P3").endswith("now")


@pytest.mark.parametrize("plan", [StageSettings(Format.SINGLE_ELIMINATION), TABLE])
def test_who_is_out_or_done_is_told_nothing(plan: StageSettings) -> None:
    cup = started(4, plan)
    play_on(cup)
    assert part(cup, "P1") is None
    assert part(cup, "P4") is None
