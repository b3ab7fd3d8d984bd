"""Addresses of this app's pages."""

from django.urls import path

from . import ladder_views, match_views, party_views, views

urlpatterns = [
    path("queue", views.panel, name="queue-panel"),
    path("queue/join", views.join, name="queue-join"),
    path("queue/<uuid:ticket_id>/leave", views.leave, name="queue-leave"),
    path("queue/<uuid:ticket_id>/accept", party_views.accept, name="queue-accept"),
    path("queue/<uuid:ticket_id>/decline", party_views.decline, name="queue-decline"),
    path("queue/party", party_views.create, name="queue-party"),
    path("queue/party/join", party_views.join, name="queue-party-join"),
    path("queue/party/leave", party_views.leave, name="queue-party-leave"),
    path("matches/<uuid:match_id>/concede", views.concede, name="match-concede"),
    path("matches/<uuid:match_id>/panel", match_views.match_panel, name="match-panel"),
    path("matches/<uuid:match_id>/report", match_views.report, name="match-report"),
    path("matches/<uuid:match_id>/report/confirm", match_views.confirm, name="match-confirm"),
    path("matches/<uuid:match_id>/report/dispute", match_views.dispute, name="match-dispute"),
    path("leaderboards", ladder_views.leaderboards, name="leaderboards"),
    path("pools/<slug:slug>", ladder_views.leaderboard, name="leaderboard"),
    path("players/<uuid:player_id>", ladder_views.player, name="player"),
    path("guest", views.guest, name="guest"),
    path("sign-up", views.sign_up_page, name="sign-up"),
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
]
