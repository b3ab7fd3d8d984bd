"""`docs/organising.md` names every tie-break, in the words that the pages show."""

from pathlib import Path

from tournaments.engine.standings import TieBreak

PAGE = Path(__file__).resolve().parents[2] / "docs" / "organising.md"


def test_the_table_of_tie_breaks_is_complete_and_true() -> None:
    section = PAGE.read_text("utf-8").split("| tie-break |", 1)[1].split("\n\n", 1)[0]
    documented = [line for line in section.splitlines()[2:] if line.startswith("|")]
    known = [
        f"| {one.title} | `{one.name.lower()}` | {one.definition} |"
        for one in TieBreak
        if one is not TieBreak.POINTS
    ]
    assert documented == known
