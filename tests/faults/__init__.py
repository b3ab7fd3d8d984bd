"""Faults on purpose: real servers killed, frozen and mistreated while black-box clients watch.

The clients note what they sent and saw; `checker` holds their notes against the database.

    python -m tests.faults             # the long run of the same scenarios, with a table
"""
