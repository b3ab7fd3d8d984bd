"""A tournament as it stands, to be compared with how it stands later."""

import json
from typing import Any

from tournaments.files.export import export_tournament
from tournaments.models import Pairing, Tournament


def ids(cup: Tournament) -> set[tuple[Any, ...]]:
    """Where each match is, with its id."""
    where = ("group__stage__number", "group__number", "key", "pk", "match")
    return set(Pairing.objects.of(cup).order_by().values_list(*where))


def picture(cup: Tournament) -> dict[str, Any]:
    """The whole tournament as it is exported, but for the record and the times of day."""
    document = json.loads(export_tournament(Tournament.objects.get(pk=cup.pk)))
    del document["actions"]

    def timeless(part: Any) -> Any:
        if isinstance(part, dict):
            times = {key: value is not None for key, value in part.items() if key.endswith("_at")}
            return {key: times.get(key, timeless(value)) for key, value in part.items()}
        return [timeless(one) for one in part] if isinstance(part, list) else part

    return timeless(document)  # type: ignore[no-any-return]
