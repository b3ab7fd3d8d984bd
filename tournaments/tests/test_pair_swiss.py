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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "player"),
        (b"hello\n", "player"),
        (line(1).encode() + b"\n" + line(1).encode(), "1"),
        (b"001 abcd", "1"),
        (b"\x00" * 100, "player"),
        ("001 é".encode("latin-1"), "UTF-8"),
        (line(1).encode("utf-16"), "UTF-8"),
        (b"\xff" * 10_000_000, "UTF-8"),
        (b"001 " + b"x" * 10_000_000, "1"),
        (b"x\n" * 5_000_000, "player"),
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
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.trf"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=f"(?i){said}"):
        pair(path)


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
