"""Tie-breaks on what a participant did: points, wins, games, colours, progress, Koya."""

from collections.abc import Callable
from fractions import Fraction

from tournaments.engine.history import Colour, Kind, Line, Result

from .field import Field, System
from .values import Term, Value, shown, total


def points(field: Field, player: int) -> Value:
    """What all rounds brought."""
    return total(
        (Term(line.points, _happening(field, line)) for line in field.finished_lines(player)),
        "no rounds yet",
    )


def _happening(field: Field, line: Line) -> str:
    """A round in a few words."""
    match line.kind:
        case Kind.PLAYED:
            how = line.result.value
        case Kind.FORFEIT_WIN | Kind.FORFEIT_LOSS:
            how = f"{line.result.value} by forfeit"
        case _:
            return f"round {line.round}, {line.kind.value.replace('_', '-')}"
    return f"round {line.round}, {how} against {field.name(line.opponent)}"


def _count(field: Field, lines: list[Line], nothing: str) -> Value:
    return total((Term(Fraction(1), _happening(field, line)) for line in lines), nothing)


def wins(field: Field, player: int) -> Value:
    """Rounds worth a win, with or without playing (C.07 7.1)."""
    worth_a_win = [line for line in field.finished_lines(player) if line.points == field.points.win]
    return _count(field, worth_a_win, "no wins")


def wins_over_the_board(field: Field, player: int) -> Value:
    """Matches played and won (C.07 7.2)."""
    won = [line for line in _played(field, player) if line.result is Result.WIN]
    return _count(field, won, "no wins over the board")


def blacks(field: Field, player: int) -> Value:
    """Matches played with Black (C.07 7.3)."""
    black = [line for line in _played(field, player) if line.colour is Colour.BLACK]
    return _count(field, black, "never played Black")


def wins_with_black(field: Field, player: int) -> Value:
    """Matches played and won with Black (C.07 7.4)."""
    won = [
        line
        for line in _played(field, player)
        if line.colour is Colour.BLACK and line.result is Result.WIN
    ]
    return _count(field, won, "no wins with Black")


def _played(field: Field, player: int) -> list[Line]:
    return [line for line in field.finished_lines(player) if line.kind is Kind.PLAYED]


def game_difference(field: Field, player: int) -> Value:
    """Games won less games lost, over all matches."""
    return _differences(field, player, lambda line: line.games)


def games_won(field: Field, player: int) -> Value:
    """Games won, over all matches."""
    return _own_counts(field, player, lambda line: line.games)


def point_difference(field: Field, player: int) -> Value:
    """Points scored in games less points conceded, over all matches."""
    return _differences(field, player, lambda line: line.game_points)


def points_scored(field: Field, player: int) -> Value:
    """Points scored in games, over all matches."""
    return _own_counts(field, player, lambda line: line.game_points)


def _differences(field: Field, player: int, counts: Callable[[Line], tuple[int, int]]) -> Value:
    terms = []
    for line in _matches(field, player):
        own, others = counts(line)
        text = f"round {line.round}, {own}:{others} against {field.name(line.opponent)}"
        terms.append(Term(Fraction(own - others), text))
    return total(terms, "no matches yet")


def _own_counts(field: Field, player: int, counts: Callable[[Line], tuple[int, int]]) -> Value:
    terms = (
        Term(Fraction(counts(line)[0]), f"round {line.round} against {field.name(line.opponent)}")
        for line in _matches(field, player)
    )
    return total(terms, "no matches yet")


def _matches(field: Field, player: int) -> list[Line]:
    return [line for line in field.finished_lines(player) if line.opponent is not None]


def progressive(field: Field, player: int, *, first_cut: int = 0) -> Value:
    """The sum of the scores after each round, also those of rest in a round robin (C.07 7.5)."""
    lines = {line.round: line for line in field.sheets[player]}
    terms = []
    so_far = Fraction(0)
    for number in range(1, field.rounds_begun + 1):
        line = lines.get(number)
        if line is not None and line.kind is Kind.UNFINISHED:
            continue
        so_far += line.points if line is not None else 0
        terms.append(Term(so_far, f"after round {number}", cut=number <= first_cut))
    return total(terms, "no rounds yet")


def koya(field: Field, player: int) -> Value:
    """Points made against those who have half of the points one could make (C.07 9.2)."""
    # In how many rounds one could make points so far.
    rounds = field.round_count
    if field.system is System.ROUND_ROBIN:
        rounds = max((len(field.finished_lines(player)) for player in field.sheets), default=0)
    half = field.points.win * rounds / 2
    terms = []
    for line in field.finished_lines(player):
        opponent = line.opponent
        if opponent is not None and field.scores[opponent] >= half:
            text = f"against {field.name(opponent)}, who has {shown(field.scores[opponent])}"
            terms.append(Term(line.points, text))
    return total(terms, f"no opponent has {shown(half)} points, half of what can be made")
