"""Addresses of this app, with and without a final slash."""

from django.urls import path, re_path

from lib.endpoints import by_method, socket_only

from .api import endpoints, feed
from .pages import manage

_WEBHOOK = r"^api/webhooks/(?P<webhook_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

urlpatterns = [
    re_path(r"^api/feed/?$", feed.feed, name="feed"),
    re_path(r"^feed/ws/?$", socket_only, name="feed-socket"),
    re_path(r"^api/webhooks/?$", by_method(endpoints.listed, endpoints.new), name="webhooks"),
    re_path(rf"{_WEBHOOK}/?$", by_method(endpoints.show, endpoints.change, endpoints.delete)),
    re_path(rf"{_WEBHOOK}/test/?$", endpoints.test),
    re_path(rf"{_WEBHOOK}/rotate/?$", endpoints.rotate),
    re_path(rf"{_WEBHOOK}/replay/?$", endpoints.replay),
    re_path(rf"{_WEBHOOK}/deliveries/?$", endpoints.deliveries),
    path(
        "tournaments/<uuid:tournament_id>/manage/webhooks", manage.webhooks,
        name="tournament-manage-webhooks",
    ),
    path(
        "tournaments/<uuid:tournament_id>/manage/webhooks/<uuid:endpoint_id>", manage.webhooks,
        name="tournament-manage-webhook",
    ),
]  # fmt: skip
