"""The admin's pages of this app; importing them registers them."""

from . import accounts, invitations, matches, pools, ratings, reports
