"""What is kept for many readers is never older than the tournament, and has nobody's own in it."""

from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lib.errors import Overloaded
from lib.heavy.kept import Kept
from lib.heavy.slots import Slots
from matchmaking.identity import GUEST_COOKIE
from matchmaking.services.players import create_guest
from tournaments import revisions
from tournaments.display.choice import Choice
from tournaments.models import Entry, Format, StageSettings, Tournament
from tournaments.pages import shown
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.registration import open_registration, register
from tournaments.services.setup.creation import create_tournament
from tournaments.services.setup.settings import change_settings
from tournaments.templatetags import pairing_card

from .builders import DOUBLE, SINGLE, draft, first_wins, pairing, started
from .test_random_undo import LongDay

pytestmark = pytest.mark.django_db
HTML = {"Accept": "text/html"}


def page(tournament: Tournament, client: Client | None = None) -> Any:
    address = reverse("tournament", args=[tournament.pk])
    return (client or Client()).get(address, headers=HTML)


def whole(tournament: Tournament, **headers: str) -> Any:
    return Client().get(f"/api/tournaments/{tournament.pk}", headers=headers)


@pytest.mark.parametrize(
    ("seed", "count", "plans"),
    [
        (1, 5, [DOUBLE]),
        (2, 5, [StageSettings(Format.SWISS, rounds_planned=3, draws=True)]),
        (3, 6, [StageSettings(Format.ROUND_ROBIN, group_count=2, advance=2), SINGLE]),
    ],
)
def test_whatever_is_done_is_seen_at_once(
    seed: int, count: int, plans: list[StageSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    day, request = LongDay(started(count, *plans), Random(seed)), RequestFactory().get("/")
    kept, cards = revisions.KeptReads[bytes](size=len), pairing_card._kept
    monkeypatch.setattr("tournaments.api.tournaments._kept", kept)
    for _ in range(25):
        day.try_and_undo()
        row = Tournament.objects.get(pk=day.tournament.pk)
        seen = shown.shown_of(request, row)
        monkeypatch.setattr(pairing_card, "_kept", Kept(most_bytes=0, size=len))
        assert seen == shown._draw(row, Choice(), may_enter=False, framed=False)
        monkeypatch.setattr(pairing_card, "_kept", cards)
        json = whole(row).content
        monkeypatch.setattr(
            "tournaments.api.tournaments._kept", revisions.KeptReads[bytes](size=len)
        )
        assert json == whole(row).content
        monkeypatch.setattr("tournaments.api.tournaments._kept", kept)


def test_of_a_bracket_only_the_pairings_that_changed_are_drawn_anew() -> None:
    tournament, drawn = started(16), list[str]()

    def note(template: Any, context: Any, **kwargs: Any) -> None:
        if template.name == "tournaments/_pairing.html":
            drawn.append(context["pairing"].key)

    template_rendered.connect(note)
    try:
        page(tournament)
        assert len(drawn) == 15
        drawn.clear()
        first_wins(tournament, "W1.3")
        page(tournament)
        assert drawn == ["W1.3", "W2.2"]
    finally:
        template_rendered.disconnect(note)


def test_a_page_takes_as_many_queries_when_some_opponents_are_not_yet_known(
    django_assert_num_queries: Any,
) -> None:
    tournament = started(16)
    with CaptureQueriesContext(connection) as before:
        page(tournament)
    for key in ("W1.1", "W1.3", "W1.5", "W1.7"):  # each winner waits for the next one
        first_wins(tournament, key)
    with django_assert_num_queries(len(before)):
        page(tournament)


def test_a_page_is_drawn_once_for_a_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, draw = [], shown._draw

    def counted(*args: Any, **options: Any) -> shown.Shown:
        drawn.append(options)
        return draw(*args, **options)

    monkeypatch.setattr(shown, "_draw", counted)
    tournament = started(4)
    for _ in range(3):
        assert page(tournament).status_code == 200
    assert len(drawn) == 1
    first_wins(tournament, "W1.1")
    assert "1 of 3 played" in strip(page(tournament))
    change_settings(tournament_id=tournament.pk, actor=ORGANISER, changes={"name": "New name"})
    assert "New name" in page(tournament).content.decode()
    assert len(drawn) == 3


def strip(response: Any) -> str:
    html: str = response.content.decode()
    return html.replace('<span id="decided-count">', "").replace("</span> of", " of")


def test_what_is_a_readers_own_is_not_kept_for_others() -> None:
    """In each order: the organiser, a player who is entered, and a stranger."""
    host, player = create_guest(username="Host"), create_guest(username="Ann")
    tournament = create_tournament(
        name="Cup", players=["Bob"], entry=Entry.OPEN, organiser=host.player, byes=True
    ).tournament
    open_registration(tournament_id=tournament.pk, actor=ORGANISER)
    register(tournament_id=tournament.pk, player=player.player)
    clients = {name: Client() for name in ("host", "player", "stranger")}
    clients["host"].cookies[GUEST_COOKIE] = host.token
    clients["player"].cookies[GUEST_COOKIE] = player.token
    for order in (("host", "player", "stranger"), ("stranger", "player", "host")):
        for name in order:
            html = page(tournament, clients[name]).content.decode()
            assert ("organiser-actions" in html) == (name == "host")
            assert ("Leave the tournament" in html) == (name == "player")
            assert ("/register" in html) == (name != "player")
        change_settings(tournament_id=tournament.pk, actor=ORGANISER, changes={"about": "Hello"})


def test_links_to_enter_results_are_for_those_who_may() -> None:
    host = create_guest(username="Host")
    tournament = started(4)
    Tournament.objects.filter(pk=tournament.pk).update(organiser=host.player)
    organiser = Client()
    organiser.cookies[GUEST_COOKIE] = host.token
    for _ in range(2):
        assert "Enter result" in page(tournament, organiser).content.decode()
        assert "Enter result" not in page(tournament).content.decode()


def test_large_tournaments_wait_for_a_slot_and_small_ones_never(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    small, large = draft(4), draft(revisions.LARGE)
    busy = Slots(1, waiting=0, seconds=0)
    monkeypatch.setattr(revisions, "_slots", busy)
    addresses = [
        f"/tournaments/{{}}{end}" for end in ("", "?fragment", "/screen", "/print", "/embed")
    ]
    addresses += [
        f"/api/tournaments/{{}}{end}"
        for end in ("", "/standings", "/schedule", "/entrants.csv", "/matches.csv")
    ]
    with busy.one("10.0.0.9"):
        for address in addresses:
            assert Client().get(address.format(small.pk), headers=HTML).status_code == 200
            refused = Client().get(address.format(large.pk), headers=HTML)
            assert (refused.status_code, refused["Retry-After"]) == (503, "2"), address
            assert "Try again in a moment" in refused.content.decode()
        assert page(large).headers["Content-Type"].startswith("text/html")
        assert whole(large).json()["code"] == Overloaded.code
    assert "Service Unavailable" not in caplog.text  # nobody fills the disk
    for address in addresses:
        assert Client().get(address.format(large.pk), headers=HTML).status_code == 200


def test_the_picture_of_the_same_revision_is_not_drawn_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tournament = started(4)
    address = reverse("tournament-preview", args=[tournament.pk])
    etag = Client().get(address)["ETag"]
    with monkeypatch.context() as patched:
        patched.setattr("tournaments.pages.outside.preview_of", None)
        assert Client().get(address, headers={"If-None-Match": etag}).status_code == 304
    first_wins(tournament, "W1.1")
    assert pairing(tournament, "W1.1").match is not None
    changed = Client().get(address, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed["ETag"] != etag
