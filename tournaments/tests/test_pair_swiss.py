"""`manage.py pair_swiss`: what other programs read from it, and what it says of a bad file."""

import io
import subprocess
import sys
from itertools import count
from math import inf
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from tournaments.management.commands import pair_swiss

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


def pair(path: Path | str) -> str:
    out = io.StringIO()
    call_command("pair_swiss", str(path), stdout=out)
    return out.getvalue()


def line(number: int, name: str = "Player") -> str:
    return f"001 {number:4d}      {name:33} 1500{'':28} 0.0    1"


def trf(tmp_path: Path, *players: str) -> Path:
    path = tmp_path / "club.trf"
    path.write_text("\n".join(("012 Club", "XXR 3", *players)) + "\n", encoding="utf-8")
    return path


def test_a_count_and_then_a_line_for_each_board(tmp_path: Path) -> None:
    out = pair(trf(tmp_path, *(line(number) for number in range(1, 6))))
    count, *boards = out.splitlines()
    assert int(count) == len(boards) == 3
    numbers = [int(number) for board in boards for number in board.split()]
    assert sorted(numbers) == [0, 1, 2, 3, 4, 5]
    assert out.endswith("\n") and boards[-1].endswith(" 0")


def test_a_bye_set_beforehand_is_no_round_that_was_played(tmp_path: Path) -> None:
    seven = [line(number) for number in range(1, 7)] + [line(7) + "  0000 - U"]
    assert pair(trf(tmp_path, *seven)) == "3\n1 4\n5 2\n3 6\n"


def test_who_has_the_bye_beforehand_has_a_number_by_which_colours_go(tmp_path: Path) -> None:
    """Number 4 is even though 3 does not play: Black, where 1 has White (FIDE C.04.3, 5.2.5)."""
    seven = [line(number) for number in range(1, 8)]
    seven[2] += "  0000 - U"
    assert pair(trf(tmp_path, *seven)) == "3\n1 5\n6 2\n7 4\n"
    seven[2] = line(3) + "  0000 - Z"
    assert pair(trf(tmp_path, *seven)) == "3\n1 5\n6 2\n4 7\n"


def test_it_says_why_two_were_paired(tmp_path: Path) -> None:
    """Ann and Bob won with White, Eve had the bye: Bob floats, who has met Dan."""
    cells = {"Ann": "3 w 1", "Bob": "4 w 1", "Cid": "1 b 0", "Dan": "2 b 0", "Eve": "0 - U"}
    found = [
        line(number, name) + f"  {cell:>8}"
        for number, (name, cell) in enumerate(cells.items(), start=1)
    ]
    out, said = io.StringIO(), io.StringIO()
    call_command("pair_swiss", str(trf(tmp_path, *found)), explain=True, stdout=out, stderr=said)
    assert out.getvalue() == "3\n5 1\n3 2\n4 0\n"
    assert said.getvalue().splitlines() == [
        "1. Eve - Ann: Both have 1 point (1.3). Eve has had no colour yet; Ann had White and is "
        "strongly due Black (1.7). White for Eve: Ann gets the colour due (5.2.1).",
        "2. Cid - Bob: Bob with 1 point floats down, Cid with 0 points floats up (1.4). Cid had "
        "Black and is strongly due White; Bob had White and is strongly due Black (1.7). White "
        "for Cid: both get the colour due (5.2.1).",
        "Dan has the bye: the lowest score of those who may have it (C5). Of those, who has "
        "played most rounds comes first; Dan: all played (C9).",
        "The round: Pairs of different scores: 1 (C6).",
    ]


def test_a_limit_ends_it_with_what_is_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann and Bob won and meet; that is decided when the clock, which ticks at each look, stops."""
    cells = {"Ann": "3 w 1", "Bob": "4 b 1", "Cid": "1 b 0", "Dan": "2 w 0"}
    path = trf(
        tmp_path,
        *(f"{line(at, name)}  {cell:>8}" for at, (name, cell) in enumerate(cells.items(), start=1)),
    )
    ticks = count()
    monkeypatch.setattr(pair_swiss, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
    call_command("pair_swiss", str(path), seconds=inf, stdout=io.StringIO())
    needed = next(ticks) - 1
    out, said = io.StringIO(), io.StringIO()
    ticks = count()
    with pytest.raises(CommandError) as error:
        call_command("pair_swiss", str(path), seconds=needed, explain=True, stdout=out, stderr=said)
    assert out.getvalue() == ""
    assert said.getvalue() == "1 points: Ann - Bob.\n"
    assert str(error.value) == (
        f"The round was not paired within {needed} seconds. Decided: 1 of 2 score groups, "
        "with 1 pair. Next in the bracket of 2 players with 0 points: whom the top half meets "
        "(4.2)."
    )


def test_a_limit_ends_the_program_with_an_error(tmp_path: Path) -> None:
    path = trf(tmp_path, *(line(number) for number in range(1, 6)))
    command = [sys.executable, str(MANAGE), "pair_swiss", str(path), "--seconds", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No pair is decided yet." in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "player"),
        (b"hello\n", "player"),
        (line(1).encode() + b"\n" + line(1).encode(), "1"),
        (b"001 abcd", "1"),
        (b"\x00" * 100, "Line 1 has a zero byte"),
        ("001 é".encode("latin-1"), "Line 1"),
        (line(1).encode("utf-16-le"), "Line 1 has a zero byte"),
        (b"\xff" * 1_000_000, "Line 1 has more than"),
        (b"001 " + b"x" * 1_000_000, "Line 1 has more than"),
        (b"x\n" * 1_000_000, "player"),
        (b"x" * 10_000_000, "larger than 4 MB"),
        (b"BBW 1e999999999\n", "Line 1: '1e999999999' should be points"),
        (b"162 " + b"A" * 50_000, "Line 1: there are no points"),
        (b"162  W " + b"9" * 50_000, "Line 1: '9999' points cannot be"),
    ],
    ids=[
        "empty",
        "prose",
        "twice",
        "digits",
        "zeros",
        "latin-1",
        "utf-16",
        "bytes",
        "long",
        "many",
        "huge",
        "exponent",
        "letters",
        "figures",
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.trf"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=f"(?i){said}"):
        pair(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_names_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "club.trf"
    text = "\n".join(("XXR 3", line(1, "Zoë Çelik"), line(2, "Øyvind"), line(3, "José")))
    path.write_bytes(text.encode(encoding))
    assert pair(path) == "2\n1 2\n3 0\n"


def test_the_file_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\n".join(("XXR 3", line(1, "José"), line(2)))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode("latin-1"))))
    assert pair("-") == "1\n1 2\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        pair(tmp_path / "none.trf")
    with pytest.raises(CommandError, match="Cannot read"):
        pair(tmp_path)


def test_more_rounds_than_opponents(tmp_path: Path) -> None:
    path = tmp_path / "over.trf"
    first = line(1) + "     2 w 1"
    second = line(2) + "     1 b 0"
    path.write_text(f"XXR 2\n{first}\n{second}\n", encoding="utf-8")
    with pytest.raises(CommandError):
        pair(path)
