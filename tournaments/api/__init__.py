"""The JSON API of tournaments; described by OpenAPI, with the project's own errors."""

from . import creation, entrants, files, progress, results, standings, swiss, tournaments, venue
from .api_setup import addresses, make_api

api = make_api(
    title="Matchpoint",
    description="Tournaments, queues and matches over HTTP. See docs/api.md and docs/protocol.md.",
)
for part in (creation, tournaments, standings, entrants, progress, results, swiss, venue, files):
    api.add_router("", part.router)

urlpatterns = addresses(api)
