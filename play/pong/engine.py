"""The rules of Pong in whole numbers: the same inputs give the same game on every machine.

A unit is a sixteenth of a point on a field of 1280 by 720. `static/play/pong/engine.js` is the
same, line by line, for the page; `tests/test_page_engine.py` holds them together.
"""

from struct import Struct
from typing import NamedTuple

WIDTH, HEIGHT = 20_480, 11_520
RADIUS = 160
#: How far each paddle's face is from its side of the field, and its half height.
FACE, HALF = 640, 1_000
PADDLE_SPEED = 150
#: How fast the ball is across after so many hits of a rally, in units a step: 6 % more each.
SPEEDS = (
    160, 170, 180, 191, 202, 214, 227, 241, 255, 270, 287, 304, 322, 341, 362, 384, 400,
)  # fmt: skip
#: The steepest way off a paddle's end: 305 up for 256 across, about 50 degrees.
STEEPEST = 305
SERVE_STEPS = 60
STILL, UP, DOWN = range(3)

_MOST_HITS = 65_535  # what a frame holds
_REACH = HALF + RADIUS
_TOP, _BOTTOM = HALF, HEIGHT - HALF
_FRAME = Struct("<HHhhHHHBBBBBI")


class Ball(NamedTuple):
    """A state: the ball, its velocity and how many hits the rally has had; both paddles' middles.

    While `wait` runs down the ball lies in the middle, and will go `toward` a side. `rng` is where
    the chance of serves stands. `points` win.
    """

    x: int
    y: int
    vx: int
    vy: int
    hits: int
    paddle0: int
    paddle1: int
    held0: int
    held1: int
    score0: int
    score1: int
    wait: int
    toward: int
    rng: int
    points: int


#: Half the time of `Ball(...)`, which takes each field as an argument of its own.
_ball = tuple.__new__


def setup(*, points: int, seed: int, first: int) -> Ball:
    """The start: side `first` is served to."""
    middle = HEIGHT // 2
    rng = (seed ^ 0x9E3779B9) & 0xFFFFFFFF or 1
    return Ball(
        WIDTH // 2, middle, 0, 0, 0, middle, middle, STILL, STILL, 0, 0, SERVE_STEPS, first, rng,
        points,
    )  # fmt: skip


def step(state: Ball, held0: int, held1: int) -> Ball:
    """One sixtieth of a second later."""
    x, y, vx, vy, hits, paddle0, paddle1, _, _, score0, score1, wait, toward, rng, points = state
    paddle0, paddle1 = _moved(paddle0, held0), _moved(paddle1, held1)
    if wait:
        wait -= 1
        if not wait:
            rng = _next(rng)
            vx, vy = SPEEDS[0], _up_or_down(SPEEDS[0], rng)
            if toward == 0:
                vx = -vx
    else:
        before, y0 = x, y
        x += vx
        y, vy = _bounced(y + vy, vy)
        if vx < 0 and before - RADIUS > FACE >= x - RADIUS:
            at, _ = _bounced(_crossing(y0, state.vy, before - RADIUS - FACE, -vx), vy)
            if abs(at - paddle0) <= _REACH:
                x, y, hits = FACE + RADIUS, at, min(hits + 1, _MOST_HITS)
                vx = _speed(hits)
                vy = _off_paddle(at - paddle0, vx)
        elif vx > 0 and before + RADIUS < WIDTH - FACE <= x + RADIUS:
            at, _ = _bounced(_crossing(y0, state.vy, WIDTH - FACE - RADIUS - before, vx), vy)
            if abs(at - paddle1) <= _REACH:
                x, y, hits = WIDTH - FACE - RADIUS, at, min(hits + 1, _MOST_HITS)
                vx = -_speed(hits)
                vy = _off_paddle(at - paddle1, -vx)
        if x < 0 or x > WIDTH:
            toward = 0 if x < 0 else 1
            score0, score1 = score0 + toward, score1 + 1 - toward
            x, y, vx, vy, hits, wait = WIDTH // 2, HEIGHT // 2, 0, 0, 0, SERVE_STEPS
    return _ball(Ball, (
        x, y, vx, vy, hits, paddle0, paddle1, held0, held1, score0, score1, wait, toward, rng,
        points,
    ))  # fmt: skip


def _moved(paddle: int, held: int) -> int:
    if held == UP:
        return max(_TOP, paddle - PADDLE_SPEED)
    return min(_BOTTOM, paddle + PADDLE_SPEED) if held == DOWN else paddle


def _speed(hits: int) -> int:
    """How fast the ball is across after so many hits."""
    return SPEEDS[min(hits, len(SPEEDS) - 1)]


def _bounced(y: int, vy: int) -> tuple[int, int]:
    """The ball after the upper or the lower edge."""
    if y < RADIUS:
        return 2 * RADIUS - y, -vy
    if y > HEIGHT - RADIUS:
        return 2 * (HEIGHT - RADIUS) - y, -vy
    return y, vy


def _crossing(y: int, vy: int, part: int, across: int) -> int:
    """Where the ball is when it has gone `part` of the step `across`."""
    way = abs(vy) * part // across
    return y + way if vy > 0 else y - way


def _off_paddle(offset: int, across: int) -> int:
    """How steeply the ball leaves a paddle: the further from its middle, the steeper."""
    rise = abs(offset) * across * STEEPEST // (_REACH * 256)
    return rise if offset > 0 else -rise


def _up_or_down(across: int, rng: int) -> int:
    """How steeply a serve goes, up to half of the steepest."""
    rise = across * (rng >> 1 & 127) * STEEPEST // (128 * 512)
    return rise if rng & 1 else -rise


def _next(rng: int) -> int:
    """Marsaglia's xorshift of 32 bits (2003)."""
    rng ^= rng << 13 & 0xFFFFFFFF
    rng ^= rng >> 17
    return rng ^ rng << 5 & 0xFFFFFFFF


def frame(state: Ball) -> bytes:
    """The state in 23 bytes."""
    x, y, vx, vy, hits, paddle0, paddle1, held0, held1, *rest = state
    score0, score1, wait, toward, rng, points = rest
    held = held0 | held1 << 2 | toward << 4
    return _FRAME.pack(
        x, y, vx, vy, hits, paddle0, paddle1, held, score0, score1, wait, points, rng
    )


def unframe(packed: bytes) -> Ball:
    """The state of a frame; raises `ValueError` for other bytes."""
    if len(packed) != _FRAME.size:
        raise ValueError("This is no state of Pong.")
    x, y, vx, vy, hits, paddle0, paddle1, held, score0, score1, wait, points, rng = _FRAME.unpack(
        packed
    )
    return Ball(
        x, y, vx, vy, hits, paddle0, paddle1, held & 3, held >> 2 & 3, score0, score1, wait,
        held >> 4, rng, points,
    )  # fmt: skip
