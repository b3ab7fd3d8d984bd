"""Players come into a tournament: Ann is first, Bob waits, Olga organises."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.errors import Conflict, Forbidden, NotFound, Refusal
from tournaments.files.entrant_lines import BadLines, NewEntrant, parse_lines
from tournaments.models import Entry, EntryStatus, TournamentState
from tournaments.services.actors import ORGANISER
from tournaments.services.entry.check_in import open_check_in
from tournaments.services.entry.entrants import (
    Details,
    add_entrants,
    remove_entrant,
    rename_entrant,
    replace_entrant,
    set_details,
)
from tournaments.services.entry.registration import (
    approve,
    close_registration,
    decline,
    leave_tournament,
    open_registration,
    own_entry,
    register,
)
from tournaments.services.entry.rosters import add_member, make_captain, remove_member
from tournaments.services.progress.attendance import missing_players
from tournaments.services.progress.start import start_tournament
from tournaments.services.undo.stack import undo_last
from tournaments.signals import entry_changed

from .manage_builders import (
    OLGA,
    comes,
    draft,
    fresh,
    guest,
    named,
    open_cup,
    pairing,
    running,
    said,
    who,
)

pytestmark = pytest.mark.django_db


# By themselves.


def test_whoever_likes_to_registers_and_takes_part() -> None:
    cup = open_cup()
    entrant = comes(cup, "Ann")
    assert entrant.status == EntryStatus.ENTERED and entrant.seed == 1
    assert said(cup) == "Ann Ann registered"


def test_nobody_registers_before_registration_opens_or_after_it_closed() -> None:
    cup = open_cup()
    close_registration(tournament_id=cup.pk, actor=OLGA)
    with pytest.raises(Conflict, match="not open"):
        comes(cup, "Ann")
    with pytest.raises(Conflict, match="not open"):
        close_registration(tournament_id=cup.pk, actor=OLGA)
    open_registration(tournament_id=cup.pk, actor=OLGA)
    with pytest.raises(Conflict, match="already open"):
        open_registration(tournament_id=cup.pk, actor=OLGA)
    assert comes(cup, "Bob").status == EntryStatus.ENTERED


def test_registration_does_not_open_where_only_the_organiser_enters_players() -> None:
    with pytest.raises(Conflict, match="Choose in the settings"):
        open_registration(tournament_id=draft().pk, actor=OLGA)


def test_a_code_opens_the_door_and_another_does_not() -> None:
    cup = open_cup(Entry.CODE, code="Königin")
    with pytest.raises(Forbidden, match="not the tournament's code"):
        register(tournament_id=cup.pk, player=guest("Ann"), code="könig")
    assert register(tournament_id=cup.pk, player=guest("Bob"), code=" Königin ").takes_part


def test_nobody_is_entered_twice_nor_under_a_name_that_is_on_the_list() -> None:
    cup = open_cup()
    ann = guest("Ann")
    register(tournament_id=cup.pk, player=ann)
    with pytest.raises(Conflict, match="already on the list, as Ann"):
        register(tournament_id=cup.pk, player=ann)
    with pytest.raises(Conflict, match="'ann' cannot be entered here"):
        comes(cup, "ann")


def test_who_comes_after_the_last_place_waits_and_moves_up_in_order() -> None:
    cup = open_cup(capacity=2)
    players = {name: guest(name) for name in ("Ann", "Bob", "Cem", "Dan")}
    for player in players.values():
        register(tournament_id=cup.pk, player=player)
    assert who(cup) == ["Ann", "Bob"] and who(cup, "waiting") == ["Cem", "Dan"]
    received: list[tuple[str, str]] = []

    def receive(entrant: Any, change: str, **kwargs: Any) -> None:
        received.append((entrant.name, change))

    entry_changed.connect(receive)
    leave_tournament(tournament_id=cup.pk, player=players["Bob"])
    entry_changed.disconnect(receive)
    assert who(cup) == ["Ann", "Cem"] and who(cup, "waiting") == ["Dan"]
    assert received == [("Bob", "left"), ("Cem", "moved_up")]


def test_the_tournament_is_locked_before_its_places_are_counted() -> None:
    cup = open_cup(capacity=2)
    ann = guest("Ann")
    with CaptureQueriesContext(connection) as queries:
        register(tournament_id=cup.pk, player=ann)
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert 'FROM "tournaments_tournament"' in asked[0]


def test_the_organiser_admits_and_declines() -> None:
    cup = open_cup(Entry.APPROVAL, capacity=2)
    asking = [comes(cup, name) for name in ("Ann", "Bob", "Cem", "Dan")]
    assert who(cup) == [] and who(cup, "applied") == ["Ann", "Bob", "Cem", "Dan"]
    for entrant in asking[:3]:
        approve(tournament_id=cup.pk, entrant_id=entrant.pk, actor=OLGA)
    assert who(cup) == ["Ann", "Bob"] and who(cup, "waiting") == ["Cem"]
    decline(tournament_id=cup.pk, entrant_id=asking[0].pk, actor=OLGA, why="a bot")
    assert who(cup) == ["Bob", "Cem"] and who(cup, "declined") == ["Ann"]
    with pytest.raises(Conflict, match="not admitted you"):
        register(tournament_id=cup.pk, player=asking[0].player)  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="does not ask"):
        approve(tournament_id=cup.pk, entrant_id=asking[1].pk, actor=OLGA)
    with pytest.raises(Conflict, match="already declined"):
        decline(tournament_id=cup.pk, entrant_id=asking[0].pk, actor=OLGA)
    with pytest.raises(NotFound):
        approve(tournament_id=cup.pk, entrant_id=0, actor=OLGA)


def test_who_is_declined_stays_out_even_by_leaving() -> None:
    cup = open_cup(Entry.APPROVAL)
    ann = guest("Ann")
    entrant = register(tournament_id=cup.pk, player=ann)
    decline(tournament_id=cup.pk, entrant_id=entrant.pk, actor=OLGA)
    leave_tournament(tournament_id=cup.pk, player=ann)
    with pytest.raises(Conflict, match="not admitted you"):
        register(tournament_id=cup.pk, player=ann)


def test_leaving_is_for_those_entered_and_before_the_start() -> None:
    cup = open_cup()
    ann, bob = guest("Ann"), guest("Bob")
    with pytest.raises(NotFound, match="not entered"):
        leave_tournament(tournament_id=cup.pk, player=ann)
    for player in (ann, bob):
        register(tournament_id=cup.pk, player=player)
    assert own_entry(tournament_id=cup.pk, player=ann).name == "Ann"
    start_tournament(tournament_id=cup.pk, actor=ORGANISER)
    with pytest.raises(Conflict, match="Ask the organiser to withdraw"):
        leave_tournament(tournament_id=cup.pk, player=ann)


# Teams.


def test_a_team_registers_with_its_roster_and_its_captain_speaks_for_it() -> None:
    cup = open_cup(team_size=3)
    ann = guest("Ann")
    team = register(tournament_id=cup.pk, player=ann, name="The Owls", members=["Bob", " "])
    assert [(m.name, m.is_captain) for m in team.members.all()] == [("Ann", True), ("Bob", False)]
    assert missing_players(fresh(cup), team) == 1
    cem = guest("Cem")
    third = add_member(tournament_id=cup.pk, entrant_id=team.pk, actor=OLGA, player=cem)
    assert missing_players(fresh(cup), team) == 0
    assert own_entry(tournament_id=cup.pk, player=cem) == team
    with pytest.raises(Forbidden, match="Only the captain"):
        leave_tournament(tournament_id=cup.pk, player=cem)
    with pytest.raises(Conflict, match="at most 3"):
        add_member(tournament_id=cup.pk, entrant_id=team.pk, actor=OLGA, name="Dan")
    captain = team.members.get(is_captain=True)
    with pytest.raises(Conflict, match="captain first"):
        remove_member(tournament_id=cup.pk, member_id=captain.pk, actor=OLGA)
    make_captain(tournament_id=cup.pk, member_id=third.pk, actor=OLGA)
    remove_member(tournament_id=cup.pk, member_id=captain.pk, actor=OLGA)
    leave_tournament(tournament_id=cup.pk, player=cem)
    assert not cup.entrants.exists()


def test_rosters_are_refused_where_they_do_not_fit() -> None:
    cup = open_cup(team_size=2)
    with pytest.raises(Refusal, match="Give your team a name"):
        comes(cup, "Ann")
    with pytest.raises(Conflict, match="at most 2"):
        register(tournament_id=cup.pk, player=guest("Bob"), name="Owls", members=["Cem", "Dan"])
    with pytest.raises(Conflict, match="already on this roster"):
        register(tournament_id=cup.pk, player=guest("Eve"), name="Owls", members=["eve"])
    singles = open_cup()
    with pytest.raises(Conflict, match="single players"):
        register(tournament_id=singles.pk, player=guest("Fay"), members=["Gus"])
    entrant = comes(singles, "Hal")
    with pytest.raises(Conflict, match="single players"):
        add_member(tournament_id=singles.pk, entrant_id=entrant.pk, actor=OLGA, name="Ida")
    with pytest.raises(NotFound):
        remove_member(tournament_id=singles.pk, member_id=0, actor=OLGA)
    assert not cup.entrants.exists()


# The list in the organiser's hand.


def test_a_pasted_list_may_tell_rating_club_and_region() -> None:
    assert parse_lines("Ann\n\nBob, 1800\nCem\t1700\tOwls\tNorth\nSmith, John\nDan,,Owls") == [
        NewEntrant("Ann"),
        NewEntrant("Bob", 1800),
        NewEntrant("Cem", 1700, "Owls", "North"),
        NewEntrant("Smith, John"),
        NewEntrant("Dan", None, "Owls"),
    ]


def test_a_pasted_list_is_refused_line_by_line() -> None:
    text = "Ann\nBob, 99999\nann\nCem\t1\ta\tb\tc\n\x07\n" + "x" * 40 + "\nDan\tstrong\nadmin"
    with pytest.raises(BadLines) as refusal:
        parse_lines(text)
    assert [line.split(":")[0] for line in refusal.value.lines] == [
        "Line 2", "Line 3", "Line 4", "Line 5", "Line 6", "And 2 more."
    ]  # fmt: skip


def test_the_organiser_adds_entrants_and_who_finds_no_place_waits() -> None:
    cup = open_cup(capacity=2)
    added = parse_lines("Ann\nBob\nCem")
    add_entrants(tournament_id=cup.pk, entrants=added, actor=OLGA)
    assert who(cup) == ["Ann", "Bob"] and who(cup, "waiting") == ["Cem"]
    assert said(cup) == "Olga added 3 entrants: Ann, Bob, Cem"
    with pytest.raises(Refusal, match="'bob' is already on the list"):
        add_entrants(tournament_id=cup.pk, entrants=parse_lines("Dan\nbob"), actor=OLGA)
    with pytest.raises(Refusal, match="at least one"):
        add_entrants(tournament_id=cup.pk, entrants=[], actor=OLGA)
    assert cup.entrants.count() == 3
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert not cup.entrants.exists()


def test_a_removed_entrant_comes_back_in_its_old_place() -> None:
    cup = draft()
    remove_entrant(tournament_id=cup.pk, entrant_id=named(cup, "Bob").pk, actor=OLGA, why="ill")
    assert who(cup) == ["Ann", "Cem", "Dan"]
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert who(cup) == ["Ann", "Bob", "Cem", "Dan"]


def test_nobody_is_added_or_removed_after_the_start() -> None:
    cup = running()
    with pytest.raises(Conflict, match="only before the start"):
        add_entrants(tournament_id=cup.pk, entrants=[NewEntrant("Eve")], actor=OLGA)
    with pytest.raises(Conflict, match="Withdraw the entrant instead"):
        remove_entrant(tournament_id=cup.pk, entrant_id=named(cup, "Ann").pk, actor=OLGA)


def test_a_new_name_is_in_the_matches_too_and_can_be_undone() -> None:
    cup = running()
    ann = named(cup, "Ann")
    with pytest.raises(Conflict, match="'bob' is already on the list"):
        rename_entrant(tournament_id=cup.pk, entrant_id=ann.pk, name="bob", actor=OLGA)
    rename_entrant(tournament_id=cup.pk, entrant_id=ann.pk, name="Anna", actor=OLGA)
    match = pairing(cup, "W1.1").match
    assert match is not None and str(match) == "Anna vs Dan"
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert str(pairing(cup, "W1.1").match) == "Ann vs Dan"


def test_another_player_takes_an_entrants_place_and_its_open_matches() -> None:
    cup = running()
    eve = guest("Eve")
    entrant = named(cup, "Ann")
    replace_entrant(tournament_id=cup.pk, entrant_id=entrant.pk, name="", player=eve, actor=OLGA)
    match = pairing(cup, "W1.1").match
    assert match is not None and match.seats.get(side=0).player == eve
    with pytest.raises(Conflict, match="already on the list"):
        replace_entrant(
            tournament_id=cup.pk, entrant_id=named(cup, "Bob").pk, name="", player=eve, actor=OLGA
        )
    assert said(cup) == "Olga Eve replaces Ann"
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert str(pairing(cup, "W1.1").match) == "Ann vs Dan"


def test_what_is_known_of_an_entrant_is_written_down() -> None:
    cup = draft()
    details = Details(1800, "Owls", "North")
    set_details(tournament_id=cup.pk, entrant_id=named(cup, "Ann").pk, details=details, actor=OLGA)
    ann = named(cup, "Ann")
    assert (ann.rating, ann.club, ann.region) == (1800, "Owls", "North")


def test_opening_is_undone_unless_the_tournament_has_moved_on() -> None:
    cup = open_cup()
    undo_last(tournament_id=cup.pk, actor=ORGANISER)
    assert fresh(cup).state == TournamentState.DRAFT
    open_registration(tournament_id=cup.pk, actor=OLGA)
    open_check_in(tournament_id=cup.pk, actor=OLGA)
    undo_last(tournament_id=cup.pk, skip=True, actor=ORGANISER)
    with pytest.raises(Conflict, match="moved on"):
        undo_last(tournament_id=cup.pk, actor=ORGANISER)


def test_a_long_list_costs_no_query_for_each_of_its_names(
    django_assert_max_num_queries: Any,
) -> None:
    cup = draft()
    many = [NewEntrant(f"Player {number}") for number in range(300)]
    with django_assert_max_num_queries(30):
        add_entrants(tournament_id=cup.pk, entrants=many, actor=OLGA)
    assert len(who(cup)) == 304
