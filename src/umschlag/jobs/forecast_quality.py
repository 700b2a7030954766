"""How good the forecasts are, on the terminal."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.intelligence.forecasting.accuracy import Accuracy
from umschlag.intelligence.forecasting.measuring import Measured
from umschlag.jobs.report import add_columns, new_table
from umschlag.settings import Settings
from umschlag.wiring.amounts import count_text, day_text, decimal_text, share_text
from umschlag.wiring.forecast_quality import ContestantLine, forecast_quality, quality_line

MEASURED_SHOWN = 10


def print_forecast_quality(settings: Settings, *, console: Console) -> None:
    """Print every model's errors on the merchant's own sales, and how real forecasts came out."""
    with translation.override(settings.language):
        found = forecast_quality()
        if found is None:
            console.print(_("Nothing was judged yet: `umschlag forecast` does it."))
            return
        _print_contestants(console, found.lines)
        for title, why in found.left_out:
            console.print(f"{title}: {why}", soft_wrap=True, markup=False)
        if line := quality_line(found):
            console.print(line, highlight=False, soft_wrap=True)
        _print_measured(console, found.measured[:MEASURED_SHOWN])


def _print_contestants(console: Console, lines: Sequence[ContestantLine]) -> None:
    if not lines:
        return
    table = new_table(_("Judged on your own sales, best first"))
    figures = (_("Loss"), _("Within 95 per cent"), _("WAPE"), _("Bias"), _("Forecasts"))
    add_columns(table, _("Model"), figures=figures)
    for line in lines:
        table.add_row(
            f"{line.title} ✓" if line.is_chosen else line.title,
            decimal_text(line.accuracy.scaled_loss, 3),
            *_shares(line.accuracy),
            count_text(line.accuracy.article_count),
        )
    console.print(table)


def _print_measured(console: Console, measured: Sequence[Measured]) -> None:
    if not measured:
        console.print(_("No forecast's last day is over yet: none could be measured."))
        return
    table = new_table(_("Forecasts measured when their last day was over"))
    figures = (_("Days"), _("Within 95 per cent"), _("WAPE"), _("Bias"), _("WAPE, as last time"))
    add_columns(table, _("Made"), figures=figures)
    for one in measured:
        table.add_row(
            day_text(one.made_date),
            count_text(one.horizon_days),
            *_shares(one.accuracy),
            share_text(one.naive_wape),
        )
    console.print(table)


def _shares(found: Accuracy) -> tuple[str, str, str]:
    return share_text(found.coverage_95), share_text(found.wape), share_text(found.bias)
