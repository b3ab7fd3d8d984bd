"""Single elimination: one defeat and you are out."""

from functools import lru_cache

from .assembly import Draft, add_winners_rounds, seeded_places
from .bracket import THIRD_PLACE_MATCH, Bracket, Part


@lru_cache(maxsize=128)
def single_elimination(entrant_count: int, *, third_place: bool = False) -> Bracket:
    """The bracket for any number of entrants from 2, byes to the top seeds.

    A third-place match needs two losing semi-finalists, so it is left out below 4 entrants.
    """
    draft = Draft()
    *losers_by_round, _ = add_winners_rounds(draft, seeded_places(entrant_count))
    if third_place and entrant_count >= 4:
        first, second = losers_by_round[-2]
        draft.add(THIRD_PLACE_MATCH, Part.THIRD_PLACE, 1, 1, first, second)
    return draft.finish(entrant_count)
