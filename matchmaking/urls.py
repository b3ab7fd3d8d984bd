"""Addresses of this app: machines' routes, with and without a final slash, and pages."""

from django.urls import include, path, re_path

from .api import leaderboards, matches, parties, pools, queue

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

urlpatterns = [
    re_path(rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/?$", queue.ticket, name="ticket"),
    re_path(
        rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/accept/?$",
        queue.accept,
        name="ticket-accept",
    ),
    re_path(
        rf"^matchmaking/tickets/(?P<ticket_id>{_UUID})/decline/?$",
        queue.decline,
        name="ticket-decline",
    ),
    re_path(r"^matchmaking/?$", queue.matchmaking, name="matchmaking"),
    re_path(r"^parties/?$", parties.parties, name="parties"),
    re_path(r"^parties/(?P<code>\w{1,12})/?$", parties.party, name="party"),
    re_path(r"^parties/(?P<code>\w{1,12})/join/?$", parties.join, name="party-join"),
    re_path(r"^parties/(?P<code>\w{1,12})/members/me/?$", parties.leave, name="party-leave"),
    re_path(r"^api/pools/?$", pools.pools, name="api-pools"),
    re_path(r"^api/pools/(?P<slug>[-\w]{1,40})/?$", pools.pool, name="api-pool"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/leave/?$", queue.leave, name="leave-match"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/result/?$", matches.result, name="match-result"),
    re_path(rf"^matches/(?P<match_id>{_UUID})/result/confirm/?$", matches.confirm),
    re_path(rf"^matches/(?P<match_id>{_UUID})/result/dispute/?$", matches.dispute),
    re_path(rf"^matches/(?P<match_id>{_UUID})/?$", matches.match, name="match"),
    re_path(r"^api/pools/(?P<slug>[-\w]+)/leaderboard/?$", leaderboards.leaderboard),
    re_path(rf"^api/players/(?P<player_id>{_UUID})/?$", leaderboards.player),
    path("", include("matchmaking.pages.urls")),
]
