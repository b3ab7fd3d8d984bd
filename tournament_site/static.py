"""Static files named by their content, the modules that they import included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; a module's imports are rewritten too, so that all cache for ever."""

    support_js_module_import_aggregation = True
