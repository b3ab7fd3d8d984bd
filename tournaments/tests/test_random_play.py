"""Random operations of an organiser: the tournament ends as if it had been played straight."""

from collections.abc import Callable
from random import Random

import pytest
from msgspec.structs import replace

from lib.errors import Conflict, Refusal
from matchmaking.models import Match, MatchState, Outcome
from matchmaking.results import Result
from tournaments.engine import elimination as engine
from tournaments.models import (
    Entrant,
    EntryStatus,
    Format,
    Group,
    Pairing,
    PairingState,
    StageSettings,
    StageState,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.progress import reopen, results, withdrawals
from tournaments.services.progress.stages import end_swiss
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.swiss_rounds import pair_next_round
from tournaments.services.undo.stack import last_undoable, undo_last
from tournaments.storage.brackets import group_state

from .builders import DOUBLE, SINGLE, correct_result, started

pytestmark = pytest.mark.django_db

WITH_THIRD = StageSettings(third_place=True, best_of=3)
TWO_LEGS = StageSettings(Format.ROUND_ROBIN, legs=2)
DRAWS = StageSettings(Format.ROUND_ROBIN, draws=True)
SWISS = StageSettings(Format.SWISS, rounds_planned=3, draws=True)


class Day:
    """An organiser who does this and that, by chance."""

    def __init__(self, tournament: Tournament, chance: Random) -> None:
        self.tournament, self.chance = tournament, chance
        self.id = tournament.pk

    def pairings(self, *states: str) -> list[Pairing]:
        rows = Pairing.objects.filter(group__stage__tournament=self.id, state__in=states)
        # By place, not by key: those are drawn, and the day would be another each time.
        rows = rows.order_by("group__stage__number", "group__number", "key")
        return list(rows.select_related("match", "group__stage"))

    def report(self) -> None:
        row = self.chance.choice(self.pairings(PairingState.READY))
        assert row.match is not None
        report = self._report(row)
        results.enter_result(
            tournament_id=self.id, match_id=row.match.pk, report=report, actor=ORGANISER
        )

    def _report(self, row: Pairing) -> Callable[[Match], Result]:
        assert row.match is not None
        needed, winner = row.match.best_of // 2 + 1, self.chance.choice([0, 1])
        if self.chance.random() < 0.1:
            return results.by_double_forfeit()
        if self.chance.random() < 0.1:
            return results.by_forfeit(winner)
        if row.match.draws and self.chance.random() < 0.3:
            return results.by_score([0, 0])
        return results.by_score([needed, 0] if winner == 0 else [0, needed])

    def correct(self) -> None:
        row = self.chance.choice(self.pairings(PairingState.DECIDED))
        assert row.match is not None
        correct_result(tournament_id=self.id, match_id=row.match.pk, report=self._report(row))

    def reopen(self) -> None:
        row = self.chance.choice(self.pairings(PairingState.DECIDED))
        assert row.match is not None
        foreseen = reopen.preview_reopen(tournament_id=self.id, match_id=row.match.pk)
        emptied = reopen.reopen_result(
            tournament_id=self.id, match_id=row.match.pk, actor=ORGANISER
        )
        assert [one.pk for one in emptied] == [one.pk for one in foreseen]
        still = Pairing.objects.filter(pk__in=[one.pk for one in emptied])
        assert not still.filter(state=PairingState.DECIDED).exists()

    def undo(self) -> None:
        done = undo_last(tournament_id=self.id, actor=ORGANISER)
        if done.undoes is not None and done.undoes.verb == "start":
            start_tournament(tournament_id=self.id, actor=ORGANISER)

    def withdraw(self) -> None:
        entrant = self.chance.choice(list(self.tournament.entrants.order_by("pk")))
        withdrawals.withdraw_entrant(tournament_id=self.id, entrant_id=entrant.pk, actor=ORGANISER)

    def reinstate(self) -> None:
        entrant = self.chance.choice(list(self.tournament.entrants.order_by("pk")))
        withdrawals.reinstate_entrant(tournament_id=self.id, entrant_id=entrant.pk, actor=ORGANISER)

    def something(self) -> None:
        """One thing or another, which may be refused for good reasons."""
        acts = [self.correct, self.reopen, self.undo, self.withdraw, self.reinstate]
        act = self.chance.choices([self.report, *acts], [8, 1, 1, 2, 1, 1])[0]
        try:
            act()
        except (Conflict, IndexError):
            return

    def play_out(self) -> None:
        while self.pairings(PairingState.READY) or self.pair():
            if self.pairings(PairingState.READY):
                self.report()

    def pair(self) -> bool:
        """Pair the next round, or end a Swiss that has none; returns whether there was a Swiss."""
        swiss = Group.objects.filter(
            stage__tournament=self.id, stage__format=Format.SWISS, stage__state=StageState.RUNNING
        ).first()
        if swiss is None:
            return False
        try:
            pair_next_round(group=swiss, engine="quick", actor=ORGANISER)
        except Refusal:
            end_swiss(tournament_id=self.id, actor=ORGANISER)
        return True


def check(tournament: Tournament) -> None:
    """What is stored follows from the outcomes alone, as if each had come once, in order."""
    for stage in tournament.stages.exclude(state=StageState.PENDING):
        for group in stage.groups.all():
            if stage.is_elimination:
                bracket, state = group_state(group)
                rows = state.read_all()
                outcomes = {
                    row.key: bracket_outcome_of(row) for row in rows if row.state == "decided"
                }
                straight = engine.resolve(bracket, outcomes)
                assert {row.key: state[row.key] for row in rows} == straight
    check_matches(tournament)
    check_walkovers(tournament)


def bracket_outcome_of(row: Pairing) -> engine.Outcome:
    if row.winner is None:
        return engine.DOUBLE_FORFEIT
    return engine.Win(engine.Side(row.winner), loser_leaves=row.loser_leaves)


def check_matches(tournament: Tournament) -> None:
    replaced = tournament.actions.filter(verb="replace").exists()
    for row in Pairing.objects.filter(group__stage__tournament=tournament).select_related(
        "match", "top", "bottom"
    ):
        if row.state == PairingState.DECIDED:
            assert row.match is not None and row.match.state == MatchState.FINISHED
            assert row.winner == row.match.winner
        elif row.state == PairingState.READY:
            assert row.match is not None and row.match.state == MatchState.OPEN
        else:
            assert row.match is None
        # Who was replaced has played what was played.
        if row.match is not None and (row.state == PairingState.READY or not replaced):
            names = [seat.name for seat in row.match.seats.order_by("side")]
            assert names == [str(row.top), str(row.bottom)]
    assert not Match.objects.filter(state=MatchState.OPEN, pairing__isnull=True).exists()


def check_walkovers(tournament: Tournament) -> None:
    gone = Entrant.objects.filter(tournament=tournament, status=EntryStatus.WITHDRAWN)
    ready = Pairing.objects.filter(group__stage__tournament=tournament, state="ready")
    assert not ready.filter(top__in=gone).exists() and not ready.filter(bottom__in=gone).exists()


@pytest.mark.parametrize("plan", [SINGLE, WITH_THIRD, DOUBLE, DRAWS, TWO_LEGS])
@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_a_tournament_with_many_corrections_ends(plan: StageSettings, count: int) -> None:
    tournament, chance = started(count, plan), Random(count)
    day = Day(tournament, chance)
    for _ in range(3 * count):
        day.something()
    check(tournament)
    day.play_out()
    check(tournament)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED


@pytest.mark.parametrize("count", [4, 7])
def test_a_swiss_with_many_corrections_ends(count: int) -> None:
    tournament = started(count, replace(SWISS, advance=2), SINGLE)
    day = Day(tournament, Random(count))
    for _ in range(3):
        for _ in range(5):
            day.something()
        while day.pairings(PairingState.READY):
            day.report()
        day.pair()
    day.play_out()
    check(tournament)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED


@pytest.mark.parametrize("count", [8, 11])
def test_groups_and_playoffs_survive_corrections(count: int) -> None:
    groups = StageSettings(Format.ROUND_ROBIN, group_count=2, advance=2, draws=True)
    tournament = started(count, groups, DOUBLE)
    day = Day(tournament, Random(count))
    for _ in range(30):
        day.something()
    day.play_out()
    for _ in range(15):
        day.something()
    check(tournament)
    day.play_out()
    check(tournament)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED
    assert Outcome.PLAYED in {m.outcome for m in Match.objects.filter(state="finished")}


@pytest.mark.parametrize("plan", [SINGLE, DOUBLE, DRAWS])
def test_undoing_everything_leads_back_to_the_start(plan: StageSettings) -> None:
    tournament = started(6, plan)
    day = Day(tournament, Random(6))
    begun = picture(tournament)
    for _ in range(25):
        day.something()
    while (last := last_undoable(tournament)) and last.verb != "start":
        day.undo()
    assert picture(tournament) == begun


def picture(tournament: Tournament) -> list[object]:
    """How everything stands, but for which match is which."""
    fields = ("key", "state", "top", "bottom", "top_slot", "bottom_slot", "winner", "match__state")
    rows = Pairing.objects.filter(group__stage__tournament=tournament).order_by("key")
    entrants = tournament.entrants.order_by("pk").values_list("pk", "status")
    return [*rows.values_list(*fields), *entrants]
