"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path, re_path

from lib.endpoints import by_method, page_or_json
from matchmaking.pages.matches import match_page

from .api import leaderboards, matches, parties, players, pools, queue, seasons
from .api.game_servers import matches as served
from .api.game_servers import players as external
from .api.game_servers import tickets

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

_TICKET = rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})"
_PARTY = r"^parties/(?P<code>\w{1,12})"
_MATCH = rf"^matches/(?P<match_id>{_UUID})"
_POOL = r"^api/pools/(?P<slug>[-\w]{1,40})"
_EXTERNAL = r"^api/external-players/(?P<external_id>[^/]+)"
_SERVED = rf"^api/matches/(?P<match_id>{_UUID})"

urlpatterns = [
    re_path(r"^matchmaking/?$", queue.matchmaking, name="matchmaking"),
    re_path(rf"{_TICKET}/?$", by_method(queue.show_ticket, queue.leave), name="ticket"),
    re_path(rf"{_TICKET}/accept/?$", queue.accept, name="ticket-accept"),
    re_path(rf"{_TICKET}/decline/?$", queue.decline, name="ticket-decline"),
    re_path(r"^parties/?$", parties.parties, name="parties"),
    re_path(rf"{_PARTY}/?$", parties.party, name="party"),
    re_path(rf"{_PARTY}/join/?$", parties.join, name="party-join"),
    re_path(rf"{_PARTY}/members/me/?$", parties.leave, name="party-leave"),
    re_path(rf"{_MATCH}/?$", page_or_json(match_page, matches.show), name="match"),
    re_path(rf"{_MATCH}/leave/?$", matches.leave, name="leave-match"),
    re_path(rf"{_MATCH}/result/?$", matches.result, name="match-result"),
    re_path(rf"{_MATCH}/result/confirm/?$", matches.confirm),
    re_path(rf"{_MATCH}/result/dispute/?$", matches.dispute),
    re_path(r"^api/pools/?$", by_method(pools.pools, pools.new_pool), name="api-pools"),
    re_path(
        rf"{_POOL}/?$", by_method(pools.pool, pools.patch_pool, pools.end_pool), name="api-pool"
    ),
    re_path(rf"{_POOL}/seasons/?$", by_method(seasons.seasons, seasons.new_season)),
    re_path(rf"{_POOL}/seasons/end/?$", seasons.end),
    re_path(rf"{_POOL}/seasons/(?P<number>[0-9]{{1,9}})/?$", seasons.patch_season),
    re_path(r"^api/pools/(?P<slug>[-\w]+)/leaderboard/?$", leaderboards.leaderboard),
    re_path(r"^api/players/me/token/?$", players.token),
    re_path(rf"^api/players/(?P<player_id>{_UUID})/?$", leaderboards.player),
    re_path(rf"{_EXTERNAL}/?$", external.external_player),
    re_path(rf"{_EXTERNAL}/token/?$", by_method(external.player_token, external.end_tokens)),
    re_path(r"^api/tickets/?$", tickets.queue_tickets, name="api-tickets"),
    re_path(r"^api/matches/?$", matches.matches, name="api-matches"),
    re_path(rf"{_SERVED}/allocation/?$", served.allocation),
    re_path(rf"{_SERVED}/start/?$", served.started),
    re_path(rf"{_SERVED}/live/?$", served.live),
    re_path(rf"{_SERVED}/result/?$", served.ended),
    re_path(rf"{_SERVED}/void/?$", served.voided),
    re_path(rf"{_SERVED}/left/?$", served.left),
    path("", include("matchmaking.pages.urls")),
]
