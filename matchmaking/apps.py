"""App configuration: connects the receivers."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MatchmakingConfig(AppConfig):
    """The `matchmaking` app."""

    name = "matchmaking"

    def ready(self) -> None:
        """Follow matches; and see to it that there is always a pool to queue in."""
        from . import receivers  # noqa: F401 - connects them

        post_migrate.connect(create_default_pool, sender=self)


def create_default_pool(**kwargs: Any) -> None:
    """Make the default pool where it is missing: first come, first matched."""
    from .models import Pool

    Pool.objects.get_or_create(slug=Pool.DEFAULT, defaults={"name": "Open queue"})
