"""A tournament as a calendar entry (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from tournaments.models import Tournament, TournamentState

LINE_BYTES = 75
HOURS = 3  # nobody has said how long it takes; calendars want an end


def calendar_entry(tournament: Tournament, *, url: str, now: datetime) -> bytes:
    """The file that a calendar takes in; the tournament has a time to start at."""
    assert tournament.starts_at is not None
    is_cancelled = tournament.state == TournamentState.CANCELLED
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Matchpoint//Tournaments//EN",
        "BEGIN:VEVENT",
        f"UID:{tournament.pk}@matchpoint",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(tournament.starts_at)}",
        f"DTEND:{_stamp(_end(tournament))}",
        f"SUMMARY:{_escaped(tournament.name)}",
        f"STATUS:{'CANCELLED' if is_cancelled else 'CONFIRMED'}",
        f"URL:{url}",
    ]
    if tournament.about:
        lines.append(f"DESCRIPTION:{_escaped(tournament.about)}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _end(tournament: Tournament) -> datetime:
    assert tournament.starts_at is not None
    if tournament.finished_at is not None and tournament.finished_at > tournament.starts_at:
        return tournament.finished_at
    return tournament.starts_at + timedelta(hours=HOURS)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Text as a value (RFC 5545 §3.3.11); other control characters have no place there."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(sign for sign in text if sign.isprintable() or sign == "\t")


def _folded(line: str) -> str:
    """No line over 75 octets (RFC 5545 §3.1); a character is never cut in two."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LINE_BYTES:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += width
    return "\r\n".join([*pieces, piece])
