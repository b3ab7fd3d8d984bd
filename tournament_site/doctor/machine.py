"""What the process stands on: Redis, static files, disks, limits of the system, backups."""

import filecmp
import os
import resource
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import redis
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.mail import get_connection
from django.db import connection
from django.utils import timezone

from tournament_site.backups.archive import stored_archive
from tournament_site.backups.folder import backups_in
from tournament_site.backups.manifest import BackupFault

from .findings import Finding, fault, ok, warning

_REDIS_SECONDS, _OLDEST_REDIS = 2.0, 6
_FULL, _SCARCE = 256 << 20, 2 << 30
#: Open files that are no connections.
_OTHER_FILES = 192
_OLD_BACKUP = timedelta(days=2)
_MAKE_ONE = (
    "Make one with `manage.py backup`, and enable matchpoint-backup.timer, or call it from cron."
)


def check_redis() -> Iterator[Finding]:
    """Redis, where one is named."""
    if not settings.REDIS_URL:
        yield ok("redis", "None is named: the site is one process.")
        return
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=_REDIS_SECONDS, socket_connect_timeout=_REDIS_SECONDS
    )
    try:
        facts: Any = client.info()
    except (redis.RedisError, OSError) as error:
        fix = "Start it, or correct REDIS_URL; until then events come about a second late."
        yield fault("redis", f"Redis does not answer: {error}.", fix)
        return
    finally:
        client.close()
    version, policy = str(facts["redis_version"]), str(facts.get("maxmemory_policy", ""))
    if int(version.split(".", maxsplit=1)[0]) < _OLDEST_REDIS:
        yield warning("redis", f"Redis is of version {version}.", "Install 6 or newer.")
    elif policy.startswith("allkeys"):
        yield warning(
            "redis",
            f"Redis forgets any key when its memory is full ({policy}), limits among them.",
            "Set maxmemory-policy to noeviction or volatile-ttl.",
        )
    else:
        yield ok("redis", f"Redis {version} answers.")


def check_static_files() -> Finding:
    """Whether the static files are collected, and those of this version."""
    fix = "Run `manage.py collectstatic --noinput`, and restart the processes."
    if settings.DEBUG:
        return ok("static", "With DEBUG the files are read where they are.")
    if not getattr(staticfiles_storage, "hashed_files", True):
        return fault("static", f"No static files are in {settings.STATIC_ROOT}.", fix)
    for finder in get_finders():
        for path, storage in finder.list(None):
            # A folder may stand under a name of its own, as `collectstatic` puts it.
            collected = Path(settings.STATIC_ROOT) / (getattr(storage, "prefix", None) or "") / path
            if not collected.exists() or not filecmp.cmp(
                storage.path(path), collected, shallow=False
            ):
                message = f"The collected static files are of another version: {path} differs."
                return fault("static", message, fix)
    return ok("static", "The static files are collected, and of this version.")


def check_mail() -> Finding:
    """Whether mail can be sent; none is."""
    if not settings.MATCHPOINT_SENDS_MAIL:
        fix = "Set EMAIL_URL and MAIL_FROM, and try `manage.py send_test_mail`."
        return warning("mail", "The site sends no mail: lost passwords are staff's work.", fix)
    try:
        with get_connection():
            return ok(
                "mail", f"The mail server answers; mails come from {settings.DEFAULT_FROM_EMAIL}."
            )
    except (OSError, SMTPException) as error:
        fix = "Correct EMAIL_URL, and try `manage.py send_test_mail ADDRESS`."
        return fault("mail", f"The mail server does not let the site in: {error}.", fix)


def check_disks() -> Iterator[Finding]:
    """Room where the site writes."""
    folders = {"backups": settings.MATCHPOINT_BACKUP_FOLDER}
    if connection.vendor == "sqlite":
        folders["database"] = Path(connection.settings_dict["NAME"]).parent
    for name, folder in folders.items():
        there = next(one for one in (folder, *folder.resolve().parents) if one.exists())
        free = shutil.disk_usage(there).free
        message = f"The disk of the {name} ({there}) has {free / (1 << 30):.1f} GiB left"
        if free < _SCARCE:
            found = fault if free < _FULL else warning
            yield found("disk", f"{message}.", "Make room, or lower BACKUP_KEEP and LOG_KEEP_DAYS.")
        else:
            yield ok("disk", f"{message}.")


def check_limits() -> Iterator[Finding]:
    """What the system allows a process."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.MATCHPOINT_CONNECTIONS_MAX + _OTHER_FILES
    if hard not in (resource.RLIM_INFINITY,) and hard < wanted:
        yield warning(
            "files",
            f"A process may open {hard} files here, and CONNECTIONS_MAX wants {wanted}.",
            "Raise LimitNOFILE= of the unit, ulimits of the container, or `ulimit -Hn`.",
        )
    else:
        yield ok("files", f"A process may open {wanted} files.")
    if os.geteuid() == 0 and "container" not in os.environ:
        fix = "Run commands as the site's own user: files that root makes, it cannot write."
        yield warning("user", "This runs as root.", fix)


def check_backups() -> Finding:
    """The last backup: whether there is one, whether it can be read, and how old it is."""
    folder = settings.MATCHPOINT_BACKUP_FOLDER
    try:
        found = backups_in(folder)
    except OSError as error:
        return warning("backups", f"{folder} cannot be read: {error.strerror}.", _MAKE_ONE)
    if not found:
        return warning("backups", f"There is no backup in {folder}.", _MAKE_ONE)
    at, path = found[0]
    try:
        with stored_archive(path) as archive:
            rows = archive.manifest.rows
    except (BackupFault, OSError) as error:
        return fault("backups", f"The last backup cannot be read: {error}", _MAKE_ONE)
    age = timezone.now() - at
    message = f"The last backup, of {rows} rows, is {age.total_seconds() / 3600:.0f} hours old"
    if age > _OLD_BACKUP:
        fix = "Look why: `journalctl -u matchpoint-backup`, or run `manage.py backup`."
        return warning("backups", f"{message}.", fix)
    return ok("backups", f"{message}, and was restored on trial.")
