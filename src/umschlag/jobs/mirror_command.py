"""`umschlag mirror`: the lake's tables in PostgreSQL, where a merchant wants them there."""

from rich.console import Console

from umschlag.jobs.readiness import with_records


def mirror() -> None:
    """Copy into PostgreSQL what its tables lack of the lake: see UMSCHLAG_LAKE_URL.

    Example: `umschlag mirror`
    """
    settings = with_records()
    from django.utils import translation
    from django.utils.translation import gettext as _

    from umschlag.jobs.progress import shown_progress
    from umschlag.wiring.amounts import count_text
    from umschlag.wiring.mirroring import mirror_lake

    console = Console()
    with translation.override(settings.language), shown_progress(console) as progress_for:
        units = mirror_lake(settings, progress=progress_for("mirror"))
        said = _("Days and months copied into PostgreSQL: %(units)s")
        console.print(said % {"units": count_text(units)}, highlight=False)
