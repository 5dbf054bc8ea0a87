"""Whether there is a program in a home; asked by nearly every command, so it loads nothing."""

from acoupi.system.settings import Settings

__all__ = ["is_configured"]


def is_configured(settings: Settings) -> bool:
    """Tell whether a program is set up in this home."""
    needed = (settings.program_file, settings.program_name_file, settings.program_config_file)
    return all(path.is_file() for path in needed)
