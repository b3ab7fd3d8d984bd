"""Lines of chat go before other events, when the site says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from lobby.chat import Line, store_lines
from lobby.retention import delete_old_lines
from lobby.stream_names import LOBBY
from matchmaking.services.sign_outs import SIGN_OUTS
from streams.models import Event

pytestmark = pytest.mark.django_db


def said(text: str, *, days_ago: float) -> int:
    assert store_lines([Line(None, "Ann", text)]) == [None]
    event = Event.objects.filter(stream=LOBBY).latest("seq")
    Event.objects.filter(pk=event.pk).update(at=timezone.now() - timedelta(days=days_ago))
    return event.seq


def lines() -> dict[int, str]:
    return dict(Event.objects.filter(stream=LOBBY).values_list("seq", "text"))


def test_old_lines_are_emptied_and_keep_their_numbers(settings: Any) -> None:
    settings.MATCHPOINT_CHAT_KEEP = timedelta(days=2)
    old, young = said("old", days_ago=3), said("young", days_ago=1)
    assert delete_old_lines(now=timezone.now()) == 1
    assert lines() == {old: "", young: "Ann: young"}
    assert "Ann" not in str(Event.objects.get(stream=LOBBY, seq=old).data)
    told = Event.objects.filter(stream=SIGN_OUTS).latest("seq")
    assert told.data["read_anew"] == [LOBBY]
    assert delete_old_lines(now=timezone.now()) == 0


def test_without_the_setting_they_stay(settings: Any) -> None:
    settings.MATCHPOINT_CHAT_KEEP = timedelta()
    seq = said("old", days_ago=300)
    assert delete_old_lines(now=timezone.now()) == 0
    assert lines() == {seq: "Ann: old"}
