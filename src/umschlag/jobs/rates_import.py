"""What an import of exchange rates came to, on the terminal."""

from datetime import date
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.settings import Settings
from umschlag.wiring.amounts import count_text, day_text
from umschlag.wiring.exchange_rates import import_exchange_rates

PROBLEMS_SHOWN_MAX = 10


def import_reference_rates(settings: Settings, file: Path, console: Console) -> None:
    """Import the file and print how many rates were new, and the newest day of them.

    Raises:
        BadInput: the file cannot be read, or is none of the bank's.
    """
    with translation.override(settings.language):
        outcome = import_exchange_rates(file)
        console.print(
            _("%(created)s new rates, %(changed)s changed; the newest are of %(newest)s")
            % {
                "created": count_text(outcome.created_count),
                "changed": count_text(outcome.updated_count),
                "newest": day_text(date.fromisoformat(outcome.watermark)),
            },
            highlight=False,
        )
        for problem in outcome.problems[:PROBLEMS_SHOWN_MAX]:
            console.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)
        rest = len(outcome.problems) - PROBLEMS_SHOWN_MAX
        if rest > 0:
            text = _("  and %s more; the back office lists them") % count_text(rest)
            console.print(text, highlight=False)
