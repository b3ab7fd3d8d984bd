"""Invitations to have an account here."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class Invitation(models.Model):
    """Somebody who was asked by mail to sign up, and the account that they made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField("mail address")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, editable=False, related_name="+"
    )
    sent_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-sent_at",)

    def __str__(self) -> str:
        return self.email
