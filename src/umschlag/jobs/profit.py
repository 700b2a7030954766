"""What earned most and least, on the terminal and into a file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.intelligence.profitability.contribution import where_the_money_goes
from umschlag.intelligence.profitability.model import (
    TIME_GROUPINGS,
    Contradiction,
    Disagreement,
    Grouping,
    ProfitLine,
    ProfitReport,
)
from umschlag.jobs.report import add_columns, new_table, short_name, whole_money
from umschlag.kernel.errors import UmschlagError
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.wiring.amounts import UNKNOWN, count_text, money_change_text, share_text
from umschlag.wiring.contradictions import contradiction_title, side_text
from umschlag.wiring.freshness import sources_freshness
from umschlag.wiring.list_files import write_list
from umschlag.wiring.profit_lists import Wanted, contradiction_rows, profit_rows
from umschlag.wiring.profit_periods import asked_period, told_period
from umschlag.wiring.profit_words import (
    amazon_stock_text,
    cautions,
    estimate_text,
    grouping_title,
    line_title,
    part_title,
    period_text,
)
from umschlag.wiring.profitability import profitability

LIST_LENGTH = 10
SELLERBOARD = "sellerboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitAsked:
    """What of the profit is asked for; without both days the newest 30 that were told."""

    since: date | None = None
    through: date | None = None
    marketplace: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    file: Path | None = None
    """Where the list is written to; None: only the terminal."""
    contradictions: bool = False
    """Ask for what contradicts each other, not for what was earned."""
    kind: Contradiction | None = None


def print_profit(settings: Settings, asked: ProfitAsked, *, console: Console) -> None:
    """Print the period's sums and its best and worst lines, or its contradictions.

    Raises:
        NotFound: Sellerboard was never imported, or told nothing of these days.
        BadInput: the file cannot be written, or is neither CSV nor Excel.
    """
    with translation.override(settings.language):
        period = asked_period(told_period(settings), since=asked.since, through=asked.through)
        report = profitability(settings, period=period, marketplace=asked.marketplace)
        lines = asked.wanted.lines(report)
        found = asked.wanted.disagreements(report, asked.kind)
        if asked.file:
            _write(asked, report, lines, found)
            console.print(_("Written: %s") % asked.file, highlight=False, soft_wrap=True)
            return
        _sums(console, report)
        for source in sources_freshness([SELLERBOARD]):
            console.print(source.text, style="yellow" if source.is_stale else "", highlight=False)
        if asked.contradictions:
            _disagreements(console, found)
            return
        _way(console, report)
        _lists(console, lines, asked.wanted)
        amazon = amazon_stock_text(report)
        if amazon:
            console.print(amazon, highlight=False, soft_wrap=True)
        _contradictions(console, report.disagreements)


def _write(
    asked: ProfitAsked,
    report: ProfitReport,
    lines: Sequence[ProfitLine],
    found: Sequence[Disagreement],
) -> None:
    if asked.file is None:
        return
    if asked.contradictions:
        write_list(contradiction_rows(found, report), asked.file, title="contradictions")
    else:
        rows = profit_rows(lines, report, grouping=asked.wanted.grouping)
        write_list(rows, asked.file, title="profit")


def profit_lines(settings: Settings) -> Sequence[str]:
    """Return what the manager's report says of the newest 30 days; nothing before they are told.

    A lake that cannot answer is named in place of them: the rest of the report still stands.
    """
    try:
        told = told_period(settings)
        report = profitability(settings) if told else None
    except UmschlagError as error:
        return [f"{_('Profit')}: {error.message}"]
    return _report_lines(report) if report else ()


def _report_lines(report: ProfitReport) -> Sequence[str]:
    lines = [_("Profit"), f"  {_sum_text(report)}"]
    lines += [f"  {text}" for text in (estimate_text(report), _change(report)) if text]
    losing = [line for line in report.lines if line.sums.net_profit_minor < 0]
    if losing:
        text = ngettext(
            "%(count)s article loses money, %(lost)s; worst: %(worst)s",
            "%(count)s articles lose money, %(lost)s; worst: %(worst)s",
            len(losing),
        ) % {
            "count": count_text(len(losing)),
            "lost": whole_money(
                Money(sum(line.sums.net_profit_minor for line in losing), report.currency)
            ),
            "worst": f"{losing[-1].key} {short_name(losing[-1].name)}",
        }
        lines.append(f"  {text}")
    if report.disagreements:
        text = ngettext(
            "%(count)s contradiction between ERP and Sellerboard, %(stake)s at stake",
            "%(count)s contradictions between ERP and Sellerboard, %(stake)s at stake",
            len(report.disagreements),
        ) % {"count": count_text(len(report.disagreements)), "stake": whole_money(report.stake)}
        lines.append(f"  {text}")
    return [*lines, *(f"  {text}" for text in cautions(report))]


def _sum_text(report: ProfitReport) -> str:
    total = report.total
    return _(
        "%(period)s: %(contribution)s contribution on %(sales)s sales (%(margin)s), "
        "%(count)s articles, %(estimated)s of them partly estimated"
    ) % {
        "period": period_text(report.period),
        "contribution": whole_money(total.contribution),
        "sales": whole_money(total.sales),
        "margin": share_text(total.margin),
        "count": count_text(len(report.lines)),
        "estimated": count_text(report.estimated_line_count),
    }


def _sums(console: Console, report: ProfitReport) -> None:
    console.print(_sum_text(report), highlight=False)
    for text in (estimate_text(report), _change(report), *cautions(report)):
        if text:
            console.print(text, highlight=False, soft_wrap=True)


def _change(report: ProfitReport) -> str:
    change = report.total.contribution_change
    if change is None or report.facts.before is None:
        return ""
    return _("%(change)s against %(before)s.") % {
        "change": money_change_text(change),
        "before": period_text(report.facts.before),
    }


def _way(console: Console, report: ProfitReport) -> None:
    table = new_table(_("Where the money goes"))
    add_columns(table, _("Part"), figures=(_("Amount"), _("of the sales")))
    sales = report.total.sums.sales_minor
    for stage in where_the_money_goes(report.total.sums):
        share = stage.amount_minor / sales if sales > 0 else None
        amount = Money(stage.amount_minor, report.currency)
        table.add_row(part_title(stage.part), whole_money(amount), share_text(share))
    console.print(table)


def _lists(console: Console, lines: Sequence[ProfitLine], wanted: Wanted) -> None:
    if wanted.sort or wanted.grouping in TIME_GROUPINGS:
        title = _("By %s") % grouping_title(wanted.grouping)
        shown = lines if wanted.grouping in TIME_GROUPINGS else lines[: 2 * LIST_LENGTH]
        _lines(console, title, shown, wanted.grouping)
        return
    best = lines[:LIST_LENGTH]
    worst = lines[LIST_LENGTH:][: -LIST_LENGTH - 1 : -1]
    _lines(console, _("What earned most"), best, wanted.grouping)
    if worst:
        _lines(console, _("What earned least"), worst, wanted.grouping)


def _lines(console: Console, title: str, lines: Sequence[ProfitLine], grouping: Grouping) -> None:
    table = new_table(title)
    figures = (_("Units"), _("Sales"), _("Earned"), _("Margin"), _("Change"))
    is_sku = grouping is Grouping.SKU
    names = (_("SKU"), _("Article")) if is_sku else (grouping_title(grouping),)
    add_columns(table, *names, figures=figures)
    for line in lines:
        name = line_title(line, grouping)
        table.add_row(
            *((line.key, short_name(line.name)) if is_sku else (short_name(name),)),
            count_text(line.units),
            whole_money(line.sales),
            whole_money(line.contribution) + ("*" if line.is_estimate else ""),
            share_text(line.margin),
            UNKNOWN
            if line.contribution_change is None
            else money_change_text(line.contribution_change),
        )
    console.print(table)
    if any(line.is_estimate for line in lines):
        console.print(_("* partly estimated: not all of its fees are settled"), highlight=False)


def _contradictions(console: Console, found: Sequence[Disagreement]) -> None:
    if not found:
        console.print(_("ERP and Sellerboard do not contradict each other."))
        return
    console.print(
        ngettext(
            "%s contradiction between ERP and Sellerboard; `umschlag profit --contradictions` and "
            "the page Profit show it:",
            "%s contradictions between ERP and Sellerboard; `umschlag profit --contradictions` and "
            "the page Profit show them:",
            len(found),
        )
        % count_text(len(found)),
        highlight=False,
        soft_wrap=True,
    )
    for kind, number in Counter(one.kind for one in found).most_common():
        console.print(f"  {contradiction_title(kind)}: {count_text(number)}", highlight=False)


def _disagreements(console: Console, found: Sequence[Disagreement]) -> None:
    if not found:
        console.print(_("ERP and Sellerboard do not contradict each other."))
        return
    table = new_table(_("Contradictions, the most money at stake first"))
    figures = (_("Ours"), "Sellerboard", _("At stake"))
    add_columns(table, _("SKU"), _("What differs"), figures=figures)
    for one in found[: 2 * LIST_LENGTH]:
        sides = side_text(one.ours), side_text(one.theirs)
        table.add_row(one.sku, contradiction_title(one.kind), *sides, whole_money(one.stake))
    console.print(table)
    if len(found) > 2 * LIST_LENGTH:
        console.print(
            _("%(shown)s of %(all)s; name a file to get all of them.")
            % {"shown": 2 * LIST_LENGTH, "all": count_text(len(found))},
            highlight=False,
        )
