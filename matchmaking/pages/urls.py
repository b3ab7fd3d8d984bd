"""Addresses of this app's pages."""

from django.urls import path

from . import accounts, leaderboards, matches, parties, queue
from .access import mail, other_sites, second_factor, sign_in

urlpatterns = [
    path("queue", queue.panel, name="queue-panel"),
    path("queue/join", queue.join, name="queue-join"),
    path("queue/<uuid:ticket_id>/leave", queue.leave, name="queue-leave"),
    path("queue/<uuid:ticket_id>/accept", parties.accept, name="queue-accept"),
    path("queue/<uuid:ticket_id>/decline", parties.decline, name="queue-decline"),
    path("queue/party", parties.create, name="queue-party"),
    path("queue/party/join", parties.join, name="queue-party-join"),
    path("queue/party/leave", parties.leave, name="queue-party-leave"),
    path("matches/<uuid:match_id>/concede", queue.concede, name="match-concede"),
    path("matches/<uuid:match_id>/panel", matches.match_panel, name="match-panel"),
    path("matches/<uuid:match_id>/report", matches.report, name="match-report"),
    path("matches/<uuid:match_id>/report/confirm", matches.confirm, name="match-confirm"),
    path("matches/<uuid:match_id>/report/dispute", matches.dispute, name="match-dispute"),
    path("leaderboards", leaderboards.leaderboards, name="leaderboards"),
    path("pools/<slug:slug>", leaderboards.leaderboard, name="leaderboard"),
    path("players/<uuid:player_id>", leaderboards.player, name="player"),
    path("guest", accounts.guest, name="guest"),
    path("sign-up", accounts.sign_up_page, name="sign-up"),
    path("sign-in", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-in/code", sign_in.code_page, name="sign-in-code"),
    path("sign-out", accounts.sign_out, name="sign-out"),
    path("account", accounts.account, name="account"),
    path("account/password", accounts.set_password, name="account-password"),
    path("account/sign-out", accounts.sign_out_everywhere, name="account-sign-out"),
    path("account/second-factor", second_factor.second_factor, name="second-factor"),
    path("sign-in/with/<slug:site>", other_sites.start, name="other-site"),
    path("sign-in/with/<slug:site>/back", other_sites.back, name="other-site-back"),
    path("sign-up/name", other_sites.sign_up_page, name="sign-up-from"),
    path("account/sites/<slug:site>", other_sites.own_site, name="own-site"),
    path("account/address", mail.own_address, name="own-address"),
    path("account/address/confirm", mail.confirm_address, name="confirm-address"),
    path("lost-password", mail.lost_password, name="lost-password"),
    path("lost-password/new", mail.reset_password, name="reset-password"),
    path("account/token", accounts.new_token, name="account-token"),
]
