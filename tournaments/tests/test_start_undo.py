"""A start that came too early is taken back."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from lib.errors import Conflict
from matchmaking.models import Match, MatchState
from tournaments.models import (
    EntryStatus,
    Format,
    Seeding,
    StageSettings,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.check_in import check_in, open_check_in
from tournaments.services.entry.seeding import set_seeds
from tournaments.services.progress.start import start_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.services.undo.stack import last_undoable, undo_last

from .builders import DOUBLE, SINGLE, TABLE, draft, first_wins, started
from .pictures import picture

pytestmark = pytest.mark.django_db

SWISS = StageSettings(Format.SWISS, draws=True)


def start(cup: Tournament) -> None:
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    cup.refresh_from_db()
    assert cup.state == TournamentState.RUNNING


def undo(cup: Tournament) -> str:
    return undo_last(tournament_id=cup.pk, actor=ORGANISER).text


@pytest.mark.parametrize("plan", [SINGLE, DOUBLE, TABLE, SWISS])
@pytest.mark.parametrize("seeding", Seeding)
def test_everything_is_as_it_was_and_can_start_again(plan: StageSettings, seeding: Seeding) -> None:
    cup = draft(6, plan)
    change_settings(tournament_id=cup.pk, actor=ORGANISER, changes={"seeding": seeding})
    before = picture(cup)
    start(cup)
    drawn = list(cup.entrants.all())
    assert undo(cup) == "Undone: Started with 6 entrants"
    before["tournament"]["lot"] = cup.shuffle_seed  # so that the same is drawn again
    assert picture(cup) == before
    assert not Match.objects.filter(state=MatchState.OPEN).exists()
    start(cup)
    assert list(cup.entrants.all()) == drawn


def test_who_was_left_out_and_who_moved_up_are_where_they_were() -> None:
    cup = draft(4)
    late = cup.entrants.get(name="P4")
    cup.entrants.filter(pk=late.pk).update(status=EntryStatus.WAITING)
    Tournament.objects.filter(pk=cup.pk).update(capacity=3)
    open_check_in(tournament_id=cup.pk, actor=ORGANISER)
    for name in ("P1", "P2", "P4"):
        one = cup.entrants.get(name=name)
        check_in(tournament_id=cup.pk, entrant_id=one.pk, actor=ORGANISER)
    before = picture(cup)
    start(cup)
    assert cup.entrants.get(name="P3").status == EntryStatus.ABSENT
    assert cup.entrants.get(name="P4").status == EntryStatus.ENTERED
    undo(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.CHECK_IN
    assert picture(cup) == before


def test_a_result_keeps_the_start_until_it_is_undone() -> None:
    cup = started(4)
    first_wins(cup, "W1.1")
    undo_last(tournament_id=cup.pk, skip=True, actor=ORGANISER)
    with pytest.raises(Conflict, match="A result is in"):
        undo(cup)


def test_what_was_done_before_the_start_comes_after_it() -> None:
    cup = draft(4)
    order = [one.pk for one in reversed(cup.entrants.all())]
    set_seeds(tournament_id=cup.pk, order=order, actor=ORGANISER)
    start(cup)
    undo_last(tournament_id=cup.pk, skip=True, actor=ORGANISER)
    assert last_undoable(cup) is None  # the seeds stand, as the draw is made of them
    cup = started(4)
    set_seeds(
        tournament_id=cup.pk, order=[one.pk for one in cup.entrants.all()][::-1], actor=ORGANISER
    )
    assert undo(cup).startswith("Undone: seeded")
    assert undo(cup).startswith("Undone: Started")
    assert last_undoable(cup) is None


def test_a_swiss_start_is_undone_with_its_first_round(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    cup = draft(5, SWISS)
    before = picture(cup)
    start(cup)
    with django_capture_on_commit_callbacks(execute=True):
        undo(cup)
    assert picture(cup) == before
