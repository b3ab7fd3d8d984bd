"""What is asked of the process that has the rules, and what it answers: a line of JSON each."""

import msgspec


class Next(msgspec.Struct, frozen=True, tag="next"):
    """The position after a move; without one, after what has happened so far.

    `game` is the name by which OpenSpiel loads it. `history` are its actions, chance included.
    """

    game: str
    seed: int
    history: list[int] = []
    move: str | None = None


class Search(msgspec.Struct, frozen=True, tag="search"):
    """A good move for the player whose turn it is, who knows what is said here.

    Of a game with hidden information `history` has the players' actions alone, and `information`
    is what the player knows.
    """

    game: str
    seed: int
    history: list[int]
    simulations: int
    player: int
    information: str | None = None


class Position(msgspec.Struct, frozen=True):
    """A game at one moment. Players are OpenSpiel's, 0 and 1."""

    history: list[int]
    starter: int
    """The player who moved first, or will."""
    player: int | None
    """Whose turn it is; None at the end."""
    moves: list[str]
    views: list[msgspec.Raw]
    """What player 0, player 1 and a spectator see; one alone is for all of them."""
    returns: list[float] = []
    """At the end, what each player has gained."""


class Found(msgspec.Struct, frozen=True):
    """The move that a search has found."""

    move: str
