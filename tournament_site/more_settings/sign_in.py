"""Settings of signing in: second factors, mail, and accounts of other sites."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from tournament_site.environment import Environment, all_or_none, one_of

env = Environment()

# Whether staff must have a second factor to be more than players here.
_staff = env.str("STAFF_SECOND_FACTOR", default="optional")
MATCHPOINT_STAFF_SECOND_FACTOR: bool = (
    one_of(("optional", "required"), "STAFF_SECOND_FACTOR", _staff) == "required"
)
# What an app for codes calls this site.
OTP_TOTP_ISSUER = "Matchpoint"

# How mail is sent: smtp+tls://user:password@host:587, or nothing. Without it no page offers mail.
_EMAIL_PORTS = {"smtp": 25, "smtps": 587, "smtp+tls": 587, "smtp+ssl": 465}
_email_url = env.secret("EMAIL_URL")
MATCHPOINT_SENDS_MAIL = bool(_email_url)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("MAIL_FROM", default="")
EMAIL_TIMEOUT = 10
if MATCHPOINT_SENDS_MAIL:
    _scheme = _email_url.partition(":")[0]
    try:
        _mail: dict[str, Any] = dict(env.email_url_config(_email_url))
    except (ImproperlyConfigured, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            "EMAIL_URL must look like smtp+tls://user:password@mail.example.org:587 (or smtp:// or "
            "smtp+ssl://); a user or password with special letters is written with %-signs."
        ) from error
    if "@" not in DEFAULT_FROM_EMAIL:
        raise ImproperlyConfigured(
            "MAIL_FROM must be the address that mails come from, such as "
            "Matchpoint <no-reply@example.org>, where EMAIL_URL is set."
        )
    EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
    EMAIL_HOST: str = _mail["EMAIL_HOST"] or "localhost"
    EMAIL_PORT: int = _mail["EMAIL_PORT"] or _EMAIL_PORTS.get(_scheme, 25)
    EMAIL_HOST_USER: str = _mail["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD: str = _mail["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS: bool = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL: bool = _mail.get("EMAIL_USE_SSL", False)
    EMAIL_FILE_PATH: str = f"/{_mail['EMAIL_FILE_PATH']}"
# How long a link to a new password holds.
PASSWORD_RESET_TIMEOUT = 3600

# Signing in with an account of another site: one that speaks OpenID Connect, and Discord.
OIDC_ISSUER: str = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.secret("OIDC_CLIENT_SECRET")
OIDC_NAME: str = env.str("OIDC_NAME", default="OpenID Connect")
DISCORD_CLIENT_ID: str = env.str("DISCORD_CLIENT_ID", default="")
DISCORD_CLIENT_SECRET = env.secret("DISCORD_CLIENT_SECRET")
all_or_none(OIDC_ISSUER=OIDC_ISSUER, OIDC_CLIENT_ID=OIDC_CLIENT_ID)
all_or_none(DISCORD_CLIENT_ID=DISCORD_CLIENT_ID, DISCORD_CLIENT_SECRET=DISCORD_CLIENT_SECRET)
if OIDC_ISSUER and not OIDC_ISSUER.startswith(("https://", "http://127.0.0.1", "http://localhost")):
    raise ImproperlyConfigured(f"OIDC_ISSUER must begin with https://, and is {OIDC_ISSUER!r}.")
