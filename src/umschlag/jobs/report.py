"""The manager's report on the terminal: the dashboard's figures, and what was left out and why."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console
from rich.table import Table

from umschlag.jobs.steps import StepOutcome, StepState
from umschlag.kernel.money import Money
from umschlag.storage.records.models import Article, ProposalKind, RunState
from umschlag.wiring.allocation_words import reason_label
from umschlag.wiring.amounts import UNKNOWN, count_text, day_text, money_text, share_text
from umschlag.wiring.best_sellers import BestSeller
from umschlag.wiring.freshness import Freshness, freshness_lines
from umschlag.wiring.overview import AllocationTotal, ArticleLine, Overview

NAME_WIDTH_MAX = 24


def print_report(
    console: Console,
    figures: Overview,
    *,
    best_sellers: Sequence[BestSeller] = (),
    outcomes: Sequence[StepOutcome] = (),
    further: Sequence[str] = (),
) -> None:
    """Print the report, with further lines after the proposals.

    A figure that a failed step would have given is named as missing.
    """
    console.print()
    console.rule(_("Report"), style="bold")
    _missing(console, outcomes)
    if not (outcomes or _is_anything_known(figures)):
        console.print(
            _(
                "Nothing is known yet: `umschlag run` shows the demo, `umschlag import sales FILE` "
                "reads your own sales; docs/runbooks/going-to-production.md says how to connect "
                "Plentymarkets."
            ),
            soft_wrap=True,
        )
        _skipped(console, figures)
        return
    _stock(console, figures)
    _penner(console, figures.worst_penner)
    _renner(console, figures.best_renner)
    _best_sellers(console, best_sellers)
    _running_out(console, figures)
    _proposals(console, figures)
    for line in further:
        console.print(line, highlight=False, soft_wrap=True)
    _allocation(console, figures.allocation)
    _shortages(console, figures)
    _skipped(console, figures)


def _is_anything_known(figures: Overview) -> bool:
    has_stock = figures.freshness.business_date is not None
    return has_stock or Article.objects.exists() or figures.allocation is not None


def _missing(console: Console, outcomes: Sequence[StepOutcome]) -> None:
    broken = [outcome for outcome in outcomes if outcome.state is not StepState.DONE]
    if not broken:
        return
    console.print(_("Not everything worked; what follows is the newest there is:"), style="red")
    for outcome in broken:
        console.print(f"  {outcome.step.title}: {outcome.said}", markup=False, soft_wrap=True)


def _stock(console: Console, figures: Overview) -> None:
    fresh = figures.freshness
    if fresh.business_date is None:
        console.print(
            _(
                "Stock is not known: no snapshot was taken yet. What follows comes from sales "
                "alone; docs/runbooks/going-to-production.md says how to connect Plentymarkets, "
                "which tells the stock."
            ),
            soft_wrap=True,
        )
    else:
        _freshness(console, fresh)
    table = new_table(has_header=False)
    add_columns(table, "", figures=("",))
    if fresh.business_date is not None:
        table.add_row(_("Stock value"), whole_money(figures.stock_value))
        table.add_row(_("Dead stock"), whole_money(figures.dead_stock))
    table.add_row(_("Penner"), count_text(figures.penner_count))
    table.add_row(_("Renner"), count_text(figures.renner_count))
    console.print(table)
    if figures.articles_without_cost:
        console.print(
            ngettext(
                "Stock value and dead stock leave out %d article with stock but no unit cost.",
                "Stock value and dead stock leave out %d articles with stock but no unit cost.",
                figures.articles_without_cost,
            )
            % figures.articles_without_cost
        )


def _freshness(console: Console, fresh: Freshness) -> None:
    style = "yellow" if fresh.is_stale else ""
    for line in freshness_lines(fresh):
        console.print(line, style=style, highlight=False, soft_wrap=True)
    if fresh.reconstructed_days:
        console.print(
            ngettext(
                "%s earlier day was rebuilt from stock movements",
                "%s earlier days were rebuilt from stock movements",
                fresh.reconstructed_days,
            )
            % count_text(fresh.reconstructed_days),
            highlight=False,
        )
    if fresh.is_stale and not fresh.is_recorded:
        console.print(_("See docs/runbooks/when-a-snapshot-fails.md"), style="yellow")


def _penner(console: Console, lines: Sequence[ArticleLine]) -> None:
    if not lines:
        return
    if all(line.stock_value is None for line in lines):
        _quiet(console, lines)
        return
    table = new_table(_("The ten worst Penner"))
    figures = (_("Dead"), _("Stock value"))
    add_columns(table, _("SKU"), _("Article"), figures=figures, last=_("Why"))
    for line in lines:
        values = whole_money(line.dead_value), whole_money(line.stock_value)
        table.add_row(line.sku, short_name(line.name), *values, line.reason)
    console.print(table)


def _quiet(console: Console, lines: Sequence[ArticleLine]) -> None:
    """Print Penner whose stock nobody knows: that they went quiet is all that can be said."""
    table = new_table(_("Articles that went quiet"))
    add_columns(table, _("SKU"), _("Article"), figures=(_("Days quiet"),), last=_("Why"))
    for line in lines:
        days = count_text(line.days_since_last_sale)
        table.add_row(line.sku, short_name(line.name), days, line.reason)
    console.print(table)


def _renner(console: Console, lines: Sequence[ArticleLine]) -> None:
    if not lines:
        return
    table = new_table(_("The ten best Renner"))
    add_columns(table, _("SKU"), _("Article"), figures=(_("Sold 90 d"),), last=_("Why"))
    for line in lines:
        table.add_row(line.sku, short_name(line.name), count_text(line.sold_units_90d), line.reason)
    console.print(table)


def _best_sellers(console: Console, sold: Sequence[BestSeller]) -> None:
    if not sold:
        return
    table = new_table(_("Best sellers"))
    figures = (_("Sold 90 d"), _("Sold 365 d"), _("Last sale"))
    add_columns(table, _("SKU"), _("Article"), figures=figures)
    for article in sold:
        table.add_row(
            article.sku,
            short_name(article.name),
            count_text(article.sold_units_90d),
            count_text(article.sold_units_365d),
            day_text(article.last_sale_date),
        )
    console.print(table)


def _running_out(console: Console, figures: Overview) -> None:
    if not figures.running_out:
        return
    table = new_table(_("What runs out when: most revenue at risk first"))
    # Two lines a row: side by side, eight columns leave three letters for the name at 80.
    days = "{}\n{}".format(_("Runs out"), _("Order by"))
    columns = (_("At risk"), days, _("Left"), _("On order"), _("To order"))
    add_columns(table, _("Article"), figures=columns)
    for line in figures.running_out:
        table.add_row(
            f"{line.sku}\n{short_name(line.name)}",
            whole_money(line.at_risk),
            f"{day_text(line.stockout_date)}\n{day_text(line.order_by_date)}",
            count_text(line.available_units),
            count_text(line.on_order_units),
            count_text(line.reorder_units),
        )
    console.print(table)
    console.print(
        _(
            "At risk is what the forecast sells and no stock serves if nothing more is ordered, at "
            "the sales price. Goods on order count from one lead time on; what runs out before is "
            "out until then."
        )
    )


def _proposals(console: Console, figures: Overview) -> None:
    if not figures.proposals:
        return
    table = new_table(_("Proposals"))
    columns = (_("Articles"), _("Units"), _("Cost of the units"), _("Proceeds net of VAT"))
    add_columns(table, _("Act"), figures=columns)
    for total in figures.proposals:
        table.add_row(
            str(ProposalKind(total.kind).label),
            count_text(total.count),
            count_text(total.units),
            whole_money(total.value),
            whole_money(total.proceeds),
        )
    console.print(table)
    console.print(
        _(
            "Proceeds are at sales prices, net of VAT; fees are not taken off. Those of a "
            "liquidation are a part of the cost."
        )
    )
    console.print(_("What orders are expected to earn is printed by `umschlag orders`."))
    without_value = sum(total.units_without_value for total in figures.proposals)
    if without_value:
        console.print(
            ngettext(
                "The cost leaves out %s unit whose cost is unknown.",
                "The cost leaves out %s units whose cost is unknown.",
                without_value,
            )
            % count_text(without_value)
        )


def _allocation(console: Console, total: AllocationTotal | None) -> None:
    if total is None:
        console.print(_("Nothing has been allocated yet."))
        return
    state = str(RunState(total.state).label)
    table = new_table(_("Allocation (%s)") % state, has_header=False)
    add_columns(table, "", figures=("",))
    made_at = timezone.localtime(total.made_at)
    table.add_row(_("Made"), f"{day_text(made_at.date())} {date_format(made_at, 'TIME_FORMAT')}")
    table.add_row(_("Carts"), count_text(total.cart_count))
    table.add_row(_("Units"), count_text(total.units))
    table.add_row(_("Goods"), whole_money(total.goods))
    is_proposed = total.state == RunState.PROPOSED
    shipping = _("Shipping, at most") if is_proposed else _("Shipping charged")
    table.add_row(shipping, whole_money(total.shipping))
    table.add_row(_("Pallets"), count_text(total.pallet_count))
    table.add_row(_("Shipping cost"), whole_money(total.freight))
    if total.above_share_max is not None:
        better = share_text(total.above_share_max, 2)
        table.add_row(_("The best plan possible is better by at most"), better)
    for reason, number in total.refusals_by_reason:
        label = reason_label(reason).partition(";")[0]
        table.add_row(_("Stores refused: %s") % label, count_text(number))
    console.print(table)


def _shortages(console: Console, figures: Overview) -> None:
    if not figures.shortages:
        return
    table = new_table(_("Clients with too little balance"))
    names = (_("Client"), _("Store"))
    add_columns(table, *names, figures=(_("Missing"),), last=_("Mutual store proposed"))
    for shortage in figures.shortages:
        table.add_row(
            shortage.client_name,
            shortage.store_name or UNKNOWN,
            whole_money(shortage.missing),
            shortage.mutual_store_name or UNKNOWN,
        )
    console.print(table)


def _skipped(console: Console, figures: Overview) -> None:
    if not figures.skipped:
        return
    console.print()
    console.print(_("What was skipped, and why"), style="bold")
    for line in figures.skipped:
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    where = _(
        "All of them, of every run: in the back office under Snapshots and Sync runs (%(path)s); a "
        "run that finds a row unchanged does not remark on it again."
    )
    path = "/admin/records/syncrun/"
    console.print(where % {"path": path}, markup=False, highlight=False, soft_wrap=True)


def new_table(title: str = "", *, has_header: bool = True) -> Table:
    """Return an empty table as all of the report's are."""
    return Table(
        title=title or None, title_justify="left", title_style="bold", show_header=has_header
    )


def add_columns(table: Table, *names: str, figures: Sequence[str] = (), last: str = "") -> None:
    """Add the columns: names on the left, figures on the right, then a text of any length."""
    for name in names:
        table.add_column(name, overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", no_wrap=True)
    if last:
        table.add_column(last, overflow="fold")


def whole_money(amount: Money | None) -> str:
    """Return the amount in whole major units, since cents only distract in a report."""
    return money_text(amount, whole=True)


def short_name(name: str) -> str:
    """Return the name as far as the terminal has room for it."""
    return name if len(name) <= NAME_WIDTH_MAX else name[: NAME_WIDTH_MAX - 1] + "…"
