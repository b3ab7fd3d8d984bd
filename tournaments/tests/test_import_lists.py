"""Lists of Swiss-Manager and Chess-Results: rounds, byes, places, encodings, languages."""

import pytest

from tournaments.files.text import BadFile
from tournaments.models import Bye, Entrant, Tournament, TournamentState
from tournaments.services.transfer.imports import import_file
from tournaments.services.transfer.preview import preview_file
from tournaments.storage.final_places import final_places

pytestmark = pytest.mark.django_db

#: As Chess-Results exports it, saved as CSV: by final rank, opponents by theirs.
ENGLISH = """\
From the Tournament-Database of Chess-Results https://chess-results.com,,,,,,,,,,,
Harbour Open 2024,,,,,,,,,,,
"Last update 05.05.2024 18:17:32, Creator: Olga",,,,,,,,,,,
Final Ranking crosstable after 3 Rounds,,,,,,,,,,,
Rk.,,Name,Rtg,FED,1.Rd,2.Rd,3.Rd,Pts.,TB1,TB2,TB3
1,FM,"Strand, Ann",2211,SWE, 4w1, 3b1,  2w1,3,4.5,0,3
2,,Bergström Bo,2020,SWE, 5b+, 4b1,  1b0,2,2.5,0,2
3,,Cem Öz,1900,TUR,-1, 1w0,  4b½,1.5,3.5,0,0
4,WFM,Dora Laachiri,2100,NOR, 1b0, 2w0,  3w½,0.5,6.5,0,0
5,,Eve Moe,0,NOR, 2w-,-½, -0,0.5,2,0,0
You find all details to this tournament under https://chess-results.com/tnr1.aspx,,,,,,,,,,,
"""
#: The same in German, as Swiss-Manager writes it, by starting numbers.
GERMAN = """\
Hafen-Open 2024
Endstand: Kreuztabelle nach 3 Runden

Nr.;Titel;Name;Elo;Land;1.Rd;2.Rd;3.Rd;Pkt.;Rg.
1;FM;Müller Anna;2211;SUI;2w1;4s1;3w1;3;1
2;;Größ Dörte;2100;GER;1s0;3w0;4w½;½;4
3;;Bär Bodo;2020;GER;5s+;2s1;1s0;2;2
4;;Öz Cem;1900;TUR;spielfrei;1w0;2s½;1½;3
5;;Moe Eva;;AUT;3w-;-½;-0;½;4
"""


def places(tournament: Tournament) -> list[tuple[str, int]]:
    return [(str(p.contender.entrant), p.first) for p in final_places(tournament)]


def test_a_cross_table_by_rank_has_its_rounds_and_its_places() -> None:
    made = import_file(data=ENGLISH.encode())
    tournament = made.tournament
    assert (tournament.name, tournament.state) == ("Harbour Open 2024", TournamentState.FINISHED)
    assert [name for name, _ in places(tournament)][:3] == ["Strand, Ann", "Bergström Bo", "Cem Öz"]
    assert [e.name for e in tournament.entrants.order_by("seed")] == [
        "Strand, Ann", "Dora Laachiri", "Bergström Bo", "Cem Öz", "Eve Moe",
    ]  # fmt: skip
    assert Entrant.objects.get(name="Cem Öz").region == "TUR"
    kinds = Bye.objects.order_by("round_number", "contender__seed").values_list("kind", flat=True)
    assert list(kinds) == ["pairing_allocated", "half_point", "zero_point"]
    assert made.warnings[0].startswith("The table does not say the starting numbers")
    assert not [said for said in made.warnings if "points in the file" in said]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_cross_table_in_german_and_in_any_encoding(encoding: str) -> None:
    made = import_file(data=GERMAN.encode(encoding))
    assert [e.name for e in made.tournament.entrants.order_by("seed")] == [
        "Müller Anna", "Größ Dörte", "Bär Bodo", "Öz Cem", "Moe Eva",
    ]  # fmt: skip
    assert places(made.tournament)[0] == ("Müller Anna", 1)
    assert made.tournament.name == "Hafen-Open 2024"


def test_a_cross_table_with_open_games_goes_on_here() -> None:
    text = ENGLISH.replace("Final Ranking", "Ranking").replace("  2w1,3,", "  2w ,2,")
    text = text.replace("  1b0,2,", "  1b ,2,")
    preview = preview_file(data=text.encode())
    assert (preview.state, preview.open) == ("running", 1)


def test_a_round_robin_by_rank() -> None:
    text = (
        "Club Championship\nFinal ranking crosstable\n"
        "Rk.\tName\tRtg\t1\t2\t3\t4\tPts.\n"
        "1\tAnn\t2000\t*\t½\t1\t1\t2,5\n"
        "2\tBob\t1900\t½\t*\t½\t+\t2\n"
        "3\tCem\t1800\t0\t½\t*\t1\t1,5\n"
        "4\tDora\t1700\t0\t-\t0\t*\t0\n"
    )
    made = import_file(data=text.encode())
    assert made.tournament.stages.get().format == "round_robin"
    assert places(made.tournament) == [("Ann", 1), ("Bob", 2), ("Cem", 3), ("Dora", 4)]


def test_a_starting_list_becomes_a_draft() -> None:
    text = (
        "From the Tournament-Database of Chess-Results https://chess-results.com\n"
        "Harbour Open 2025\nStarting rank\n"
        "No.;;Name;FideID;FED;Rtg;Club/City\n"
        "1;GM;Strand Ann;1400;SWE;2511;Harbour\n2;;Bo Berg;;SWE;0;\n"
    )
    preview = preview_file(data=text.encode())
    assert (preview.name, preview.state) == ("Harbour Open 2025", "draft")
    assert preview.entrants == ("Strand Ann", "Bo Berg") and preview.warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (" 4w1, 3b1", " 9w1, 3b1", "Line 6, round 1: there is no player 9"),
        (" 4w1, 3b1", " 4w1, 5b1", "Line"),
        (" 4w1,", " won,", "Line 6, round 1: 'won' is no result"),
        ("2,,Bergström Bo", "1,,Bergström Bo", "one number"),
        ("Bergström Bo", "", "Line 7: the name"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused_by_line(old: str, new: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        import_file(data=ENGLISH.replace(old, new).encode())
    assert not Tournament.objects.exists()
