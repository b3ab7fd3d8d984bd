"""The JSON API of tournaments; described by OpenAPI, with the project's own errors."""

from . import course, creating, day, entrants, files, results, standings, swiss, tournaments
from .door import addresses, make_api

api = make_api(
    title="Matchpoint",
    description="Tournaments, queues and matches over HTTP. See docs/api.md and docs/protocol.md.",
)
for part in (creating, tournaments, standings, entrants, course, results, swiss, day, files):
    api.add_router("", part.router)

urlpatterns = addresses(api)
