"""What the rows of this app have in common."""

from typing import Any

from django.db import models


class Row(models.Model):
    """A row of a tournament."""

    class Meta:
        abstract = True

    def change(self, **values: Any) -> None:
        """Set fields, and save just these."""
        for field, value in values.items():
            setattr(self, field, value)
        self.save(update_fields=tuple(values))
