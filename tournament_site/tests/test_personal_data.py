"""A player is deleted: nothing in the whole database says any more who it was."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from lib import tokens
from lib.errors import Conflict
from lib.models import StoredResponse
from lobby.chat import Line, store_lines
from lobby.models import LineSource, Mute
from lobby.moderation import mute_player
from matchmaking.models import ExternalAccount, Invitation, Player, SeasonPlace, Seat, Ticket
from matchmaking.services.players import create_guest, sign_up
from matchmaking.services.seasons import end_season
from matchmaking.tests.meetings import play_match
from matchmaking.tests.queueing import join, pool
from streams.models import Event
from tournament_site.personal_data.export import export_of
from tournament_site.personal_data.removal import delete_player, hindrances
from tournament_site.personal_data.traces import rows_about
from tournaments.models import Action, Entrant, Judge
from tournaments.services.actors import Actor
from tournaments.services.progress.start import start_tournament
from tournaments.tests.builders import draft, first_wins

pytestmark = pytest.mark.django_db(transaction=True)

NAME, PASSWORD = "Zebulon Quirkë", "correct horse battery"
ADDRESS, MAIL = "198.51.100.77", "zebulon@example.org"


def dump() -> str:
    """Every value of every table."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table}: {row!r} {json.dumps(row, default=str)}" for row in cursor]
    return "\n".join(found)


def traces(*words: str) -> list[str]:
    """The rows in which one of these words is, however it is written."""
    wanted = {form.lower() for word in words for form in (word, json.dumps(word)[1:-1])}
    wanted |= {form.replace("\\", "\\\\") for form in wanted}
    return [row for row in dump().splitlines() if any(word in row.lower() for word in wanted)]


@pytest.fixture
def zeb() -> Player:
    """Somebody who has done everything that one can do here."""
    user = sign_up(username=NAME, password=PASSWORD, guest=None)
    User.objects.filter(pk=user.pk).update(email=MAIL)
    return Player.objects.get(user=user)


@pytest.fixture
def ann() -> Player:
    return create_guest(username="Ann").player


def settle(player: Player) -> None:
    play_match(match=Seat.objects.filter(player=player).get().match, scores=[2, 1])


def say(player: Player, text: str) -> None:
    line = Line(player.pk, player.name, text, ADDRESS, player.created_at, True)
    assert store_lines([line]) == [None]


def a_life(zeb: Player, ann: Player) -> None:
    """Chat, a rated match in a season that is archived, a finished cup with a record, and more."""
    ranked = pool(guests_count=True)
    join(zeb, ranked)
    join(ann, ranked)
    settle(zeb)
    end_season(pool=ranked)
    say(zeb, "hello, it is me")
    say(ann, "hello yourself")
    cup = draft([NAME, "Ann"])
    Entrant.objects.filter(tournament=cup, name=NAME).update(player=zeb, club="SC Quirk")
    Judge.objects.create(tournament=cup, name=NAME, player=zeb)
    me = Actor(NAME, zeb.pk)
    start_tournament(tournament_id=cup.pk, actor=me)
    first_wins(cup, "W1.1")
    StoredResponse.objects.create(
        digest="d", body_sha256="b", status=200, answer={"username": NAME}
    )
    staff = User.objects.create_user("boss", is_staff=True)
    account = User.objects.get(username=NAME)
    Invitation.objects.create(email=MAIL, invited_by=staff, account=account)
    ExternalAccount.objects.create(user=account, site="discord", subject="1", name="quirk77")
    for changed in (MAIL, NAME):
        LogEntry.objects.create(user=staff, object_repr=changed, action_flag=CHANGE)
    LogEntry.objects.create(
        user=staff, object_repr=NAME, action_flag=CHANGE, change_message=f"Renamed {NAME}."
    )


def test_nothing_in_the_database_says_who_it_was(zeb: Player, ann: Player) -> None:
    a_life(zeb, ann)
    client = Client()
    assert client.login(username=NAME, password=PASSWORD)
    before = {"seats": Seat.objects.count(), "actions": Action.objects.count()}
    assert len(traces(NAME)) > 10 and traces(MAIL) and traces(ADDRESS)
    alias = delete_player(zeb)
    assert traces(NAME, "zebulon", "quirk", MAIL) == []
    assert [row for row in traces(ADDRESS) if str(zeb.pk) in row] == []
    assert alias.startswith("Former player ")
    # Others' results stay as they were, with the alias in place of the name.
    assert {"seats": Seat.objects.count(), "actions": Action.objects.count()} == before
    assert SeasonPlace.objects.filter(name=alias).count() == 1
    assert Entrant.objects.get(name=alias).club == ""
    assert Event.objects.filter(stream="lobby", text__contains=alias).exists()
    assert Action.objects.filter(text__contains=alias).exists()
    assert "hello yourself" in dump() and "it is me" not in dump()
    assert client.get("/account").status_code == 302
    zeb.refresh_from_db()
    assert (zeb.user, zeb.token_sha256, zeb.name) == (None, None, alias)
    for path in ("/", f"/players/{zeb.pk}", "/leaderboards", "/tournaments"):
        page = Client().get(path)
        assert page.status_code == 200
        assert "Quirk" not in page.content.decode()


#: Everything that refers to a player or an account, each of which `delete_player` has thought of.
CONSIDERED = """
    lobby.Mute.player matchmaking.Cooldown.player matchmaking.Party.leader
    matchmaking.PartyMember.player matchmaking.Rating.player matchmaking.RatingChange.player
    matchmaking.Report.answered_by matchmaking.Report.reporter matchmaking.Seat.player
    matchmaking.SeasonPlace.player matchmaking.Ticket.player matchmaking.Vote.player
    tournaments.Action.actor tournaments.Entrant.player tournaments.Judge.player
    tournaments.Member.player tournaments.Tournament.organiser
    admin.LogEntry.user auth.User_groups.user auth.User_user_permissions.user
    matchmaking.ExternalAccount.user matchmaking.Invitation.account
    matchmaking.ExternalPlayer.player matchmaking.PlayerToken.player
    matchmaking.Invitation.invited_by matchmaking.Player.user matchmaking.SignInName.user
    otp_static.StaticDevice.user otp_totp.TOTPDevice.user
"""


def test_a_new_table_of_people_is_thought_of(zeb: Player) -> None:
    found = {name for name, _ in [*rows_about(Player, zeb.pk), *rows_about(User, zeb.user_id)]}
    assert found == set(CONSIDERED.split()), "let removal.py delete or rename it, then add it here"


def test_numbers_of_events_stay_without_holes(zeb: Player, ann: Player) -> None:
    a_life(zeb, ann)
    delete_player(zeb)
    seqs = list(Event.objects.filter(stream="lobby").order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, len(seqs) + 1))
    last = Event.objects.filter(stream="sign-outs").order_by("seq").last()
    assert last is not None
    assert last.data["player"] == str(zeb.pk) and "lobby" in last.data["read_anew"]


def test_a_guest_goes_with_their_token() -> None:
    made = create_guest(username="Yolanda Quix")
    say(made.player, "bye")
    client = Client()
    client.cookies["matchpoint_guest"] = made.token
    page = client.get("/account/data").content.decode()
    assert "There is no way back" in page
    wrong = client.post("/account/data", {"name": "Yolanda"})
    assert wrong.status_code == 400 and "Type Yolanda Quix" in wrong.content.decode()
    done = client.post("/account/data", {"name": "Yolanda Quix"}, follow=True)
    assert "You are deleted" in done.content.decode()
    assert traces("yolanda", "quix", tokens.digest(made.token)) == []


def test_the_words_of_the_wire_are_not_taken_for_a_name() -> None:
    zeb, ann = create_guest(username="finished").player, create_guest(username="Ann").player
    ranked = pool()
    join(zeb, ranked)
    join(ann, ranked)
    settle(zeb)
    delete_player(zeb)
    event = Event.objects.get(stream="lobby", type="match_finished")
    assert event.data["match"]["state"] == "finished"
    assert "Former player" in event.text and "finished" not in event.text


def test_who_still_plays_has_that_to_do_first(zeb: Player, ann: Player) -> None:
    ranked = pool()
    join(zeb, ranked)
    assert "Leave the queue first." in list(hindrances(zeb))
    with pytest.raises(Conflict):
        delete_player(zeb)
    join(ann, ranked)
    assert "Finish or concede" in " ".join(hindrances(zeb))
    settle(zeb)
    assert list(hindrances(zeb)) == []
    cup = draft([NAME, "Ann"])
    Entrant.objects.filter(tournament=cup, name=NAME).update(player=zeb)
    assert list(hindrances(zeb)) == ["Withdraw from Cup first, or wait until it is over."]
    client = Client()
    assert client.login(username=NAME, password=PASSWORD)
    assert "Withdraw from Cup" in client.get("/account/data").content.decode()
    assert client.post("/account/data", {"current": PASSWORD}).status_code == 400
    assert traces(NAME)


def test_an_account_is_deleted_by_its_password_only(zeb: Player) -> None:
    client = Client()
    assert client.login(username=NAME, password=PASSWORD)
    assert 'href="/account/data"' in client.get("/account").content.decode()
    assert client.post("/account/data", {"current": "wrong"}).status_code == 400
    assert User.objects.filter(username=NAME).exists()
    done = client.post("/account/data", {"current": PASSWORD}, follow=True)
    assert "You are deleted" in done.content.decode()
    assert traces(NAME, "quirk", MAIL) == []
    # Nobody can sign in by it any more, and the name is free.
    assert not client.login(username=NAME, password=PASSWORD)
    sign_up(username=NAME, password=PASSWORD, guest=None)


def test_a_muted_address_stays_muted_without_a_name(zeb: Player) -> None:
    say(zeb, "rude")
    mute_player(player_id=zeb.pk, minutes=60, reason=f"{NAME} was rude")
    delete_player(zeb)
    mute = Mute.objects.get()
    assert (mute.player, mute.address, mute.reason) == (None, ADDRESS, "")
    assert mute.until > timezone.now() + timedelta(minutes=50)
    assert not LineSource.objects.filter(player=zeb.pk).exists()


def test_what_is_known_is_handed_out_without_what_proves_who_it_is(
    zeb: Player, ann: Player
) -> None:
    a_life(zeb, ann)
    client = Client()
    assert client.login(username=NAME, password=PASSWORD)
    answer = client.post("/account/data/export")
    assert "attachment" in answer["Content-Disposition"]
    data: dict[str, Any] = answer.json()
    assert data["player"]["name"] == NAME
    assert data["account"]["email"] == MAIL
    assert [line["text"] for line in data["chat"]] == [f"{NAME}: hello, it is me"]
    assert data["chat_addresses"][0]["address"] == ADDRESS
    for table in ("matchmaking.Seat.player", "tournaments.Entrant.player"):
        assert data["rows"][table]
    account = User.objects.get(username=NAME)
    assert account.password not in answer.content.decode()
    assert "password" not in data["account"]
    assert Client().post("/account/data/export").status_code == 302


def test_staff_delete_by_command_and_in_the_admin(zeb: Player, ann: Player) -> None:
    with pytest.raises(CommandError, match="no registered player"):
        call_command("delete_player", "Nobody", "--yes")
    call_command("delete_player", str(ann.pk), "--yes")
    assert Player.objects.get(pk=ann.pk).name.startswith("Former player")
    User.objects.create_superuser("boss", password=PASSWORD)
    client = Client()
    assert client.login(username="boss", password=PASSWORD)
    chosen = {"action": "delete_players", "_selected_action": str(zeb.user_id)}
    asked = client.post("/admin/auth/user/", chosen)
    assert "There is no way back" in asked.content.decode() and User.objects.count() == 2
    done = client.post("/admin/auth/user/", chosen | {"yes": "yes"}, follow=True)
    assert "Former player" in done.content.decode()
    assert traces(NAME, "quirk") == []


def test_staff_are_not_deleted_as_players(zeb: Player) -> None:
    User.objects.filter(username=NAME).update(is_staff=True)
    with pytest.raises(Conflict, match="Staff accounts"):
        delete_player(Player.objects.get(pk=zeb.pk))


def test_an_export_leaves_out_nothing_that_refers_to_a_player(zeb: Player, ann: Player) -> None:
    a_life(zeb, ann)
    tickets = export_of(zeb)["rows"]["matchmaking.Ticket.player"]
    assert len(tickets) == Ticket.objects.filter(player=zeb).count() > 0
