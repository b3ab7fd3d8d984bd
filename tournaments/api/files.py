"""Files in and out: CSV of entrants, matches and standings, report files, a whole tournament."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from lib.errors import Malformed, NotFound
from lib.http import json_response
from lib.schemas import Json
from tournaments.files.export import export_tournament
from tournaments.files.report import group_trf
from tournaments.files.sheets import entrants_csv, matches_csv, standings_csv
from tournaments.models import Group, Tournament
from tournaments.schemas import Brief
from tournaments.services.transfer.imports import (
    import_entrants,
    import_tournament,
    import_trf,
    read_entrants,
)

from . import schemas
from .api_setup import FOR_ALL, Router, maker, organiser
from .entrants import entrant_answer
from .idempotency import created
from .tournaments import ONE, tournament_of

router = Router(tags=["Files"])

SHEETS = ("text/csv", "text/tab-separated-values", "text/plain")
REPORTS = ("text/plain", "text/x-trf", "application/x-trf")
JSON = "application/json"
A_FILE: schemas.Responses = {200: None} | schemas.found_errors()


def _takes(*kinds: str) -> Json:
    """The description of a body that is a file."""
    content = {kind: {"schema": {"type": "string"}} for kind in kinds}
    return {"requestBody": {"content": content, "required": True}}


def _gives(kind: str, shape: Json | None = None) -> Json:
    """The description of an answer that is a file."""
    content = {kind: {"schema": shape or {"type": "string"}}}
    return {"responses": {200: {"description": "The file", "content": content}}}


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


@router.post(
    "/api/tournaments/import",
    response={201: schemas.Imported} | schemas.errors(400, 401, 409, 422, 429),
    openapi_extra=_takes(JSON, *REPORTS) | FOR_ALL,
)
def import_file(request: HttpRequest) -> HttpResponse:
    """Make a tournament out of a JSON export, or a Swiss out of a report file (TRF).

    With `Content-Type: application/json` it is an export, with `text/plain` a report file, whose
    encoding is guessed if it is not UTF-8, unless `charset` names it. `warnings` say what in the
    file contradicts itself. The token is shown this once. Takes an Idempotency-Key.
    """
    owner = maker(request)
    data = _read(request, (JSON, *REPORTS))

    def make() -> Json:
        if request.content_type == JSON:
            made = import_tournament(data=data, organiser=owner)
        else:
            made = import_trf(data=data, organiser=owner, encoding=_charset(request))
        return {
            "status": "Tournament Imported",
            "tournament": Brief.of(made.tournament),
            "token": made.token,
            "warnings": list(made.warnings),
        }

    return created(request, make, body=data)


@router.get(
    f"{ONE}/export.json",
    response=A_FILE,
    openapi_extra=_gives(JSON, {"type": "object"}),
)
def export_json(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Everything about a tournament, for the import; for the organiser."""
    organiser(request, tournament_id)
    found = tournament_of(tournament_id)
    return _file(found, export_tournament(found), ".json", kind=JSON)


def _file(
    tournament: Tournament, content: bytes | str, ending: str, *, kind: str = "text/csv"
) -> HttpResponse:
    shown = kind if kind == JSON else f"{kind}; charset=utf-8"
    response = HttpResponse(content, content_type=shown)
    name = f"{slugify(tournament.name) or 'tournament'}{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@router.get(f"{ONE}/entrants.csv", response=A_FILE, openapi_extra=_gives("text/csv") | FOR_ALL)
def export_entrants(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Everybody on the list, as a spreadsheet opens it and as it can be sent back."""
    found = tournament_of(tournament_id)
    return _file(found, entrants_csv(found), "-entrants.csv")


@router.post(
    f"{ONE}/entrants.csv",
    response={200: schemas.ReadList, 201: schemas.AddedList} | schemas.found_errors(),
    openapi_extra=_takes(*SHEETS),
)
def import_list(request: HttpRequest, tournament_id: UUID, dry_run: bool = False) -> HttpResponse:
    """Add the entrants of a file: `name,rating,club,region,seed`, then the members of a team.

    Commas, semicolons or tabs; the header line may be missing, or be in the words of other
    programs and languages. A refusal names line and column, and then nobody is added. With
    `dry_run` nobody is added in any case, and the answer says how the file was read.
    """
    actor = organiser(request, tournament_id)
    data, charset = _read(request, SHEETS), _charset(request)
    if dry_run:
        read = read_entrants(tournament=tournament_of(tournament_id), data=data, encoding=charset)
        return json_response(schemas.ReadList.of(read))
    added = import_entrants(tournament_id=tournament_id, data=data, actor=actor, encoding=charset)
    answers = [entrant_answer(row) for row in added.entrants]
    answer = {"status": "Entered", "entrants": answers, "warnings": added.warnings}
    return json_response(answer, status=201)


@router.get(f"{ONE}/matches.csv", response=A_FILE, openapi_extra=_gives("text/csv") | FOR_ALL)
def export_matches(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """Every match in the order of play, and how it ended."""
    found = tournament_of(tournament_id)
    return _file(found, matches_csv(found), "-matches.csv")


@router.get(f"{ONE}/standings.csv", response=A_FILE, openapi_extra=_gives("text/csv") | FOR_ALL)
def export_standings(request: HttpRequest, tournament_id: UUID) -> HttpResponse:
    """How it stands, with the values of the tie-breaks."""
    found = tournament_of(tournament_id)
    return _file(found, standings_csv(found), "-standings.csv")


@router.get(
    f"{ONE}/stages/{{int:stage}}/groups/{{int:group}}.trf",
    response=A_FILE,
    openapi_extra=_gives("text/plain") | FOR_ALL,
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
    return _file(tournament, group_trf(found), f"-{stage}-{group}.trf", kind="text/plain")
