"""What the demo's players are called, and what they say; nobody could take them for people."""

from collections.abc import Iterator
from random import Random

ANIMALS = (
    "Badger", "Beaver", "Bison", "Crane", "Dolphin", "Falcon", "Ferret", "Gecko", "Heron",
    "Hedgehog", "Ibex", "Jackdaw", "Kestrel", "Lemur", "Lynx", "Marmot", "Newt", "Otter",
    "Panda", "Puffin", "Raccoon", "Seal", "Stork", "Tapir", "Walrus", "Wombat", "Yak", "Zebra",
)  # fmt: skip

LINES = (
    "Hello from the demo!",
    "Good luck, everyone.",
    "Who is up for another one?",
    "That was close.",
    "Well played!",
    "Back to the queue I go.",
    "Watching the cup with one eye.",
    "Somebody stop that top seed.",
    "I have been waiting for nearly a second.",
    "Is it warm in here, or is it the server?",
    "One more, then lunch.",
    "Nobody had to refresh for this.",
    "I only ever lose to the best.",
    "Lucky draw, that was.",
    "gg",
    "The bracket just moved!",
)


def names(chance: Random) -> Iterator[str]:
    """Names without end, such as Otter 12; a name may come again."""
    while True:
        yield f"{chance.choice(ANIMALS)} {chance.randrange(2, 100)}"


def other_names(count: int, chance: Random) -> list[str]:
    """So many names, no two the same."""
    every = (f"{animal} {number}" for animal in ANIMALS for number in range(2, 100))
    return chance.sample(list(every), count)
