"""Work that takes long: so many at a time, the fewest-served first, and once for all who ask."""

import threading
import time
from collections.abc import Callable

import pytest

from lib.errors import Overloaded
from lib.heavy.kept import Kept
from lib.heavy.slots import Slots


class Holders:
    """Clients that take a slot and hold it until they are let go, each in a thread."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.begun: list[str] = []
        self.refused: list[str] = []
        self.let_go = threading.Semaphore(0)
        self.threads: list[threading.Thread] = []

    def come(self, address: str) -> None:
        """A client comes, and has a slot or a place in the queue when this returns."""
        thread = threading.Thread(target=self._hold, args=(address,))
        thread.start()
        self.threads.append(thread)
        time.sleep(0.05)

    def _hold(self, address: str) -> None:
        try:
            with self.slots.one(address):
                self.begun.append(address)
                self.let_go.acquire()
        except Overloaded:
            self.refused.append(address)

    def finish(self, count: int) -> None:
        for _ in range(count):
            self.let_go.release()
            time.sleep(0.05)


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("slots", "kept"):
        monkeypatch.setattr(f"lib.heavy.{module}.release_connection", lambda: None)


def test_so_many_run_so_many_wait_and_the_rest_are_refused() -> None:
    clients = Holders(Slots(1, waiting=8, seconds=30))
    addresses = [f"10.0.0.{number}" for number in range(1, 11)]
    for address in addresses:
        clients.come(address)
    assert clients.begun == addresses[:1] and clients.refused == addresses[-1:]
    clients.finish(9)
    assert clients.begun == addresses[:-1]
    clients.come(addresses[-1])
    assert clients.begun == addresses
    clients.finish(1)


def test_one_client_does_not_keep_the_others_out() -> None:
    clients = Holders(Slots(2, waiting=20, seconds=30))
    for _ in range(6):
        clients.come("10.0.0.1")
    clients.come("10.0.0.2")
    clients.come("2001:db8::1")
    clients.come("2001:db8::2")  # of the same /64
    assert clients.begun == ["10.0.0.1"] * 2
    clients.finish(1)
    assert clients.begun[2:] == ["10.0.0.2"]
    for _ in range(8):
        clients.come("2001:db8::1")
    assert clients.refused == ["2001:db8::1"] * 5
    clients.finish(11)
    assert len(clients.begun) == 12


def test_who_has_waited_long_enough_is_refused_and_frees_the_place() -> None:
    clients = Holders(Slots(1, waiting=4, seconds=0.2))
    clients.come("10.0.0.1")
    clients.come("10.0.0.2")
    time.sleep(0.3)
    assert clients.refused == ["10.0.0.2"]
    clients.come("10.0.0.3")
    clients.finish(2)
    assert clients.begun == ["10.0.0.1", "10.0.0.3"]


def test_a_failure_gives_the_slot_back() -> None:
    slots = Slots(1, waiting=0, seconds=0)
    with pytest.raises(ZeroDivisionError), slots.one("10.0.0.1"):
        raise ZeroDivisionError
    with slots.one("10.0.0.1"):
        pass


def kept() -> Kept[str]:
    return Kept(most_bytes=10, size=len)


def test_an_answer_is_made_once_for_all_who_ask() -> None:
    answers, made, got = kept(), [], []

    def make() -> str:
        time.sleep(0.2)
        made.append(1)
        return "answer"

    threads = [
        threading.Thread(target=lambda: got.append(answers.get("key", make))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["answer"] * 8 and len(made) == 1


def test_an_answer_that_failed_is_made_again() -> None:
    answers = kept()
    fail: Callable[[], str] = lambda: 1 // 0  # type: ignore[assignment,return-value]  # noqa: E731
    with pytest.raises(ZeroDivisionError):
        answers.get("key", fail)
    assert answers.get("key", lambda: "now") == "now"


def test_the_longest_unused_answers_are_dropped() -> None:
    answers = kept()
    for key in "abc":
        answers.get(key, lambda: "1234")
        answers.get("a", lambda: "never")
    assert answers.get("a", lambda: "new!") == "1234"
    assert answers.get("b", lambda: "new!") == "new!"
    assert answers.get("large", lambda: "x" * 11) == "x" * 11  # given, and not kept
    assert answers.get("large", lambda: "again") == "again"
