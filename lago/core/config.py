"""The settings of this process, set once at its start (bootstrap) and read by name from anywhere below."""

from lago.core.settings import Settings

_settings: Settings | None = None


def use(settings: Settings) -> None:
    """Makes `settings` those of the process."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """The settings given to `use`."""
    if _settings is None:
        raise RuntimeError("config.use() was not called")
    return _settings
