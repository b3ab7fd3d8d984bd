"""Letters for pictures: whose font writes them, and what is left out."""

import shutil
import subprocess

import pytest
from PIL import Image, ImageDraw

from tournaments.pages.sharing import fonts

SIZE = (400, 80)


def written(text: str, anchor: str = "lm") -> Image.Image:
    image = Image.new("L", SIZE)
    at = (200, 40)
    fonts.write(ImageDraw.Draw(image), at, text, "white", 30, anchor)
    return image


def machine_has(sign: str) -> bool:
    """What fontconfig itself says of a letter."""
    program = shutil.which("fc-list")
    if program is None:
        return False
    pattern = f":charset={ord(sign):x}"
    return bool(subprocess.run([program, pattern], capture_output=True, check=True).stdout)


@pytest.fixture
def no_finder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without other fonts."""
    fonts._runs.cache_clear()
    fonts._file_for.cache_clear()
    monkeypatch.setattr(fonts, "_found", [])
    monkeypatch.setattr(fonts, "_ask", lambda sign: "")


@pytest.fixture(autouse=True)
def forget() -> None:
    fonts._runs.cache_clear()
    fonts._file_for.cache_clear()


def test_latin_letters_need_no_font_of_the_machine(no_finder: None) -> None:
    assert fonts.can_write("Ann Miller, 8 players")
    assert written("Ann").getbbox() is not None


def test_accents_that_no_font_has_are_left_out(no_finder: None) -> None:
    assert written("Grün Novák").tobytes() == written("Grun Novak").tobytes()


def test_what_no_font_has_is_left_out_whole(no_finder: None) -> None:
    assert not fonts.can_write("Иван & Ann")
    assert fonts.length("Иван & Ann", 30) == 0
    assert written("Иван & Ann").getbbox() is None


@pytest.mark.parametrize("name", ["Иван", "Ωμέγα", "محمد", "דנה", "李雷", "राम"])
def test_other_letters_are_written_where_the_machine_has_them(name: str) -> None:
    expected = all(machine_has(sign) for sign in name)
    assert fonts.can_write(name) is expected
    assert (written(name).getbbox() is not None) is expected


def test_a_line_ends_where_it_is_reported_to() -> None:
    left, right = written("Ann", "lm").getbbox(), written("Ann", "rm").getbbox()
    assert left is not None and right is not None
    assert left[0] >= 200 and right[2] <= 201


def test_a_mark_stays_with_its_letter(no_finder: None) -> None:
    assert fonts._runs("e\u0301a") == [("e\u0301a", fonts.OWN)]
