"""What an import would make, before anything of it is stored."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from tournaments.files.sources.found import Source
from tournaments.models import PairingState, Tournament

from .imports import made_of, read_source
from .restore import restore

_OPEN = Q(groups__pairings__state__in=(PairingState.PENDING, PairingState.READY))
_PLAYED = Q(groups__pairings__state=PairingState.DECIDED)


@dataclass(frozen=True, slots=True)
class StagePreview:
    """A stage as it would be; a bracket reset that may not be needed counts as open."""

    title: str
    format: str
    state: str
    groups: int
    entrants: int
    played: int
    open: int


@dataclass(frozen=True, slots=True)
class Preview:
    """A tournament as an import would make it.

    `entrants` are names by seeds, `places` the final places of those who have one, `warnings` what
    is not carried over and what differs.
    """

    source: Source
    name: str
    state: str
    entrants: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    stages: tuple[StagePreview, ...]
    warnings: tuple[str, ...]

    @property
    def played(self) -> int:
        """How many matches have a result."""
        return sum(stage.played for stage in self.stages)

    @property
    def open(self) -> int:
        """How many matches are still to be played, as far as they are drawn."""
        return sum(stage.open for stage in self.stages)


def preview_file(*, data: bytes, source: Source | None = None, encoding: str = "") -> Preview:
    """What `import_file` would make: it is made, looked at and taken back. Raises as it does."""
    found, said = read_source(data, source, encoding)
    with transaction.atomic():
        made = made_of(restore(document=found.document), found, said)
        places = [(str(p.contender.entrant), p.places) for p in made.places]
        preview = Preview(
            source=found.source,
            name=made.created.tournament.name,
            state=made.created.tournament.get_state_display(),
            entrants=tuple(
                made.created.tournament.entrants.order_by("seed").values_list("name", flat=True)
            ),
            places=tuple(places),
            stages=tuple(_stages(made.created.tournament)),
            warnings=made.created.warnings,
        )
        transaction.set_rollback(True)
    return preview


def _stages(tournament: Tournament) -> list[StagePreview]:
    rows = tournament.stages.order_by("number").annotate(
        open=Count("groups__pairings", filter=_OPEN),
        played=Count("groups__pairings", filter=_PLAYED),
    )
    return [
        StagePreview(
            title=str(row),
            format=row.get_format_display(),
            state=row.get_state_display(),
            groups=row.groups.count(),
            entrants=row.groups.aggregate(number=Count("contenders"))["number"],
            played=row.played,
            open=row.open,
        )
        for row in rows
    ]
