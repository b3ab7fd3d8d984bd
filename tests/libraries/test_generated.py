"""The types of the clients are those that the server describes."""

import pytest

from clients.generate.files import files
from tests.server import ROOT


@pytest.mark.parametrize("path", files())
def test_the_types_are_what_the_server_describes(path: str) -> None:
    assert (ROOT / path).read_text() == files()[path], "run `python -m clients.generate`"
