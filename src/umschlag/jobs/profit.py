"""What earned most and least, on the terminal."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.intelligence.profitability.model import ArticleProfit, Disagreement, ProfitReport
from umschlag.jobs.report import add_columns, new_table, short_name, whole_money
from umschlag.settings import Settings
from umschlag.wiring.amounts import count_text, day_text, share_text
from umschlag.wiring.contradictions import contradiction_title
from umschlag.wiring.freshness import sources_freshness
from umschlag.wiring.profitability import asked_period, profitability, told_period

LIST_LENGTH = 10
SELLERBOARD = "sellerboard"


def print_profit(
    settings: Settings, *, since: date | None, through: date | None, console: Console
) -> None:
    """Print the ten best and worst articles of the period, its sums and contradictions.

    Raises:
        NotFound: Sellerboard was never imported, or told nothing of these days.
    """
    with translation.override(settings.language):
        period = asked_period(told_period(settings), since=since, through=through)
        report = profitability(settings, period=period)
        _sums(console, report)
        for source in sources_freshness([SELLERBOARD]):
            console.print(source.text, style="yellow" if source.is_stale else "", highlight=False)
        best = report.lines[:LIST_LENGTH]
        worst = report.lines[LIST_LENGTH:][: -LIST_LENGTH - 1 : -1]
        _articles(console, _("What earned most"), best)
        if worst:
            _articles(console, _("What earned least"), worst)
        _contradictions(console, report.disagreements)


def _sums(console: Console, report: ProfitReport) -> None:
    margin = report.contribution.minor / report.sales.minor if report.sales.minor > 0 else None
    console.print(
        _(
            "%(since)s to %(through)s: %(contribution)s contribution on %(sales)s sales "
            "(%(margin)s), %(count)s articles, %(estimated)s of them partly estimated"
        )
        % {
            "since": day_text(report.period.start_date),
            "through": day_text(report.period.end_date - timedelta(days=1)),
            "contribution": whole_money(report.contribution),
            "sales": whole_money(report.sales),
            "margin": share_text(margin),
            "count": count_text(len(report.lines)),
            "estimated": count_text(report.estimated_line_count),
        },
        highlight=False,
    )


def _articles(console: Console, title: str, lines: Sequence[ArticleProfit]) -> None:
    table = new_table(title)
    figures = (_("Units"), _("Sales"), _("Earned"), _("Margin"))
    add_columns(table, _("SKU"), _("Article"), figures=figures)
    for line in lines:
        table.add_row(
            line.sku,
            short_name(line.name),
            count_text(line.units),
            whole_money(line.sales),
            whole_money(line.contribution),
            share_text(line.margin),
        )
    console.print(table)


def _contradictions(console: Console, found: Sequence[Disagreement]) -> None:
    if not found:
        console.print(_("ERP and Sellerboard do not contradict each other."))
        return
    console.print(
        ngettext(
            "%s contradiction between ERP and Sellerboard; the page Profit shows it:",
            "%s contradictions between ERP and Sellerboard; the page Profit shows them:",
            len(found),
        )
        % count_text(len(found)),
        highlight=False,
    )
    for kind, number in Counter(one.kind for one in found).most_common():
        console.print(f"  {contradiction_title(kind)}: {count_text(number)}", highlight=False)
