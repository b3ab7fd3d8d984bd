"""The header line of a list of entrants, in the words of other programs and other languages.

Known are Swiss-Manager, Chess-Results, Vega, Challonge and start.gg, and clubs' own spreadsheets.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Meaning(StrEnum):
    """What the cells of a column are read as."""

    FULL_NAME = "full name"
    NAME = "name"
    TEAM = "team"
    SURNAME = "surname"
    FIRST_NAME = "first name"
    RATING = "rating"
    CLUB = "club"
    REGION = "region"
    SEED = "seed"
    MEMBER = "member"
    UNUSED = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title in the file, empty without a header line, and what it is read as."""

    title: str
    meaning: Meaning


def _key(title: str) -> str:
    """A title without case, accents, digits, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in plain if letter.isalpha())


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_key(word) for word in text.replace("\n", " ").split(";")))


#: What somebody is called in one cell; the earlier a word, the sooner its column is taken.
FULL_NAMES = _words("""
gamertag; short gamertag; display name; full name; player name; participant name; surname and first
name; surname, first name; last name, first name; first name last name; spielername; nachname,
vorname; name, vorname; vorname nachname; vor- und nachname; nom et prénom; nom, prénom; nom
prénom; nom complet; prénom et nom; nombre completo; nombre y apellidos; apellidos y nombre;
apellidos, nombre; cognome e nome; nome e cognome; cognome nome; nominativo; nome completo;
nazwisko i imię; imię i nazwisko; voor- en achternaam; фио; фамилия имя; фамилия и имя; фамилия,
имя; имя и фамилия; имя фамилия; фамилия имя отчество; піб; прізвище та ім'я; прізвище, ім'я;
příjmení a jméno; jméno a příjmení; priezvisko a meno; meno a priezvisko; nume și prenume; nume
prenume; ime i prezime; prezime i ime; ime in priimek; priimek in ime; ad soyad; adı soyadı;
ονοματεπώνυμο
""")
#: The same, or the other half of the name where a surname or a first name stands beside it.
NAMES = _words("""
name; nom; nombre; nome; naam; nazwa; имя; ім'я; jméno; meno; név; nume; ime; име; namn; navn;
nimi; isim; όνομα; player; players; participant; participants; competitor; competitors; entrant;
entrants; username; nickname; challonge username; spieler; spielerin; spieler/in; teilnehmer;
teilnehmerin; joueur; joueurs; jugador; jugadores; participante; participantes; giocatore;
giocatori; partecipante; partecipanti; jogador; jogadores; zawodnik; zawodnicy; gracz; gracze;
uczestnik; uczestnicy; speler; spelers; deelnemer; deelnemers; игрок; игроки; участник; участники;
спортсмен; гравець; гравці; учасник; учасники; hráč; hráči; účastník; účastníci; játékos;
játékosok; versenyző; jucător; jucători; igrač; igrači; igralec; играч; spelare; spiller; spillere;
deltagare; deltager; deltaker; pelaaja; pelaajat; oyuncu; παίκτης
""")
TEAMS = _words("""
team name; team; mannschaft; équipe; equipo; equip; squadra; equipe; equipa; drużyna; ploeg;
команда; družstvo; tým; csapat; echipă; ekipa; momčad; отбор; lag; hold; joukkue; takım; ομάδα
""")
SURNAMES = _words("""
surname; last name; family name; nachname; familienname; zuname; nom de famille; apellidos;
apellido; cognome; apelido; sobrenome; apelidos; nazwisko; achternaam; familienaam; фамилия;
прізвище; příjmení; priezvisko; vezetéknév; családnév; nume de familie; prezime; priimek;
efternamn; efternavn; etternavn; sukunimi; soyad; soyadı; soyisim; επώνυμο
""")
FIRST_NAMES = _words("""
first name; given name; forename; christian name; vorname; rufname; prénom; prénoms; nombres;
nombre de pila; primeiro nome; imię; imiona; voornaam; křestní jméno; krstné meno; keresztnév;
utónév; prenume; förnamn; fornavn; etunimi
""")
#: The first that is there and is not 0 counts: one's own, an international, a national one.
RATINGS = _words("""
rating; rtg; elo; rat; elo rating; rtg elo; wertung; wertungszahl; ratingzahl; ranking; рейтинг;
эло; ело; élő; élőpont; értékszám; rejting; reyting; styrketal; vahvuusluku; classement elo; puntos
elo; punti elo; dwz elo; fide elo; elo fide; fide rating; rating fide; fide rtg; rtg fide;
international rating; intl rating; rating int; rtg int; rtgi; irtg; elo int; eloi; elo
internacional; elo internazionale; elo international; fiderating std; national rating; rating nat;
rtg nat; rtgn; nrtg; elo nat; elon; elo nazionale; elo nacional; elo national; dwz; nwz; knsb
rating; knsb; kbsb; ranking krajowy
""")
CLUBS = _words("""
club; club name; club/city; city/club; organisation; organization; school; prefix; verein;
vereinsname; verein/ort; schule; société; cercle; école; club/ville; circolo; società;
associazione; clube; agremiação; escola; asociación; peña; escuela; klub; klub/miasto; szkoła;
klub/město; клуб; клуб/город; школа; vereniging; schaakvereniging; oddíl; egyesület; club/oraș;
seura; klubb; kulüp; kulübü; σύλλογος; σωματείο
""")
REGIONS = _words("""
region; federation; fed; country; nation; nationality; state; province; land; verband;
nationalität; landesverband; bundesland; pays; fédération; région; nationalité; país; federación;
región; provincia; paese; nazione; federazione; regione; nazionalità; federação; região; estado;
nacionalidade; nacionalidad; kraj; federacja; województwo; regio; bond; страна; федерация; регион;
область; країна; федерація; země; federace; krajina; federácia; ország; szövetség; țară; federație;
zemlja; država; federacija; förbund; maa; liitto; ülke; χώρα; ομοσπονδία
""")
SEEDS = _words("""
seed; seeding; seed number; sno; snr; start no; start number; start rank; starting rank; starting
no; startnr; start nr; startnummer; startrang; setzplatz; setzliste; tête de série; numéro de
départ; cabeza de serie; ranking inicial; número inicial; testa di serie; numero di partenza;
cabeça de série; numer startowy; nr startowy; стартовый номер; посев; номер посева; стартовий
номер; startovní číslo; nasazení; rajtszám; startni broj
""")
MEMBERS = _words("""
member; members; roster; captain; teammate; mitglied; mitglieder; kapitän; membre; membres;
capitaine; miembro; miembros; capitán; membro; membros; membri; capitano; capitão; członek;
kapitan; lid; leden; член команды; участник команды; капитан; člen; medlem; kapten
""")
_LISTS: tuple[tuple[Meaning, tuple[str, ...]], ...] = (
    (Meaning.TEAM, TEAMS),
    (Meaning.MEMBER, MEMBERS),
    (Meaning.SEED, SEEDS),
    (Meaning.REGION, REGIONS),
    (Meaning.CLUB, CLUBS),
    (Meaning.RATING, RATINGS),
    (Meaning.FIRST_NAME, FIRST_NAMES),
    (Meaning.SURNAME, SURNAMES),
    (Meaning.NAME, NAMES),
    (Meaning.FULL_NAME, FULL_NAMES),
)
_RANKS = {word: (meaning, rank) for meaning, words in _LISTS for rank, word in enumerate(words)}
_DIGIT = re.compile(r"\d")
#: Of these a list may have several columns; of all others the likeliest counts.
_SEVERAL = frozenset({Meaning.RATING, Meaning.MEMBER})


def read_header(cells: Sequence[str], *, teams: bool = False) -> list[Column] | None:
    """The columns, if a row is a header: it has words that are known, and no numbers.

    `teams` are entered, whose players are members.
    """
    if any(cell.isdecimal() for cell in cells):
        return None
    found = [_meaning(cell) for cell in cells]
    places: dict[Meaning, list[int]] = {}
    for place, (meaning, _) in enumerate(found):
        places.setdefault(meaning, []).append(place)
    best = {
        meaning: min(among, key=lambda place: found[place][1]) for meaning, among in places.items()
    }
    read_as = _names_read_as(best, teams=teams)
    if read_as is None:
        others = best.keys() & {Meaning.RATING, Meaning.CLUB, Meaning.REGION, Meaning.SEED}
        unknown = [place for place in places.get(Meaning.UNUSED, ()) if cells[place]]
        if teams or not others or not unknown:
            return None
        read_as = {unknown[0]: Meaning.NAME}  # a word that is not known, beside some that are
    for meaning in (Meaning.CLUB, Meaning.REGION, Meaning.SEED):
        if meaning in best:
            read_as[best[meaning]] = meaning
    for meaning in _SEVERAL:
        read_as |= dict.fromkeys(places.get(meaning, ()), meaning)
    return [Column(cell, read_as.get(place, Meaning.UNUSED)) for place, cell in enumerate(cells)]


def _meaning(title: str) -> tuple[Meaning, int]:
    """What a title means, and how late it stands among its like."""
    meaning, rank = _RANKS.get(_key(title), (Meaning.UNUSED, 0))
    if meaning is Meaning.NAME and _DIGIT.search(title):
        return Meaning.MEMBER, 0  # `Player 1`, `Player 2` of a team
    return meaning, rank


def _names_read_as(best: dict[Meaning, int], *, teams: bool) -> dict[int, Meaning] | None:
    """The columns that name somebody, by their places; None if there is none."""
    full, name, team = (best.get(m) for m in (Meaning.FULL_NAME, Meaning.NAME, Meaning.TEAM))
    surname, first = best.get(Meaning.SURNAME), best.get(Meaning.FIRST_NAME)
    if team is not None and teams:
        player = full if full is not None else name
        return {team: Meaning.NAME} | ({} if player is None else {player: Meaning.MEMBER})
    if team is not None and {full, name, surname, first} == {None}:
        return {team: Meaning.NAME}
    beside = {} if team is None or Meaning.CLUB in best else {team: Meaning.CLUB}
    if full is not None:
        return beside | {full: Meaning.NAME}
    if name is not None and first is None and surname is not None:
        first = name
    elif name is not None and surname is None and first is not None:
        surname = name
    elif name is not None:
        return beside | {name: Meaning.NAME}
    if first is not None and surname is not None:
        return beside | {first: Meaning.FIRST_NAME, surname: Meaning.SURNAME}
    alone = surname if surname is not None else first
    return None if alone is None else beside | {alone: Meaning.NAME}


def rating_rank(title: str) -> int:
    """How late a column of ratings stands among several."""
    return _meaning(title)[1]
