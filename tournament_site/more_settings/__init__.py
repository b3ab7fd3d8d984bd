"""Groups of settings, which `settings.py` takes over."""
