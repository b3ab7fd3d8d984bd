"""Taking back and correcting rated matches: as if it had been so from the beginning."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaking.engine.glicko2 import Rating, rate_match, widen
from matchmaking.engine.rating_history import (
    Played,
    Rated,
    RatingState,
    rating_state_at,
    with_match,
)

DAY = 86_400.0
PLAYERS = "abcdef"
NEW = {player: RatingState(Rating(), at=0.0) for player in PLAYERS}


def rate_duel(match: Played[float], before: tuple[RatingState, ...]) -> tuple[RatingState, ...]:
    first, second = before
    idle = [(match.at - state.at) / DAY for state in before]
    after = rate_match(
        (first.rating, second.rating), match.outcome, idle_periods=(idle[0], idle[1])
    )
    return tuple(RatingState(rating, match.at) for rating in after)


def played(players: str, score: float, day: float) -> Played[float]:
    return Played(tuple(players), score, day * DAY)


def rate_in_order(
    matches: Sequence[Played[Any]], states: dict[str, Any], rate: Callable[..., Any]
) -> list[Rated[Any, Any]]:
    current, history = dict(states), []
    for match in matches:
        before = tuple(current[str(player)] for player in match.players)
        after = rate(match, before)
        current |= zip(map(str, match.players), after, strict=True)
        history.append(Rated(match, before, after))
    return history


def rated(*matches: Played[float]) -> list[Rated[float, RatingState]]:
    return rate_in_order(matches, NEW, rate_duel)


def latest_states(history: Sequence[Rated[Any, Any]]) -> dict[Hashable, Any]:
    changes = [zip(one.match.players, one.after, strict=True) for one in history]
    return {player: state for change in changes for player, state in change}


def without_match(
    history: Sequence[Rated[Any, Any]], place: int, rate: Callable[..., Any]
) -> list[Rated[Any, Any]]:
    return [*history[:place], *with_match(history[place:], None, (), rate)]


@st.composite
def histories(draw: st.DrawFn) -> list[Rated[float, RatingState]]:
    pairs = st.lists(st.sampled_from(PLAYERS), min_size=2, max_size=2, unique=True)
    drawn = draw(
        st.lists(
            st.tuples(pairs, st.sampled_from([0, 0.5, 1]), st.floats(0, 3)),
            min_size=1,
            max_size=20,
        )
    )
    day, matches = 0.0, []
    for pair, score, later in drawn:
        day += later
        matches.append(played("".join(pair), score, day))
    return rated(*matches)


@settings(max_examples=50)
@given(histories(), st.data())
def test_a_match_taken_back_was_never_played(
    history: list[Rated[float, RatingState]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(history) - 1))
    others = [one.match for one in history]
    del others[place]
    assert without_match(history, place, rate_duel) == rated(*others)


@settings(max_examples=50)
@given(histories(), st.data())
def test_a_corrected_match_is_rated_in_its_own_place(
    history: list[Rated[float, RatingState]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(history) - 1))
    matches = [one.match for one in history]
    pair = data.draw(st.permutations(PLAYERS))[:2]
    corrected = Played(tuple(pair), data.draw(st.sampled_from([0, 0.5, 1])), matches[place].at)
    earlier = NEW | latest_states(history[:place])
    again = with_match(history[place:], corrected, [(p, earlier[p]) for p in pair], rate_duel)
    matches[place] = corrected
    assert [*history[:place], *again] == rated(*matches)


def test_a_place_without_a_match_is_filled() -> None:
    matches = [played("ab", 1, 1), played("cd", 0, 2), played("ac", 1, 3)]
    without = rated(matches[0], matches[2])
    kept = [without[0], Rated(Played((), 0.0, 2 * DAY), (), ()), without[1]]
    filled = with_match(kept[1:], matches[1], [(p, NEW[p]) for p in "cd"], rate_duel)
    assert [without[0], *filled] == rated(*matches)


@settings(max_examples=30)
@given(histories())
def test_taking_back_the_last_restores_what_was_stored(
    history: list[Rated[float, RatingState]],
) -> None:
    last = history[-1]
    left = NEW | latest_states(without_match(history, len(history) - 1, rate_duel))
    assert tuple(left[str(player)] for player in last.match.players) == last.before


def test_only_those_are_rated_again_whom_the_match_reached() -> None:
    history = rated(played("ab", 1, 1), played("cd", 1, 2), played("bc", 1, 3), played("ef", 0, 4))
    changed = without_match(history, 0, rate_duel)
    assert changed[0] is history[1]
    assert changed[1] != history[2]
    assert changed[2] is history[3]


def test_the_history_since_the_match_is_enough() -> None:
    history = rated(*(played(pair, 1, day) for day, pair in enumerate(("ab", "bc", "ca", "ab"))))
    assert without_match(history[1:], 0, rate_duel) == without_match(history, 1, rate_duel)[1:]


def test_idle_time_is_counted_for_each_player() -> None:
    history = rated(played("ab", 1, 1), played("ac", 0, 3.5))
    ann, _ = history[0].after
    expected = rate_match((ann.rating, Rating()), 0, idle_periods=(2.5, 3.5))
    assert tuple(state.rating for state in history[1].after) == expected
    assert {state.at for state in history[1].after} == {3.5 * DAY}


def test_a_rating_shown_today_is_as_unsure_as_it_is_old() -> None:
    state = RatingState(Rating(1600, 60, 0.06), at=DAY)
    assert rating_state_at(state, 11 * DAY, DAY) == RatingState(
        widen(state.rating, 10), at=11 * DAY
    )


def test_other_rating_systems_fit() -> None:
    def winners(match: Played[int], before: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(won + (place == match.outcome) for place, won in enumerate(before))

    matches = [Played(("a", "b", "c"), 2, 0.0), Played(("c", "b", "a"), 0, 1.0)]
    history = rate_in_order(matches, {"a": 0, "b": 0, "c": 0}, winners)
    assert latest_states(history) == {"a": 0, "b": 0, "c": 2}
    assert latest_states(without_match(history, 0, winners)) == {"a": 0, "b": 0, "c": 1}
