"""Answers of Challonge's API, with all the fields that it gives, of tournaments played there.

Its bracket is laid out in its own way: who loses in the winners' bracket drops into the losers' one
in reverse order.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

Json = dict[str, Any]
#: Who wins: of two seeds the winner, and the score.
Play = Callable[[int, int], tuple[int, str]]

TOURNAMENT: Json = {
    "id": 8714123, "name": "Harbour Open", "url": "harbour_open",
    "description": "<p>Bring your own <b>pad</b>.</p>", "tournament_type": "double elimination",
    "started_at": "2024-05-04T10:02:11.000-04:00", "completed_at": None,
    "require_score_agreement": False, "notify_users_when_matches_open": True,
    "created_at": "2024-04-20T08:00:00.000-04:00", "updated_at": "2024-05-04T18:40:09.000-04:00",
    "state": "underway", "open_signup": False, "notify_users_when_the_tournament_ends": True,
    "progress_meter": 100, "quick_advance": False, "hold_third_place_match": False,
    "pts_for_game_win": "0.0", "pts_for_game_tie": "0.0", "pts_for_match_win": "1.0",
    "pts_for_match_tie": "0.5", "pts_for_bye": "1.0", "swiss_rounds": 0, "private": False,
    "ranked_by": "match wins", "show_rounds": True, "hide_forum": False,
    "sequential_pairings": False, "accept_attachments": False, "rr_pts_for_game_win": "0.0",
    "rr_pts_for_game_tie": "0.0", "rr_pts_for_match_win": "1.0", "rr_pts_for_match_tie": "0.5",
    "created_by_api": False, "credit_capped": False, "category": None, "hide_seeds": False,
    "prediction_method": 0, "predictions_opened_at": None, "anonymous_voting": False,
    "max_predictions_per_user": 1, "signup_cap": None, "game_id": 600, "participants_count": 0,
    "group_stages_enabled": False, "allow_participant_match_reporting": True, "teams": False,
    "check_in_duration": None, "start_at": None, "started_checking_in_at": None,
    "tie_breaks": ["match wins vs tied", "game wins", "points scored"], "locked_at": None,
    "event_id": None, "public_predictions_before_start_time": None, "ranked": False,
    "grand_finals_modifier": None, "predict_the_losers_bracket": None, "spam": None, "ham": None,
    "rr_iterations": None, "tournament_registration_id": None, "donation_contest_enabled": None,
    "mandatory_donation": None, "description_source": "Bring your own *pad*.", "subdomain": None,
    "full_challonge_url": "https://challonge.com/harbour_open", "review_before_finalizing": True,
    "live_image_url": "https://challonge.com/harbour_open.svg", "sign_up_url": None,
    "accepting_predictions": False, "participants_locked": True, "game_name": "Table Tennis",
    "participants_swappable": False, "team_convertable": False, "group_stages_were_started": False,
}  # fmt: skip
PARTICIPANT: Json = {
    "tournament_id": 8714123, "created_at": "2024-05-01T09:00:00.000-04:00",
    "updated_at": "2024-05-04T18:40:09.000-04:00", "invite_email": None, "final_rank": None,
    "misc": None, "icon": None, "on_waiting_list": False, "invitation_id": None, "group_id": None,
    "checked_in_at": None, "ranked_member_id": None, "custom_field_response": None, "clinch": None,
    "integration_uids": None, "challonge_username": None, "challonge_user_id": None,
    "challonge_email_address_verified": None, "removable": False, "participatable_or_invitation_"
    "attached": False, "confirm_remove": True, "invitation_pending": False, "email_hash": None,
    "username": None, "attached_participatable_portrait_url": None, "can_check_in": False,
    "checked_in": False, "reactivatable": False, "check_in_open": False, "group_player_ids": [],
    "has_irrelevant_seed": False, "ordinal_seed": None, "active": True,
}  # fmt: skip
MATCH: Json = {
    "tournament_id": 8714123, "state": "pending", "player1_id": None, "player2_id": None,
    "player1_prereq_match_id": None, "player2_prereq_match_id": None, "winner_id": None,
    "player1_is_prereq_match_loser": False, "player2_is_prereq_match_loser": False,
    "loser_id": None, "started_at": None, "created_at": "2024-05-04T10:02:11.000-04:00",
    "updated_at": "2024-05-04T12:00:00.000-04:00", "has_attachment": False, "player1_votes": None,
    "player2_votes": None, "group_id": None, "attachment_count": None, "scheduled_time": None,
    "location": None, "underway_at": None, "optional": False, "rushb_id": None,
    "completed_at": None, "suggested_play_order": None, "forfeited": None,
    "open_graph_image_file_name": None, "prerequisite_match_ids_csv": "", "scores_csv": "",
}  # fmt: skip
FIRST_ID = 225_300_000


@dataclass
class Answer:
    """A tournament there, while it is played."""

    names: Sequence[str]
    matches: list[Json] = field(default_factory=list)
    tournament: Json = field(default_factory=dict)
    ranks: dict[int, int] = field(default_factory=dict)
    groups: dict[int, list[int]] = field(default_factory=dict)

    def value(self) -> Json:
        """What the API answers."""
        participants = [
            PARTICIPANT
            | {"id": FIRST_ID + seed, "seed": seed, "name": name, "display_name": name,
               "display_name_with_invitation_email_address": name,
               "final_rank": self.ranks.get(seed), "group_player_ids": self.groups.get(seed, [])}
            for seed, name in enumerate(self.names, start=1)
        ]  # fmt: skip
        counted = {"participants_count": len(self.names)}
        return {
            "tournament": TOURNAMENT | counted | self.tournament
            | {"participants": [{"participant": one} for one in participants],
               "matches": [{"match": one} for one in self.matches]}
        }  # fmt: skip

    def add(self, round_: int, *sides: tuple[str, Any], **fields: Any) -> Json:
        """A match whose sides are `("seed", 3)`, `("won", match)` or `("lost", match)`."""
        number = len(self.matches) + 1
        match = MATCH | {"id": 380_000_000 + number, "round": round_, "identifier": str(number),
                         "suggested_play_order": number} | fields  # fmt: skip
        for place, (kind, of) in enumerate(sides, start=1):
            if kind == "seed":
                match[f"player{place}_id"] = FIRST_ID + of
            else:
                match[f"player{place}_prereq_match_id"] = of["id"]
                match[f"player{place}_is_prereq_match_loser"] = kind == "lost"
        self.matches.append(match)
        return match

    def play(self, play: Play, *, most: int = 10_000) -> None:
        """Play the matches that can be played, in order."""
        by_id = {match["id"]: match for match in self.matches}
        for match in self.matches[:most]:
            final = by_id.get(match["player1_prereq_match_id"])
            if match["optional"] and final and final["winner_id"] == final["player1_id"]:
                continue  # the unbeaten side has won: there is no second final
            for place in (1, 2):
                before = by_id.get(match[f"player{place}_prereq_match_id"])
                if before is not None and before["state"] == "complete":
                    loser = match[f"player{place}_is_prereq_match_loser"]
                    match[f"player{place}_id"] = before["loser_id" if loser else "winner_id"]
            sides = match["player1_id"], match["player2_id"]
            if None in sides or match["state"] == "complete":
                continue
            first, second = (self.seed(id_) for id_ in sides)
            winner, score = play(first, second)
            won = FIRST_ID + winner if winner else None
            lost = next((id_ for id_ in sides if id_ != won), None) if winner else None
            match |= {"state": "complete", "winner_id": won, "loser_id": lost, "scores_csv": score,
                      "completed_at": "2024-05-04T12:00:00.000-04:00"}  # fmt: skip

    def seed(self, id_: int) -> int:
        """The seed of a participant."""
        for seed, ids in self.groups.items():
            if id_ in ids:
                return seed
        return id_ - FIRST_ID


def order(size: int) -> list[int]:
    """Seeds of a full first round."""
    seeds = [1]
    while len(seeds) < size:
        total = 2 * len(seeds) + 1
        seeds = [seed for one in seeds for seed in (one, total - one)]
    return seeds


def elimination(answer: Answer, *, double: bool = False, third: bool = False,
                reset: bool = True) -> None:  # fmt: skip
    """The matches of an elimination as Challonge draws it: byes are no matches there."""
    size = 2
    while size < len(answer.names):
        size *= 2
    current: list[Any] = [
        ("seed", seed) if seed <= len(answer.names) else None for seed in order(size)
    ]
    lost: list[list[Any]] = []
    rounds = count(1)
    while len(current) > 1:
        round_ = next(rounds)
        winners: list[Any] = []
        losers: list[Any] = []
        for one, other in zip(current[::2], current[1::2], strict=True):
            if one is None or other is None:
                winners.append(one or other)
                losers.append(None)
            else:
                match = answer.add(round_, one, other)
                winners.append(("won", match))
                losers.append(("lost", match))
        current, lost = winners, [*lost, losers]
    if third:
        answer.add(0, *lost[-2], identifier="3P")
    if double:
        answer.tournament |= {"tournament_type": "double elimination"}
        final = answer.add(len(lost) + 1, current[0], _losers(answer, lost))
        if reset:
            answer.add(len(lost) + 1, ("won", final), ("lost", final), optional=True)
    else:
        answer.tournament |= {"tournament_type": "single elimination",
                              "hold_third_place_match": third}  # fmt: skip


def _losers(answer: Answer, lost: list[list[Any]]) -> Any:
    """The losers' bracket; each second drop comes in reversed."""
    rounds = count(1)
    survivors = lost[0]
    for index, dropped in enumerate(lost[1:]):
        survivors = _met(answer, survivors[::2], survivors[1::2], next(rounds))
        landing = dropped[::-1] if index % 2 == 0 else dropped[len(dropped) // 2 :] + dropped[
            : len(dropped) // 2]  # fmt: skip
        survivors = _met(answer, landing, survivors, next(rounds))
    return survivors[0]


def _met(answer: Answer, ones: Iterable[Any], others: Iterable[Any], round_: int) -> list[Any]:
    met = []
    for one, other in zip(ones, others, strict=True):
        if one is None or other is None:
            met.append(one or other)
        else:
            met.append(("won", answer.add(-round_, one, other)))
    return met


def second_version(answer: Answer) -> list[Json]:
    """The same tournament as the second version of the API answers it: three answers."""
    first = answer.value()["tournament"]
    common = {"created_at": first["created_at"], "updated_at": first["updated_at"]}
    tournament = {
        "id": str(first["id"]), "type": "tournament",
        "attributes": {
            "tournament_type": first["tournament_type"], "url": first["url"], "name": first["name"],
            "state": first["state"], "private": False, "description": "", "game_name": "Pong",
            "full_challonge_url": first["full_challonge_url"], "group_stage_enabled": False,
            "match_options": {"third_place_match": first["hold_third_place_match"],
                              "accept_attachments": False},
            "double_elimination_options": {"split_participants": False,
                                           "grand_finals_modifier": ""},
            "swiss_options": {"rounds": first["swiss_rounds"], "pts_for_match_win": 1.0,
                              "pts_for_match_tie": 0.5, "pts_for_game_win": 0.0},
            "timestamps": common | {"started_at": first["started_at"], "completed_at": None},
        },
        "links": {"self": "https://api.challonge.com/v2.1/tournaments/8714123.json"},
    }  # fmt: skip
    participants = [
        {"id": str(one["id"]), "type": "participant",
         "attributes": {"name": one["name"], "seed": one["seed"], "group_id": None,
                        "tournament_id": one["tournament_id"], "username": None, "misc": None,
                        "final_rank": one["final_rank"], "states": {"active": True},
                        "timestamps": common}}
        for one in (entry["participant"] for entry in first["participants"])
    ]  # fmt: skip
    matches = []
    for one in answer.matches:
        sides = [one["player1_id"], one["player2_id"]]
        score = [int(n) for n in one["scores_csv"].split("-")] if one["scores_csv"] else []
        matches.append(
            {"id": str(one["id"]), "type": "match",
             "attributes": {
                 "state": one["state"], "round": one["round"], "identifier": one["identifier"],
                 "suggested_play_order": one["suggested_play_order"], "tie": False,
                 "scores": " - ".join(map(str, score)), "score_in_sets": [score] if score else [],
                 "points_by_participant": [
                     {"participant_id": side, "scores": [score[place]] if score else []}
                     for place, side in enumerate(sides) if side],
                 "winner_id": one["winner_id"], "timestamps": common | {"started_at": None}},
             "relationships": {
                 f"player{place}": {"data": {"id": str(side), "type": "participant"}}
                 for place, side in enumerate(sides, start=1) if side}})  # fmt: skip
    return [
        {"data": tournament},
        {"data": participants, "meta": {"count": len(participants)}},
        {"data": matches, "meta": {"count": len(matches)}},
    ]
