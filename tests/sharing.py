"""How a run in parallel shares the files out among its workers.

Tests of the whole, in tests/, mostly wait: for servers, browsers and time-outs. Those of the apps
compute. So every second worker begins with the apps, while the others wait; and what takes long
comes first, so that all workers end together.
"""

from collections.abc import Mapping, Sized

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

#: Files that take long for the number of their tests, in seconds on two busy processors; roughly.
SECONDS = {
    "tests/test_pages.py": 150,
    "tests/test_backups.py": 100,
    "tests/test_crowds.py": 100,
    "tests/deploy/test_whole_site.py": 100,
    "tests/test_metrics.py": 85,
    "tests/test_play_pages.py": 75,
    "tests/libraries/test_arena.py": 60,
    "tests/libraries/test_packages.py": 60,
    "tests/deploy/test_doctor.py": 60,
    "tests/test_sign_outs.py": 50,
    "tests/deploy/test_proxy.py": 45,
    "tests/test_shared_limits.py": 45,
    "tests/test_stopping.py": 45,
}
SECONDS_A_TEST = {True: 1.5, False: 0.15}


def is_of_the_whole(file: str) -> bool:
    """Whether a file's tests look at the whole from outside."""
    return file.startswith("tests/")


def seconds(file: str, tests: Sized) -> float:
    """What a file is expected to take."""
    return SECONDS.get(file, SECONDS_A_TEST[is_of_the_whole(file)] * len(tests))


def next_file(files: Mapping[str, Sized], *, of_the_whole: bool) -> str:
    """The file that a worker is given next: the longest of its kind, or else of the others."""

    def rank(file: str) -> tuple[bool, float]:
        return is_of_the_whole(file) == of_the_whole, seconds(file, files[file])

    return max(files, key=rank)


class LongestFirst(LoadFileScheduling):
    """Gives each worker a whole file at a time, since a file's tests may share a server."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        of_the_whole = self.nodes.index(node) % 2 == 0
        file = next_file(self.workqueue, of_the_whole=of_the_whole)
        self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)
