"""The admin's pages of this app; importing them registers them."""

from . import matches, pools, ratings, reports
