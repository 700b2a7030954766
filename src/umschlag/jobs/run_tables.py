"""Allocation runs as tables that a terminal of 100 columns holds."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table, short_name
from umschlag.kernel.money import Money, money
from umschlag.storage.records.models import AllocationRun, Cart, CartLine, RunRefusal, RunState
from umschlag.storage.records.run_figures import RunFigures, above_share_max, read_figures
from umschlag.wiring.amounts import UNKNOWN, count_text, day_text, decimal_text, money_text
from umschlag.wiring.amounts import share_text as percent
from umschlag.wiring.run_edits import Comparison
from umschlag.wiring.run_view import FigureRow, figure_rows, share_views
from umschlag.wiring.stored_reasons import reason_text

ROWS_PRINTED_MAX = 40
"""Of each table; more is for a file, and the number of those left out is told."""


def print_run_list(console: Console, runs: Iterable[AllocationRun], currency: str) -> None:
    """Print the runs, a line each."""
    table = new_table(_("Allocation runs"))
    names = (_("No."), _("Made"), _("State"), _("For"))
    add_columns(table, *names, figures=(_("Carts"), _("Units"), _("Worth")))
    for run in runs:
        carts = list(run.carts.all())
        table.add_row(
            str(run.pk),
            _made_text(run),
            str(RunState(run.state).label),
            _for_whom(run),
            count_text(len(carts)),
            count_text(sum(cart.units for cart in carts)),
            UNKNOWN
            if run.worth_minor is None
            else money_text(Money(run.worth_minor, currency), whole=True),
        )
    console.print(table)


def print_heading(console: Console, run: AllocationRun, currency: str) -> None:
    """Print what the run is and how good it is."""
    heading = _("Run %(number)s: %(state)s, %(whom)s") % {
        "number": run.pk,
        "state": str(RunState(run.state).label),
        "whom": _for_whom(run),
    }
    console.print(heading, style="bold", markup=False, highlight=False, soft_wrap=True)
    made = _("Made %s.") % _made_text(run)
    if run.policy:
        made += " " + _("Fairness: %s.") % run.get_policy_display()
    if run.based_on_id is not None:
        made += " " + _("Planned again from run %d.") % run.based_on_id
    _say(console, made)
    figures = read_figures(run)
    if figures is None:
        return
    _say(console, " ".join(_goodness(run, figures)))
    _print_against_the_lists(console, figures, currency)


def _goodness(run: AllocationRun, figures: RunFigures) -> list[str]:
    gap = above_share_max(run)
    if gap is None:
        if figures.is_complete:
            return []
        return [
            _(
                "The time was up before anything could be proven; this is the plan of the "
                "sorted lists."
            )
        ]
    told = _("No plan could be worth more than %(share)s above this one: that much is proven.")
    sentences = [told % {"share": percent(gap, 2)}]
    if not figures.is_complete:
        sentences.append(_("The time was up before the search had ended."))
    loop_worth = figures.loop.worth_minor
    if loop_worth > 0 and (run.worth_minor or 0) > loop_worth:
        told = _("It is worth %(share)s more than going down the sorted lists.")
        sentences.append(told % {"share": percent((run.worth_minor or 0) / loop_worth - 1, 1)})
    return sentences


def _print_against_the_lists(console: Console, figures: RunFigures, currency: str) -> None:
    plan, loop = figures.plan, figures.loop
    table = new_table()
    add_columns(table, "", figures=(_("This plan"), _("Sorted lists")))
    for title, ours, theirs in (
        (
            _("Margin before Amazon's fees, less freight"),
            plan.margin_minor - plan.freight_minor,
            loop.margin_minor - loop.freight_minor,
        ),
        (_("Aged stock that leaves, by cost"), plan.aged_minor, loop.aged_minor),
    ):
        table.add_row(title, money_text(Money(ours, currency)), money_text(Money(theirs, currency)))
    preordered = count_text(plan.preorder_units), count_text(loop.preorder_units)
    table.add_row(_("Preordered units"), *preordered)
    table.add_row(
        _("How even the clients come off (1 is even)"), decimal_text(figures.jain_run, 2), ""
    )
    console.print(table)


def print_carts(console: Console, run: AllocationRun, carts: Sequence[Cart]) -> None:
    """Print what each store gets, and what it all comes to."""
    if not carts:
        _say(console, _("Nothing could be given. “--refused” prints the reasons."))
        return
    is_open = run.state == RunState.PROPOSED
    shipping = _("Shipping, at most") if is_open else _("Shipping")
    total = _("Total, at most") if is_open else _("Total")
    table = new_table(_("Carts"))
    figures = (_("Units"), _("Goods"), shipping, total)
    add_columns(table, _("Client"), _("Store"), figures=figures)
    for cart in carts[:ROWS_PRINTED_MAX]:
        store = f"{short_name(cart.store.name)} ({cart.store.external_id})"
        table.add_row(short_name(cart.client.name), store, *_sums([cart]))
    if len(carts) > 1:
        table.add_section()
        table.add_row(_("Total"), "", *_sums(carts), style="bold")
    console.print(table)
    _say_more(console, len(carts))


def _sums(carts: Sequence[Cart]) -> list[str]:
    currency = carts[0].currency
    amounts = (
        sum(cart.goods_minor for cart in carts),
        sum(cart.shipping_minor for cart in carts),
        sum(cart.total_minor for cart in carts),
    )
    units = count_text(sum(cart.units for cart in carts))
    return [units, *(money_text(Money(minor, currency)) for minor in amounts)]


def print_shares(console: Console, run: AllocationRun, currency: str) -> None:
    """Print how the clients come off; nothing for a run that kept no shares."""
    views = share_views(run, currency)
    if not views:
        return
    table = new_table(_("How the clients come off"))
    figures = (_("Given"), _("Of its balance"), _("In 90 days"), _("Days waited"))
    add_columns(table, _("Client"), figures=(*figures, _("100 more bring")))
    hundred = money(Decimal(100), currency)
    for view in views[:ROWS_PRINTED_MAX]:
        price = view.balance_price
        brings = None if price is None else Money(round(price * hundred.minor), currency)
        table.add_row(
            short_name(view.client.name),
            money_text(view.given),
            percent(view.run_share),
            percent(view.window_share),
            count_text(view.waited_days),
            money_text(brings),
        )
    console.print(table)
    _say_more(console, len(views))


def print_pins(console: Console, run: AllocationRun) -> None:
    """Print the lines that a person set; nothing where there are none."""
    pins = list(run.pins.select_related("store", "asin", "set_by").order_by("set_at", "pk"))
    if not pins:
        return
    table = new_table(_("Lines set by hand"))
    add_columns(table, _("Store"), _("ASIN"), figures=(_("Units"),), last=_("Set by"))
    for pin in pins:
        table.add_row(
            f"{pin.store.name} ({pin.store.external_id})",
            pin.asin.asin,
            count_text(pin.units) if pin.units else _("taken out"),
            pin.set_by.get_username() if pin.set_by else UNKNOWN,
        )
    console.print(table)


def print_lines(console: Console, run: AllocationRun, lines: Sequence[CartLine]) -> None:
    """Print the lines of a store with their reasons."""
    pinned = set(run.pins.values_list("store_id", "asin_id"))
    table = new_table(_("Who gets what, and why"))
    figures = (_("Units"), _("Unit cost"), _("Shipping"))
    add_columns(table, _("ASIN"), figures=figures, last=_("Why"))
    for line in lines[:ROWS_PRINTED_MAX]:
        currency = line.cart.currency
        is_pinned = (line.cart.store_id, line.asin_id) in pinned
        by_hand = f"\n({_('set by hand')})" if is_pinned else ""
        table.add_row(
            f"{line.asin.asin}\n{short_name(line.asin.title)}",
            count_text(line.units),
            money_text(Money(line.unit_cost_minor, currency)),
            money_text(Money(line.unit_shipping_minor, currency)),
            reason_text(line) + by_hand,
        )
    console.print(table)
    _say_more(console, len(lines))


def print_not_given(console: Console, rows: Sequence[RunRefusal], count: int) -> None:
    """Print what was not given and why; `count` is how many there are in all."""
    table = new_table(_("Not given, and why"))
    add_columns(table, _("Store"), _("ASIN"), last=_("Why"))
    for row in rows:
        table.add_row(
            f"{short_name(row.store.name)} ({row.store.external_id})" if row.store else UNKNOWN,
            row.asin.asin if row.asin else UNKNOWN,
            reason_text(row),
        )
    console.print(table)
    _say_more(console, count)


def print_side_by_side(console: Console, found: Comparison, currency: str) -> None:
    """Print two runs' figures, clients and the lines that differ."""
    numbers = [_("Run %(number)s") % {"number": run.pk} for run in (found.before, found.after)]
    rows = figure_rows(found.before_figures, found.after_figures, currency)
    if rows:
        table = new_table(_("Two runs side by side"))
        add_columns(table, "", figures=numbers)
        for row in rows:
            table.add_row(row.title, *_figure_texts(row))
        console.print(table)
    else:
        told = _("One of the runs was made by an older version, which kept no figures.")
        _say(console, told)
    if not found.clients:
        _say(console, _("Neither run gives anything to anyone."))
        return
    table = new_table(_("Clients"))
    add_columns(table, _("Client"), figures=(*numbers, _("Difference")))
    for one in found.clients[:ROWS_PRINTED_MAX]:
        amounts = (one.before_minor, one.after_minor, one.after_minor - one.before_minor)
        texts = (money_text(Money(minor, currency)) for minor in amounts)
        table.add_row(short_name(one.client_name), *texts)
    console.print(table)
    _say_more(console, len(found.clients))
    _print_differences(console, found, numbers)


def _print_differences(console: Console, found: Comparison, numbers: Sequence[str]) -> None:
    if not found.lines:
        _say(console, _("Both runs give the same."))
        return
    table = new_table(_("Lines that differ"))
    add_columns(table, _("Store"), _("ASIN"), figures=numbers)
    for line in found.lines[:ROWS_PRINTED_MAX]:
        store = f"{short_name(line.client_name)}: {short_name(line.store_name)}"
        units = count_text(line.before_units), count_text(line.after_units)
        table.add_row(store, f"{line.asin} {short_name(line.title)}", *units)
    console.print(table)
    _say_more(console, len(found.lines))
    same = ngettext(
        "%(number)s line is the same", "%(number)s lines are the same", found.same_line_count
    )
    _say(console, same % {"number": count_text(found.same_line_count)} + ".")


def _figure_texts(row: FigureRow) -> list[str]:
    texts = []
    for value in (row.before, row.after):
        if isinstance(value, Money):
            texts.append(money_text(value))
        else:
            texts.append(decimal_text(value, 2) if row.is_index else count_text(int(value)))
    return texts


def _made_text(run: AllocationRun) -> str:
    made_at = timezone.localtime(run.made_at)
    return f"{day_text(made_at.date())} {date_format(made_at, 'TIME_FORMAT')}"


def _for_whom(run: AllocationRun) -> str:
    if run.only_store is None:
        return _("All clients and stores")
    return f"{short_name(run.only_store.name)} ({run.only_store.external_id})"


def _say_more(console: Console, count: int) -> None:
    if count > ROWS_PRINTED_MAX:
        more = _("and %(number)s more") % {"number": count_text(count - ROWS_PRINTED_MAX)}
        _say(console, f"… {more}")


def _say(console: Console, text: str) -> None:
    if text:
        console.print(text, markup=False, highlight=False, soft_wrap=True)
