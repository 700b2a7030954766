"""Which article follows which, on the terminal."""

import getpass

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.intelligence.forecasting.succession import Succession
from umschlag.jobs.report import add_columns, new_table, short_name
from umschlag.settings import Settings
from umschlag.wiring.amounts import day_text
from umschlag.wiring.successions import follow, successions_told, told_text, unfollow


def tell(settings: Settings, told: Succession, console: Console) -> None:
    """Keep that an article follows another.

    Raises:
        NotFound: one of them is unknown.
        SuccessionRefused: it would go round, or does not fit another succession.
        BadInput: the day is ten years away or more.
    """
    kept = follow(
        told.predecessor,
        told.successor,
        told.from_date,
        by=getpass.getuser(),
        at=timezone.now(),
    )
    with translation.override(settings.language):
        console.print(told_text(kept), highlight=False, soft_wrap=True)


def forget(settings: Settings, old: str, console: Console) -> None:
    """Forget that an article is followed.

    Raises:
        NotFound: nobody said that it is.
    """
    new, _from_date = unfollow(old)
    with translation.override(settings.language):
        text = _("%(successor)s does not follow %(predecessor)s any more.")
        console.print(text % {"successor": new, "predecessor": old}, highlight=False)


def print_successions(settings: Settings, console: Console) -> None:
    """Print all of them, the latest hand-over first."""
    with translation.override(settings.language):
        told = successions_told()
        if not told:
            console.print(_("No article follows another."))
            return
        table = new_table(_("Which article follows which"))
        add_columns(table, _("Predecessor"), _("Successor"), _("Article"), _("From"), figures=())
        for one in told:
            table.add_row(
                one.predecessor.sku,
                one.successor.sku,
                short_name(one.successor.name),
                day_text(one.from_date),
            )
        console.print(table)
