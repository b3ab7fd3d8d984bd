"""What the settings need before pytest-django loads them, so that plain `pytest` works."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)
