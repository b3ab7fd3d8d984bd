"""Settings of signing in: second factors."""

from tournament_site.environment import Environment, one_of

env = Environment()

# Whether staff must have a second factor to be more than players here.
_staff = env.str("STAFF_SECOND_FACTOR", default="optional")
MATCHPOINT_STAFF_SECOND_FACTOR: bool = (
    one_of(("optional", "required"), "STAFF_SECOND_FACTOR", _staff) == "required"
)
# What an app for codes calls this site.
OTP_TOTP_ISSUER = "Matchpoint"
