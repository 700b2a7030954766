"""What one marketplace is expected to sell, on the terminal."""

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table
from umschlag.kernel.errors import NotFound
from umschlag.settings import Settings
from umschlag.wiring.amounts import count_text, day_text, decimal_text
from umschlag.wiring.marketplace_forecasts import marketplace_lines

LIST_LENGTH = 20


def print_marketplace(settings: Settings, marketplace: str, console: Console) -> None:
    """Print the articles that the marketplace is expected to sell most of, and how much in all.

    Raises:
        NotFound: nothing is forecast for it.
    """
    with translation.override(settings.language):
        lines = marketplace_lines(settings, marketplace=marketplace)
        if not lines:
            raise NotFound(
                f"nothing is forecast for {marketplace!r}: it sold nothing within a year, is "
                "written otherwise, or `umschlag forecast` has not run yet"
            )
        title = _("%(marketplace)s: %(units)s units expected in %(days)s days from %(day)s") % {
            "marketplace": marketplace,
            "units": count_text(round(sum(line.mean_units for line in lines))),
            "days": lines[0].horizon_days,
            "day": day_text(lines[0].made_date),
        }
        table = new_table(title)
        figures = (_("Expected units"), _("median"), _("80 % quantile"), _("95 % quantile"))
        add_columns(table, _("SKU"), figures=figures)
        for line in lines[:LIST_LENGTH]:
            units = (line.mean_units, line.q50_units, line.q80_units, line.q95_units)
            table.add_row(line.sku, *(decimal_text(one, 1) for one in units))
        console.print(table)
        if len(lines) > LIST_LENGTH:
            text = _("and %s more articles") % count_text(len(lines) - LIST_LENGTH)
            console.print(text, highlight=False)
