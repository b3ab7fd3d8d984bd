"""Each test's client loads the middleware anew; what it finds of static files is remembered."""

from pathlib import Path
from typing import Any

import pytest
from whitenoise.base import WhiteNoise


def look_once(patch: pytest.MonkeyPatch) -> None:
    """Have a folder of static files looked through once a process, not once a client.

    Several hundred files took 50 ms, which thousands of clients paid.
    """
    look = WhiteNoise.add_files
    found: dict[tuple[Any, ...], dict[str, Any]] = {}

    def add_files(self: Any, root: str | Path, prefix: str | None = None) -> None:
        if self.autorefresh:
            look(self, root, prefix)
            return
        key = (str(root), prefix, self.max_age, self.allow_all_origins, self.charset)
        if key not in found:
            before = dict(self.files)
            look(self, root, prefix)
            found[key] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(found[key])

    patch.setattr(WhiteNoise, "add_files", add_files)
