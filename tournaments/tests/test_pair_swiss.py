"""`manage.py pair_swiss`: what other programs read from it, and what it says of a bad file."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


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
