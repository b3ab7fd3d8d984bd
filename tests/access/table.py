"""Who gets where: every address of the site with its methods. An address without a line fails.

The words are those of `WHO`; `*` is every method that is not named.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PLAYERS = frozenset({"guest", "player", "seated", "organiser of another cup", "judge", "organiser"})
UNKNOWN_TOKENS = frozenset({"a token that is nobody's", "the token of another cup"})
TOKENS_OF_THE_CUP = frozenset({"judge's token", "organiser's token"})
STAFF = frozenset({"moderator", "organisers' group", "staff without rights", "superuser"})
EVERYBODY = PLAYERS | UNKNOWN_TOKENS | TOKENS_OF_THE_CUP | STAFF | {"nobody"}
RUNS_ALL = frozenset({"organisers' group", "superuser"})
ORGANISERS = RUNS_ALL | {"organiser", "organiser's token"}
JUDGES = ORGANISERS | {"judge", "judge's token"}
MODERATORS = RUNS_ALL | {"moderator"}


@dataclass(frozen=True)
class Access:
    """Who is let in, and what the others are answered: players, and those who are none."""

    roles: frozenset[str]
    players: int = 403
    others: int = 401
    #: Those of the others who are known all the same, so that they get what players get.
    known: frozenset[str] = frozenset()

    def refused(self) -> dict[str, int]:
        """The status for each role that is not let in."""
        known = PLAYERS | self.known
        return {
            role: self.players if role in known else self.others for role in EVERYBODY - self.roles
        }


WHO: Mapping[str, Access] = {
    "everybody": Access(EVERYBODY),
    #: Nobody may too, but a token must be somebody's.
    "makers": Access(EVERYBODY - UNKNOWN_TOKENS - TOKENS_OF_THE_CUP),
    "players": Access(PLAYERS),
    #: Of a match, a wait, a party: a stranger learns that it is there, or not even that.
    "seated": Access(frozenset({"seated"})),
    "members": Access(frozenset({"seated"}), players=404),
    "organisers": Access(ORGANISERS, known=frozenset({"judge's token"})),
    "judges": Access(JUDGES),
    #: Programs by their key, none of whom comes here.
    "keys": Access(frozenset(), 401, 401),
    #: Staff with Django's permission, and keys.
    "pool-makers": Access(RUNS_ALL, known=STAFF),
    "moderators": Access(MODERATORS, others=403),
    #: Pages say why on the page that they lead to.
    "members-page": Access(frozenset({"seated"}), players=404),
    "seated-form": Access(frozenset({"seated"}), 302, 302),
    "organisers-tab": Access(ORGANISERS - TOKENS_OF_THE_CUP, 302, 302),
    "organisers-form": Access(ORGANISERS - TOKENS_OF_THE_CUP, 403, 403),
    "judges-form": Access(JUDGES - TOKENS_OF_THE_CUP, 403, 403),
    "accounts": Access(STAFF | {"player"}, 302, 302),
    "account-page": Access(STAFF | PLAYERS, 302, 302),
    "players-page": Access(PLAYERS, 302, 302),
}

PAGES = """
everybody        GET        /matches/{match_id}/replay
everybody        GET        /wall
everybody        GET        /play
everybody        GET        /play/{slug}
everybody        GET        /queue
everybody        POST       /queue/join
seated           POST       /queue/{ticket_id}/leave
seated           POST       /queue/{ticket_id}/accept
seated           POST       /queue/{ticket_id}/decline
everybody        POST       /queue/party
everybody        POST       /queue/party/join
members-page     POST       /queue/party/leave
seated           POST       /matches/{match_id}/concede
everybody        GET        /matches/{match_id}/panel
seated-form      POST       /matches/{match_id}/report
seated-form      POST       /matches/{match_id}/report/confirm
seated-form      POST       /matches/{match_id}/report/dispute
everybody        GET        /leaderboards
everybody        GET        /pools/{slug}
everybody        GET        /players/{player_id}
everybody        POST       /guest
everybody        GET POST   /sign-up
everybody        GET POST PUT /sign-in
everybody        GET POST   /sign-in/code
everybody        POST       /sign-out
account-page     GET        /account
accounts         POST       /account/password
accounts         POST       /account/sign-out
accounts         GET POST   /account/second-factor
players-page     POST       /account/token
accounts         GET POST   /account/address
everybody        GET POST   /account/address/confirm
players-page     GET POST   /account/data
players-page     POST       /account/data/export
accounts         GET POST   /account/sites/{site}
everybody        GET POST   /lost-password
everybody        GET POST   /lost-password/new
everybody        POST       /sign-in/with/{site}
everybody        GET        /sign-in/with/{site}/back
everybody        GET POST   /sign-up/name
everybody        GET        /t/{slug}
everybody        GET        /t/{slug}/{rest}
everybody        GET        /tournaments
everybody        GET POST   /tournaments/new
everybody        POST       /tournaments/draw
everybody        GET POST   /tournaments/import
everybody        GET        /tournaments/{tournament_id}
organisers-form  POST       /tournaments/{tournament_id}/start
organisers-form  POST       /tournaments/{tournament_id}/cancel
organisers-form  POST       /tournaments/{tournament_id}/undo
organisers-tab   GET POST   /tournaments/{tournament_id}/rounds/by-hand
organisers-form  POST       /tournaments/{tournament_id}/rounds
everybody        GET        /tournaments/{tournament_id}/matches/{match_id}
judges-form      POST       /tournaments/{tournament_id}/matches/{match_id}
organisers-form  GET POST   /tournaments/{tournament_id}/matches/{match_id}/reopen
everybody        GET        /tournaments/{tournament_id}/screen
everybody        GET        /tournaments/{tournament_id}/print
everybody        GET        /tournaments/{tournament_id}/embed
everybody        GET        /tournaments/{tournament_id}/preview.png
everybody        GET        /tournaments/{tournament_id}/calendar.ics
everybody        GET POST   /tournaments/{tournament_id}/register
everybody        POST       /tournaments/{tournament_id}/check-in
everybody        POST       /tournaments/{tournament_id}/leave
everybody        GET POST   /tournaments/{tournament_id}/judge
organisers-tab   GET POST   /tournaments/{tournament_id}/manage
organisers-tab   GET POST   /tournaments/{tournament_id}/manage/entrants/import
organisers-tab   GET        /tournaments/{tournament_id}/manage/entrants/{entrant_id}
organisers-tab   GET POST   /tournaments/{tournament_id}/manage/settings
organisers-tab   GET        /tournaments/{tournament_id}/manage/stations
organisers-tab   GET POST   /tournaments/{tournament_id}/manage/judges
organisers-tab   GET        /tournaments/{tournament_id}/manage/record
organisers-tab   GET POST   /tournaments/{tournament_id}/manage/webhooks
organisers-tab   GET POST   /tournaments/{tournament_id}/manage/webhooks/{endpoint_id}
organisers-form  POST       /tournaments/{tournament_id}/manage/do/{action}
everybody        *          /ws
everybody        *          /{stream}/ws
everybody        *          /feed/ws
everybody        GET        /
everybody        GET        /api/openapi.json
everybody        GET        /api/events.json
everybody        GET        /api/asyncapi.json
everybody        GET        /api/docs
everybody        GET        /health
everybody        *          /admin
"""

API = """
makers           POST       /matchmaking
seated           GET DELETE /matchmaking/tickets/{ticket_id}
seated           POST       /matchmaking/tickets/{ticket_id}/accept
seated           POST       /matchmaking/tickets/{ticket_id}/decline
players          POST       /parties
members          GET        /parties/{code}
players          POST       /parties/{code}/join
members          DELETE     /parties/{code}/members/me
everybody        GET        /matches/{match_id}
seated           POST       /matches/{match_id}/leave
seated           POST       /matches/{match_id}/result
seated           POST       /matches/{match_id}/result/confirm
seated           POST       /matches/{match_id}/result/dispute
everybody        GET        /api/matches
keys             PUT        /api/matches/{match_id}/allocation
keys             POST       /api/matches/{match_id}/start
keys             POST       /api/matches/{match_id}/live
keys             POST       /api/matches/{match_id}/result
keys             POST       /api/matches/{match_id}/void
keys             POST       /api/matches/{match_id}/left
keys             PUT        /api/external-players/{external_id}
keys             POST DELETE /api/external-players/{external_id}/token
keys             POST       /api/tickets
everybody        GET        /api/matches/{match_id}/games
everybody        GET        /api/matches/{match_id}/games/{number}
everybody        GET        /api/pools
everybody        GET        /api/pools/{slug}
everybody        GET        /api/pools/{slug}/leaderboard
pool-makers      POST       /api/pools
pool-makers      PATCH DELETE /api/pools/{slug}
everybody        GET        /api/pools/{slug}/seasons
pool-makers      POST       /api/pools/{slug}/seasons
pool-makers      POST       /api/pools/{slug}/seasons/end
pool-makers      PATCH      /api/pools/{slug}/seasons/{number}
players          POST       /api/players/me/token
everybody        GET        /api/players/{player_id}
makers           POST       /tournament
everybody        GET        /api/tournaments
everybody        GET        /api/tournaments/{tournament_id}
organisers       PATCH      /api/tournaments/{tournament_id}
organisers       PUT        /api/tournaments/{tournament_id}/stages
everybody        GET        /api/tournaments/{tournament_id}/standings
everybody        GET        /api/tournaments/{tournament_id}/entrants
organisers       POST       /api/tournaments/{tournament_id}/entrants
organisers       PATCH DELETE /api/tournaments/{tournament_id}/entrants/{entrant_id}
organisers       POST       /api/tournaments/{tournament_id}/entrants/{entrant_id}/members
organisers       DELETE     /api/tournaments/{tournament_id}/members/{member_id}
organisers       POST       /api/tournaments/{tournament_id}/members/{member_id}/captain
organisers       POST       /api/tournaments/{tournament_id}/replace
organisers       POST       /api/tournaments/{tournament_id}/registration
organisers       POST       /api/tournaments/{tournament_id}/check-in/window
players          POST       /api/tournaments/{tournament_id}/check-in
organisers       POST       /api/tournaments/{tournament_id}/seeds
everybody        GET        /api/tournaments/{tournament_id}/draw
organisers       POST       /api/tournaments/{tournament_id}/start
organisers       POST       /api/tournaments/{tournament_id}/cancel
organisers       POST       /api/tournaments/{tournament_id}/withdraw
organisers       POST       /api/tournaments/{tournament_id}/disqualify
organisers       POST       /api/tournaments/{tournament_id}/reinstate
organisers       POST       /api/tournaments/{tournament_id}/undo
judges           GET        /api/tournaments/{tournament_id}/actions
judges           POST       /api/tournaments/{tournament_id}/matches/{match_id}/result
judges           POST       /api/tournaments/{tournament_id}/matches/{match_id}/live
organisers       POST       /api/tournaments/{tournament_id}/matches/{match_id}/reopen
organisers       POST       /api/tournaments/{tournament_id}/rounds
organisers       GET        /api/tournaments/{tournament_id}/rounds/next
everybody        GET        /api/tournaments/{tournament_id}/rounds/{number}/why
organisers       DELETE     /api/tournaments/{tournament_id}/rounds/last
organisers       POST       /api/tournaments/{tournament_id}/rounds/end
organisers       PATCH      /api/tournaments/{tournament_id}/stages/{stage}/groups/{group}/rounds/{part}/{number}
organisers       POST       /api/tournaments/{tournament_id}/late-entry
organisers       POST DELETE /api/tournaments/{tournament_id}/byes
everybody        GET        /api/tournaments/{tournament_id}/stations
organisers       POST       /api/tournaments/{tournament_id}/stations
organisers       POST       /api/tournaments/{tournament_id}/stations/next
organisers       PATCH DELETE /api/tournaments/{tournament_id}/stations/{station_id}
organisers       POST       /api/tournaments/{tournament_id}/matches/{match_id}/station
everybody        GET        /api/tournaments/{tournament_id}/schedule
organisers       GET POST   /api/tournaments/{tournament_id}/judges
organisers       PATCH DELETE /api/tournaments/{tournament_id}/judges/{judge_id}
makers           POST       /api/tournaments/import
organisers       GET        /api/tournaments/{tournament_id}/export.json
everybody        GET        /api/tournaments/{tournament_id}/entrants.csv
organisers       POST       /api/tournaments/{tournament_id}/entrants.csv
everybody        GET        /api/tournaments/{tournament_id}/matches.csv
everybody        GET        /api/tournaments/{tournament_id}/standings.csv
everybody        GET        /api/tournaments/{tournament_id}/stages/{stage}/groups/{group}.trf
keys             GET        /api/feed
keys             GET POST   /api/webhooks
keys             GET PATCH DELETE /api/webhooks/{webhook_id}
keys             POST       /api/webhooks/{webhook_id}/test
keys             POST       /api/webhooks/{webhook_id}/rotate
keys             POST       /api/webhooks/{webhook_id}/replay
keys             GET        /api/webhooks/{webhook_id}/deliveries
moderators       POST       /chat/{seq}/delete
moderators       POST       /chat/mute
"""  # noqa: E501


def read(table: str) -> dict[tuple[str, str], Access]:
    """Access by method and address."""
    found = {}
    for line in table.strip().splitlines():
        who, *methods, address = line.split()
        for method in methods:
            assert (method, address) not in found, line
            found[method, address] = WHO[who]
    return found
