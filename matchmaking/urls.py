"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path, re_path

from . import api, ladder_api, match_api, party_api, pool_api

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

urlpatterns = [
    re_path(rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/?$", api.ticket, name="ticket"),
    re_path(
        rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/accept/?$", api.accept, name="ticket-accept"
    ),
    re_path(
        rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/decline/?$",
        api.decline,
        name="ticket-decline",
    ),
    re_path(r"^matchmaking/?$", api.matchmaking, name="matchmaking"),
    re_path(r"^parties/?$", party_api.parties, name="parties"),
    re_path(r"^parties/(?P<code>\w{1,12})/?$", party_api.party, name="party"),
    re_path(r"^parties/(?P<code>\w{1,12})/join/?$", party_api.join, name="party-join"),
    re_path(r"^parties/(?P<code>\w{1,12})/members/me/?$", party_api.leave, name="party-leave"),
    re_path(r"^api/pools/?$", pool_api.pools, name="api-pools"),
    re_path(r"^api/pools/(?P<slug>[-\w]{1,40})/?$", pool_api.pool, name="api-pool"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/leave/?$", api.leave, name="leave-match"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/result/?$", match_api.result, name="match-result"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/result/confirm/?$", match_api.confirm),
    re_path(rf"^matches/(?P<match_id>{_UUID})/result/dispute/?$", match_api.dispute),
    re_path(rf"^matches/(?P<match_id>{_UUID})/?$", match_api.match, name="match"),
    re_path(r"^api/pools/(?P<slug>[-\w]+)/leaderboard/?$", ladder_api.leaderboard),
    re_path(rf"^api/players/(?P<player_id>{_UUID})/?$", ladder_api.player),
    path("", include("matchmaking.page_urls")),
]
