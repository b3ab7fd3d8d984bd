"""The simplest applications that do the same work, to measure against."""
