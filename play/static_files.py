"""Scripts and pictures of installed games are found in the `static` folder of their package."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

from .registry import games


class GameFinder(FileSystemFinder):
    """Finds what packages that bring a game have below `static`; the site's own files go first."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.locations = [("", str(folder)) for folder in _folders()]
        self.storages = {folder: FileSystemStorage(location=folder) for _, folder in self.locations}

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """There is no setting that could be wrong."""
        return []


def _folders() -> list[Path]:
    packages = {type(game).__module__.partition(".")[0] for game in games().values()}
    found = (Path(str(files(package))) / "static" for package in sorted(packages - {"play"}))
    return [folder for folder in found if folder.is_dir()]
