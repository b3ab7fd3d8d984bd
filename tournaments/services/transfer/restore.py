"""A tournament restored from a document, or refused with what does not fit."""

from collections.abc import Mapping, Sequence

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from lib import tokens
from lib.names import parse_name
from matchmaking.models import Player
from matchmaking.ports.game_host import checked_game
from tournaments.files.document import Document, EntrantPart, PlanPart, StagePart
from tournaments.files.entrant_lines import parse_label, parse_rating
from tournaments.files.text import BadFile
from tournaments.models import (
    Action,
    Entrant,
    EntryStatus,
    Member,
    Stage,
    StageState,
    Station,
    Tournament,
    TournamentSettings,
    TournamentState,
)
from tournaments.services import audit_log
from tournaments.services.actors import Actor
from tournaments.services.permissions import owner_actor
from tournaments.services.progress.stages import is_played_out
from tournaments.services.setup.creation import Created
from tournaments.services.setup.quotas import check_quota
from tournaments.services.setup.settings import SETTINGS
from tournaments.services.setup.short_addresses import assign_slug
from tournaments.services.setup.stage_plans import check_plans
from tournaments.storage.matches import cancel_open_matches
from tournaments.storage.tables import settle_places

from .restore_groups import References, as_bad_file, check_plan, restore_group

_BEGUN = (TournamentState.RUNNING, TournamentState.FINISHED)


def restore(
    *,
    document: Document,
    organiser: Player | None = None,
    origin: str = "",
    actor: Actor | None = None,
) -> Created:
    """Store a document as a new tournament, with a token of its own.

    No rating changes, and entrants have no accounts: they are restored by their names. `actor` is
    by default the organiser. Raises `BadFile` naming what does not fit; then nothing is stored.
    """
    try:
        with transaction.atomic():
            check_quota(organiser, origin)
            made = _restore(document, organiser, origin)
            actor = actor or owner_actor(organiser)
            audit_log.record(made.tournament, actor, "import", "imported from a file")
            return made
    except IntegrityError as error:
        raise BadFile(f"The file contradicts itself: {str(error).splitlines()[0]}.") from error


def _restore(document: Document, organiser: Player | None, origin: str) -> Created:
    token = tokens.new_token()
    tournament = _tournament(document, organiser, tokens.digest(token), origin)
    entrants = _entrants(tournament, document.entrants)
    stations = [
        Station(tournament=tournament, number=one.number, name=one.name[:40])
        for one in document.stations
    ]
    Station.objects.bulk_create(stations)
    _store_plan(tournament, document.pairing_plan, entrants)
    refs = References(entrants, {station.number: station for station in stations})
    stages = _stages(tournament, document.stages)
    for stage, part in zip(stages, document.stages, strict=True):
        for group in part.groups:
            restore_group(stage, group, refs)
    _check_course(tournament, stages)
    for stage in stages:
        if stage.state == StageState.FINISHED:
            settle_places(stage=stage)
    if tournament.state == TournamentState.CANCELLED:
        cancel_open_matches(tournament)
    _actions(tournament, document)
    return Created(tournament, token)


def _tournament(
    document: Document, organiser: Player | None, digest: str, origin: str
) -> Tournament:
    part = document.tournament
    begun = part.state in _BEGUN
    with as_bad_file():
        settings_ = {
            name: SETTINGS[name].parse(getattr(part, name))
            for name in ("name", *TournamentSettings.__struct_fields__)
        }
        settings_["play_settings"] = checked_game(part.plays, part.play_settings)
    tournament = Tournament.objects.create(
        **settings_,
        state=part.state,
        shuffle_seed=part.shuffle_seed,
        started_at=part.started_at or (timezone.now() if begun else None),
        finished_at=(part.finished_at or timezone.now()) if part.state == "finished" else None,
        organiser=organiser,
        token_sha256=digest,
        origin=origin,
    )
    assign_slug(tournament)
    return tournament


def _entrants(tournament: Tournament, parts: Sequence[EntrantPart]) -> dict[int, Entrant]:
    most = 2 * settings.MATCHPOINT_TOURNAMENT_MAX_PLAYERS
    if len(parts) > most:
        raise BadFile(f"There are {len(parts):,} entrants, of at most {most:,}.")
    entrants = {}
    names: dict[str, int] = {}
    for number, part in enumerate(parts, start=1):
        entrant = _entrant(tournament, part, f"Entrant {number}")
        if part.seed in entrants:
            raise BadFile(f"Entrant {number}: the seed {part.seed} is there twice.")
        if names.setdefault(entrant.name_key, number) != number:
            raise BadFile(
                f"Entrant {number}: {entrant.name!r} has the name of entrant "
                f"{names[entrant.name_key]}."
            )
        entrants[part.seed] = entrant
    Entrant.objects.bulk_create(entrants.values())
    Member.objects.bulk_create(
        Member(
            entrant=entrants[part.seed],
            name=parse_name(member.name).display,
            is_captain=member.is_captain,
        )
        for part in parts
        for member in part.members
    )
    return entrants


def _entrant(tournament: Tournament, part: EntrantPart, where: str) -> Entrant:
    if part.status not in EntryStatus.values:
        raise BadFile(f"{where}: there is no status {part.status!r}.")
    with as_bad_file(f"{where}: "):
        name = parse_name(part.name)
        parse_rating("" if part.rating is None else str(part.rating))
        club, region = parse_label(part.club), parse_label(part.region)
        for member in part.members:
            parse_name(member.name)
    return Entrant(
        tournament=tournament,
        seed=part.seed,
        name=name.display,
        name_key=name.name_key,
        status=part.status,
        rating=part.rating,
        club=club,
        region=region,
        checked_in_at=part.checked_in_at,
        entered_at=part.entered_at or timezone.now(),
    )


def _store_plan(
    tournament: Tournament, plan: PlanPart | None, entrants: Mapping[int, Entrant]
) -> None:
    """Keep what is said of a Swiss that is yet to be drawn, by the entrants' ids."""
    if plan is None:
        return
    check_plan(plan, entrants.keys(), "Pairing plan")
    byes = [(bye.entrant, bye.round) for bye in plan.byes]
    if len(set(byes)) < len(byes) or not entrants.keys() >= {seed for seed, _ in byes}:
        raise BadFile("Pairing plan: a bye is nobody's, or there twice.")
    by_id = plan.renumbered({seed: entrant.pk for seed, entrant in entrants.items()})
    tournament.change(pairing_plan=msgspec.to_builtins(by_id))


def _stages(tournament: Tournament, parts: Sequence[StagePart]) -> list[Stage]:
    if parts:
        with as_bad_file("Stages: "):
            check_plans(parts)
    return Stage.objects.bulk_create(
        Stage.of(part, tournament=tournament, number=number, state=part.state)
        for number, part in enumerate(parts, start=1)
    )


def _check_course(tournament: Tournament, stages: Sequence[Stage]) -> None:
    """Raise `BadFile` unless the states of tournament and stages fit what has been played."""
    states = [stage.state for stage in stages]
    order: list[str] = [StageState.FINISHED, StageState.RUNNING, StageState.PENDING]
    if sorted(states, key=order.index) != states or states.count(StageState.RUNNING) > 1:
        raise BadFile("Stages: they are played one after the other.")
    for stage in stages:
        has_groups = stage.groups.exists()
        if has_groups is (stage.state == StageState.PENDING):
            raise BadFile(f"Stage {stage.number} is {stage.state}, which does not fit its groups.")
        is_over = has_groups and is_played_out(stage)
        if is_over is not (stage.state == StageState.FINISHED):
            raise BadFile(f"Stage {stage.number} is {stage.state}, which does not fit its results.")
    begun = any(state != StageState.PENDING for state in states)
    running = StageState.RUNNING in states
    fits = {
        TournamentState.RUNNING: running,
        TournamentState.FINISHED: begun and not running,
        TournamentState.CANCELLED: True,
    }
    if not fits.get(TournamentState(tournament.state), not begun):
        raise BadFile(f"The tournament is {tournament.state}, which does not fit its stages.")


def _actions(tournament: Tournament, document: Document) -> None:
    """Store the record; its actions can no longer be undone."""
    Action.objects.bulk_create(
        Action(
            tournament=tournament,
            number=number,
            at=part.at,
            actor_name=part.by,
            verb=part.verb,
            text=part.text,
            why=part.why,
        )
        for number, part in enumerate(document.actions, start=1)
    )
