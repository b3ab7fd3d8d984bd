"""A longer final, and longer semi-finals: planned, drawn, and changed for one round later."""

import pytest
from django.test import Client
from django.urls import reverse

from lib.errors import Conflict
from tournaments.files.export import export_tournament
from tournaments.models import Format, Round, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.results import by_score
from tournaments.services.progress.round_lengths import set_round_best_of
from tournaments.services.setup.stage_plans import BadStages, check_plans
from tournaments.services.transfer.imports import import_tournament
from tournaments.services.undo.stack import undo_last

from .builders import draft, match_of, play_on, report, started

pytestmark = pytest.mark.django_db

LONG = StageSettings(best_of=1, semi_best_of=3, final_best_of=5, third_place=True)
LONG_DOUBLE = StageSettings(Format.DOUBLE_ELIMINATION, semi_best_of=3, final_best_of=5)


def lengths(cup: Tournament) -> dict[str, int | None]:
    rounds = Round.objects.filter(group__stage__tournament=cup)
    return {round_.name: round_.best_of for round_ in rounds}


def test_the_last_rounds_of_a_bracket_are_longer() -> None:
    cup = started(8, LONG)
    assert lengths(cup) == {
        "Quarter-finals": None,
        "Semi-finals": 3,
        "Final": 5,
        "Third-place match": 3,
    }
    play_on(cup)
    assert match_of(cup, "W1.1").scores == [1, 0]
    assert match_of(cup, "W2.1").scores == [2, 0]
    assert match_of(cup, "W3.1").scores == [3, 0]


def test_in_a_double_elimination_both_finals_are_its_semi_finals() -> None:
    assert lengths(started(6, LONG_DOUBLE)) == {
        "Winners' quarter-finals": None,
        "Winners' semi-finals": None,
        "Winners' final": 3,
        "Losers' round 1": None,
        "Losers' round 2": None,
        "Losers' semi-final": None,
        "Losers' final": 3,
        "Grand final": 5,
        "Bracket reset": 5,
    }


def test_a_cup_of_two_has_a_final_only() -> None:
    assert lengths(started(2, StageSettings(semi_best_of=3, final_best_of=5))) == {"Final": 5}


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (StageSettings(final_best_of=4), "Best of 4 may end level"),
        (StageSettings(semi_best_of=0), "best of 1 to 99"),
        (StageSettings(Format.SWISS, final_best_of=3), "Only an elimination"),
    ],
)
def test_lengths_that_make_no_sense_are_refused(plan: StageSettings, words: str) -> None:
    with pytest.raises(BadStages, match=words):
        check_plans([plan])


def test_a_form_and_a_program_can_ask_for_it_and_a_file_keeps_it() -> None:
    form = {
        "organiser": "Olga", "name": "Cup", "players": "Ann\nBob\nCem\nDan", "seeding": "given",
        "format": "single_elimination", "semi_best_of": "3", "final_best_of": "5", "start": "1",
    }  # fmt: skip
    assert Client().post(reverse("tournament-new"), form).status_code == 302
    cup = Tournament.objects.get()
    assert lengths(cup) == {"Semi-finals": 3, "Final": 5}
    html = Client().get(reverse("tournament", args=[cup.pk])).content.decode()
    assert 'Final <span class="round-length">best of 5</span>' in html
    body = {"players": ["Ann", "Bob"], "semi_best_of": 3, "final_best_of": 5}
    made = Client().post("/tournament", body, content_type="application/json").json()
    path = f"/api/tournaments/{made['tournament']['id']}"
    [stage] = Client().get(path).json()["stages"]
    assert (stage["best_of"], stage["semi_best_of"], stage["final_best_of"]) == (1, 3, 5)
    assert stage["groups"][0]["rounds"][0]["matches"][0]["best_of"] == 5
    copy = import_tournament(data=export_tournament(cup)).tournament
    assert lengths(copy) == lengths(cup)
    assert copy.stages.get().final_best_of == 5
    planned = import_tournament(data=export_tournament(draft(4, LONG))).tournament.stages.get()
    assert (planned.semi_best_of, planned.final_best_of) == (3, 5)


def test_the_length_of_one_round_is_changed_and_undone() -> None:
    cup = started(4)
    final = Round.objects.get(group__stage__tournament=cup, name="Final")
    semis = Round.objects.get(group__stage__tournament=cup, name="Semi-finals")
    set_round_best_of(tournament_id=cup.pk, round_id=final.pk, best_of=5, actor=ORGANISER)
    set_round_best_of(tournament_id=cup.pk, round_id=semis.pk, best_of=3, actor=ORGANISER)
    assert match_of(cup, "W1.1").best_of == 3
    assert (
        undo_last(tournament_id=cup.pk, actor=ORGANISER).text == "Undone: Semi-finals is best of 3"
    )
    assert match_of(cup, "W1.1").best_of == 1
    assert lengths(cup) == {"Semi-finals": None, "Final": 5}
    set_round_best_of(tournament_id=cup.pk, round_id=semis.pk, best_of=3, actor=ORGANISER)
    report(cup, "W1.1", by_score([2, 1]))
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert match_of(cup, "W1.1").best_of == 1


def test_a_round_that_has_begun_keeps_its_length() -> None:
    cup = started(4)
    final = Round.objects.get(group__stage__tournament=cup, name="Final")
    set_round_best_of(tournament_id=cup.pk, round_id=final.pk, best_of=3, actor=ORGANISER)
    play_on(cup)
    for _ in range(3):
        undo_last(tournament_id=cup.pk, actor=ORGANISER)
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert lengths(cup)["Final"] is None
    play_on(cup)
    with pytest.raises(Conflict):
        set_round_best_of(tournament_id=cup.pk, round_id=final.pk, best_of=3, actor=ORGANISER)
