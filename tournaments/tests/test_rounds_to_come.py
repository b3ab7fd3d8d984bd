"""What a report file says of the rounds to come: the site pairs them as `pair_swiss` does."""

import json
from collections.abc import Sequence
from random import Random

import pytest
from django.db import transaction

from tournaments.engine.swiss import DutchEngine, read_trf
from tournaments.files.export import export_tournament
from tournaments.files.report import group_trf
from tournaments.files.text import BadFile
from tournaments.models import Bye, Format, Round, StageSettings, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.entrants import remove_entrant
from tournaments.services.entry.seeding import set_seeds
from tournaments.services.locking import lock_tournament
from tournaments.services.progress.byes_and_late_entries import take_bye_back
from tournaments.services.progress.redraw import redraw
from tournaments.services.progress.start import start_tournament
from tournaments.services.progress.swiss_rounds import unpair_round
from tournaments.services.setup.stage_plans import set_stages
from tournaments.services.transfer.imports import import_tournament, import_trf
from tournaments.services.undo.stack import undo_last

from .table_builders import BLACK_WINS, DRAW, WHITE_WINS, enter, group_of, open_pairings, pair

pytestmark = pytest.mark.django_db

#: Where the cell of round one begins, with the two spaces before it.
FIRST_CELL, WIDTH = 89, 10
LETTERS = {WHITE_WINS: ("1", "0"), DRAW: ("=", "="), BLACK_WINS: ("0", "1")}
KINDS = {"pairing_allocated": "U", "full_point": "F", "half_point": "H", "zero_point": "Z"}


def line(number: int, *cells: str, total: str = "") -> str:
    """A player's line; cells are written `   2 w 1`."""
    head = f"001 {number:4d}      {f'P{number}':33} {2000 - number}{'':28}{total:>4}{'':5}"
    return head + "".join(f"  {cell}" for cell in cells)


def report(*records: str, count: int = 8, cells: dict[int, Sequence[str]] | None = None) -> str:
    rows = [line(number, *(cells or {}).get(number, ())) for number in range(1, count + 1)]
    return "\n".join(("012 Open", *rows, *records)) + "\n"


#: The upper half has won: 1 from 5, 2 from 6, 3 from 7, 4 from 8.
ROUND_ONE: dict[int, Sequence[str]] = {
    number: (f"{number + 4:4d} w 1" if number < 5 else f"{number - 4:4d} b 0",)
    for number in range(1, 9)
}
CASES = {
    "the first colour": report("XXC black1", "XXR 3"),
    "the first colour of a round that is paired": report("152 B", "142 3", cells=ROUND_ONE),
    "pairs forbidden for ever": report("XXP 1 5", "XXP 2 6 7", "XXR 3"),
    "pairs forbidden in one round": report("260 002     1    3", "XXR 4", cells=ROUND_ONE),
    "pairs forbidden in the first round": report("260 001     1    5    6", "XXR 3"),
    "pairs forbidden for some rounds": report("260 002 003    1    2    3    4", "142 4"),
    "a bye of a later round": report("240 H 003 0003", "142 4", cells=ROUND_ONE),
    "byes of a file without a round": report("240 H 002 0001 0004", "240 F 003 0002", "142 3"),
    "an absence in a later round": report("240 Z 003 0003 0004", "142 4", cells=ROUND_ONE),
    "byes of the first round": report("240 H 001 0001", "XXZ 3", "142 3"),
    "an absence as a cell of a later round": report(
        "142 4", cells=ROUND_ONE | {8: (*ROUND_ONE[8], "        ", "0000 - Z")}
    ),
    "a bye of the pairing for the next round": report(
        "142 3", cells=ROUND_ONE | {8: (*ROUND_ONE[8], "0000 - U")}
    ),
    "a bye of the pairing for the first round": report("142 3", count=7, cells={7: ("0000 - U",)}),
    "a bye of the pairing for a later round": report(
        "142 3", count=7, cells={7: ("        ", "0000 - U")}
    ),
    "virtual points": report(
        "250       1.0   1   2    1    4", "250       0.5   3        1    4", "142 4"
    ),
    "virtual points player by player": report(
        "XXA    8  2.0  1.0  0.5", "XXA    7  .25", "142 3", cells=ROUND_ONE
    ),
    "all at once": report(
        "152 B", "260 002     1    3", "XXP 2 4", "240 H 003 0005",
        "250       1.0   1   3    1    4", "142 4", cells=ROUND_ONE,
    ),
    "no number of rounds": report(cells=ROUND_ONE),
}  # fmt: skip


def by_pair_swiss(text: str) -> tuple[set[tuple[str, str]], set[str]]:
    """The pairs of the next round and who has its bye, by name."""
    task = read_trf(text)
    pairing = DutchEngine().pair(task)
    name = {player.id: player.name for player in task.history.players}
    pairs = {(name[white], name[black]) for white, black in pairing.pairs}
    return pairs, {name[player] for player in pairing.resting}


def next_round(tournament: Tournament) -> Round:
    """The next round as the organiser pairs it: by the start, if it is a draft."""
    tournament.refresh_from_db()
    if tournament.state == TournamentState.DRAFT:
        start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
        return Round.objects.get(group=group_of(tournament))
    return pair(tournament)


def by_the_site(round_: Round) -> tuple[set[tuple[str, str]], set[str]]:
    rows = round_.pairings.select_related("top", "bottom")
    resting = Bye.objects.filter(
        contender__group=round_.group_id,
        round_number=round_.number,
        kind="pairing_allocated",
        preset=False,
    )
    return (
        {(str(row.top), str(row.bottom)) for row in rows},
        set(resting.values_list("contender__entrant__name", flat=True)),
    )


def with_round(text: str, round_: Round, results: dict[str, str]) -> str:
    """The report with the cells of a round that has been played; XXZ was for that round."""
    cells = {
        bye.contender.entrant.name: f"  0000 - {KINDS[bye.kind]}"
        for bye in Bye.objects.filter(
            contender__group=round_.group_id, round_number=round_.number
        ).select_related("contender__entrant")
    }
    for row in round_.pairings.select_related("top", "bottom"):
        sides = (str(row.top), str(row.bottom))
        for side, colour in enumerate("wb"):
            opponent, own = sides[1 - side], sides[side]
            cells[own] = f"  {int(opponent[1:]):4d} {colour} {results[own]}"
    start = FIRST_CELL + WIDTH * (round_.number - 1)

    def played(row: str) -> str:
        cell = cells.get(row[14:47].strip()) if row.startswith("001") else None
        if cell is None:
            return row
        return (row[:start].ljust(start) + cell + row[start + WIDTH :]).rstrip()

    rows = [played(row) for row in text.splitlines() if not row.startswith("XXZ")]
    return "\n".join(rows) + "\n"


def play(tournament: Tournament, rng: Random) -> dict[str, str]:
    """All open matches by chance; the letter of each player's result."""
    letters = {}
    for row in open_pairings(tournament):
        result = rng.choice(list(LETTERS))
        enter(tournament, row, result)
        letters[str(row.top)], letters[str(row.bottom)] = LETTERS[result]
    return letters


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_every_round_to_come_is_paired_as_by_pair_swiss(text: str) -> None:
    tournament = import_trf(data=text.encode()).tournament
    planned = tournament.stages.get().rounds_planned
    rng = Random(3)
    first = len(read_trf(text).history.rounds) + 1
    assert planned is not None
    for number in range(first, planned + 1):
        expected = by_pair_swiss(text)
        if number > first:
            assert by_pair_swiss(group_trf(group_of(tournament))) == expected
        round_ = next_round(tournament)
        assert round_.number == number and by_the_site(round_) == expected
        text = with_round(text, round_, play(tournament, rng))


ALL = CASES["all at once"]
FORBIDDEN = report("152 B", "260 001     1    5", "240 H 002 0002", "XXA    3  1.0", "142 3")


def by_names(tournament: Tournament) -> set[tuple[str, str]]:
    return by_the_site(next_round(tournament))[0]


def draft_of(text: str) -> Tournament:
    tournament = import_trf(data=text.encode()).tournament
    assert tournament.state == TournamentState.DRAFT
    return tournament


def test_a_draft_keeps_the_plan_through_its_changes() -> None:
    """Seeds, entrants and stages change; it goes out in JSON and comes in again."""
    tournament = draft_of(FORBIDDEN)
    order = list(tournament.entrants.order_by("-seed").values_list("pk", flat=True))
    set_seeds(tournament_id=tournament.pk, order=order, actor=ORGANISER)
    gone = tournament.entrants.get(name="P8")
    remove_entrant(tournament_id=tournament.pk, entrant_id=gone.pk, actor=ORGANISER)
    plan = StageSettings(Format.SWISS, rounds_planned=2, draws=True)
    set_stages(tournament_id=tournament.pk, stages=[plan], actor=ORGANISER)
    again = import_tournament(data=export_tournament(tournament)).tournament
    start_tournament(tournament_id=again.pk, actor=ORGANISER)
    group = group_of(again)
    assert group.first_colour == "b"
    seed = dict(group.contenders.values_list("entrant__name", "seed"))
    assert seed == {f"P{number}": 8 - number for number in range(1, 8)}
    assert group.prohibitions == [[1, 1, [seed["P1"], seed["P5"]]]]
    assert group.virtual_points == [[seed["P3"], 1, "1.0000"]]
    assert Bye.objects.get(contender__seed=seed["P2"]).round_number == 2


def test_the_plan_outlives_an_undone_start() -> None:
    tournament = draft_of(FORBIDDEN)
    pairs = by_names(tournament)
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    assert tournament.state == TournamentState.DRAFT
    assert by_names(tournament) == pairs


def test_a_new_draw_keeps_the_plan() -> None:
    tournament = draft_of(FORBIDDEN)
    pairs = by_names(tournament)
    with transaction.atomic():
        redraw(lock_tournament(tournament.pk), ORGANISER)
    assert group_of(tournament).first_colour == "b"
    assert by_the_site(pair(tournament))[0] == pairs


def test_a_round_is_taken_back_but_not_a_bye_that_was_set_beforehand() -> None:
    text = CASES["a bye of the pairing for the next round"]
    tournament = import_trf(data=text.encode()).tournament
    first = by_the_site(pair(tournament))
    unpair_round(tournament_id=tournament.pk, actor=ORGANISER)
    assert Bye.objects.filter(preset=True).count() == 1
    assert by_the_site(pair(tournament)) == first
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert by_the_site(group_of(tournament).rounds.get(number=2)) == first
    unpair_round(tournament_id=tournament.pk, actor=ORGANISER)
    entrant = tournament.entrants.get(name="P8")
    take_bye_back(tournament_id=tournament.pk, entrant_id=entrant.pk, actor=ORGANISER)
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert by_the_site(pair(tournament)) == first


def test_a_tournament_in_json_keeps_the_rounds_to_come() -> None:
    tournament = import_trf(data=ALL.encode()).tournament
    again = import_tournament(data=export_tournament(tournament)).tournament
    assert group_trf(group_of(again)) == group_trf(group_of(tournament))
    pair(again)
    third = import_tournament(data=export_tournament(again)).tournament
    assert group_trf(group_of(third)) == group_trf(group_of(again))


def test_a_pair_forbidden_in_one_round_goes_out_as_that() -> None:
    tournament = import_trf(data=CASES["pairs forbidden in one round"].encode()).tournament
    assert "\n260 002 002    1    3\n" in group_trf(group_of(tournament))


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"forbidden_pairs": [[1, 9]]}, "a forbidden pair is not of two of its seeds"),
        ({"prohibitions": [[1, 2, [1, 9]]]}, "not of its seeds"),
        ({"virtual_points": [[9, 1, "1.0"]]}, "not of its seeds"),
        ({"virtual_points": [[1, 1, "1/0"]]}, "virtual_points"),
        ({"byes": [{"entrant": 9, "round": 1, "kind": "half_point"}]}, "a bye is nobody's"),
        ({"byes": [{"entrant": 1, "round": 1, "kind": "half_point"}] * 2}, "there twice"),
    ],
)
def test_a_plan_of_others_is_refused(plan: dict[str, object], words: str) -> None:
    document = json.loads(export_tournament(draft_of(FORBIDDEN)))
    document["pairing_plan"] = plan
    with pytest.raises(BadFile, match=words):
        import_tournament(data=json.dumps(document).encode())


def test_totals_that_contradict_the_results_are_said() -> None:
    cells = [("   2 w 1", "0000 - H"), ("   1 b 0",)]
    fits = [line(1, *cells[0], total="1.5"), line(2, *cells[1], total="0.0"), line(3), "XXR 3"]
    assert import_trf(data="\n".join(fits).encode()).warnings == ()
    wrong = [line(1, *cells[0], total="3.0"), line(2, *cells[1], total="0.5"), line(3), "XXR 3"]
    assert import_trf(data="\n".join(wrong).encode()).warnings == (
        "P1 has 3 points in the file, and 1 by the results in it.",
        "P2 has 0.5 points in the file, and 0 by the results in it.",
    )
    many = [line(number, total="9.0") for number in range(1, 9)]
    assert import_trf(data="\n".join([*many, "XXR 3"]).encode()).warnings[-1] == "And 3 more."


def test_a_file_without_a_number_of_rounds_says_how_many_are_planned() -> None:
    made = import_trf(data=CASES["no number of rounds"].encode())
    assert made.warnings == ("The file does not say how many rounds there are: 3 are planned.",)
    assert made.tournament.state == TournamentState.RUNNING


@pytest.mark.parametrize(
    ("name", "encoding", "called"),
    [
        ("Núñez", "cp1252", "Windows-1252 (Western European)"),
        ("Dvořák", "cp1250", "Windows-1250 (Central European)"),
        ("Иванов", "cp1251", "Windows-1251 (Cyrillic)"),
    ],
)
def test_a_report_file_in_one_byte_letters_is_read_and_that_is_said(
    name: str, encoding: str, called: str
) -> None:
    data = f"012 Open\n001    1      {name}\n001    2      Bob\nXXR 1\n".encode(encoding)
    made = import_trf(data=data)
    assert made.tournament.entrants.filter(name=name).exists()
    assert made.warnings == (f"The file is not in UTF-8. It was read as {called}, a best guess.",)
    named = import_trf(data=data, encoding=encoding)
    assert named.warnings == () and named.tournament.entrants.filter(name=name).exists()
