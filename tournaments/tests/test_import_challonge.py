"""Tournaments of Challonge, imported: who met whom, results, seeds and places are those there."""

import json
import random
from typing import Any

import pytest

from tournaments.files.export import export_tournament
from tournaments.files.text import BadFile
from tournaments.models import Pairing, PairingState, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.transfer.imports import import_file
from tournaments.services.transfer.preview import preview_file
from tournaments.storage.final_places import final_places

from .imported.challonge import Answer, elimination, second_version

pytestmark = pytest.mark.django_db

Json = dict[str, Any]


def chance(seed: int) -> Any:
    draw = random.Random(seed)

    def play(first: int, second: int) -> tuple[int, str]:
        winner = draw.choice((first, second))
        score = draw.choice(("2-0", "3-1", "11-8"))
        return winner, score if winner == first else "-".join(score.split("-")[::-1])

    return play


def met(tournament: Tournament) -> set[Any]:
    rows = Pairing.objects.in_full().of(tournament).filter(state=PairingState.DECIDED)
    return {
        (
            frozenset((row.both[0].name, row.both[1].name)),
            row.both[row.winner].name if row.winner is not None else None,
            tuple(sorted(row.known_match.games[0] if row.known_match.games else ())),
        )
        for row in rows
    }


def met_there(answer: Answer) -> set[Any]:
    return {
        (
            frozenset(answer.names[answer.seed(m[f"player{p}_id"]) - 1] for p in (1, 2)),
            answer.names[answer.seed(m["winner_id"]) - 1] if m["winner_id"] else None,
            tuple(sorted(map(int, m["scores_csv"].split("-")))),
        )
        for m in answer.matches
        if m["state"] == "complete"
    }


def load(answer: Answer) -> Any:
    return import_file(data=json.dumps(answer.value()).encode())


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("size", [2, 3, 5, 6, 8, 11, 16, 23])
def test_every_match_of_a_bracket_is_there_whatever_its_size(size: int, double: bool) -> None:
    answer = Answer([f"Player {n}" for n in range(1, size + 1)])
    elimination(answer, double=double, third=not double and size > 3)
    answer.play(chance(size))
    made = load(answer)
    assert met(made.tournament) == met_there(answer)
    assert [e.name for e in made.tournament.entrants.order_by("seed")] == list(answer.names)


@pytest.mark.parametrize("most", [0, 1, 7, 19])
def test_a_bracket_that_runs_goes_on_here(most: int) -> None:
    answer = Answer([f"Player {n}" for n in range(1, 17)])
    elimination(answer, double=True)
    answer.play(chance(3), most=most)
    tournament = load(answer).tournament
    assert tournament.state == TournamentState.RUNNING
    assert met(tournament) == met_there(answer)


def places(tournament: Tournament) -> dict[str, tuple[int, int]]:
    return {one.contender.entrant.name: (one.first, one.last) for one in final_places(tournament)}


@pytest.mark.parametrize("reset", [True, False])
def test_the_final_places_are_those_there(reset: bool) -> None:
    answer = Answer(["Ann", "Bob", "Cem", "Dora", "Eve"])
    elimination(answer, double=True, reset=reset)
    wins = {frozenset((2, 3)): 2, frozenset((1, 2)): 1}
    beaten = iter([2, 2])

    def play(first: int, second: int) -> tuple[int, str]:
        pair = frozenset((first, second))
        better = wins.get(pair, min(first, second))
        if pair == {1, 2} and answer.matches[-2 if reset else -1]["player1_id"]:
            better = next(beaten)  # the losers' side wins both finals
        return better, "2-1" if better == first else "1-2"

    answer.play(play)
    answer.tournament |= {"state": "complete", "completed_at": "2024-05-04T18:00:00.000-04:00",
                          "grand_finals_modifier": None if reset else "single match"}  # fmt: skip
    answer.ranks = {2: 1, 1: 2, 3: 3, 4: 4, 5: 5}
    made = load(answer)
    assert made.tournament.state == TournamentState.FINISHED
    assert made.warnings == ()
    assert [name for name, _ in sorted(places(made.tournament).items(), key=lambda p: p[1])] == [
        "Bob", "Ann", "Cem", "Dora", "Eve",
    ]  # fmt: skip
    assert Pairing.objects.filter(key="GF2").exists() is reset


def round_robin(answer: Answer, results: dict[tuple[int, int], str]) -> None:
    answer.tournament |= {"tournament_type": "round robin", "grand_finals_modifier": None}
    for number, (pair, _) in enumerate(results.items()):
        answer.add(number // (len(answer.names) // 2) + 1, *(("seed", one) for one in pair))

    def play(first: int, second: int) -> tuple[int, str]:
        score = results[first, second]
        one, other = map(int, score.split("-"))
        return (0 if one == other else first if one > other else second), score

    answer.play(play)
    answer.tournament |= {"state": "complete"}


TABLE = {
    (1, 4): "3-1", (2, 3): "2-2", (4, 3): "0-2", (1, 2): "1-0", (2, 4): "4-0", (3, 1): "0-1",
}  # fmt: skip


def test_a_round_robin_has_the_same_table() -> None:
    answer = Answer(["Ann", "Bob", "Cem", "Dora"])
    round_robin(answer, TABLE)
    answer.ranks = {1: 1, 2: 2, 3: 3, 4: 4}
    answer.tournament["tie_breaks"] = ["match wins vs tied", "points difference", "colour of hair"]
    made = load(answer)
    assert made.warnings == ("Not kept: the tie-break colour of hair, which there is not here.",)
    assert places(made.tournament) == {
        "Ann": (1, 1), "Bob": (2, 2), "Cem": (3, 3), "Dora": (4, 4),
    }  # fmt: skip


def test_another_place_than_there_is_said() -> None:
    answer = Answer(["Ann", "Bob", "Cem", "Dora"])
    round_robin(answer, TABLE)
    answer.ranks = {1: 1, 2: 3, 3: 2, 4: 4}
    answer.tournament["tie_breaks"] = ["points difference"]
    assert load(answer).warnings == (
        "Bob has place 2 here, and 3 in the file.",
        "Cem has place 3 here, and 2 in the file.",
        "Tie-breaks differ between programs; the results are the same.",
    )


def test_groups_and_then_a_bracket() -> None:
    answer = Answer([f"P{n}" for n in range(1, 9)])
    answer.groups = {seed: [900 + seed] for seed in range(1, 9)}
    for group, members in ((51, (1, 4, 5, 8)), (52, (2, 3, 6, 7))):
        for round_, pairs in enumerate(((0, 3, 1, 2), (3, 2, 0, 1), (1, 3, 2, 0)), start=1):
            for one, other in (pairs[:2], pairs[2:]):
                first, second = (answer.groups[members[place]][0] for place in (one, other))
                won = min(first, second)
                answer.add(round_, group_id=group, player1_id=first, player2_id=second,
                           state="complete", winner_id=won, scores_csv="2-0" if won == first
                           else "0-2")  # fmt: skip
    final = Answer(answer.names, answer.matches)
    semis = [answer.add(1, ("seed", 1), ("seed", 3)), answer.add(1, ("seed", 2), ("seed", 4))]
    answer.add(2, ("won", semis[0]), ("won", semis[1]))
    final.play(lambda first, second: (min(first, second), "1-0" if first < second else "0-1"),
               most=13)  # fmt: skip
    answer.tournament |= {"tournament_type": "single elimination", "group_stages_enabled": True}
    tournament = load(answer).tournament
    groups, bracket = tournament.stages.order_by("number")
    assert (groups.format, groups.group_count, groups.advance) == ("round_robin", 2, 2)
    assert groups.state == "finished" and bracket.state == "running"
    assert [c.entrant.name for c in bracket.groups.get().contenders.order_by("seed")] == [
        "P1", "P2", "P3", "P4",
    ]  # fmt: skip
    assert Pairing.objects.filter(group__stage=bracket, state=PairingState.DECIDED).count() == 1


def test_a_swiss_that_runs_is_paired_on_here() -> None:
    answer = Answer(["Ann", "Bob", "Cem", "Dora", "Eve"])
    answer.tournament |= {"tournament_type": "swiss", "swiss_rounds": 3}
    answer.add(1, ("seed", 1), ("seed", 3))
    answer.add(1, ("seed", 2), ("seed", 4))
    answer.play(lambda first, second: (first, "2-1"))
    tournament = load(answer).tournament
    stage = tournament.stages.get()
    assert (stage.format, stage.rounds_planned, stage.state) == ("swiss", 3, "running")
    assert [b.contender.entrant.name for b in stage.groups.get().contenders.get(seed=5).byes.all()]


def test_what_is_not_kept_is_said_or_refused() -> None:
    answer = Answer(["Ann", "ann", "Cem" * 20, "Dora"])
    elimination(answer)
    answer.tournament |= {"state": "pending"}
    value = answer.value()
    value["tournament"]["participants"][0]["participant"]["custom_field_response"] = {"71": "XL"}
    said = preview_file(data=json.dumps(value).encode()).warnings
    assert [one.split(":")[0] for one in said] == [
        "'ann' is called 'ann (2)' here",
        "'CemCemCemCemCemCemCemCemCemCemCemCemCemCemCemCemCemCemCemCem' is called "
        "'CemCemCemCemCemCemCemCemCemCemCe' here",
        "Not kept",
    ]
    assert not Tournament.objects.exists()
    for wrong in (
        {"tournament_type": "free for all"},
        {"tournament_type": "leaderboard"},
        {"grand_finals_modifier": "skip", "tournament_type": "double elimination"},
        {"split_participants": True},
    ):
        answer.tournament |= wrong
        with pytest.raises(BadFile) as refused:
            load(answer)
        assert refused.value.code == "not_kept"
    assert not Tournament.objects.exists()


@pytest.mark.parametrize("double", [False, True])
@pytest.mark.parametrize("size", [2, 5, 8, 13])
def test_the_second_api_says_the_same(size: int, double: bool) -> None:
    answer = Answer([f"Player {n}" for n in range(1, size + 1)])
    elimination(answer, double=double)
    answer.play(chance(size))
    data = "\n".join(map(json.dumps, second_version(answer))).encode()
    assert met(import_file(data=data).tournament) == met_there(answer)


def test_a_running_bracket_of_the_second_api_is_the_usual_one() -> None:
    answer = Answer([f"Player {n}" for n in range(1, 9)])
    elimination(answer)
    answer.play(chance(1), most=3)
    data = "\n".join(map(json.dumps, second_version(answer))).encode()
    tournament = import_file(data=data).tournament
    assert tournament.state == TournamentState.RUNNING
    assert met(tournament) == met_there(answer)


def play_on(tournament: Tournament) -> None:
    """Enter results, the first side winning, until nothing is left to play."""
    while (row := Pairing.objects.of(tournament).ready().first()) is not None:
        assert row.match_id is not None
        enter_result(
            tournament_id=tournament.pk,
            match_id=row.match_id,
            report=by_score([1, 0]),
            actor=ORGANISER,
        )


def test_a_bracket_drawn_elsewhere_is_played_to_its_end_and_saved_here() -> None:
    answer = Answer([f"Player {n}" for n in range(1, 14)])
    elimination(answer, double=True)
    answer.play(chance(5), most=9)
    tournament = load(answer).tournament
    assert tournament.stages.get().groups.get().draw
    play_on(tournament)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.FINISHED
    assert len(places(tournament)) == len(answer.names)
    again = import_file(data=export_tournament(tournament)).tournament
    assert met(again) == met(tournament) and places(again) == places(tournament)


def test_a_document_with_an_impossible_draw_is_refused() -> None:
    answer = Answer([f"Player {n}" for n in range(1, 17)])
    elimination(answer, double=True)
    document = json.loads(export_tournament(load(answer).tournament))
    group = document["stages"][0]["groups"][0]
    for wrong in (
        group["draw"][:-1],
        [*group["draw"], ["W9.1", "1", "2"]],
        [["W1.1", "1", "1"], *group["draw"][1:]],
        [["W1.1", "W1.1", "16"], *group["draw"][1:]],
        [[key, "-GF" if key == "W1.2" else one, two] for key, one, two in group["draw"]],
        [["L1.1", "x", "W9.9"]],
    ):
        changed = json.loads(json.dumps(document))
        changed["stages"][0]["groups"][0]["draw"] = wrong
        with pytest.raises(BadFile):
            import_file(data=json.dumps(changed).encode())
    assert Tournament.objects.count() == 1
