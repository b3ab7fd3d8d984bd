"""Rows that nobody needs any more, deleted a few at a time."""

from typing import Any

from django.db import models, transaction

#: So many rows go in one transaction: others wait for it some hundredths of a second.
SLICE = 500


def delete_slice(rows: models.QuerySet[Any], *, most: int = SLICE) -> int:
    """Delete some of these rows in a transaction of its own; returns how many, 0 at the end.

    Whoever still refers to one, in a transaction that commits meanwhile, makes it fail with an
    `IntegrityError`: then nothing is deleted.
    """
    keys = list(rows.order_by().values_list("pk", flat=True)[:most])
    if keys:
        with transaction.atomic():
            rows.order_by().filter(pk__in=keys).delete()
    return len(keys)
