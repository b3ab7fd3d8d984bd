"""One site with something of everything in it, and everybody who might come to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler

from lib import tokens
from lobby.apps import MODERATORS
from matchmaking.identity import GUEST_COOKIE
from matchmaking.models import Party, PartyMember, Player
from matchmaking.services.players import create_guest, sign_up
from matchmaking.services.reports import Claim, report_result
from matchmaking.tests.meetings import caller, meeting, token
from matchmaking.tests.queueing import join, pool, ticket
from service_keys.services import make_key
from streams import log
from streams.models import Event
from tournaments.apps import ORGANISERS
from tournaments.models import Tournament
from tournaments.services.actors import ORGANISER
from tournaments.services.setup.creation import create_tournament
from tournaments.services.venue.judges import add_judge
from tournaments.tests.test_rights import Scene, judge
from webhooks.models import Delivery, Endpoint

JSON = "application/json"
PASSWORD = "correct horse battery"
LINE = {"player": {"id": None, "username": "anon-1"}, "text": "hello"}


@dataclass(frozen=True)
class Visitor:
    """Somebody with a bearer token, or with cookies of a browser; or with neither."""

    token: str = ""
    cookies: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def signed_in(cls, account: User) -> "Visitor":
        """The browser of an account."""
        client = Client()
        client.force_login(account)
        return cls(cookies={name: each.value for name, each in client.cookies.items()})

    def program(self, method: str, path: str, body: Any = None) -> Any:
        """The response to a program's request: JSON, or a file where that is text."""
        content, kind = (body, "text/csv") if isinstance(body, str) else (json.dumps(body), JSON)
        return self._client(self.token).generic(method, path, "" if body is None else content, kind)

    def browser(self, method: str, path: str, fields: Mapping[str, Any]) -> Any:
        """The response to a form, or to a page's address that is opened."""
        client = self._client("")
        if self.token:
            client.cookies[GUEST_COOKIE] = self.token
        return getattr(client, method.lower())(path, fields)

    def _client(self, token: str) -> Client:
        headers = {"X-Requested-With": "fetch"}
        client = Client(headers=headers | ({"Authorization": f"Bearer {token}"} if token else {}))
        client.handler = handler()
        for name, value in self.cookies.items():
            client.cookies[name] = value
        return client


@cache
def handler() -> ClientHandler:
    """One for all clients: each of its own would look through the static files anew."""
    return ClientHandler(enforce_csrf_checks=False)


@dataclass(frozen=True)
class World:
    """The site: what its addresses may name, and its visitors by their role."""

    names: dict[str, Any]
    visitors: dict[str, Visitor]


def _guest(name: str) -> tuple[Player, Visitor]:
    made = create_guest(username=name)
    return made.player, Visitor(made.token)


def _staff(name: str, *groups: str, is_superuser: bool = False) -> Visitor:
    user = User.objects.create_user(name, password=PASSWORD)
    user.is_staff, user.is_superuser = True, is_superuser
    user.save()
    user.groups.set(Group.objects.filter(name__in=groups))
    return Visitor.signed_in(user)


def made_world() -> World:
    """A cup that runs, a match and a wait in a pool, a party, a line of chat; and everybody."""
    ann, organiser = _guest("Olga")
    scene = Scene.made(ann, "Ann", "Bob", "Cem", "Dan")
    judge_token = judge(scene.cup, "Judy")
    foreign = create_tournament(name="Other cup", players=["Pia", "Quin"])
    other, others_visitor = _guest("Otto")
    Scene.made(other, "Ria", "Sam", "Tim", "Uli")
    own_token = tokens.new_token()
    Tournament.objects.filter(pk=scene.cup.pk).update(token_sha256=tokens.digest(own_token))
    pure_judge = add_judge(tournament_id=scene.cup.pk, name="Jo", actor=ORGANISER)
    match = meeting("Sea", "Rival")
    report_result(match_id=match.pk, caller=caller("Rival"), claim=Claim([0, 1]))
    seated = Player.objects.get(name="Sea")
    where = pool("queue", guests_count=True)
    join(seated, where)
    party = Party.objects.create(code="SEAPTY", leader=seated)
    PartyMember.objects.create(party=party, player=seated)
    with transaction.atomic():
        log.append("lobby", [log.Draft("chat", "anon-1: hello", LINE)])
    line = Event.objects.get(stream="lobby", type="chat")
    make_key(name="Robot", scopes=["read"])
    registered = sign_up(username="Reggie", password=PASSWORD, guest=None)
    webhook = Endpoint.objects.create(name="Bot", url="https://bot.example")
    Delivery.objects.create(endpoint=webhook, message_id="a-1", seq=1, type="match.made")
    cups = Endpoint.objects.create(name="Cups bot", url="https://bot.example", tournament=scene.cup)
    names = scene.ids | {
        "pool_match": match.pk, "ticket_id": ticket(seated).pk, "code": party.code,
        "slug": where.slug, "player_id": seated.pk, "seq": line.seq, "action": "start",
        "game": "pong", "cup_slug": "cup", "rest": "screen", "site": "discord",
        "stream": f"matches/{match.pk}", "external_id": "ann-1",
        "webhook_id": webhook.pk, "endpoint_id": cups.pk,
    }  # fmt: skip
    visitors = {
        "nobody": Visitor(),
        "a token that is nobody's": Visitor("x" * 43),
        "the token of another cup": Visitor(foreign.token),
        "guest": _guest("Gus")[1],
        "player": Visitor.signed_in(registered),
        "seated": Visitor(token("Sea")),
        "organiser of another cup": others_visitor,
        "judge": Visitor(judge_token),
        "judge's token": Visitor(pure_judge.token),
        "organiser": organiser,
        "organiser's token": Visitor(own_token),
        "moderator": _staff("mo", MODERATORS),
        "organisers' group": _staff("helper", ORGANISERS),
        "staff without rights": _staff("idle"),
        "superuser": _staff("boss", is_superuser=True),
    }
    return World(names, visitors)
