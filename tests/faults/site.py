"""The servers of these scenarios: what goes on in their process, and how they may complain."""

import os
from pathlib import Path
from types import TracebackType

from tests.server import MatchpointServer
from tests.services.service import Service


class Site(MatchpointServer):
    """A server whose memory is watched."""

    name = "site"

    def memory_bytes(self) -> int:
        """Memory that is resident."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def peers(self) -> set[int]:
        """The ports of those to whom the server holds a TCP connection."""
        held = set()
        for line in Path(f"/proc/{self.pid}/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            local, remote, inode = fields[1], fields[2], fields[9]
            # One that the server has closed, and that still has something to send, has no inode.
            if int(local.rpartition(":")[2], 16) == self.port and inode != "0":
                held.add(int(remote.rpartition(":")[2], 16))
        return held


class ShakenSite(Site):
    """A server that loses Redis or its database: libraries may print tracebacks meanwhile."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        Service.__exit__(self, kind, error, trace)
