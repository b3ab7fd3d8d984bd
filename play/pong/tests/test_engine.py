"""The rules of Pong: what holds for every game."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from play.engine.record import Change, pack_record, states_of_changes, unpack_changes
from play.pong import Pong, bot, engine
from play.pong.engine import FACE, HALF, HEIGHT, RADIUS, SPEEDS, WIDTH, Ball
from play.pong.game import PongSettings

PONG = Pong()
HELD = st.integers(0, 2)
#: Moves as players hold them: each for a while.
HOLDS = st.lists(st.tuples(HELD, HELD, st.integers(1, 90)), max_size=40)


def start(seed: int = 1, first: int = 0, points: int = 11) -> Ball:
    return engine.setup(points=points, seed=seed, first=first)


def play(state: Ball, holds: list[tuple[int, int, int]]) -> list[Ball]:
    states = [state]
    for first, second, steps in holds:
        for _ in range(steps):
            states.append(engine.step(states[-1], first, second))
    return states


def mirrored(state: Ball) -> Ball:
    """The same seen from behind the field: left is right."""
    return state._replace(
        x=WIDTH - state.x, vx=-state.vx, paddle0=state.paddle1, paddle1=state.paddle0,
        held0=state.held1, held1=state.held0, score0=state.score1, score1=state.score0,
        toward=1 - state.toward,
    )  # fmt: skip


@given(seed=st.integers(0, 2**31 - 1), holds=HOLDS)
def test_the_ball_stays_on_the_field_and_its_speed_is_bounded(
    seed: int, holds: list[tuple[int, int, int]]
) -> None:
    for state in play(start(seed), holds):
        assert RADIUS <= state.y <= HEIGHT - RADIUS and 0 <= state.x <= WIDTH
        assert abs(state.vx) <= SPEEDS[-1] and abs(state.vy) <= 2 * SPEEDS[-1]
        assert HALF <= state.paddle0 <= HEIGHT - HALF and HALF <= state.paddle1 <= HEIGHT - HALF
        assert state.wait or state.vx


@given(seed=st.integers(0, 2**31 - 1), holds=HOLDS)
def test_the_field_is_the_same_from_both_ends(seed: int, holds: list[tuple[int, int, int]]) -> None:
    here = play(start(seed, first=0), holds)
    there = play(start(seed, first=1), [(second, first, n) for first, second, n in holds])
    assert [mirrored(state) for state in here] == there


@given(seed=st.integers(0, 2**31 - 1), holds=HOLDS)
def test_a_record_plays_the_same_game_again(seed: int, holds: list[tuple[int, int, int]]) -> None:
    changes: list[Change] = []
    held = [0, 0]
    at = 0
    for first, second, steps in holds:
        for side, move in enumerate((first, second)):
            if held[side] != move:
                held[side] = move
                changes.append(Change(at, side, move))
        at += steps
    states = play(start(seed), holds)
    again = unpack_changes(pack_record(changes))
    assert list(states_of_changes(PONG, states[0], again, steps=at)) == states[1:]


@given(seed=st.integers(0, 2**31 - 1), holds=HOLDS)
def test_a_state_is_the_same_after_packing_and_is_not_changed_by_a_step(
    seed: int, holds: list[tuple[int, int, int]]
) -> None:
    for state in play(start(seed), holds):
        packed = engine.frame(state)
        engine.step(state, 1, 2)
        assert engine.frame(state) == packed and engine.unframe(packed) == state


@settings(max_examples=300)
@given(
    x=st.integers(FACE + RADIUS + 1, FACE + RADIUS + SPEEDS[-1]),
    y=st.integers(RADIUS, HEIGHT - RADIUS),
    hits=st.integers(0, 40),
    vy=st.integers(-470, 470),
    paddle=st.integers(HALF, HEIGHT - HALF),
)
def test_no_ball_goes_through_a_paddle(x: int, y: int, hits: int, vy: int, paddle: int) -> None:
    speed = SPEEDS[min(hits, len(SPEEDS) - 1)]
    state = start()._replace(x=x, y=y, vx=-speed, vy=vy, hits=hits, paddle0=paddle, wait=0)
    after = engine.step(state, 0, 0)
    if x - speed > FACE + RADIUS:
        assert after.vx == -speed  # not there yet
    elif abs(y - paddle) < HALF - abs(vy):
        assert after.vx > 0 and after.x == FACE + RADIUS


def test_where_the_ball_meets_the_paddle_steers_it() -> None:
    away = []
    for offset in (-900, -300, 0, 300, 900):
        state = start()._replace(
            x=FACE + RADIUS + 100, y=HEIGHT // 2 + offset, vx=-160, vy=0, wait=0
        )
        away.append(engine.step(state, 0, 0).vy)
    assert away == sorted(away) and away[0] < away[1] < 0 == away[2]
    assert away[0] == -away[-1]


def test_a_rally_makes_the_ball_faster_and_a_point_slow_again() -> None:
    state, fastest = start(), 0
    for _ in range(60 * 60):
        before = state
        state = engine.step(state, bot.hold(state, 0, strength=3), bot.hold(state, 1, strength=3))
        fastest = max(fastest, abs(state.vx))
        if PONG.has_jumped(before, state):
            assert (state.x, state.y, state.vx, state.wait) == (WIDTH // 2, HEIGHT // 2, 0, 60)
    assert fastest > SPEEDS[8]


def test_who_has_the_points_first_has_won() -> None:
    state = start(points=3)._replace(score0=2, score1=2, x=100, vx=-160, wait=0, y=HEIGHT - 400)
    assert PONG.outcome(state) is None
    outcome = PONG.outcome(engine.step(state, 0, 0))
    assert outcome is not None and (outcome.winner, outcome.scores) == (1, (2, 3))


def test_serves_differ_and_go_to_the_side_that_lost_the_point() -> None:
    serves = {play(start(seed), [(0, 0, 60)])[-1].vy for seed in range(40)}
    assert len(serves) > 15
    state = start()._replace(x=100, vx=-160, wait=0, y=HEIGHT - 400)
    assert play(engine.step(state, 0, 0), [(0, 0, 60)])[-1].vx < 0


@pytest.mark.parametrize(("better", "worse"), [(2, 1), (3, 2), (3, 1)])
def test_a_stronger_computer_wins_more(better: int, worse: int) -> None:
    won = 0
    for seed in range(8):
        side = seed % 2
        strengths = (better, worse) if side == 0 else (worse, better)
        state = start(seed, points=7)
        while (outcome := PONG.outcome(state)) is None:
            state = engine.step(
                state,
                bot.hold(state, 0, strength=strengths[0]),
                bot.hold(state, 1, strength=strengths[1]),
            )
        won += outcome.winner == side
    assert won >= 6


def test_the_game_offers_all_this() -> None:
    state = PONG.setup(PongSettings(points=5), seed=3, first=1)
    assert PONG.view(state, None)["serve_in"] == 60 and state.points == 5
    assert PONG.unpack(PONG.pack(state)) == state
    assert PONG.bot(state, 0, strength=2, chance=Random(1)) in range(3)
    with pytest.raises(ValueError, match="no state"):
        PONG.unpack(b"rubbish")
