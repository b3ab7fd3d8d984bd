"""What the settings need before pytest-django loads them, so that plain `pytest` works."""

import atexit
import os
import shutil
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)

if "STATIC_ROOT" not in os.environ:
    # Each run collects its own: two at once would take each other's files away.
    os.environ["STATIC_ROOT"] = tempfile.mkdtemp(prefix="matchpoint-static-")
    atexit.register(shutil.rmtree, os.environ["STATIC_ROOT"], ignore_errors=True)
