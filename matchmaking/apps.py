"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MatchmakingConfig(AppConfig):
    """The `matchmaking` app."""

    name = "matchmaking"

    def ready(self) -> None:
        """Make sure that there is always a pool to queue in; watch accounts and player tokens."""
        from streams.lookouts import register_lookout

        from . import receivers  # noqa: F401 - importing connects
        from .services.sign_outs import SIGN_OUTS
        from .sockets import TokenLookout

        register_lookout(SIGN_OUTS, TokenLookout)
        post_migrate.connect(create_default_pool, sender=self)


def create_default_pool(*, sender: AppConfig, **kwargs: Any) -> None:
    """Create the default pool where it is missing: first come, first matched."""
    pools: Any = sender.get_model("Pool")
    pools.objects.get_or_create(slug=pools.DEFAULT, defaults={"name": "Open queue"})
