"""A computer that plays Pong, in three strengths; `static/play/pong/engine.js` has the same."""

from .engine import DOWN, FACE, HALF, HEIGHT, RADIUS, STILL, UP, WIDTH, Ball

#: By strength: at what part of the field it begins to look, in 256ths of the width, and how far off
#: its aim may be, in 256ths of half a paddle.
_SEES = (0, 100, 170, 256)
_ERROR = (0, 460, 390, 335)
#: So near is near enough.
_NEAR = 120


def hold(state: Ball, side: int, *, strength: int) -> int:
    """The move that it holds now; by the state alone."""
    paddle = state.paddle1 if side else state.paddle0
    target = _target(state, side, strength)
    if abs(target - paddle) <= _NEAR:
        return STILL
    return UP if target < paddle else DOWN


def _target(state: Ball, side: int, strength: int) -> int:
    """Where it wants its paddle's middle."""
    coming = state.vx > 0 if side else state.vx < 0
    away = (WIDTH - FACE - RADIUS - state.x) if side else (state.x - RADIUS - FACE)
    if not coming or away <= 0 or away * 256 > _SEES[strength] * WIDTH:
        return HEIGHT // 2 if strength > 1 else (state.paddle1 if side else state.paddle0)
    speed = abs(state.vx)
    if strength == 1:
        return state.y + _miss(state, side, strength)
    way = abs(state.vy) * away // speed
    landing = _folded(state.y + way if state.vy > 0 else state.y - way)
    return landing + _miss(state, side, strength)


def _folded(y: int) -> int:
    """A way straight on, folded at the upper and the lower edge."""
    room = HEIGHT - 2 * RADIUS
    y = (y - RADIUS) % (2 * room)
    return RADIUS + (y if y <= room else 2 * room - y)


def _miss(state: Ball, side: int, strength: int) -> int:
    """How far off it aims: the same until somebody hits the ball."""
    mixed = (state.rng ^ (2 * state.hits + side + 1) * 0x9E3779B9) & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 15) * 0x85EBCA6B & 0xFFFFFFFF
    mixed ^= mixed >> 13
    most = HALF * _ERROR[strength] // 256
    return mixed % (2 * most + 1) - most
