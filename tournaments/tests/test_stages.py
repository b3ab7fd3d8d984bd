"""Stages: planned with sense, begun one after the other, seeded from the places of the last."""

from decimal import Decimal
from random import Random

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from lib.errors import Conflict
from matchmaking.models import Match
from tournaments.models import (
    Contender,
    EntryStatus,
    Format,
    KeepApart,
    Pairing,
    Seeding,
    StageSettings,
    StageState,
    Tournament,
    TournamentState,
)
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.reopen import reopen_result
from tournaments.services.progress.results import by_score
from tournaments.services.progress.stages import end_swiss
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.services.setup.creation import BadEntrants
from tournaments.services.setup.stage_plans import BadStages, check_plans, set_stages
from tournaments.signals import bracket_created, stage_started

from .builders import (
    DOUBLE,
    SINGLE,
    TABLE,
    draft,
    match_of,
    names,
    pairing,
    play_on,
    report,
    started,
)

pytestmark = pytest.mark.django_db

ROBIN, SWISS = Format.ROUND_ROBIN, Format.SWISS
GROUPS = StageSettings(ROBIN, group_count=2, advance=2)


@pytest.mark.parametrize(
    ("plans", "words"),
    [
        ([], "1 to 8 stages"),
        ([SINGLE] * 9, "1 to 8 stages"),
        ([StageSettings(draws=True)], "no draws"),
        ([StageSettings(best_of=2)], "odd number"),
        ([StageSettings(best_of=0)], "best of 1 to 99"),
        ([StageSettings(best_of=101)], "best of 1 to 99"),
        ([StageSettings(group_count=2)], "in groups"),
        ([StageSettings(legs=2)], "two legs"),
        ([StageSettings(rounds_planned=3)], "follow from"),
        ([StageSettings(Format.DOUBLE_ELIMINATION, third_place=True)], "third-place"),
        ([StageSettings(ROBIN, third_place=True)], "third-place"),
        ([StageSettings(ROBIN, best_of=2)], "Allow draws"),
        ([StageSettings(ROBIN, rounds_planned=3)], "follow from"),
        ([StageSettings(ROBIN, legs=3)], "1 or 2 legs"),
        ([StageSettings(ROBIN, group_count=0)], "256 groups"),
        ([StageSettings(SWISS, group_count=2)], "one group"),
        ([StageSettings(SWISS, legs=2)], "one leg"),
        ([StageSettings(SWISS, rounds_planned=0)], "1 to 99 rounds"),
        ([StageSettings(ROBIN, tie_breaks=("COIN",))], "no tie-break 'COIN'"),
        ([StageSettings(ROBIN, tie_breaks=("WINS", "WINS"))], "twice"),
        ([StageSettings(ROBIN, points_win=Decimal(-1))], "Points"),
        ([StageSettings(name="x" * 41)], "40 characters"),
        ([StageSettings(advance=2)], "last stage"),
        ([TABLE, SINGLE], "Stage 1: Say how many go on"),
        ([StageSettings(ROBIN, advance=0), SINGLE], "At least one"),
        ([StageSettings(ROBIN, advance=1), SINGLE], "Stage 2: It needs at least two"),
        (
            [StageSettings(ROBIN, advance=4), StageSettings(ROBIN, group_count=3)],
            "cannot fill 3 groups",
        ),
        ([StageSettings(ROBIN, advance=4), StageSettings(SWISS, rounds_planned=4)], "too many"),
        (
            [StageSettings(SWISS, advance=8), StageSettings(advance=9), SINGLE],
            "shall go on, of only",
        ),
    ],
)
def test_a_plan_without_sense_is_refused_in_words(plans: list[StageSettings], words: str) -> None:
    with pytest.raises(BadStages, match=words) as refusal:
        check_plans(plans)
    assert refusal.value.code == "bad_stages"


@pytest.mark.parametrize(
    ("players", "plans", "words"),
    [
        (3, [StageSettings(ROBIN, group_count=2)], "3 players cannot fill 2 groups"),
        (4, [StageSettings(SWISS, rounds_planned=4)], "only 3 opponents"),
        (5, [StageSettings(ROBIN, group_count=2, advance=3), SINGLE], "3 shall go on, of only 2"),
        (131, [TABLE], "too many for one table"),
    ],
)
def test_too_few_or_too_many_for_the_plan_and_nothing_has_started(
    players: int, plans: list[StageSettings], words: str
) -> None:
    tournament = draft(players, *plans)
    with pytest.raises(BadStages, match=words):
        start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.DRAFT
    assert not Match.objects.exists()


def test_stages_are_set_before_the_start_only() -> None:
    tournament = draft(4, TABLE)
    set_stages(tournament_id=tournament.pk, stages=[GROUPS, DOUBLE], actor=ORGANISER)
    formats = tournament.stages.values_list("number", "format", "advance")
    assert list(formats) == [(1, "round_robin", 2), (2, "double_elimination", None)]
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    with pytest.raises(Conflict) as refusal:
        set_stages(tournament_id=tournament.pk, stages=[SINGLE], actor=ORGANISER)
    assert refusal.value.code == "already_started"


def test_a_round_robin_has_all_its_matches_at_once() -> None:
    league = draft(["Ann", "Bob", "Cem"], TABLE)
    assert start_tournament(tournament_id=league.pk, actor=ORGANISER) == [["Bob", "Cem"]]
    rows = Pairing.objects.order_by("key").values_list("key", "top__name", "bottom__name")
    assert list(rows) == [
        ("R1.1", "Bob", "Cem"), ("R2.1", "Ann", "Bob"), ("R3.1", "Cem", "Ann"),
    ]  # fmt: skip
    assert Match.objects.filter(state="open").count() == 3


@pytest.mark.parametrize(("count", "legs", "matches"), [(2, 1, 1), (5, 2, 20), (8, 1, 28)])
def test_everybody_meets_everybody(count: int, legs: int, matches: int) -> None:
    league = started(count, StageSettings(ROBIN, legs=legs))
    met = [frozenset(pair) for pair in Pairing.objects.values_list("top", "bottom")]
    assert len(met) == matches == len(set(met)) * legs
    play_on(league)
    places = Contender.objects.order_by("seed").values_list("first", "last")
    assert list(places) == [(n, n) for n in range(1, count + 1)]


def test_groups_have_letters_and_are_dealt_like_a_snake() -> None:
    cup = started(6, GROUPS, SINGLE)
    groups = cup.stages.get(number=1).groups.order_by("number")
    assert [group.name for group in groups] == ["A", "B"]
    dealt = [[str(c.entrant) for c in group.contenders.all()] for group in groups]
    assert dealt == [["P1", "P4", "P5"], ["P2", "P3", "P6"]]


def test_the_best_of_the_groups_meet_crosswise_and_the_winner_is_the_tournaments() -> None:
    cup = draft(8, GROUPS, SINGLE)
    received: list[tuple[int, list[list[str]]]] = []

    def receive(stage: object, brackets: list[list[str]], **kwargs: object) -> None:
        received.append((stage.number, brackets))  # type: ignore[attr-defined]

    for signal in (bracket_created, stage_started):
        signal.connect(receive)
    try:
        start_tournament(tournament_id=cup.pk, actor=ORGANISER)
        play_on(cup)
    finally:
        for signal in (bracket_created, stage_started):
            signal.disconnect(receive)
    assert [number for number, _ in received] == [1, 2]
    assert received[0][1] == [["P1", "P8"], ["P4", "P5"], ["P2", "P7"], ["P3", "P6"]]
    assert received[1][1] == [["P1", "P3"], ["P2", "P4"]]
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    assert set(cup.stages.values_list("state", flat=True)) == {StageState.FINISHED}


def test_a_tie_at_the_cut_is_reported_to_the_organiser() -> None:
    cup = started(3, StageSettings(ROBIN, advance=2, draws=True), SINGLE)
    for key in ("R1.1", "R2.1", "R3.1"):
        report(cup, key, by_score([0, 0]))
    received = cup.actions.get(verb="stage").text
    assert "P2 and P3 are level at the cut" in received and "better seed" in received
    assert names(cup, "W1.1", stage=2) == ["P1", "P2"]


def test_three_stages_follow_one_another() -> None:
    cup = started(8, GROUPS, StageSettings(ROBIN, advance=2), StageSettings(best_of=3))
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED
    assert pairing(cup, "W1.1", stage=3).state == "decided"


def test_only_those_who_take_part_are_drawn_and_their_seeds_have_no_gap() -> None:
    cup = draft(6)
    for name, status in (("P1", EntryStatus.WAITING), ("P4", EntryStatus.ABSENT)):
        cup.entrants.filter(name=name).update(status=status)
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    drawn = cup.entrants.order_by("seed").values_list("name", flat=True)
    assert list(drawn) == ["P2", "P3", "P5", "P6", "P1", "P4"]
    assert list(cup.entrants.order_by("seed").values_list("seed", flat=True)) == [1, 2, 3, 4, 5, 6]
    assert Contender.objects.count() == 4


def test_a_tournament_of_one_does_not_start() -> None:
    cup = draft(2)
    cup.entrants.filter(name="P2").update(status=EntryStatus.DECLINED)
    with pytest.raises(BadEntrants):
        start_tournament(tournament_id=cup.pk, actor=ORGANISER)


def test_an_odd_number_needs_byes_in_an_elimination_only() -> None:
    for plan, starts in ((SINGLE, False), (DOUBLE, False), (TABLE, True)):
        cup = draft(3, plan)
        Tournament.objects.filter(pk=cup.pk).update(byes=False)
        if starts:
            start_tournament(tournament_id=cup.pk, actor=ORGANISER)
            continue
        with pytest.raises(BadEntrants) as refusal:
            start_tournament(tournament_id=cup.pk, actor=ORGANISER)
        assert refusal.value.code == "odd_players"


def test_seeds_by_rating() -> None:
    cup = draft(4)
    for name, rating in (("P1", None), ("P2", 1200), ("P3", 2100), ("P4", 1800)):
        cup.entrants.filter(name=name).update(rating=rating)
    Tournament.objects.filter(pk=cup.pk).update(seeding=Seeding.RATING)
    assert start_tournament(tournament_id=cup.pk, actor=ORGANISER) == [["P3", "P1"], ["P4", "P2"]]


def test_a_shuffle_keeps_its_lot_so_that_it_can_be_done_again() -> None:
    draws = []
    for shuffle_seed in (None, None, 7, 7):
        cup = draft(8)
        Tournament.objects.filter(pk=cup.pk).update(
            seeding=Seeding.RANDOM, shuffle_seed=shuffle_seed
        )
        draws.append(start_tournament(tournament_id=cup.pk, chance=Random(5), actor=ORGANISER))
        cup.refresh_from_db()
        assert cup.shuffle_seed is not None
    assert draws[0] == draws[1] and draws[2] == draws[3]


def test_club_mates_do_not_meet_in_round_one_where_that_is_possible() -> None:
    cup = draft(4)
    cup.entrants.filter(name__in=["P1", "P4"]).update(club="Elms")
    Tournament.objects.filter(pk=cup.pk).update(keep_apart=KeepApart.CLUB)
    assert start_tournament(tournament_id=cup.pk, actor=ORGANISER) == [["P1", "P3"], ["P2", "P4"]]


def test_a_third_place_match_is_played_by_the_beaten_semi_finalists() -> None:
    cup = started(4, StageSettings(third_place=True))
    play_on(cup)
    assert names(cup, "P3") == ["P4", "P3"]
    places = Contender.objects.order_by("first").values_list("entrant__name", flat=True)
    assert list(places) == ["P1", "P2", "P3", "P4"]


def test_a_swiss_is_paired_at_the_start_and_ends_after_its_rounds() -> None:
    cup = draft(4, StageSettings(SWISS, rounds_planned=2))
    received: list[list[list[str]]] = []

    def receive(brackets: list[list[str]], **kwargs: object) -> None:
        received.append(brackets)

    bracket_created.connect(receive)
    try:
        pairs = start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    finally:
        bracket_created.disconnect(receive)
    assert [set(pair) for pair in pairs] == [{"P1", "P3"}, {"P2", "P4"}]
    assert received == [pairs]
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.RUNNING
    pair_next_round(group=swiss_group(cup), actor=ORGANISER)
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_a_swiss_of_an_odd_number_begins_with_a_bye() -> None:
    cup = draft(3, StageSettings(SWISS))
    assert ["P3"] in start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    assert cup.stages.get().rounds_planned == 2


def test_a_swiss_may_end_early_and_its_best_play_on() -> None:
    cup = started(6, StageSettings(SWISS, rounds_planned=5, advance=2), SINGLE)
    with pytest.raises(Conflict, match="Enter the results"):
        end_swiss(tournament_id=cup.pk, actor=ORGANISER)
    play_on(cup)
    end_swiss(tournament_id=cup.pk, actor=ORGANISER)
    assert cup.stages.get(number=1).rounds_planned == 1
    play_on(cup)
    cup.refresh_from_db()
    assert cup.state == TournamentState.FINISHED


def test_an_old_result_of_a_swiss_is_reopened_and_the_later_rounds_stand() -> None:
    cup = started(4, StageSettings(SWISS, rounds_planned=2))
    play_on(cup)
    pair_next_round(group=swiss_group(cup), actor=ORGANISER)
    emptied = reopen_result(
        tournament_id=cup.pk, match_id=match_of(cup, "R1.1").pk, actor=ORGANISER
    )
    assert emptied == []
    action = cup.actions.first()
    assert action is not None and "paired on the old result" in action.text
    assert pairing(cup, "R2.1").state == "ready"


def test_who_leaves_a_swiss_is_not_paired_again() -> None:
    cup = started(5, StageSettings(SWISS, rounds_planned=3))
    gone = cup.entrants.get(name="P5")
    withdraw_entrant(tournament_id=cup.pk, entrant_id=gone.pk, actor=ORGANISER)
    play_on(cup)
    pair_next_round(group=swiss_group(cup), actor=ORGANISER)
    second = Pairing.objects.filter(round__number=2)
    assert second.count() == 2
    assert not second.filter(top=gone).exists() and not second.filter(bottom=gone).exists()


def test_a_swiss_after_groups_is_paired_once_the_result_is_committed(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    cup = started(4, GROUPS, StageSettings(SWISS, rounds_planned=2))
    with django_capture_on_commit_callbacks(execute=True):
        play_on(cup)
    assert Pairing.objects.filter(group__stage__number=2).count() == 2
