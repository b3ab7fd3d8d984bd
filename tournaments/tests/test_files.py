"""Files that come in and go out: CSV, report files, whole tournaments; and what is refused."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import Conflict, Refusal
from matchmaking.models import Match, Seat
from tournaments.engine import tests as engine_tests
from tournaments.engine.history import History, Round
from tournaments.engine.swiss import read_trf, write_trf
from tournaments.files.cells import guarded, unguarded
from tournaments.files.entrant_lines import BadLines
from tournaments.files.export import document_of, export_tournament
from tournaments.files.report import group_trf
from tournaments.files.sheets import entrants_csv, matches_csv, standings_csv
from tournaments.files.text import BadFile, decode
from tournaments.models import Entrant, Format, StageSettings, Tournament, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.progress.byes_and_late_entries import ask_bye
from tournaments.services.progress.results import by_forfeit, by_score, set_live_score
from tournaments.services.progress.start import cancel_tournament, start_tournament
from tournaments.services.progress.withdrawals import withdraw_entrant
from tournaments.services.setup.creation import create_tournament
from tournaments.services.transfer.imports import import_entrants, import_tournament, import_trf
from tournaments.services.venue.stations import add_stations
from tournaments.storage.swiss_tasks import next_task
from tournaments.storage.tables import group_history, read_table

from .table_builders import (
    WHITE_WINS,
    enter,
    group_of,
    names,
    open_pairings,
    pair,
    pairs_of,
    play,
    play_by_chance,
    round_robin,
    swiss,
)

pytestmark = pytest.mark.django_db

DATA = Path(engine_tests.__file__).parent / "data"
TRFS = sorted(DATA.glob("swiss/*.trf"), key=lambda path: path.stat().st_size)


def draft(*, team_size: int = 1) -> Tournament:
    tournament = create_tournament(name="Cup", players=["Ann", "Bob"]).tournament
    tournament.team_size = team_size
    tournament.save()
    return tournament


def take_in(tournament: Tournament, data: bytes) -> list[str]:
    added = import_entrants(tournament_id=tournament.pk, data=data, actor=ORGANISER)
    return [row.name for row in added.entrants]


# Entrants in CSV


@pytest.mark.parametrize(
    "data",
    [
        b"Cem,1800,Knights,North\nDan\n",
        b"name,rating,club,region\r\nCem,1800,Knights,North\r\nDan,,,\r\n",
        "region;name;club;rating\nNorth;Cem;Knights;1800\n;Dan;;\n".encode("utf-8-sig"),
        b"sep=;\nCem;1800;Knights;North\nDan\n",
        "Cem\t1800\tKnights\tNorth\nDan".encode("utf-16"),
        b'"Cem",1800,"Knights",North\n\n\nDan\n',
    ],
)
def test_entrants_are_read_from_every_usual_csv(data: bytes) -> None:
    tournament = draft()
    assert take_in(tournament, data) == ["Cem", "Dan"]
    cem = tournament.entrants.get(name="Cem")
    assert (cem.seed, cem.rating, cem.club, cem.region) == (3, 1800, "Knights", "North")


def test_seeds_in_the_file_are_the_order_and_the_rest_is_the_roster() -> None:
    tournament = draft(team_size=3)
    data = b"name,rating,club,region,seed,member 1,member 2\nB,,,,2,Bea,Ben\nA,,,,1,Abe\nC\n"
    assert take_in(tournament, data) == ["A", "B", "C"]
    roster = tournament.entrants.get(name="B").members.values_list("name", "is_captain")
    assert list(roster) == [("Bea", True), ("Ben", False)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Cem,strong", "Line 1, rating: The rating 'strong' is not a number"),
        (b"name,rating\nCem,1\nDan,-5", "Line 3, rating"),
        (b"Cem\n" + b"x" * 40, "Line 2, name: The name has 40 characters"),
        (b"Cem,,,,0", "Line 1, seed: '0' is not a number from 1"),
        (b"Cem,,,,1\nDan,,,,1", "Line 2, seed: 1 is already on line 1"),
        (b"Cem\nDan\ncem", "Line 3, name: 'cem' is already on line 1"),
        (b"Cem,,,,,Member", "Line 1, members: this tournament is for single players"),
        (b"name,name\nCem,Dan", "the column 'name' is there twice"),
        (b"name,rating\nCem,1,2", "Line 2, column 3: there is no such column"),
        (b'Cem\n"Dan', "Line 2 cannot be read as CSV"),
        (b"\n \n", "There are no entrants in the file"),
        (b"name,rating\n", "There are no entrants in the file"),
        ("Zoë\nÉva\n".encode() + b"\xe9", "Line 3 is not text in UTF-8 (byte 0xE9)"),
        ("Cem".encode("utf-16-le"), "zero byte"),
        ("Cem".encode("utf-32"), "UTF-32"),
        (b"\xff\xfeC\x00e", "not text in UTF-16-LE"),
        (b"Cem\n" * (10 * 1024 * 1024 // 4), "larger than 4 MB"),
        (b"Cem\n" * 3000, "The file has 3,000 lines, and a list holds 2,048 names"),
        (b"Ann", "already on the list"),
    ],
)
def test_a_bad_list_is_refused_by_line_and_column(data: bytes, words: str) -> None:
    tournament = draft()
    with pytest.raises(Refusal) as refusal:
        take_in(tournament, data)
    assert words in refusal.value.message
    assert tournament.entrants.count() == 2


def test_every_wrong_line_is_reported_up_to_a_few() -> None:
    with pytest.raises(BadLines) as refusal:
        take_in(draft(), b"A,x\n" * 9)
    assert len(refusal.value.lines) == 6 and refusal.value.lines[-1] == "And 4 more."


def test_a_file_is_read_to_the_last_byte_that_is_allowed(settings: object) -> None:
    settings.MATCHPOINT_FILE_MAX_BYTES = 8  # type: ignore[attr-defined]
    assert decode(b"12345678") == "12345678"
    with pytest.raises(BadFile) as refusal:
        decode(b"123456789")
    assert refusal.value.code == "too_large"


# CSV out


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-x", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text", ["x;=2+2", "x,=2+2", "x\t=2+2", "x|=2+2", 'x; "=2+2"', "x;;@SUM(A1)"]
)
def test_no_cell_is_taken_for_a_formula_where_the_separator_is_another(text: str) -> None:
    for separator in ";,|\t":
        parts = guarded(text).split(separator)
        assert not any(part.strip(' "').startswith(("=", "+", "-", "@")) for part in parts)
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet='ab;,|\t\r\n" =+-@'))
def test_a_guarded_text_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["-5", "+3", "-2.5", "'tis", "2:1", "Smith, Ann", "a;b", ""])
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_entrants_go_out_and_come_in_again() -> None:
    players = ["=1+1", "O'Brien", "Smith, John", '"Q"']
    tournament = create_tournament(name="Cup", players=players).tournament
    tournament.entrants.filter(name="O'Brien").update(rating=1900, club="-5 Club")
    data = entrants_csv(tournament)
    again = draft()
    assert take_in(again, data) == players
    kept = again.entrants.get(name="O'Brien")
    assert (kept.rating, kept.club) == (1900, "-5 Club")


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_matches_and_standings_go_out() -> None:
    tournament = round_robin(3)
    play(tournament, [WHITE_WINS])
    matches = rows_of(matches_csv(tournament))
    assert len(matches) == 3
    assert {row["winner"] for row in matches} <= {"P1", "P2", "P3"}
    assert matches[0]["score"] == "1:0" and matches[0]["outcome"] == "played"
    standings = rows_of(standings_csv(tournament))
    assert len(standings) == 3
    assert all(row["played"] == "2" and row["Points"] for row in standings)


def test_points_of_games_and_draws_go_out_and_come_back() -> None:
    plan = StageSettings(Format.ROUND_ROBIN, best_of=2, draws=True)
    tournament = create_tournament(name="L", players=names(3), stages=[plan]).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    play(tournament, [
        by_score(None, games=[(11, 5), (7, 11)]),
        by_score([1, 0], drawn=1),
        by_score([0, 0], drawn=2),
    ])  # fmt: skip
    assert [row["games"] for row in rows_of(matches_csv(tournament))] == ["11:5, 7:11", "", ""]
    again = came_back(tournament)
    stored = Match.objects.filter(pairing__group__stage__tournament=again)
    assert sorted(stored.values_list("games", flat=True)) == [[], [], [[11, 5], [7, 11]]]
    document = json.loads(export_tournament(tournament))
    result = document["stages"][0]["groups"][0]["rounds"][0]["pairings"][0]["result"]
    result["games"] = [[11, 5], [11, 7]]
    with pytest.raises(BadFile):
        import_tournament(data=json.dumps(document).encode())


def test_the_score_of_one_game_goes_out_by_its_points() -> None:
    tournament = round_robin(3)
    play(tournament, [by_score([16, 9])])
    assert {row["score"] for row in rows_of(matches_csv(tournament))} == {"16:9"}


def test_a_bracket_goes_out_with_its_places() -> None:
    tournament = create_tournament(name="Cup", players=names(4)).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    while open_pairings(tournament):
        play(tournament, [WHITE_WINS])
    assert [row["place"] for row in rows_of(standings_csv(tournament))] == ["1", "2", "3–4", "3–4"]


# Report files


def in_order(history: History) -> History:
    """What a report file says of a tournament: not the boards, nor games, nor an order of byes."""
    return replace(history, rounds=tuple(map(_in_order, history.rounds)))


def _in_order(one: Round) -> Round:
    matches = (replace(match, games=(0, 0), game_points=(0, 0)) for match in one.matches)
    return Round(
        tuple(sorted(matches, key=lambda match: match.white)),
        tuple(sorted(one.byes, key=lambda bye: bye.player)),
        tuple(sorted(one.unfinished)),
    )


@pytest.mark.parametrize("path", [*TRFS[:6], TRFS[30]], ids=lambda path: path.stem)
def test_a_report_file_comes_in_and_goes_out_the_same(path: Path) -> None:
    text = path.read_text()
    tournament = import_trf(data=text.encode()).tournament
    group = group_of(tournament)
    parsed = read_trf(text).history
    stored = group_history(group)
    planned = parsed.round_count if parsed.planned_rounds else stored.planned_rounds
    assert in_order(stored) == in_order(replace(parsed, planned_rounds=planned))
    again = read_trf(group_trf(group))
    assert in_order(again.history) == in_order(stored)


@pytest.mark.parametrize("path", [TRFS[2], TRFS[12], TRFS[25]], ids=lambda path: path.stem)
def test_the_next_round_of_a_report_file_is_paired_as_it_was(path: Path) -> None:
    whole = read_trf(path.read_text())
    full = whole.history
    before, last = full.after(len(full.rounds) - 1), full.rounds[-1]
    seated = {player for match in last.matches for player in (match.white, match.black)}
    resting = {bye.player for bye in last.byes if bye.kind.value == "pairing_allocated"}
    asked = [bye for bye in last.byes if bye.player not in resting]
    absent = {player.id for player in full.players} - seated - {bye.player for bye in last.byes}
    text = write_trf(type(whole)(before, tuple(asked))) + (
        f"XXZ {' '.join(map(str, sorted(absent)))}\n" if absent else ""
    )
    text = text.replace(f"142 {before.round_count}", f"142 {len(full.rounds)}")
    tournament = import_trf(data=text.encode()).tournament
    paired = pair(tournament)
    name_of = {player.id: player.name for player in full.players}
    assert set(pairs_of(paired)) == {(name_of[m.white], name_of[m.black]) for m in last.matches}


def test_a_report_file_without_rounds_makes_a_draft() -> None:
    text = "012 Open\n001    1      Ann\n001    2      Bob\n001    3      Bob\n"
    tournament = import_trf(data=text.encode()).tournament
    assert tournament.name == "Open" and tournament.state == TournamentState.DRAFT
    assert [entrant.name for entrant in tournament.entrants.all()] == ["Ann", "Bob", "Bob (3)"]
    assert tournament.stages.get().format == Format.SWISS


def test_a_swiss_goes_out_with_byes_and_open_matches() -> None:
    tournament = swiss(5, 3)
    play(tournament)
    ask_bye(
        tournament_id=tournament.pk,
        entrant_id=tournament.entrants.get(name="P2").pk,
        actor=ORGANISER,
    )
    withdraw_entrant(
        tournament_id=tournament.pk,
        entrant_id=tournament.entrants.get(name="P5").pk,
        actor=ORGANISER,
    )
    task = next_task(read_table(group_of(tournament)))
    again = read_trf(group_trf(group_of(tournament)))
    assert in_order(again.history) == in_order(task.history)
    assert again.byes == task.byes
    pair(tournament)
    assert len(read_trf(group_trf(group_of(tournament))).history.rounds[1].unfinished) == 1


def test_a_round_robin_goes_out_as_one() -> None:
    tournament = round_robin(5)
    play(tournament)
    text = group_trf(group_of(tournament))
    assert "092 Individual: Round-Robin" in text
    assert len(read_trf(text).history.rounds) == 5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a single player"),
        ("001 x", "Line 1"),
        ("001    1      Ann" + " " * 74 + "   2 w 1", "player 2 does not have the same match"),
        ("001    1      Ann\n310   1 Club", "Line 2: team tournaments"),
        ("001    1      Ann\nBBZ 0.5\n001    2      Bob", "points for being absent"),
        ("001    1      admin\n001    2      Bob", "Entrant 1: The name 'admin' is reserved"),
        ("x" * (10 * 1024 * 1024), "larger than"),
        ("001" + "\x00" * 50, "zero byte"),
    ],
)
def test_a_bad_report_file_is_refused_by_line(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refusal:
        import_trf(data=text.encode())
    assert words in refusal.value.message
    assert not Tournament.objects.exists()


# Whole tournaments


def without_record(tournament: Tournament) -> dict[str, object]:
    document: dict[str, object] = json.loads(export_tournament(tournament))
    document.pop("actions")
    return document


def came_back(tournament: Tournament) -> Tournament:
    """The same tournament, exported and imported; it says the same."""
    tournament.refresh_from_db()
    again = import_tournament(data=export_tournament(tournament)).tournament
    again.refresh_from_db()
    assert without_record(again) == without_record(tournament)
    said = list(again.actions.order_by("number").values_list("text", flat=True))
    assert said[:-1] == list(tournament.actions.order_by("number").values_list("text", flat=True))
    assert said[-1] == "imported from a file"
    return again


def bracket(format_: Format, count: int) -> Tournament:
    plan = StageSettings(format_, best_of=3)
    players = names(count)
    tournament = create_tournament(name="Cup", players=players, stages=[plan], byes=True).tournament
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    return Tournament.objects.get(pk=tournament.pk)


@pytest.mark.parametrize("format_", [Format.SINGLE_ELIMINATION, Format.DOUBLE_ELIMINATION])
def test_a_bracket_comes_back_at_every_point_of_its_day(format_: Format) -> None:
    tournament = bracket(format_, 6)
    rng = Random(1)
    reports = [by_score([2, 1]), by_score([0, 2]), by_forfeit(1)]
    came_back(tournament)
    while ready := open_pairings(tournament):
        enter(tournament, ready[0], rng.choice(reports))
        came_back(tournament)
    again = came_back(tournament)
    assert again.state == TournamentState.FINISHED
    places = again.stages.get().groups.get().contenders.values_list("first", "last")
    assert (1, 1) in places


def test_a_bracket_that_came_back_is_played_on() -> None:
    tournament = bracket(Format.SINGLE_ELIMINATION, 5)
    row = open_pairings(tournament)[0]
    assert row.match is not None
    set_live_score(tournament_id=tournament.pk, match_id=row.match.pk, scores=[1, 0])
    withdraw_entrant(
        tournament_id=tournament.pk,
        entrant_id=tournament.entrants.get(name="P1").pk,
        actor=ORGANISER,
    )
    again = came_back(tournament)
    while ready := open_pairings(again):
        enter(again, ready[0], by_score([2, 0]))
    again.refresh_from_db()
    assert again.state == TournamentState.FINISHED
    assert not Seat.objects.filter(match__pairing__group__stage__tournament=again, holds=True)


def test_tables_come_back_and_are_played_on() -> None:
    tournament = swiss(7, 3)
    play_by_chance(tournament, Random(3))
    came_back(tournament)
    pair(tournament)
    again = came_back(tournament)
    play(again)
    pair(again)
    play(again)
    again.refresh_from_db()
    assert again.state == TournamentState.FINISHED
    came_back(round_robin(5, legs=2))


def test_stages_in_a_chain_come_back() -> None:
    plans = [
        StageSettings(Format.ROUND_ROBIN, group_count=2, advance=2, tie_breaks=("WINS",)),
        StageSettings(Format.SINGLE_ELIMINATION, third_place=True),
    ]
    tournament = create_tournament(name="Cup", players=names(8), stages=plans).tournament
    add_stations(tournament_id=tournament.pk, names=["Table 1"], actor=ORGANISER)
    start_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    came_back(tournament)
    play(tournament)
    came_back(tournament)
    while open_pairings(tournament):
        play(tournament)
    assert came_back(tournament).state == TournamentState.FINISHED


def test_a_draft_and_one_called_off_come_back() -> None:
    came_back(create_tournament(name="Cup", players=names(4)).tournament)
    tournament = bracket(Format.SINGLE_ELIMINATION, 4)
    cancel_tournament(tournament_id=tournament.pk, actor=ORGANISER)
    tournament.refresh_from_db()
    again = came_back(tournament)
    states = Match.objects.filter(pairing__group__stage__tournament=again)
    assert set(states.values_list("state", flat=True)) == {"cancelled"}


def test_nobodys_account_is_in_an_export() -> None:
    created = create_tournament(name="Cup", players=names(4))
    again = import_tournament(data=export_tournament(created.tournament))
    assert again.token != created.token
    assert not Entrant.objects.filter(player__isnull=False).exists()
    assert created.token not in export_tournament(created.tournament).decode()


def changed(path: list[str | int], value: object) -> bytes:
    """An export of a tournament that is being played, with one thing changed in it."""
    tournament = bracket(Format.SINGLE_ELIMINATION, 4)
    enter(tournament, open_pairings(tournament)[0], by_score([2, 1]))
    document = json.loads(export_tournament(tournament))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(document).encode()


GROUP: list[str | int] = ["stages", 0, "groups", 0]
FIRST: list[str | int] = [*GROUP, "rounds", 0, "pairings", 0]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["matchpoint"], 2, "not a Matchpoint tournament of version 1"),
        (["matchpoint"], True, "not a Matchpoint tournament of version 1"),
        (["surprise"], 1, "unknown field `surprise`"),
        (["tournament", "name"], "", "`$.tournament.name`"),
        (["tournament", "state"], "lost", "`$.tournament.state`"),
        (["tournament", "state"], "draft", "The tournament is draft, which does not fit"),
        (["tournament", "state"], "finished", "The tournament is finished, which does not fit"),
        (["tournament", "entry"], "code", "contradicts itself"),
        (["tournament", "about"], "\x00", "zero character"),
        (["tournament", "about"], "\u202e", "all of them printable"),
        (["tournament", "starts_at"], "9999-12-31T23:59:59-14:00", "between 1970 and 2199"),
        (["entrants", 1, "checked_in_at"], "0001-01-01T00:00:00+14:00", "`$.entrants[1]`"),
        (["entrants", 1, "name"], "p1", "Entrant 2: 'p1' has the name of entrant 1"),
        (["entrants", 1, "seed"], 1, "Entrant 2: the seed 1 is there twice"),
        (["entrants", 1, "rating"], "x", "`$.entrants[1].rating`"),
        (["entrants", 1, "status"], "lost", "Entrant 2: there is no status 'lost'"),
        (["stages", 0, "format"], "ladder", "`$.stages[0].format`"),
        (["stages", 0, "tie_breaks"], ["BUCHHOLZ"] * 2, ""),
        (["stages", 0, "best_of"], 2, "Best of 2 may end level"),
        (["stages", 0, "points_win"], "NaN", "Points are from 0 to 100"),
        (["stages", 0, "points_win"], "1.001", "Points have at most 2 decimals"),
        (["stages", 0, "state"], "finished", "Stage 1 is finished, which does not fit its results"),
        (["stages", 0, "state"], "pending", "Stage 1 is pending, which does not fit its groups"),
        (["stages", 0, "groups"], [], "Stage 1 is running, which does not fit its groups"),
        ([*GROUP, "contenders", 0, "seed"], 9, "the seeds of its contenders"),
        ([*GROUP, "contenders", 0, "entrant"], 9, "there is no entrant with the seed 9"),
        ([*GROUP, "contenders", 0, "entrant"], 2, "an entrant is in it twice"),
        ([*FIRST, "first"], 3, "by the results before it P1 meets P4 there"),
        ([*FIRST, "key"], "W9.9", "There is no pairing 'W9.9'"),
        ([*FIRST, "result", "scores"], [1, 1], "decides nothing"),
        ([*FIRST, "result", "scores"], [], "Stage 1, group 1, W1.1"),
        ([*FIRST, "result", "scores"], [0, 2], "the score does not fit the result"),
        ([*FIRST, "result", "winner"], None, "somebody must win"),
        ([*FIRST, "result", "winner"], 2, "result.winner"),
        ([*FIRST, "result", "outcome"], "drawn", "do not fit"),
    ],
)
def test_a_document_that_contradicts_itself_is_refused_whole(
    path: list[str | int], value: object, words: str
) -> None:
    data = changed(path, value)
    before = Tournament.objects.count(), Match.objects.count()
    if not words:
        import_tournament(data=data)
        return
    with pytest.raises(Refusal) as refusal:
        import_tournament(data=data)
    assert words in refusal.value.message
    assert (Tournament.objects.count(), Match.objects.count()) == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b'{"matchpoint": 1}',
        b"\xff\xfe\x00",
        b'{"matchpoint": 1, "tournament": ' + b"[" * 100_000,
        b"[" * 200_000,
        b'{"matchpoint": 1, "tournament": {"name": "x", "lot": 1e999}}',
        b"{" + b" " * (10 * 1024 * 1024) + b"}",
    ],
    ids=["empty", "null", "list", "cut", "bare", "bytes", "deep", "deeper", "infinite", "large"],
)
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(BadFile):
        import_tournament(data=data)
    assert not Tournament.objects.exists()


def test_a_round_robin_in_which_two_do_not_meet_is_none() -> None:
    tournament = round_robin(4)
    document = json.loads(export_tournament(tournament))
    table = document["stages"][0]["groups"][0]
    table["rounds"].pop()
    with pytest.raises(BadFile, match="each must meet each other once"):
        import_tournament(data=json.dumps(document).encode())
    assert document_of(tournament).stages[0].groups[0].rounds != []


def test_nobody_sits_at_two_tables_at_once() -> None:
    tournament = swiss(4, 2)
    document = json.loads(export_tournament(tournament))
    boards = document["stages"][0]["groups"][0]["rounds"][0]["pairings"]
    boards[1]["first"] = boards[0]["first"]
    with pytest.raises(BadFile, match="is in it twice"):
        import_tournament(data=json.dumps(document).encode())
    boards[1]["first"] = boards[1]["second"]
    with pytest.raises(BadFile, match="two different contenders"):
        import_tournament(data=json.dumps(document).encode())


def test_entrants_come_in_only_before_the_start() -> None:
    with pytest.raises(Conflict):
        take_in(round_robin(4), b"Zoe")
