"""Whether a dependency that is installed has a known vulnerability; `make check` runs it.

The Python Package Index knows; without it nobody can say, and that is said instead. A list of
vulnerabilities in this repository would be wrong a day later, so there is none.

    python -m tests.audit             # a vulnerability that is found ends it with code 1
    python -m tests.audit --strict    # and so does an index that cannot be asked
    python -m tests.audit --vulnerability-service osv --osv-url http://…   # another service
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

#: How long the index may take for one package, and for all.
ANSWER_SECONDS, ALL_SECONDS = 5, 60
#: Vulnerabilities that do not touch this site, each with the reason.
ACCEPTED: dict[str, str] = {}


@dataclass(frozen=True)
class Audit:
    """What the index said of the installed packages."""

    checked: int
    unknown: tuple[str, ...]
    found: tuple[str, ...]


def command(*more: str) -> list[str]:
    """An audit that reports as JSON; without more arguments, of this environment."""
    quiet = ("--progress-spinner", "off", "--desc", "off", "--format", "json")
    accepted = [part for name in ACCEPTED for part in ("--ignore-vuln", name)]
    audit = (sys.executable, "-m", "pip_audit", "--local", "--timeout", str(ANSWER_SECONDS))
    return [*audit, *quiet, *accepted, *more]


def probe(folder: Path, *more: str) -> list[str]:
    """The audit of one package that every service knows: it soon shows whether there is one."""
    (folder / "one.txt").write_text(f"Django=={version('Django')}\n")
    audit = [part for part in command(*more) if part != "--local"]
    return [*audit, "--requirement", str(folder / "one.txt"), "--no-deps", "--disable-pip"]


def read(report: str) -> Audit:
    """What a report of pip-audit says; raises `ValueError` for what is none."""
    packages = json.loads(report)["dependencies"]
    return Audit(
        checked=sum("vulns" in each for each in packages),
        unknown=tuple(each["name"] for each in packages if "vulns" not in each),
        found=tuple(
            f"{each['name']} {each['version']} has {vuln['id']}, fixed in "
            f"{', '.join(vuln['fix_versions']) or 'no version yet'}"
            for each in packages
            for vuln in each.get("vulns", ())
        ),
    )


def run(arguments: Sequence[str]) -> tuple[str, str]:
    """What pip-audit prints: its report, and what went wrong."""
    try:
        done = subprocess.run(
            arguments, check=False, capture_output=True, text=True, timeout=ALL_SECONDS
        )
    except subprocess.TimeoutExpired:
        return "", f"The index did not answer within {ALL_SECONDS} s."
    return done.stdout, done.stderr


def outcome(report: str, errors: str, *, strict: bool) -> tuple[str, int]:
    """What to say, and the exit code."""
    try:
        audit = read(report)
    except (ValueError, KeyError):
        last = (errors.strip().splitlines() or ["pip-audit said nothing."])[-1]
        return f"Dependencies could NOT be audited for vulnerabilities: {last[:200]}", int(strict)
    if audit.found:
        return "\n".join(audit.found), 1
    if not audit.checked:
        return (
            "Dependencies could NOT be audited for vulnerabilities: the package index that is "
            "set here lists none. Run `python -m tests.audit --strict` where PyPI is reached."
        ), int(strict)
    rest = f"; {len(audit.unknown)} unknown to the index" if audit.unknown else ""
    return f"No known vulnerability in {audit.checked} packages{rest}.", 0


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    strict, more = "--strict" in arguments, [each for each in arguments if each != "--strict"]
    with tempfile.TemporaryDirectory() as folder:
        report, errors = run(probe(Path(folder), *more))
    if outcome(report, errors, strict=True)[1] == 0:
        report, errors = run(command(*more))
    said, code = outcome(report, errors, strict=strict)
    print(said)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
