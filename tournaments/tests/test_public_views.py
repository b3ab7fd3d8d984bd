"""A tournament on a screen, on paper, in a frame, as a picture and in a calendar."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from tournaments.models import Format, StageSettings, Tournament
from tournaments.pages.sharing.calendar import calendar_entry
from tournaments.pages.sharing.image import Preview, draw_preview

from .builders import DOUBLE, SINGLE, draft, first_wins, play_on, started

STARTS = datetime(2026, 3, 6, 18, 30, tzinfo=UTC)


def get(tournament: Tournament, name: str, query: str = "", **headers: str) -> Any:
    path = reverse(f"tournament-{name}", args=[tournament.pk])
    return Client().get(path + query, headers=headers)


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content, "utf-8")


@pytest.mark.django_db
@pytest.mark.parametrize("plan", [SINGLE, DOUBLE, StageSettings(Format.ROUND_ROBIN)])
@pytest.mark.parametrize("name", ["screen", "print", "embed"])
def test_every_format_and_state_has_its_views(plan: StageSettings, name: str) -> None:
    tournament = draft(5, plan)
    assert "P1" in text(get(tournament, name))
    tournament = started(5, plan)
    assert "P1" in text(get(tournament, name))
    play_on(tournament)
    assert "P1" in text(get(tournament, name))


@pytest.mark.django_db
def test_a_projector_shows_what_is_played_the_bracket_and_results() -> None:
    tournament = started(32)
    first_wins(tournament, "W1.1")
    html = text(get(tournament, "screen", "?seconds=7"))
    assert 'data-seconds="7"' in html and "To be played now" in html
    assert html.count("Round of 32 to quarter-finals") == 0  # four columns: down to the semi-finals
    assert "Round of 32 to quarter-finals (1 of 2)" in html or "(1 of 2)" in html
    assert "Latest results" in html
    for asked, shown in (("1", 3), ("9999", 300), ("x", 12), ("-3", 12)):
        assert f'data-seconds="{shown}"' in text(get(tournament, "screen", f"?seconds={asked}"))


@pytest.mark.django_db
def test_each_place_of_a_large_bracket_is_on_one_sheet() -> None:
    html = text(get(started(64, DOUBLE), "print"))
    for key in ("W1.1", "W1.32", "W6.1", "L1.16", "L10.1", "GF", "GF2"):
        assert html.count(f'id="{key}"') == 1, key


@pytest.mark.django_db
def test_only_the_embedded_view_may_stand_in_a_frame() -> None:
    tournament = started(4)
    framed, page = get(tournament, "embed"), Client().get(f"/tournaments/{tournament.pk}")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "script-src 'self'" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed and not framed.cookies
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_a_frame_has_the_theme_it_asks_for() -> None:
    tournament = started(4)
    assert 'data-theme="dark"' in text(get(tournament, "embed", "?theme=dark"))
    assert "data-theme" not in text(get(tournament, "embed", '?theme="><script>'))


@pytest.mark.django_db
def test_the_picture_changes_with_the_tournament() -> None:
    tournament = started(("Ann", "Bob"))
    before = get(tournament, "preview")
    assert Image.open(BytesIO(before.content)).size == (1200, 630)
    again = get(tournament, "preview", **{"If-None-Match": before["ETag"]})
    assert again.status_code == 304
    first_wins(tournament, "W1.1")
    after = get(tournament, "preview", **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200 and after["ETag"] != before["ETag"]


@pytest.mark.parametrize("name", ["A", "Ü" * 80, "word " * 16, "\u65e5\u672c\u8a9e " * 10])
def test_any_name_fits_into_the_picture(name: str) -> None:
    preview = Preview(name=name, facts="4 players", headline=f"{name} won", is_bracket=False)
    assert Image.open(BytesIO(draw_preview(preview))).size == (1200, 630)


@pytest.mark.django_db
def test_the_calendar_is_there_when_there_is_a_time() -> None:
    tournament = draft(4)
    assert get(tournament, "calendar").status_code == 404
    Tournament.objects.update(starts_at=STARTS)
    response = get(tournament, "calendar")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"DTSTART:20260306T183000Z\r\n" in response.content


def test_a_calendar_entry_escapes_and_folds() -> None:
    name = "Cup; first, \\ second\r\nX:" + "ü" * 60
    tournament = Tournament(name=name, about="One\nTwo", starts_at=STARTS)
    entry = calendar_entry(tournament, url="https://example.org/t", now=STARTS)
    lines = entry.split(b"\r\n")
    assert max(map(len, lines)) <= 75 and b"\n" not in entry.replace(b"\r\n", b"")
    unfolded = entry.replace(b"\r\n ", b"").decode().split("\r\n")
    assert "SUMMARY:Cup\\; first\\, \\\\ second\\nX:" + "ü" * 60 in unfolded
    assert "DESCRIPTION:One\\nTwo" in unfolded and unfolded[-1] == ""
