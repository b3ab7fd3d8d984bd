"""What the first version of Challonge's API answers, as far as it is read."""

from typing import Any

import msgspec


class Lenient(msgspec.Struct, kw_only=True):
    """A piece of an answer; fields that are not named here are passed over."""


class Participant(Lenient):
    """Somebody in the tournament, with the ids that they have in its groups."""

    id: int | str
    seed: int | None = None
    name: str | None = None
    display_name: str | None = None
    username: str | None = None
    challonge_username: str | None = None
    active: bool | None = True
    on_waiting_list: bool | None = False
    final_rank: int | None = None
    group_player_ids: list[int | str] | None = None
    custom_field_response: Any = None
    misc: str | None = None


class Match(Lenient):
    """A match, or a place for one."""

    id: int | str
    state: str = ""
    round: int = 0
    identifier: str | None = None
    group_id: int | str | None = None
    player1_id: int | str | None = None
    player2_id: int | str | None = None
    player1_prereq_match_id: int | str | None = None
    player2_prereq_match_id: int | str | None = None
    player1_is_prereq_match_loser: bool | None = False
    player2_is_prereq_match_loser: bool | None = False
    winner_id: int | str | None = None
    scores_csv: str | None = None
    suggested_play_order: int | None = None
    forfeited: bool | None = None
    completed_at: str | None = None
    updated_at: str | None = None


class _OneParticipant(Lenient):
    participant: Participant


class _OneMatch(Lenient):
    match: Match


class Tournament(Lenient):
    """The tournament itself."""

    name: str
    tournament_type: str
    state: str = ""
    description: str | None = None
    started_at: str | None = None
    completed_at: str | None = None
    hold_third_place_match: bool | None = False
    grand_finals_modifier: str | None = None
    split_participants: bool | None = False
    group_stages_enabled: bool | None = False
    advance: int | None = None
    swiss_rounds: int | None = None
    ranked_by: str | None = None
    tie_breaks: list[str] | None = None
    teams: bool | None = False
    predict_the_losers_bracket: bool | None = None
    pts_for_match_win: str | float | None = None
    pts_for_match_tie: str | float | None = None
    pts_for_bye: str | float | None = None
    pts_for_game_win: str | float | None = None
    pts_for_game_tie: str | float | None = None
    rr_pts_for_match_win: str | float | None = None
    rr_pts_for_match_tie: str | float | None = None
    rr_pts_for_game_win: str | float | None = None
    rr_pts_for_game_tie: str | float | None = None
    participants: list[_OneParticipant] = []
    matches: list[_OneMatch] = []


class Answer(Lenient):
    """What the first version of the API answers."""

    tournament: Tournament
