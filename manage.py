#!/usr/bin/env python
"""Django's command line for Matchpoint."""

import errno
import os
import secrets
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import Error as DatabaseError

from lib.database.faults import BUSY, database_name, database_says, outage_of

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.ENOTDIR, errno.EIO}


def main() -> None:
    """Run a command; what its user can mend ends in a sentence, not in a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tournament_site.settings")
    if sys.argv[1:2] == ["pair_swiss"]:
        # Other programs call it: it pairs a file, stores and signs nothing, and needs no secret.
        os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Error: {error}")
    except DatabaseError as error:
        outage = outage_of(error)
        if outage is None:
            raise
        says = database_says() if outage == BUSY else ""
        sys.exit(f"Error: {outage.message} It is {database_name()}: {error}.{says}")
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        sys.exit(f"Error: {error.strerror}: {error.filename or settings.STATIC_ROOT}.")


if __name__ == "__main__":
    main()
