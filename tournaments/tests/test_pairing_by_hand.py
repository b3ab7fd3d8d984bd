"""A Swiss round paired by hand: checked, recorded, and a way on where no pairing is left."""

from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from lib.errors import Conflict, Refusal
from tournaments.models import Action, Bye, Entrant, Format, Round, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.pairing_by_hand import pair_by_hand, suggest_pairs
from tournaments.services.progress.results import by_score, enter_result
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.stage_plans import size_fault, swiss_warning
from tournaments.services.undo.stack import undo_last

pytestmark = pytest.mark.django_db


def swiss(count: int, rounds: int) -> Tournament:
    cup = create_tournament(
        name="Swiss",
        players=list("ABCDEFGH"[:count]),
        stages=[StageSettings(Format.SWISS, rounds_planned=rounds)],
    ).tournament
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    cup.refresh_from_db()
    return cup


def play(cup: Tournament) -> None:
    """The first of each board wins."""
    for row in Round.objects.latest("number").pairings.filter(state="ready"):
        enter_result(
            tournament_id=cup.pk, match_id=row.pk, report=by_score((1, 0)), actor=ORGANISER
        )


def boards(cup: Tournament, number: int) -> list[tuple[str, str]]:
    rows = Round.objects.get(group__stage__tournament=cup, number=number).pairings.all()
    return [(str(row.top), str(row.bottom)) for row in rows]


def by_hand(cup: Tournament, pairs: Sequence[str], *, repeats: bool = False) -> Round:
    ids = dict(cup.entrants.values_list("name", "pk"))
    return pair_by_hand(
        tournament_id=cup.pk,
        pairs=[(ids[pair[0]], ids[pair[1]]) for pair in pairs],
        actor=ORGANISER,
        repeats=repeats,
        why="the hall wishes it",
    )


def test_a_round_is_published_as_it_was_paired() -> None:
    cup = swiss(5, 3)
    play(cup)
    first = boards(cup, 1)
    met = {frozenset(pair) for pair in first}
    pairs = next(
        pairs
        for pairs in (["AB", "CD"], ["AC", "BD"], ["AD", "BC"], ["AE", "BC"], ["AE", "BD"])
        if not met & {frozenset(pair) for pair in pairs}
    )
    by_hand(cup, pairs)
    assert boards(cup, 2) == [(pair[0], pair[1]) for pair in pairs]
    bye = Bye.objects.get(round_number=2).contender.entrant.name
    assert bye not in "".join(pairs)
    action = Action.objects.latest("pk")
    assert "by hand" in action.text and action.why == "the hall wishes it"
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert not Round.objects.filter(number=2).exists()


@pytest.mark.parametrize(
    ("pairs", "complaint"),
    [
        (["AB"], "Left out: C, D"),
        (["AB", "AC"], "In more than one place: A"),
        (["AB", "CC"], "In more than one place: C"),
    ],
)
def test_pairs_that_are_no_round_are_refused(pairs: list[str], complaint: str) -> None:
    cup = swiss(4, 2)
    play(cup)
    with pytest.raises(Refusal) as refused:
        by_hand(cup, pairs)
    assert refused.value.code == "bad_pairing" and complaint in refused.value.message
    assert not Round.objects.filter(number=2).exists()


def test_somebody_of_another_tournament_cannot_be_paired() -> None:
    cup, other = swiss(4, 2), swiss(4, 2)
    play(cup)
    ids = list(other.entrants.values_list("pk", flat=True))
    with pytest.raises(Refusal) as refused:
        pair_by_hand(tournament_id=cup.pk, pairs=[(ids[0], ids[1])], actor=ORGANISER)
    assert refused.value.code == "bad_pairing"


def test_two_who_have_met_meet_again_only_where_that_is_allowed() -> None:
    cup = swiss(4, 3)
    play(cup)
    again = ["".join(pair) for pair in boards(cup, 1)]
    with pytest.raises(Conflict) as refused:
        by_hand(cup, again)
    assert refused.value.code == "have_met"
    by_hand(cup, again, repeats=True)
    assert "met before" in Action.objects.latest("pk").text


def test_where_no_pairing_is_left_the_organiser_goes_on_by_hand() -> None:
    cup = swiss(6, 5)
    # A, B, C and D, E, F meet across: then nobody in a group of three can be paired with all.
    assert {frozenset(pair) for pair in boards(cup, 1)} == {*map(frozenset, ("AD", "BE", "CF"))}
    for pairs in (["EA", "FB", "DC"], ["AF", "BD", "CE"]):
        play(cup)
        by_hand(cup, pairs)
    play(cup)
    with pytest.raises(Conflict) as refused:
        pair_next_round(group=swiss_group(cup), actor=ORGANISER)
    assert refused.value.code == "no_pairing" and "by hand" in refused.value.message
    suggestion = suggest_pairs(cup.pk)
    assert len(suggestion.pairs) == 3 and suggestion.number == 4
    pair_by_hand(
        tournament_id=cup.pk,
        pairs=[(white.pk, black.pk) for white, black in suggestion.pairs],
        actor=ORGANISER,
        repeats=True,
    )
    play(cup)
    assert Round.objects.count() == 4


def test_the_page_suggests_publishes_and_keeps_what_was_chosen() -> None:
    cup = swiss(4, 3)
    play(cup)
    browser = Client()
    browser.force_login(User.objects.create_superuser("boss", password="correct horse"))
    page = reverse("tournament-pair-by-hand", args=[cup.pk])
    html = browser.get(page).content.decode()
    assert "Pair round 2" in html and html.count(" selected") == 4
    names = boards(cup, 1)
    ids = dict(Entrant.objects.filter(tournament=cup).values_list("name", "pk"))
    form = {
        f"{side}-{number}": ids[name]
        for number, pair in enumerate(names, start=1)
        for side, name in zip(("white", "black"), pair, strict=True)
    }
    refused = browser.post(page, form)
    assert refused.status_code == 400 and "They have met before" in refused.content.decode()
    assert browser.post(page, form | {"repeats": "on"}).status_code == 302
    assert boards(cup, 2) == names
    assert Client().get(page).status_code == 302


def test_five_play_five_rounds_with_a_bye_each() -> None:
    assert not size_fault(StageSettings(Format.SWISS, rounds_planned=5), 5)
    assert size_fault(StageSettings(Format.SWISS, rounds_planned=6), 5)
    assert size_fault(StageSettings(Format.SWISS, rounds_planned=8), 8)
    cup = swiss(5, 5)
    for _ in range(4):
        play(cup)
        pair_next_round(group=swiss_group(cup), actor=ORGANISER)
    play(cup)
    cup.refresh_from_db()
    assert cup.state == "finished"
    assert sorted(Bye.objects.values_list("contender__entrant__name", flat=True)) == list("ABCDE")


def test_many_rounds_for_few_players_are_warned_of() -> None:
    def warning(rounds: int) -> str:
        return swiss_warning(StageSettings(Format.SWISS, rounds_planned=rounds), 8)

    assert warning(4) == "" and "from round 5 on" in warning(7)
