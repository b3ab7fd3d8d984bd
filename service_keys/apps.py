"""Has every route of the API look at service keys."""

from django.apps import AppConfig


class ServiceKeysConfig(AppConfig):
    name = "service_keys"
    verbose_name = "Service keys"

    def ready(self) -> None:
        """Check the key of each request that shows one."""
        from lib.endpoints import Guard, guards

        from .access import check_request, shows_key

        guards.append(Guard(shows_key, check_request))
