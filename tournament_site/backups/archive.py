"""The file of a backup: a ZIP with a manifest, written beside its place and moved there whole."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import msgspec

from .manifest import BackupFault, Manifest, TableFacts, differences

MANIFEST = "manifest.json"
_BLOCK = 1 << 20
#: Little work for each byte: the site goes on beside it.
_LEVEL = 1


class _Digesting:
    """A file that is written to, and digested."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._sha = file, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._sha.update(data)
        return self._file.write(data)

    def hexdigest(self) -> str:
        return self._sha.hexdigest()


class Archive:
    """A backup that is being written: its files first, the manifest last."""

    def __init__(self, zip_file: zipfile.ZipFile) -> None:
        self._zip = zip_file
        self._digests: dict[str, str] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """A file in the backup, to write to."""
        with self._zip.open(name, "w", force_zip64=True) as raw:
            digesting = _Digesting(raw)
            yield cast(IO[bytes], digesting)
        self._digests[name] = digesting.hexdigest()

    def close(self, manifest: Manifest) -> None:
        """Write the manifest, which has the digests of the other files."""
        manifest.files = self._digests
        text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        self._zip.writestr(MANIFEST, text)


@contextmanager
def new_archive(path: Path) -> Iterator[Archive]:
    """Write a backup that only its owner can read, down to the disk; on a fault nothing is left."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as raw:
            compressed = zipfile.ZIP_DEFLATED
            with zipfile.ZipFile(raw, "w", compressed, compresslevel=_LEVEL) as zip_file:
                yield Archive(zip_file)
            raw.flush()
            os.fsync(raw.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def move_into_place(part: Path, path: Path) -> None:
    """Give a finished file its name, and let that reach the disk too."""
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class StoredArchive:
    """A backup that is there; raises `BackupFault` where it is damaged or none."""

    def __init__(self, path: Path, zip_file: zipfile.ZipFile) -> None:
        self._path, self._zip = path, zip_file
        try:
            self.manifest = msgspec.json.decode(zip_file.read(MANIFEST), type=Manifest)
        except (KeyError, msgspec.MsgspecError) as error:
            raise BackupFault(f"{path} is no backup of Matchpoint: {error}.") from error

    def check(self) -> None:
        """Read all of it, and compare what is there with the manifest."""
        names = set(self._zip.namelist()) - {MANIFEST}
        if missing := self.manifest.files.keys() ^ names:
            raise _damaged(self._path, f"{min(missing)} is missing, or not in its manifest")
        for name, wanted in self.manifest.files.items():
            sha = hashlib.sha256()
            for block in self.blocks(name):
                sha.update(block)
            if sha.hexdigest() != wanted:
                raise _damaged(self._path, f"{name} is not what was written")

    def blocks(self, name: str) -> Iterator[bytes]:
        """The content of a file, a part at a time."""
        with self._zip.open(name) as file:
            while block := file.read(_BLOCK):
                yield block

    def compare(self, found: dict[str, TableFacts]) -> None:
        """Raise `BackupFault` when a restored database does not hold what was read for it."""
        if wrong := differences(self.manifest.tables, found):
            raise BackupFault(f"What comes out of {self._path} is not what was read: {wrong[0]}.")


@contextmanager
def stored_archive(path: Path) -> Iterator[StoredArchive]:
    """Open a backup; what is damaged in it is a `BackupFault`, whenever it is found."""
    try:
        with zipfile.ZipFile(path) as zip_file:
            yield StoredArchive(path, zip_file)
    except FileNotFoundError as error:
        raise BackupFault(f"There is no file {path}.") from error
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise _damaged(path, str(error) or "it ends too early") from error


def _damaged(path: Path, why: str) -> BackupFault:
    return BackupFault(f"{path} is damaged, or no backup: {why}. Use another backup.")
