"""`manage.py bot`: a computer that queues and plays on a running site."""

import asyncio
import os
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lib.errors import Refusal
from play.registry import game_of
from tournament_site.clients.bots import Bot
from tournament_site.clients.site import NoServer, Refused, Site

from .demo import DEFAULT_URL


class Command(BaseCommand):
    """A bot plays over the public routes and sockets, with a token like any client."""

    help = "Queue in a pool of the site at URL and play there, until it is stopped."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let the game, the strength and the place be chosen."""
        parser.add_argument("--game", default="pong", help="What it plays (default: pong).")
        parser.add_argument("--pool", help="Its pool (default: the first that plays the game).")
        parser.add_argument("--tournament", help="Play this bot's matches of a tournament instead.")
        parser.add_argument("--strength", type=int, choices=(1, 2, 3), default=2)
        parser.add_argument("--name", default="Bot", help="Its name (default: Bot).")
        parser.add_argument("--token", default="", help="The token of a player that it shall be.")
        parser.add_argument("--matches", type=int, help="How many matches (default: no end).")
        parser.add_argument("--url", default=os.environ.get("URL") or DEFAULT_URL)

    def handle(self, *args: Any, game: str, strength: int, **options: Any) -> None:
        """Play until told to stop."""
        try:
            game_of(game)
            site = Site.at(options["url"])
            bot = Bot(site, options["name"], strength, Random(), options["token"])
            asyncio.run(_play(bot, game, options))
        except (NoServer, Refusal, Refused) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")
        self.stdout.write(f"{bot.finished} matches played.")


async def _play(bot: Bot, game: str, options: dict[str, Any]) -> None:
    await bot.site.check()
    if options["tournament"]:
        await bot.play_tournament(options["tournament"])
        return
    pool = options["pool"] or await _pool_of(bot.site, game)
    await bot.play_pool(pool, matches=options["matches"])


async def _pool_of(site: Site, game: str) -> str:
    pools = (await site.ask("GET", "/api/pools"))["pools"]
    found = [pool["slug"] for pool in pools if pool["plays"] == game and pool["is_open"]]
    if not found:
        raise CommandError(f"No open pool plays {game}. Make one in the admin, or name it: --pool.")
    slug: str = found[0]
    return slug
