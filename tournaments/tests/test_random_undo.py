"""An organiser who does whatever can be clicked: each thing is undone to the letter, or refused."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from lib.errors import Refusal
from tournaments.files.entrant_lines import NewEntrant
from tournaments.files.export import export_tournament
from tournaments.models import (
    Bye,
    Entrant,
    EntryStatus,
    Format,
    PairingState,
    Round,
    StageSettings,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.entry import entrants, seeding
from tournaments.services.progress import stages, swiss_rounds
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late, take_bye_back
from tournaments.services.progress.round_lengths import set_round_best_of
from tournaments.services.progress.withdrawals import disqualify_entrant
from tournaments.services.transfer.imports import import_tournament
from tournaments.services.undo.stack import undo_last
from tournaments.services.venue import stations

from .builders import DOUBLE, SINGLE, started
from .pictures import ids, picture
from .test_random_play import Day, check

pytestmark = pytest.mark.django_db

GROUPS = StageSettings(Format.ROUND_ROBIN, group_count=2, advance=2, draws=True)
SWISS = StageSettings(Format.SWISS, rounds_planned=3, draws=True)
STATES = (PairingState.READY, PairingState.DECIDED)


class LongDay(Day):
    """One who also plays with names, seeds, rounds, byes and stations."""

    def __init__(self, tournament: Tournament, chance: Random) -> None:
        super().__init__(tournament, chance)
        self.where: dict[str, Any] = {"tournament_id": tournament.pk, "actor": ORGANISER}
        self.names = 0
        stations.add_stations(**self.where, names=["Court 1", "Court 2"])

    def somebody(self) -> int:
        return self.chance.choice(list(self.tournament.entrants.order_by("name_key"))).pk

    def new_name(self) -> str:
        self.names += 1
        return f"New {self.names}"

    def disqualify(self) -> None:
        disqualify_entrant(tournament_id=self.id, entrant_id=self.somebody(), actor=ORGANISER)

    def rename(self) -> None:
        entrants.rename_entrant(**self.where, entrant_id=self.somebody(), name=self.new_name())

    def replace(self) -> None:
        entrants.replace_entrant(**self.where, entrant_id=self.somebody(), name=self.new_name())

    def shuffle(self) -> None:
        # Whoever has left is not drawn again, and is not where he was when that is undone; and a
        # Swiss is paired anew.
        entered = Entrant.objects.filter(tournament=self.id, status=EntryStatus.ENTERED).count()
        if entered == self.tournament.entrants.count() and not self.is_swiss():
            seeding.shuffle_seeds(**self.where, shuffle_seed=self.chance.randrange(99))

    def is_swiss(self) -> bool:
        return self.tournament.stages.filter(number=1, format=Format.SWISS).exists()

    def length(self) -> None:
        rows = Round.objects.filter(group__stage__tournament=self.id)
        order = rows.order_by("group__stage__number", "group__number", "part", "number")
        set_round_best_of(**self.where, round_id=self.chance.choice(list(order)).pk, best_of=3)

    def call(self) -> None:
        stations.assign_next(**self.where)

    def pair_round(self) -> None:
        group = swiss_rounds.swiss_group(self.tournament)
        swiss_rounds.pair_next_round(group=group, engine="quick", actor=ORGANISER)

    def unpair(self) -> None:
        swiss_rounds.unpair_round(tournament_id=self.id, actor=ORGANISER)

    def end(self) -> None:
        stages.end_swiss(tournament_id=self.id, actor=ORGANISER)

    def bye(self) -> None:
        ask_bye(tournament_id=self.id, entrant_id=self.somebody(), actor=ORGANISER)

    def no_bye(self) -> None:
        byes = Bye.objects.filter(contender__group__stage__tournament=self.id)
        one = self.chance.choice(list(byes.order_by("round_number", "contender__seed")))
        take_bye_back(tournament_id=self.id, entrant_id=one.contender.entrant_id, actor=ORGANISER)

    def late(self) -> None:
        enter_late(tournament_id=self.id, entrant=NewEntrant(self.new_name()), actor=ORGANISER)

    def acts(self) -> list[Callable[[], None]]:
        often = [self.report] * 7 + [self.withdraw, self.correct, self.reopen, self.reinstate] * 2
        swiss = [self.pair_round, self.unpair, self.end, self.bye, self.no_bye, self.late]
        rest = [self.disqualify, self.rename, self.replace, self.shuffle, self.length, self.call]
        return [*often, *rest, *swiss]

    def try_and_undo(self) -> None:
        """Do something, and perhaps undo it; refused, it has changed nothing."""
        act, last = self.chance.choice(self.acts()), self.last_number()
        before, matches = picture(self.tournament), ids(self.tournament)
        try:
            act()
        except (Refusal, IndexError):
            assert picture(self.tournament) == before, act
            return
        done = self.tournament.actions.filter(number__gt=last).exclude(undo={}).count()
        if done and self.chance.random() < 0.5:
            for _ in range(done):
                undo_last(tournament_id=self.id, actor=ORGANISER)
            assert picture(self.tournament) == before, act
            assert ids(self.tournament) == matches, act

    def last_number(self) -> int:
        last = self.tournament.actions.order_by("-number").first()
        return last.number if last is not None else 0


@pytest.mark.parametrize(
    ("seed", "count", "plans"),
    [
        (1, 3, [SINGLE]),
        (2, 6, [DOUBLE]),
        (3, 5, [SWISS]),
        (4, 8, [GROUPS, DOUBLE]),
        (5, 6, [StageSettings(Format.SWISS, rounds_planned=2, advance=3), SINGLE]),
        (6, 4, [StageSettings(third_place=True, best_of=3)]),
    ],
)
def test_whatever_is_done_is_undone_to_the_letter(
    seed: int, count: int, plans: list[StageSettings]
) -> None:
    day = LongDay(started(count, *plans), Random(seed))
    for _ in range(35):
        day.try_and_undo()
    check(day.tournament)
    day.play_out()
    check(day.tournament)
    day.tournament.refresh_from_db()
    assert day.tournament.state == TournamentState.FINISHED
    copy = import_tournament(data=export_tournament(day.tournament)).tournament
    assert picture(copy) == picture(day.tournament)
