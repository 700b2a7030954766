"""How ready a command needs the product to be. Nothing heavy is imported before it is needed."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Only for the type, since reading settings takes longer than printing help.
    from umschlag.settings import Settings


def with_settings() -> "Settings":
    """Return the settings, with nothing else loaded.

    Raises:
        Misconfigured: one is missing or wrong.
    """
    from umschlag.settings import load_settings

    return load_settings()


def with_django() -> "Settings":
    """Return the settings once the folder stands and Django is loaded."""
    from umschlag.jobs.setting_up import make_var_dir, use_django

    settings = with_settings()
    make_var_dir(settings)
    use_django()
    return settings


def with_records() -> "Settings":
    """Return the settings once the records can be read and written."""
    from umschlag.jobs.setting_up import require_records

    settings = with_django()
    require_records(settings)
    return settings
