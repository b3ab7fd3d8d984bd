"""Settings, read from the environment; unset means one process on one laptop.

`docs/operating.md` lists every variable. Nothing here needs editing to deploy.
"""

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from lib.addresses import TrustedProxies

from .environment import (
    Environment,
    checked_level,
    checked_origins,
    checked_port,
    checked_redis,
    checked_token,
    made_folder,
)
from .logs.config import checked_dsn, checked_format, logging_config
from .more_settings.sign_in import *  # noqa: F403 - its settings are settings of the site
from .more_settings.webhooks import *  # noqa: F403 - as above

env = Environment()

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text("utf-8"))["project"]["version"]

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY = env.secret("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. `make run` makes one and keeps it: other commands on its site "
            "take it by SECRET_KEY_FILE=.local/secret_key. Elsewhere set SECRET_KEY to a long "
            "random string, kept secret and the same for every process, or SECRET_KEY_FILE to a "
            "file that holds it; or set DEBUG=on on a machine that nobody else can reach."
        )
    SECRET_KEY = "only-for-debugging-" + "0" * 40

HOST: str = env.str("HOST", default="127.0.0.1")
PORT: int = checked_port(env.int("PORT", default=8000))
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

# Where people reach the site when that is not http://HOST:PORT, such as behind nginx with TLS.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="").rstrip("/")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
if PUBLIC_URL and (_public.scheme not in {"http", "https"} or not _public.hostname):
    raise ImproperlyConfigured(
        f"PUBLIC_URL must look like https://play.example.org, not {PUBLIC_URL!r}."
    )
if _public.hostname and _public.hostname not in ALLOWED_HOSTS:
    ALLOWED_HOSTS.append(_public.hostname)

# Where web games are that call the API and open sockets from players' browsers.
WEB_ORIGINS: list[str] = checked_origins(env.list("WEB_ORIGINS", default=[]), "WEB_ORIGINS")

# Whose X-Forwarded-For and X-Forwarded-Proto are believed: addresses and networks.
TRUSTED_PROXIES: list[str] = env.list(
    "TRUSTED_PROXIES", default=["127.0.0.1", "::1"] if PUBLIC_URL else []
)
try:
    TrustedProxies(TRUSTED_PROXIES)
except ValueError as error:
    raise ImproperlyConfigured(
        f"TRUSTED_PROXIES must be addresses or networks, such as 10.0.0.0/8,::1: {error}."
    ) from error

# Where monitors read what this process counts; 0 is nowhere.
METRICS_HOST: str = env.str("METRICS_HOST", default="127.0.0.1")
METRICS_PORT: int = env.int("METRICS_PORT", default=0)
# Whoever shows it may read the same at /metrics of the site.
METRICS_TOKEN: str = checked_token(env.secret("METRICS_TOKEN"))
if METRICS_PORT:
    checked_port(METRICS_PORT, "METRICS_PORT")

RATE_LIMITS: bool = env.bool("RATE_LIMITS", default=True)
if not RATE_LIMITS and not DEBUG and (PUBLIC_URL or HOST not in {"127.0.0.1", "localhost", "::1"}):
    raise ImproperlyConfigured(
        "RATE_LIMITS=off is for load tests on this machine: it needs a loopback HOST and no "
        "PUBLIC_URL, or DEBUG=on."
    )

INSTALLED_APPS = [
    "tournament_site.apps.MatchpointAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "lib",
    "streams",
    "service_keys",
    "matchmaking",
    "tournaments",
    "lobby",
    "play",
    "webhooks",
    "tournament_site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tournament_site.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "tournament_site.middleware.AmbientCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tournament_site.middleware.RefusalMiddleware",
]

# The check looks for Django's class by name; AmbientCsrfMiddleware is that class, narrowed.
SILENCED_SYSTEM_CHECKS = ["security.W003"]

ROOT_URLCONF = "tournament_site.urls"
ASGI_APPLICATION = "tournament_site.asgi.application"
# Machines call these addresses with a POST: a redirect would turn it into a GET.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "matchmaking.identity.you",
            ],
        },
    }
]

SQLITE_OPTIONS = {
    # IMMEDIATE: a transaction that will write takes the lock at its start, and waits for it,
    # instead of failing half-way when another writer got there first.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a committed row survives a power cut, as the promise says, not only a killed process.
    "init_command": (
        "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
        "PRAGMA foreign_keys=ON;"
    ),
}
DATABASE_URL = env.secret("DATABASE_URL", default=f"sqlite:///{LOCAL_DIR / 'matchpoint.sqlite3'}")
_database: dict[str, Any] = dict(env.db_url_config(DATABASE_URL)) if "://" in DATABASE_URL else {}
if _database.get("ENGINE") == "django.db.backends.sqlite3":
    made_folder(Path(_database["NAME"]).parent, "DATABASE_URL")
    _database["ENGINE"] = "lib.database.engines.sqlite"
    _database["OPTIONS"] = SQLITE_OPTIONS
    # Opening the file again for each batch would cost more than the batch.
    _database["CONN_MAX_AGE"] = None
    # A file, not memory: tests write from several threads, as the server does.
    _database["TEST"] = {"NAME": LOCAL_DIR / f"test-{os.getpid()}.sqlite3"}
elif _database.get("ENGINE") == "django.db.backends.postgresql":
    _database["ENGINE"] = "lib.database.engines.postgresql"
    # Requests run on short-lived threads, so connections are pooled by process.
    _database["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=12), "timeout": 3},
        "connect_timeout": 3,
    }
    _database["CONN_HEALTH_CHECKS"] = True
else:
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:/// or postgres://")
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL: str = checked_redis(env.secret("REDIS_URL"))
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        # Publish and subscribe outlives a restart of Redis; what it drops meanwhile is found in
        # the log.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": name}
    for name in (
        "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "django.contrib.auth.password_validation.CommonPasswordValidator",
        "matchmaking.services.accounts.PlainPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["matchmaking.identity.NameBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "lobby"
LOGOUT_REDIRECT_URL = "lobby"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = made_folder(
    Path(env.str("STATIC_ROOT", default=str(LOCAL_DIR / "static"))), "STATIC_ROOT"
)
STATICFILES_DIRS = [BASE_DIR / "static", ("client", BASE_DIR / "clients" / "js")]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "play.static_files.GameFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "tournament_site.static.StaticStorage"
    },
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "tournament_site.middleware.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/?$"]  # monitors ask each process, past the proxy
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

LOG_LEVEL = checked_level(env.str("LOG_LEVEL", default="INFO"))
LOG_FORMAT = checked_format(env.str("LOG_FORMAT", default="auto"))
SENTRY_DSN = checked_dsn(env.secret("SENTRY_DSN"))
LOGGING = logging_config(level=LOG_LEVEL, form=LOG_FORMAT, sentry_dsn=SENTRY_DSN)

# The game's own numbers. Times without a unit in their name are timedeltas.
MATCHPOINT_BODY_MAX_BYTES = 64 * 1024
# A page's form: a thousand names, each letter of them written as `%XX`.
MATCHPOINT_FORM_MAX_BYTES = 1024 * 1024
# An imported tournament: a round robin of 130 players has 8,385 matches.
MATCHPOINT_FILE_MAX_BYTES = 4 * 1024 * 1024
MATCHPOINT_FRAME_MAX_BYTES = 16 * 1024
# What is open at a time in this process, in all and from one client address (of IPv6 a /64).
# A hall of 60 players behind one address has some 500: six for each browser, and its sockets.
MATCHPOINT_CONNECTIONS_MAX: int = env.int("CONNECTIONS_MAX", default=8192)
MATCHPOINT_CONNECTIONS_PER_ADDRESS: int = env.int("CONNECTIONS_PER_ADDRESS", default=1024)
MATCHPOINT_SOCKETS_MAX: int = env.int("SOCKETS_MAX", default=6144)
MATCHPOINT_SOCKETS_PER_ADDRESS: int = env.int("SOCKETS_PER_ADDRESS", default=512)
# A request's line and headers, and one line of them.
MATCHPOINT_HEAD_MAX_BYTES = 16 * 1024
MATCHPOINT_HEAD_LINE_MAX_BYTES = 8 * 1024
MATCHPOINT_HEAD_MAX_LINES = 100
# How long a client may take for them, for a body, and for what it is sent.
MATCHPOINT_HEAD_SECONDS: int = env.int("REQUEST_HEAD_SECONDS", default=10)
MATCHPOINT_BODY_SECONDS: int = env.int("REQUEST_BODY_SECONDS", default=60)
MATCHPOINT_ANSWER_SECONDS = 300
# How long a process that ends takes to part with its connections, so that not everybody comes back
# at once; longer than a proxy keeps a connection on which nothing is asked.
MATCHPOINT_STOP_SECONDS: int = env.int("STOP_SECONDS", default=10 if PUBLIC_URL else 1)
MATCHPOINT_TOURNAMENT_MAX_PLAYERS: int = env.int("TOURNAMENT_MAX_PLAYERS", default=1024)
# Large tournaments are read, and large ones stored, so many at a time in this process; answers that
# many ask for are kept for each revision of their tournament.
MATCHPOINT_LARGE_SLOTS: int = env.int("LARGE_SLOTS", default=2)
MATCHPOINT_KEPT_BYTES: int = env.int("KEPT_MIB", default=64) * 1024 * 1024
# Tournaments of one organiser, and of guests and nobody from one address, that are not over.
MATCHPOINT_OPEN_TOURNAMENTS_PER_PLAYER: int = env.int("OPEN_TOURNAMENTS_PER_PLAYER", default=50)
MATCHPOINT_OPEN_TOURNAMENTS_PER_ADDRESS: int = env.int("OPEN_TOURNAMENTS_PER_ADDRESS", default=200)
# What the Dutch system may take for a round of a Swiss; then the organiser can pair quickly.
MATCHPOINT_SWISS_SECONDS: int = env.int("SWISS_SECONDS", default=20)
MATCHPOINT_TICKET_LIFE = timedelta(seconds=env.int("TICKET_LIFE_SECONDS", default=600))
# How many tickets that wait a game server may have by its key.
MATCHPOINT_TICKETS_OF_A_KEY: int = env.int("TICKETS_OF_A_KEY", default=5000)
# How many sockets a key may have open, in all processes.
MATCHPOINT_SOCKETS_OF_A_KEY: int = env.int("SOCKETS_OF_A_KEY", default=32)
# How long a ticket waits for its player after its socket dropped.
MATCHPOINT_TICKET_GRACE = timedelta(seconds=env.int("TICKET_GRACE_SECONDS", default=30))
MATCHPOINT_MATCH_LIFE = timedelta(seconds=env.int("MATCH_LIFE_SECONDS", default=3600))
# How long a player may be away from a match that is played here, all in all.
MATCHPOINT_ABSENCE_SECONDS: int = env.int("ABSENCE_SECONDS", default=60)
# How far behind the play spectators are, so that nobody is coached.
MATCHPOINT_SPECTATOR_DELAY_SECONDS: int = env.int("SPECTATOR_DELAY_SECONDS", default=0)
# An unanswered report is confirmed after so long.
MATCHPOINT_CONFIRM_AFTER = timedelta(seconds=env.int("CONFIRM_AFTER_SECONDS", default=600))
# What a rating loses in sureness over time is counted in these periods.
MATCHPOINT_RATING_PERIOD = timedelta(days=env.int("RATING_PERIOD_DAYS", default=7))
# A rating that is less sure than this many points is provisional, and has no rank.
MATCHPOINT_PROVISIONAL_DEVIATION = 110
MATCHPOINT_IDEMPOTENCY_LIFE = timedelta(hours=24)
MATCHPOINT_CHAT_MAX_CHARS = 500
# For how long it is known from which address a line came, so that it can be muted.
MATCHPOINT_CHAT_ADDRESS_KEEP = timedelta(hours=env.int("CHAT_ADDRESS_HOURS", default=24))
MATCHPOINT_RECENT_EVENTS = 50
# Lines about requests and sockets that this process writes in a second; 0 for none.
MATCHPOINT_LOG_REQUESTS_PER_SECOND: int = env.int("LOG_REQUESTS_PER_SECOND", default=500)
MATCHPOINT_LOG_KEEP = timedelta(days=env.int("LOG_KEEP_DAYS", default=7))
# What nobody has touched for so long is deleted; 0 or nothing keeps it for ever.
MATCHPOINT_STREAM_KEEP = env.days_kept("STREAM_KEEP_DAYS", default=90)
MATCHPOINT_TICKET_KEEP = env.days_kept("TICKET_KEEP_DAYS", default=30)
MATCHPOINT_GUEST_KEEP = env.days_kept("GUEST_KEEP_DAYS", default=365)
MATCHPOINT_DRAFT_KEEP = env.days_kept("DRAFT_KEEP_DAYS", default=0)
MATCHPOINT_REPLAY_KEEP = env.days_kept("REPLAY_KEEP_DAYS", default=365)
# Lines of chat may go before the other events of the lobby.
MATCHPOINT_CHAT_KEEP = env.days_kept("CHAT_KEEP_DAYS", default=0)
MATCHPOINT_LOG_KEEP_EVENTS: int = env.int("LOG_KEEP_EVENTS", default=100_000)
# Where backups go; the newest so many are kept, and the newest of so many weeks.
MATCHPOINT_BACKUP_FOLDER = Path(env.str("BACKUP_FOLDER", default=str(LOCAL_DIR / "backups")))
MATCHPOINT_BACKUP_KEEP: int = env.int("BACKUP_KEEP", default=7)
MATCHPOINT_BACKUP_KEEP_WEEKS: int = env.int("BACKUP_KEEP_WEEKS", default=4)
DATA_UPLOAD_MAX_MEMORY_SIZE = MATCHPOINT_FORM_MAX_BYTES
# The form of seeds has a field for everybody who plays.
DATA_UPLOAD_MAX_NUMBER_FIELDS = MATCHPOINT_TOURNAMENT_MAX_PLAYERS + 1000
