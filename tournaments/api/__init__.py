"""The JSON API of tournaments; described by OpenAPI, with the project's own errors."""

from . import creation, entrants, files, progress, results, standings, swiss, tournaments, venue

urlpatterns = [
    pattern
    for part in (
        creation, tournaments, standings, entrants, progress, results, swiss, venue, files,
    )
    for pattern in part.router.urlpatterns
]  # fmt: skip
