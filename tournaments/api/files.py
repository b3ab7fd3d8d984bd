"""Files in and out: CSV of entrants, matches and standings, report files, a whole tournament."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from msgspec import field

from lib.endpoints import File
from lib.errors import Malformed, NotFound
from lib.http import json_response
from lib.schemas import Json, Schema
from tournaments.files.export import export_tournament
from tournaments.files.report import group_trf
from tournaments.files.sheets import entrants_csv, matches_csv, standings_csv
from tournaments.files.sources.found import Source
from tournaments.models import Group, Tournament
from tournaments.revisions import large_write, slot_if_large
from tournaments.services.setup.quotas import BYTES_FOR_EACH, origin_of
from tournaments.services.transfer.imports import (
    MadeBy,
    import_entrants,
    read_entrants,
)
from tournaments.services.transfer.imports import import_file as import_tournament_file
from tournaments.services.transfer.preview import preview_file

from . import schemas
from .api_setup import ONE, Router, maker, organised, sees_all
from .idempotency import created
from .tournaments import kept_file, tournament_of

router = Router("Files")

#: What the answer of an API is called; several, one a line, and one that names its links.
ANSWERS = ("application/x-ndjson", "application/vnd.api+json")
SHEETS = ("text/csv", "text/tab-separated-values", "text/plain")
REPORTS = ("text/plain", "text/x-trf", "application/x-trf")
JSON = "application/json"
SHEET = File("text/csv")


def _takes(*kinds: str) -> Json:
    """The description of a body that is a file."""
    content = {kind: {"schema": {"type": "string"}} for kind in kinds}
    return {"requestBody": {"content": content, "required": True}}


def _read(request: HttpRequest, kinds: tuple[str, ...]) -> bytes:
    """The file in the body, a little of it when it is over-long: its reader refuses it then."""
    if request.content_type not in kinds:
        allowed = " or ".join(f"`{kind}`" for kind in kinds)
        raise Malformed(f"Send the file with the header `Content-Type:` {allowed}.",
                        code="wrong_type")  # fmt: skip
    return request.read(settings.MATCHPOINT_FILE_MAX_BYTES + 1)


def _charset(request: HttpRequest) -> str:
    """The encoding that the sender names; UTF-8 is what programs say without having looked."""
    named = (request.content_params or {}).get("charset", "")
    return "" if named.lower() in {"utf-8", "utf8"} else named


class SourceQuery(Schema):
    """Where a tournament is from, and whether it is only looked at."""

    source: str = field(default="", name="from")
    """`matchpoint`, `trf`, `challonge`, `start.gg`, `lichess` or `list`; found if left out."""
    preview: bool = False

    @property
    def named(self) -> Source | None:
        """The source, if one is said; raises `Malformed`."""
        if not self.source:
            return None
        try:
            return Source(self.source)
        except ValueError as error:
            known = ", ".join(one.value for one in Source)
            raise Malformed(
                f"There is no source {self.source[:40]!r}. There are: {known}.",
                code="unknown_source",
            ) from error


@router.route(
    "POST",
    "api/tournaments/import",
    status=201,
    returns=schemas.Imported,
    also={200: schemas.ImportPreview},
    refusals=(400, 401, 409, 422, 429),
    for_all=True,
    extra=_takes(JSON, *ANSWERS, *REPORTS, *SHEETS[:2]),
)
def import_file(request: HttpRequest, query: SourceQuery) -> HttpResponse:
    """Make a tournament out of a file of this site, Challonge, start.gg, Lichess, or a report file.

    The source is found by what the file looks like, unless `from` says it; the encoding is guessed
    if it is not UTF-8, unless `charset` names it. `warnings` say what is not carried over, and what
    contradicts itself. With `preview` nothing is stored, and the answer says what would be made.
    The token is shown this once. Takes an Idempotency-Key.
    """
    owner, actor = maker(request)
    source = query.named
    data = _read(request, (JSON, *ANSWERS, *REPORTS, *SHEETS[:2]))
    address, size = request.META.get("REMOTE_ADDR"), len(data) // BYTES_FOR_EACH
    origin = origin_of(address=address, actor=actor, size=size)
    made_by: MadeBy = {"organiser": owner, "origin": origin, "actor": actor}

    def make() -> schemas.Imported:
        made = import_tournament_file(
            data=data, source=source, encoding=_charset(request), **made_by
        )
        brief, warnings = schemas.Brief.of(made.tournament), list(made.warnings)
        return schemas.Imported("Tournament Imported", brief, made.token, warnings)

    with large_write(size, address):
        if query.preview:
            preview = preview_file(data=data, source=source, encoding=_charset(request))
            return json_response(schemas.ImportPreview.of(preview))
        return created(request, make, body=data)


@router.route("GET", f"{ONE}/export.json", returns=File(JSON, {"type": "object"}))
def export_json(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Everything about a tournament, for the import; for the organiser."""
    organised(request, tournament_id)
    found = tournament_of(tournament_id)
    with slot_if_large(found, request.META.get("REMOTE_ADDR")):
        content = export_tournament(found)
    return _attached(HttpResponse(content, content_type=JSON), found, ".json")


def _file(
    request: HttpRequest,
    tournament: Tournament,
    make: Callable[[Tournament], bytes],
    ending: str,
    *,
    kind: str = SHEETS[0],
) -> HttpResponse:
    """A file for everybody, made once for each revision."""
    made, shown = partial(make, tournament), f"{kind}; charset=utf-8"
    return _attached(
        kept_file(request, tournament, (ending,), made, kind=shown), tournament, ending
    )


def _attached(response: HttpResponse, tournament: Tournament, ending: str) -> HttpResponse:
    name = f"{slugify(tournament.name) or 'tournament'}{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@router.route("GET", f"{ONE}/entrants.csv", returns=SHEET, for_all=True)
def export_entrants(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Everybody on the list, as a spreadsheet opens it and as it can be sent back."""
    found = tournament_of(tournament_id)
    if not sees_all(request, found):
        return _file(request, found, entrants_csv, "-entrants.csv")
    content = entrants_csv(found, is_whole=True)
    return _attached(
        HttpResponse(content, content_type=f"{SHEETS[0]}; charset=utf-8"), found, "-entrants.csv"
    )


class ImportQuery(Schema):
    """Whether entrants of a file are only read."""

    dry_run: bool = False


@router.route(
    "POST",
    f"{ONE}/entrants.csv",
    status=201,
    returns=schemas.AddedList,
    also={200: schemas.ReadList},
    extra=_takes(*SHEETS),
)
def import_list(
    request: HttpRequest, tournament_id: UUID, query: ImportQuery
) -> schemas.AddedList | HttpResponse:
    """Add the entrants of a file: `name,rating,club,region,seed`, then the members of a team.

    Commas, semicolons or tabs; the header line may be missing, or be in the words of other
    programs and languages. A refusal names line and column, and then nobody is added. With
    `dry_run` nobody is added in any case, and the answer says how the file was read.
    """
    who = organised(request, tournament_id)
    data, charset = _read(request, SHEETS), _charset(request)
    if query.dry_run:
        read = read_entrants(tournament=tournament_of(tournament_id), data=data, encoding=charset)
        return json_response(schemas.ReadList.of(read))
    added = import_entrants(**who, data=data, encoding=charset)
    return schemas.AddedList("Entered", schemas.Entrant.listed(added.entrants), added.warnings)


@router.route("GET", f"{ONE}/matches.csv", returns=SHEET, for_all=True)
def export_matches(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Every match in the order of play, and how it ended."""
    found = tournament_of(tournament_id)
    return _file(request, found, matches_csv, "-matches.csv")


@router.route("GET", f"{ONE}/standings.csv", returns=SHEET, for_all=True)
def export_standings(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """How it stands, with the values of the tie-breaks."""
    found = tournament_of(tournament_id)
    return _file(request, found, standings_csv, "-standings.csv")


@router.route(
    "GET",
    f"{ONE}/stages/<int:stage>/groups/<int:group>.trf",
    returns=File("text/plain"),
    for_all=True,
)
def export_report(
    request: HttpRequest, tournament_id: UUID, stage: int, group: int
) -> HttpResponse:
    """A group of a Swiss or a round robin as a tournament report file (TRF)."""
    found = (
        Group.objects.select_related("stage__tournament")
        .filter(stage__tournament=tournament_id, stage__number=stage, number=group)
        .first()
    )
    if found is None:
        raise NotFound("There is no such group in this tournament.")
    tournament = found.stage.tournament
    ending = f"-{stage}-{group}.trf"
    return _file(
        request, tournament, lambda _: group_trf(found).encode(), ending, kind="text/plain"
    )
