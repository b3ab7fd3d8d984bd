"""Addresses of this app's pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("queue", views.panel, name="queue-panel"),
    path("queue/join", views.join, name="queue-join"),
    path("queue/<uuid:ticket_id>/leave", views.leave, name="queue-leave"),
    path("matches/<uuid:match_id>/concede", views.concede, name="match-concede"),
    path("guest", views.guest, name="guest"),
    path("sign-up", views.sign_up_page, name="sign-up"),
    path("sign-in", views.SignIn.as_view(), name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
]
