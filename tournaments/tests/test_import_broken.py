"""Files of other sites that are broken in any way: refused with a sentence, and nothing stored."""

import base64
import json
import random
import zlib
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lib.errors import Refusal
from tournaments.models import Tournament
from tournaments.services.transfer.preview import preview_file

from .imported.challonge import Answer, elimination, second_version
from .imported.start_gg import Event, double_of_six
from .test_import_lichess import REPORT, RESULTS, SWISS
from .test_import_lists import ENGLISH

pytestmark = pytest.mark.django_db

ODD: list[Any] = [None, -1, 0, 3, 10**30, 1.5, "", "x", "\0", "1-0-2", [], {}, [None], True]


def challonge() -> Answer:
    answer = Answer(["Ann", "Bob", "Cem", "Dora", "Eve"])
    elimination(answer, double=True)
    answer.play(lambda first, second: (first, "2-1"), most=6)
    return answer


def start_gg() -> list[Any]:
    event = Event(["Ann", "Bob", "Cem", "Dora", "Eve", "Fay"])
    double_of_six(event)
    event.play(lambda first, second: (first, 2, 1), most=7)
    return event.pages()


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every place in a JSON value, as the container and the key."""
    for key in list(value) if isinstance(value, dict) else range(len(value)):
        found.append((value, key))
        if isinstance(value[key], dict | list):
            places(value[key], found)
    return found


@pytest.mark.parametrize("kind", ["challonge", "second", "start.gg", "lichess"])
def test_an_answer_that_is_wrong_anywhere_is_read_or_refused(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(40):
        values: list[Any] = {
            "challonge": [challonge().value()],
            "second": second_version(challonge()),
            "start.gg": start_gg(),
            "lichess": [SWISS, *RESULTS],
        }[kind]
        values = json.loads(json.dumps(values))  # what they are made of is not for breaking
        for _ in range(chance.choice((1, 1, 3))):
            container, key = chance.choice(places(values, []))
            container[key] = chance.choice(ODD)
        data = "\n".join(json.dumps(value) for value in values)
        with suppress(Refusal):
            preview_file(data=(data + ("\n" + REPORT) * (kind == "lichess")).encode())
    assert not Tournament.objects.exists()


def test_a_table_that_is_wrong_anywhere_is_read_or_refused() -> None:
    chance = random.Random(1)
    for _ in range(40):
        text = list(ENGLISH)
        for _ in range(chance.choice((1, 2, 6))):
            text[chance.randrange(200, len(text))] = chance.choice(",;\t\n*½019wb\u00a0x")
        with suppress(Refusal):
            preview_file(data="".join(text).encode())
    assert not Tournament.objects.exists()


@pytest.mark.parametrize(
    "data",
    [b"{", b'{"tournament": ' + b"[" * 50_000, b"[]", b"{}", b'{"data": {"event": []}}',
     b'{"a": 1}' * 60_000, b"\xff\xfe{\x00", b"Rk.,Name,1.Rd\n,,\n"],
)  # fmt: skip
def test_what_is_no_tournament_at_all_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal):
        preview_file(data=data)


def test_a_kept_file_is_not_unpacked_further_than_a_file_may_be_long() -> None:
    bomb = base64.b64encode(zlib.compress(b"{" + b" " * 50_000_000, 9)).decode()
    page = Client().post(reverse("tournament-import"), {"packed": bomb, "organiser": "Olga"})
    assert page.status_code == 400 and b"larger than 4 MB" in page.content
