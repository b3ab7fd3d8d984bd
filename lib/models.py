"""Responses that a retry gets again, and leases that one process holds."""

from django.db import models
from django.utils import timezone


class StoredResponse(models.Model):
    """The response to a request with an Idempotency-Key, which a retry gets again."""

    digest = models.CharField(max_length=64, primary_key=True)
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    sealed_token = models.CharField(max_length=128, default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "matchmaking_answered"
        verbose_name = "answered request"
        indexes = (models.Index(fields=("created_at",), name="answered_by_age"),)

    def __str__(self) -> str:
        return self.digest[:12]


class ServerProcess(models.Model):
    """A process that serves the site, and shows every few seconds that it lives."""

    id = models.CharField(max_length=32, primary_key=True)
    version = models.CharField(max_length=20)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "server processes"

    def __str__(self) -> str:
        return f"{self.id[:8]}, version {self.version}"


class Lease(models.Model):
    """The right of one process to do a periodic duty, while it renews it.

    `expires_at` is for people, and says when it was renewed; `leases.py` says what counts.
    """

    duty = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "matchmaking_lease"

    def __str__(self) -> str:
        return f"{self.duty}: {self.holder}"
