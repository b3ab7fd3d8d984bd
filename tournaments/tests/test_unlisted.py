"""Whom the organiser has not admitted is shown to the organiser and to judges only."""

import pytest
from django.test import Client

from tournaments.models import Entrant, EntryStatus

from .api_client import Program

pytestmark = pytest.mark.django_db


def test_applicants_and_the_declined_are_shown_to_no_stranger() -> None:
    made = Program().send("POST", "/tournament", {"name": "Cup", "entry": "approval"}).json()
    path, token = f"/api/tournaments/{made['tournament']['id']}", made["token"]
    for seed, (name, status) in enumerate(
        [
            ("Listed", EntryStatus.ENTERED),
            ("Asking", EntryStatus.APPLIED),
            ("Refused", EntryStatus.DECLINED),
        ],
        start=1,
    ):
        Entrant.objects.create(
            tournament_id=made["tournament"]["id"],
            seed=seed,
            name=name,
            name_key=name.lower(),
            status=status,
        )
    organiser = {"Authorization": f"Bearer {token}"}
    for address in (path, f"{path}/entrants", f"{path}/entrants.csv"):
        for headers in ({}, {"Authorization": "Bearer forged"}):
            seen = Client().get(address, headers=headers).content.decode()
            assert "Listed" in seen and "Asking" not in seen and "Refused" not in seen
    for address in (f"{path}/entrants", f"{path}/entrants.csv"):
        seen = Client().get(address, headers=organiser).content.decode()
        assert "Listed" in seen and "Asking" in seen and "Refused" in seen
    page = Client().get(path.removeprefix("/api")).content.decode()
    assert "Listed" in page and "Asking" not in page and "Refused" not in page
