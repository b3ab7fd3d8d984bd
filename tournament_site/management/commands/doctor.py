"""`manage.py doctor`: what is wrong with this installation, and how to fix it."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

import msgspec
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError

from lib.database.processes import living_processes
from tournament_site.doctor.configuration import check_settings
from tournament_site.doctor.database import check_database, check_storage
from tournament_site.doctor.findings import Finding, Gravity, fault, warning
from tournament_site.doctor.machine import (
    check_backups,
    check_disks,
    check_limits,
    check_mail,
    check_redis,
    check_static_files,
)
from tournament_site.doctor.outside import check_outside
from tournament_site.doctor.processes import check_processes

from .serve import old_python


class Command(BaseCommand):
    """Looks at everything that a site needs; ends with 1 when something does not work."""

    help = (
        "Say what is wrong with this installation and how to fix it. Run it as the site's user,"
        " with the environment of its processes. It ends with code 1 when there is a fault."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From outside too, and for programs."""
        parser.add_argument(
            "--url", default="", help="Also ask the site from outside, such as https://…"
        )
        parser.add_argument("--json", action="store_true", help="Print the findings as JSON.")

    def handle(self, *args: Any, url: str, json: bool, **options: Any) -> None:
        """Print each finding; faults end it with 1."""
        found = []
        for finding in findings(url):
            found.append(finding)
            if not json:
                self._print(finding)
        faults = sum(finding.gravity is Gravity.FAULT for finding in found)
        warnings = sum(finding.gravity is Gravity.WARNING for finding in found)
        if json:
            self.stdout.write(msgspec.json.format(msgspec.json.encode(found)).decode())
        else:
            self.stdout.write(f"{faults} faults, {warnings} warnings, {len(found)} looked at.")
        if faults:
            raise SystemExit(1)

    def _print(self, finding: Finding) -> None:
        styles = {
            Gravity.OK: self.style.SUCCESS,
            Gravity.WARNING: self.style.WARNING,
            Gravity.FAULT: self.style.ERROR,
        }
        word = styles[finding.gravity](f"{finding.gravity:8}")
        self.stdout.write(f"{word} {finding.about}: {finding.message}")
        if finding.fix:
            self.stdout.write(f"         {finding.fix}")


def findings(url: str) -> Iterator[Finding]:
    """Everything that can be looked at here, in order."""
    yield from check_settings()
    yield from _of_the_database()
    yield from check_redis()
    yield check_static_files()
    yield check_mail()
    yield from check_disks()
    yield from check_limits()
    if said := old_python(sys.version_info[:3]):
        yield warning("python", *said.split(". ", 1))
    yield check_backups()
    if url:
        yield from check_outside(url.rstrip("/"))


def _of_the_database() -> Iterator[Finding]:
    first = check_database()
    yield first
    if first.gravity is Gravity.FAULT:
        return
    try:
        living = living_processes()
        yield from check_processes(living)
        yield from check_storage(len(living))
    except DatabaseError as error:
        yield fault("database", f"The database failed meanwhile: {error}.", "Look at its log.")
