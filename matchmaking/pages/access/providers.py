"""Other sites that say who somebody is: OpenID Connect, and Discord, by Authlib."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import requests
from authlib.integrations.django_client import OAuth, OAuthError
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError

from lib.errors import Refusal
from matchmaking.services.access.other_sites import Identity

DISCORD = "https://discord.com"
_SECONDS = 5
_SUBJECT_MAX_CHARS = 255


class Provider(NamedTuple):
    """Another site: what it is called, how it is reached, and how it says who somebody is."""

    label: str
    client: Callable[[], Any]
    identity: Callable[[Any, dict[str, Any]], tuple[str, str]]


def providers() -> dict[str, Provider]:
    """The sites that the settings name, by the words of their addresses."""
    found = {}
    if settings.OIDC_ISSUER:
        found["oidc"] = Provider(settings.OIDC_NAME, _oidc, _oidc_identity)
    if settings.DISCORD_CLIENT_ID:
        found["discord"] = Provider("Discord", _discord, _discord_identity)
    return found


def offered_sites() -> list[tuple[str, str]]:
    """The sites with whose accounts one may sign in, and what they are called."""
    return [(site, provider.label) for site, provider in providers().items()]


def authorize_redirect(request: HttpRequest, site: str, back: str) -> HttpResponse:
    """The way to another site; raises a refusal while it cannot be reached."""
    try:
        answer: HttpResponse = providers()[site].client().authorize_redirect(request, back)
    except (requests.RequestException, ValueError, RuntimeError) as error:
        raise _unreachable(site) from error
    return answer


def identify(request: HttpRequest, site: str) -> Identity:
    """Who has come back from another site; raises a refusal when it does not say so for sure."""
    provider = providers()[site]
    try:
        client = provider.client()
        options = {"claims_options": _claims()} if site == "oidc" else {}
        subject, name = provider.identity(client, client.authorize_access_token(request, **options))
    except requests.RequestException as error:
        raise _unreachable(site) from error
    except (OAuthError, JoseError, KeyError, ValueError, RuntimeError) as error:
        raise Refusal(
            f"{provider.label} did not confirm who you are. Nothing was changed; try again."
        ) from error
    if not subject or len(subject) > _SUBJECT_MAX_CHARS:
        raise Refusal(f"{provider.label} names nobody.")
    return Identity(site, subject, name)


def _unreachable(site: str) -> Refusal:
    return Refusal(f"{providers()[site].label} cannot be reached now. Try again in a while.")


def _claims() -> dict[str, Any]:
    """Whose word counts, and to whom it must be said."""
    return {
        "iss": {"essential": True, "value": settings.OIDC_ISSUER},
        "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
    }


@cache
def _oidc() -> Any:
    return OAuth().register(
        "oidc",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET or None,
        server_metadata_url=f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )


def _oidc_identity(client: Any, token: dict[str, Any]) -> tuple[str, str]:
    claims = token["userinfo"]
    if not _name_in(claims) and client.load_server_metadata().get("userinfo_endpoint"):
        more = client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("the answers are about two people")
        claims = more
    return str(claims["sub"]), _name_in(claims)


def _name_in(claims: dict[str, Any]) -> str:
    words = ("preferred_username", "nickname", "name")
    return next((str(claims[word]) for word in words if claims.get(word)), "")


@cache
def _discord() -> Any:
    return OAuth().register(
        "discord",
        client_id=settings.DISCORD_CLIENT_ID,
        client_secret=settings.DISCORD_CLIENT_SECRET,
        authorize_url=f"{DISCORD}/oauth2/authorize",
        access_token_url=f"{DISCORD}/api/oauth2/token",
        api_base_url=f"{DISCORD}/api/",
        client_kwargs={
            "scope": "identify",
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )


def _discord_identity(client: Any, token: dict[str, Any]) -> tuple[str, str]:
    answer = client.get("users/@me", token=token)
    answer.raise_for_status()
    person = answer.json()
    return str(person["id"]), str(person.get("global_name") or person["username"])
