"""What the settings need before pytest-django loads them, so that plain `pytest` works."""

import os

from tests.run_folders import TABLES, own_folder

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 40)
own_folder("STATIC_ROOT")
own_folder(TABLES)
