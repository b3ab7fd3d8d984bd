"""`manage.py replay MATCH`: plays the stored games of a match, and checks their outcomes."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from lib.errors import NotFound
from matchmaking.models import Match
from matchmaking.selectors import match_of
from matchmaking.wording import side_names
from play.models import PlayedGame
from play.selectors import NotReplayable, check_played, is_current, played_games


class Command(BaseCommand):
    """Plays each game through its engine, and compares what comes out with what is stored."""

    help = (
        "Play the stored games of a match again, and say whether the stored winner, score and "
        "length are what comes out. Exits with 1 when they are not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the match's id."""
        parser.add_argument("match", type=UUID, help="The id in the address of the match's page.")

    def handle(self, *args: Any, match: UUID, **options: Any) -> None:
        """Play every game, and fail if one differs."""
        try:
            found = match_of(match)
        except NotFound as error:
            raise CommandError(error.message) from error
        games = list(played_games(found))
        wrong = [game for game in games if not self._is_right(game, found)]
        if not games:
            raise CommandError("No games of this match are stored.")
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(games)} games cannot be confirmed.")
        self.stdout.write(self.style.SUCCESS("All that is stored is what comes out."))

    def _is_right(self, played: PlayedGame, match: Match) -> bool:
        try:
            check_played(played)
        except NotReplayable as error:
            self.stdout.write(f"{_heading(played, match)}: {error.message}")
            return False
        names = side_names(match)
        won = "a draw" if played.winner is None else f"{names[played.winner]} won"
        self.stdout.write(
            f"{_heading(played, match)}: {' vs '.join(names)} {':'.join(map(str, played.scores))}, "
            f"{won}, {played.reason}, after {played.length}."
        )
        return True


def _heading(played: PlayedGame, match: Match) -> str:
    earlier = "" if is_current(played, match) else f" of an earlier result ({played.revision})"
    return f"Game {played.number}{earlier}, {played.game}"
