"""Short addresses of tournaments: one from the name, another when wanted, old ones kept."""

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from lib.errors import Conflict, Refusal
from tournaments.models import ShortAddress, Tournament
from tournaments.models.tournament import SLUG_MAX_CHARS

#: So many numbers are tried behind a name before chance decides.
NUMBERS = 50


def parse_slug(raw: Any) -> str:
    """A short address as it is stored: lower case, words joined by hyphens; raises `Refusal`."""
    slug = slugify(str(raw), allow_unicode=True)
    if not 2 <= len(slug) <= SLUG_MAX_CHARS:
        raise Refusal(
            f"A short address has 2 to {SLUG_MAX_CHARS} letters, digits and hyphens.",
            code="bad_slug",
        )
    return slug


def claim_slug(tournament: Tournament, slug: str) -> None:
    """Make a short address this tournament's; raises `Conflict` when it is another's."""
    owner, _ = ShortAddress.objects.get_or_create(slug=slug, defaults={"tournament": tournament})
    if owner.tournament_id != tournament.pk:
        raise Conflict(f"Another tournament has the address /t/{slug}.", code="slug_taken")


def assign_slug(tournament: Tournament) -> None:
    """Give a new tournament a free short address made of its name."""
    base = slug_of(tournament.name)
    begins = ShortAddress.objects.filter(slug__startswith=base)
    taken = set(begins.values_list("slug", flat=True))
    numbered = [base, *(f"{base}-{number}" for number in range(2, NUMBERS))]
    free = next((slug for slug in numbered if slug not in taken), "")
    for slug in [free, *(f"{base}-{secrets.token_hex(3)}" for _ in range(3))]:
        if slug and _is_claimed(tournament, slug):
            tournament.change(slug=slug)
            return


def _is_claimed(tournament: Tournament, slug: str) -> bool:
    """Whether the address was still free; another request may have taken it meanwhile."""
    try:
        with transaction.atomic():
            ShortAddress.objects.create(slug=slug, tournament=tournament)
    except IntegrityError:
        return False
    return True


def slug_of(name: str) -> str:
    """A name as a short address, in ASCII unless that loses letters; with room for a number."""
    plain, full = slugify(name), slugify(name, allow_unicode=True)
    slug = plain if len(plain) == len(full) else full
    return slug[: SLUG_MAX_CHARS - 7].strip("-_") or "tournament"
