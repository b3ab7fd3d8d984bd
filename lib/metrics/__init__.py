"""What a process counts, and how monitors read it; each app declares its own in `metrics.py`.

Names, addresses and ids are never labels: the number of series depends on what the site is, not on
who uses it.
"""
