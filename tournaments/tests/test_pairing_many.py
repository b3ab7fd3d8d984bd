"""Rounds of a Swiss with many players: what is said of them, and that small ones do not wait."""

import threading
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from matchmaking.identity import GUEST_COOKIE
from matchmaking.services.players import create_guest
from tournaments.display import pairing_time
from tournaments.engine.swiss import PairingTask, QuickEngine, SwissPairing
from tournaments.models import Action, Format, StageSettings, Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.progress import swiss_rounds
from tournaments.services.progress.swiss_rounds import pair_next_round, swiss_group, unpair_round
from tournaments.services.undo.stack import undo_last

from .builders import draft, play_on, started

SWISS = StageSettings(Format.SWISS, rounds_planned=3)


def page(tournament: Tournament, client: Client) -> str:
    address = reverse("tournament", args=[tournament.pk])
    return client.get(address, headers={"Accept": "text/html"}).content.decode()


def organiser(tournament: Tournament) -> Client:
    host, client = create_guest(username="Host"), Client()
    Tournament.objects.filter(pk=tournament.pk).update(organiser=host.player)
    client.cookies[GUEST_COOKIE] = host.token
    return client


@pytest.mark.django_db
def test_a_quick_round_says_what_it_gave_up_and_an_undo_keeps_it() -> None:
    tournament = started(7, SWISS)
    play_on(tournament)
    group = swiss_group(tournament)
    round_ = pair_next_round(group=group, actor=ORGANISER, engine="quick")
    assert round_.note.startswith("Paired quickly, by the absolute rules. ")
    assert "different scores" in round_.note or "colour" in round_.note
    assert round_.note in Action.objects.filter(verb="round").latest("number").text
    assert round_.note in page(tournament, Client())
    unpair_round(tournament_id=tournament.pk, actor=ORGANISER)
    undo_last(tournament_id=tournament.pk, actor=ORGANISER)
    assert round_.note in page(tournament, Client())


@pytest.mark.django_db
def test_the_page_says_beforehand_how_long_many_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing_time, "A_MOMENT", 20)
    large, small = draft(24, SWISS), draft(8, SWISS)
    assert "With 24 players it takes some seconds, at most 20." in page(large, organiser(large))
    assert 'data-pairing-seconds="20"' in page(large, organiser(large))
    assert "With 8 players" not in page(small, organiser(small))
    assert "With 24 players" not in page(large, Client())


def test_words_for_each_size() -> None:
    assert pairing_time.pairing_words(3000) == ""
    assert "you can pair it quickly" in pairing_time.pairing_words(5000)


@pytest.mark.django_db
def test_a_small_round_does_not_wait_for_large_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def pair_here(task: PairingTask, *, seconds: float) -> SwissPairing:
        return QuickEngine().pair(task)

    monkeypatch.setattr(swiss_rounds, "pair_apart", pair_here)
    done, begun = threading.Event(), threading.Barrier(3)

    def hold(number: int) -> Any:
        with swiss_rounds._slots[False].one(number):
            begun.wait()
            done.wait()

    threads = [threading.Thread(target=hold, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    begun.wait()
    try:
        assert started(6, SWISS).stages.get().groups.get().rounds.count() == 1
    finally:
        done.set()
        for thread in threads:
            thread.join()
