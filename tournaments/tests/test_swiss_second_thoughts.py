"""A Swiss of the site, with all that people change on the day, as another program pairs it."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from gacrux.gacruxexeptions import GacruxNoLegalPairing
from gacrux.pairingdutch import pairing_dutch
from gacrux.trf2json import trf2json

from lib.errors import Conflict, Refusal
from tournaments.engine.swiss import DutchEngine, SwissPairing
from tournaments.engine.tests.gacrux_reference import PARAMETERS
from tournaments.files.entrant_lines import NewEntrant
from tournaments.files.report import group_trf
from tournaments.models import ByeKind, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress import swiss_rounds
from tournaments.services.progress.byes_and_late_entries import ask_bye, enter_late, take_bye_back
from tournaments.services.progress.swiss_rounds import unpair_round
from tournaments.services.progress.withdrawals import reinstate_entrant, withdraw_entrant
from tournaments.services.undo.stack import undo_last
from tournaments.swiss_worker import decode_task, encode_task

from .table_builders import group_of, open_pairings, pair, play_by_chance, swiss

pytestmark = pytest.mark.django_db

Pairs = set[tuple[str, str]]
BYES = (ByeKind.HALF_POINT, ByeKind.ZERO_POINT, ByeKind.FULL_POINT)
NOBODY = ""


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def pair_here(task: Any, *, seconds: float) -> SwissPairing:
        return DutchEngine().pair(decode_task(encode_task(task)))

    monkeypatch.setattr(swiss_rounds, "pair_apart", pair_here)


def elsewhere(text: str) -> Pairs | None:
    """The next round as gacrux reads and pairs a report file; None where it finds none."""
    program = trf2json()
    program.parse_file(text, 0)
    tournament = program.get_tournament(1)
    played = {game["round"] for game in tournament["gameList"] if game["black"]}
    number = 1 + max(played, default=0)
    sitting_out = {
        game["white"]["cid"] for game in tournament["gameList"] if game["round"] == number
    }
    tournament["gameList"] = [one for one in tournament["gameList"] if one["round"] < number]
    tournament["currentRound"] = number - 1
    for competitor in tournament["competitors"]:
        competitor["present"] = competitor["cid"] not in sitting_out
    try:
        brackets = pairing_dutch(tournament, number, dict(PARAMETERS)).compute_pairing(False, 1)
    except GacruxNoLegalPairing:
        return None
    name = {int(line[4:8]): line[14:47].strip() for line in text.splitlines() if line[:3] == "001"}
    name[0] = NOBODY
    boards = [(one["w"], one["b"]) for bracket in brackets for one in bracket["pairs"]]
    return {(name[w], name[b]) if w else (name[b], NOBODY) for w, b in boards}


def as_paired(tournament: Tournament, number: int) -> Pairs:
    group = group_of(tournament)
    pairs = {
        (str(row.top), str(row.bottom))
        for row in group.pairings.filter(round__number=number).select_related("top", "bottom")
    }
    resting = group.contenders.filter(
        byes__round_number=number, byes__kind=ByeKind.PAIRING_ALLOCATED
    )
    return pairs | {(str(one.entrant), NOBODY) for one in resting.select_related("entrant")}


class Day:
    """People who come late, leave, return, ask for byes, and organisers who undo."""

    def __init__(self, tournament: Tournament, chance: Random) -> None:
        self.tournament, self.id, self.chance = tournament, tournament.pk, chance
        self.late = self.compared = 0

    def anybody(self) -> int:
        """Somebody by place in the list, since ids are others each time."""
        pks = list(self.tournament.entrants.order_by("pk").values_list("pk", flat=True))
        chosen: int = self.chance.choice(pks)
        return chosen

    def ask_bye(self) -> None:
        kind = self.chance.choice(BYES)
        ask_bye(tournament_id=self.id, entrant_id=self.anybody(), kind=kind, actor=ORGANISER)

    def take_bye_back(self) -> None:
        take_bye_back(tournament_id=self.id, entrant_id=self.anybody(), actor=ORGANISER)

    def enter_late(self) -> None:
        self.late += 1
        enter_late(tournament_id=self.id, entrant=NewEntrant(f"Late {self.late}"), actor=ORGANISER)

    def withdraw(self) -> None:
        withdraw_entrant(tournament_id=self.id, entrant_id=self.anybody(), actor=ORGANISER)

    def reinstate(self) -> None:
        reinstate_entrant(tournament_id=self.id, entrant_id=self.anybody(), actor=ORGANISER)

    def undo(self) -> None:
        undo_last(tournament_id=self.id, actor=ORGANISER)

    def unpair(self) -> None:
        unpair_round(tournament_id=self.id, actor=ORGANISER)

    def something(self) -> None:
        """One thing or another, which may be refused for good reasons."""
        acts: list[Callable[[], None]] = [self.ask_bye, self.enter_late, self.take_bye_back]
        acts += [self.withdraw, self.reinstate, self.undo, self.unpair]
        with suppress(Conflict):
            self.chance.choice(acts)()

    def play_round(self) -> None:
        """Results and second thoughts, until the round is over or was taken back."""
        while open_pairings(self.tournament):
            self.something()
            if self.chance.random() < 0.5:
                play_by_chance(self.tournament, self.chance)
        for _ in range(3):
            self.something()

    def pair(self) -> bool:
        """Pair a round as the other program does; False if neither can."""
        if open_pairings(self.tournament):
            return True
        text = group_trf(group_of(self.tournament))
        expected = elsewhere(text)
        try:
            number = pair(self.tournament).number
        except Refusal:
            # Who is alone has a bye elsewhere; here a round needs a match.
            assert expected is None or all(black == NOBODY for _, black in expected)
            return False
        assert as_paired(self.tournament, number) == expected
        self.compared += 1
        return True


@pytest.mark.parametrize(("count", "seed"), [(7, 1), (8, 2), (11, 3), (14, 4)])
def test_every_round_is_what_another_program_pairs_from_the_report(count: int, seed: int) -> None:
    tournament = swiss(count, min(6, count - 1))
    day = Day(tournament, Random(seed))
    while day.compared < 4:
        day.play_round()
        tournament.refresh_from_db()
        if tournament.state != "running" or not day.pair():
            break
    assert day.compared > 1
