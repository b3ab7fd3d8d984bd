"""The files of a run in parallel are shared out so that its workers end together."""

from .server import ROOT
from .sharing import SECONDS, next_file


def test_a_worker_is_given_the_longest_file_of_its_kind() -> None:
    files = {"tests/test_a.py": "ab", "tests/test_b.py": "abcd", "lib/test_c.py": "a" * 999}
    given = []
    while files:
        given.append(next_file(files, of_the_whole=True))
        del files[given[-1]]
    assert given == ["tests/test_b.py", "tests/test_a.py", "lib/test_c.py"]
    assert next_file({"tests/a.py": "a", "lib/b.py": "a"}, of_the_whole=False) == "lib/b.py"


def test_a_file_that_is_known_to_take_long_comes_before_one_with_more_tests() -> None:
    known = min(SECONDS, key=lambda file: SECONDS[file])
    assert next_file({"tests/test_a.py": "abc", known: "a"}, of_the_whole=True) == known


def test_the_files_that_are_known_to_take_long_are_there() -> None:
    assert [file for file in SECONDS if not (ROOT / file).exists()] == []
