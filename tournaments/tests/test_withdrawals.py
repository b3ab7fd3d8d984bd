"""Who leaves in the middle of a tournament, and who comes back."""

import pytest

from lib.errors import Conflict, NotFound
from matchmaking.models import MatchState, Outcome
from tournaments.models import (
    Entrant,
    EntryStatus,
    Format,
    Pairing,
    PairingState,
    StageSettings,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.withdrawals import (
    disqualify_entrant,
    reinstate_entrant,
    withdraw_entrant,
)
from tournaments.services.undo.stack import undo_last

from .builders import DOUBLE, TABLE, draft, first_wins, match_of, names, pairing, play_on, started

pytestmark = pytest.mark.django_db


def withdraw(tournament: Tournament, name: str) -> Entrant:
    entrant = tournament.entrants.get(name=name)
    return withdraw_entrant(tournament_id=tournament.pk, entrant_id=entrant.pk, actor=ORGANISER)


def reinstate(tournament: Tournament, name: str) -> list[str]:
    entrant = tournament.entrants.get(name=name)
    opened = reinstate_entrant(tournament_id=tournament.pk, entrant_id=entrant.pk, actor=ORGANISER)
    return [row.key for row in opened]


def test_who_withdraws_forfeits_and_goes_nowhere() -> None:
    cup = started(4, DOUBLE)
    withdraw(cup, "P4")
    row = pairing(cup, "W1.1")
    assert (row.state, row.winner, row.loser_leaves) == (PairingState.DECIDED, 0, True)
    assert row.match is not None and row.match.outcome == Outcome.FORFEIT
    first_wins(cup, "W1.2")
    assert pairing(cup, "L1.1").state == PairingState.WALKOVER


def test_who_withdraws_while_waiting_is_walked_over_later() -> None:
    cup = started(4)
    first_wins(cup, "W1.1")
    withdraw(cup, "P1")
    assert cup.entrants.get(name="P1").status == EntryStatus.WITHDRAWN
    first_wins(cup, "W1.2")
    final = pairing(cup, "W2.1")
    assert (final.state, final.winner) == (PairingState.DECIDED, 1)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_everybody_withdraws_and_the_tournament_ends_without_a_winner() -> None:
    for plan in (StageSettings(), DOUBLE, TABLE):
        cup = started(5, plan)
        for number in range(1, 5):
            withdraw(cup, f"P{number}")
            cup.refresh_from_db()
        if cup.state == TournamentState.RUNNING:
            withdraw(cup, "P5")
        cup.refresh_from_db()
        assert cup.state == TournamentState.FINISHED


def test_in_a_table_every_match_that_is_left_is_forfeited() -> None:
    league = started(4, TABLE)
    first_wins(league, "R1.1")
    withdraw(league, "P1")
    mine = [
        row for row in Pairing.objects.select_related("match", "top", "bottom")
        if "P1" in {str(row.top), str(row.bottom)}
    ]  # fmt: skip
    outcomes = {row.key: row.match.outcome for row in mine if row.match}
    assert outcomes.pop("R1.1") == Outcome.PLAYED
    assert set(outcomes.values()) == {Outcome.FORFEIT} and len(outcomes) == 2
    assert Pairing.objects.filter(state=PairingState.READY).count() == 3


def test_the_expelled_are_shown_as_such() -> None:
    cup = started(4)
    entrant = cup.entrants.get(name="P4")
    disqualify_entrant(
        tournament_id=cup.pk, entrant_id=entrant.pk, why="two phones", actor=ORGANISER
    )
    entrant.refresh_from_db()
    assert entrant.status == EntryStatus.DISQUALIFIED
    action = cup.actions.get(verb="disqualify")
    assert (action.text, action.why) == ("P4 was disqualified", "two phones")


def test_who_has_left_does_not_leave_again() -> None:
    cup = started(4)
    withdraw(cup, "P4")
    with pytest.raises(Conflict) as refusal:
        withdraw(cup, "P4")
    assert refusal.value.code == "has_left"
    with pytest.raises(Conflict) as refusal:
        reinstate(cup, "P1")
    assert refusal.value.code == "has_not_left"
    with pytest.raises(NotFound):
        withdraw_entrant(tournament_id=cup.pk, entrant_id=0, actor=ORGANISER)
    with pytest.raises(Conflict):
        withdraw(draft(["Ann", "Bob"]), "Ann")


def test_who_comes_back_plays_on_where_nobody_has_played_since() -> None:
    cup = started(4)
    withdraw(cup, "P4")
    assert reinstate(cup, "P4") == ["W1.1"]
    assert match_of(cup, "W1.1").state == MatchState.OPEN
    withdraw(cup, "P4")
    first_wins(cup, "W1.2", "W2.1")
    assert reinstate(cup, "P4") == []
    assert pairing(cup, "W1.1").winner == 0
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_who_comes_back_to_a_table_plays_what_was_forfeited_since() -> None:
    league = started(4, TABLE)
    first_wins(league, "R1.1")
    withdraw(league, "P1")
    assert len(reinstate(league, "P1")) == 2
    assert pairing(league, "R1.1").winner == 0
    play_on(league)
    league.refresh_from_db()
    assert league.state == TournamentState.FINISHED


def test_leaving_and_coming_back_are_undone() -> None:
    cup = started(4, DOUBLE)
    withdraw(cup, "P4")
    reinstate(cup, "P4")
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert pairing(cup, "W1.1").loser_leaves
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert cup.entrants.get(name="P4").status == EntryStatus.ENTERED
    assert match_of(cup, "W1.1").state == MatchState.OPEN


def test_who_has_left_does_not_go_on_to_the_next_stage() -> None:
    groups = StageSettings(Format.ROUND_ROBIN, group_count=2, advance=1)
    cup = started(6, groups, StageSettings())
    for key in ("R1.1", "R2.1"):
        for group in (1, 2):
            first_wins(cup, key, group=group)
    last = [pairing(cup, "R3.1", group=group) for group in (1, 2)]
    favourite = Entrant.objects.get(name="P1")
    withdraw(cup, "P1")
    for group, row in enumerate(last, start=1):
        if pairing(cup, row.key, group=group).state == PairingState.READY:
            first_wins(cup, "R3.1", group=group)
    assert str(favourite) not in names(cup, "W1.1", stage=2)


def lines(tournament: Tournament) -> list[str]:
    return [action.text for action in tournament.actions.order_by("number")][1:]


def test_the_record_says_who_goes_through_because_somebody_left() -> None:
    cup = started(4)
    withdraw(cup, "P4")
    assert lines(cup) == ["P4 withdrew", "P1 has a walkover: P4 has left (Semi-finals)"]
    withdraw(cup, "P1")
    first_wins(cup, "W1.2")
    assert lines(cup)[2:] == [
        "P1 withdrew",
        "P2 has a walkover: P1 has left (Final)",
        "P2 beat P3 1:0 (Semi-finals)",
    ]


def test_in_a_table_the_record_says_how_many_matches_are_forfeited() -> None:
    league = started(4, TABLE)
    first_wins(league, "R1.1")
    withdraw(league, "P4")
    assert lines(league)[-1] == "P4 withdrew; matches forfeited: 2"
