"""Databases of the releases before: migrated to this version and walked through.

Each is a backup that was made by that release's own code. After a release, its commit makes them:

    .venv/bin/python -m tests.upgrades

and the files of the release before it are deleted once nobody upgrades from it directly.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
KINDS = ("sqlite", "postgresql")


def backup_of(kind: str) -> Path:
    """The newest release's database of this kind."""
    found = FOLDER.glob(f"*-{kind}.backup")
    return max(found, key=lambda path: [int(part) for part in path.name.split("-")[0].split(".")])
