"""The order list: what to order, of whom, for how much, and what a budget buys of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from umschlag.intelligence.forecasting.order_money import OrderStep, within_budget
from umschlag.intelligence.movement.model import ReasonValue
from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.models import Article, Proposal, ProposalKind, ProposalState
from umschlag.storage.records.proposals import steps_of
from umschlag.storage.records.reasons import read_values
from umschlag.wiring.order_arithmetic import Arithmetic, lead_time_text, order_arithmetic
from umschlag.wiring.spreadsheets import Row
from umschlag.wiring.stored_reasons import reason_text


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersWanted:
    """Which order lines are asked for, in which order, and for how much money."""

    supplier: str = ""
    category: str = ""
    q: str = ""
    urgent: bool = False
    budget_minor: int | None = None
    """In minor units of the merchant's currency; None: no limit."""
    sort: str = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One article to order; money is None where a price or the cost is unknown."""

    proposal: Proposal
    units: int
    """What to order: with a budget, what of it is within."""
    step: OrderStep | None
    values: Mapping[str, ReasonValue] = field(repr=False)

    @property
    def article(self) -> Article:
        """The article."""
        return self.proposal.article

    @property
    def cost(self) -> Money | None:
        """What the units cost."""
        if self.step is not None:
            return Money(self.step.cost_minor, self.article.currency)
        minor = self.proposal.value_minor
        return None if minor is None else Money(minor, self.article.currency)

    @property
    def money(self) -> Money | None:
        """What the order is expected to earn."""
        if self.step is None:
            return None
        return Money(self.step.money_minor, self.article.currency)

    @property
    def money_per_cost(self) -> float | None:
        """Earnings of each unit of money spent."""
        if self.step is None or not self.step.cost_minor:
            return None
        return self.step.money_minor / self.step.cost_minor

    @property
    def is_urgent(self) -> bool:
        """Whether the stock is likely gone before an order of today arrives."""
        due = self.proposal.due_date
        return due is not None and due <= self.proposal.made_date

    @property
    def is_raised(self) -> bool:
        """Whether a minimum order or packs made it more than what is missing."""
        return bool(self.values.get("is_rounded")) and self.units > self.missing_units

    @property
    def missing_units(self) -> int:
        """What is missing to the order-up-to level."""
        level, available, on_order = (
            self.values.get(name, 0)
            for name in ("order_up_to_units", "available_units", "on_order_units")
        )
        return int(str(level)) - int(str(available)) - int(str(on_order))

    @property
    def lead_time(self) -> str:
        """Where its lead time comes from."""
        return lead_time_text(self.values)

    @property
    def arithmetic(self) -> Arithmetic:
        """Why this quantity, to be added up again."""
        return order_arithmetic(self.values, self.step, units=self.units)

    @property
    def why(self) -> str:
        """Why this quantity, as a sentence."""
        return reason_text(self.proposal)


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierTotal:
    """What is ordered of one supplier."""

    supplier: str
    """Empty where the ERP names none."""
    line_count: int
    units: int
    cost: Money
    """Lines in the merchant's currency whose cost is known."""
    money: Money
    raised_count: int
    """Lines that the minimum order or packs made larger."""
    unknown_count: int
    """Lines without a cost or in another currency."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderList:
    """The lines asked for, and what they come to by supplier and together."""

    lines: Sequence[OrderLine]
    suppliers: Sequence[SupplierTotal]
    total: SupplierTotal
    urgent_count: int
    beyond_budget_count: int = 0
    """Lines of which the budget buys nothing."""
    unpriced_count: int = 0
    """Lines left out of a budget: their price or cost is unknown, or in another currency."""

    @property
    def losing_count(self) -> int:
        """Lines that are expected to lose money: holding them costs more than lost sales would."""
        return sum(line.money is not None and line.money.minor < 0 for line in self.lines)


SORTS: Mapping[str, Callable[[OrderLine], tuple[float, ...]]] = {
    "money": lambda line: (-(line.money.minor if line.money else float("-inf")),),
    "return": lambda line: (
        -(float("-inf") if line.money_per_cost is None else line.money_per_cost),
    ),
    "due": lambda line: (
        (line.proposal.due_date or date.max).toordinal(),
        -(line.money.minor if line.money else 0),
    ),
    "cost": lambda line: (-(line.cost.minor if line.cost else 0),),
}


def order_list(settings: Settings, wanted: OrdersWanted) -> OrderList:
    """Return the open order lines; with a budget those that earn most for it, and how many units.

    Raises:
        BadInput: the budget is negative.
    """
    lines = [order_of(row) for row in _proposals(wanted)]
    if wanted.urgent:
        lines = [line for line in lines if line.is_urgent]
    beyond = unpriced = 0
    if wanted.budget_minor is not None:
        priced = [
            line for line in lines if line.step and line.article.currency == settings.currency
        ]
        unpriced = len(lines) - len(priced)
        lines = _within(priced, wanted.budget_minor)
        beyond = len(priced) - len(lines)
    measure = SORTS.get(wanted.sort, SORTS["money"])
    lines.sort(key=lambda line: (*measure(line), line.article.sku))
    by_supplier: dict[str, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_supplier[line.article.supplier].append(line)
    totals = [_total(name, own, settings.currency) for name, own in by_supplier.items()]
    return OrderList(
        lines=lines,
        suppliers=sorted(totals, key=lambda total: (-total.cost.minor, total.supplier)),
        total=_total("", lines, settings.currency),
        urgent_count=sum(line.is_urgent for line in lines),
        beyond_budget_count=beyond,
        unpriced_count=unpriced,
    )


def order_of(row: Proposal) -> OrderLine:
    """Return the order that a proposal stands for, in its full quantity."""
    try:
        values = read_values(row.reason_values)
        steps = steps_of(row)
    except (BadInput, ValueError):
        # An older version's: its units still are an order.
        values, steps = {}, ()
    return OrderLine(
        proposal=row, units=row.units, step=steps[-1] if steps else None, values=values
    )


def order_choices() -> dict[str, list[str]]:
    """Return the suppliers and categories that open order lines have."""
    rows = _open_orders().order_by().values_list("article__supplier", "article__category")
    pairs = set(rows)
    return {
        "suppliers": sorted({supplier for supplier, _category in pairs if supplier}),
        "categories": sorted({category for _supplier, category in pairs if category}),
    }


def order_rows(found: OrderList) -> Iterator[Row]:
    """Return the column names and a row for each line, amounts in major units."""
    yield [
        *("sku", "name", "supplier", "category", "units_to_order", "unit_cost", "order_value"),
        *("expected_money", "money_per_cost", "order_by", "is_urgent", "available_units"),
        *("on_order_units", "expected_demand", "safety_stock", "reorder_point", "order_up_to"),
        *("lead_time_days", "lead_time_from", "order_units_min", "pack_units", "runs_out_on"),
        *("currency", "reason", "as_of"),
    ]
    for line in found.lines:
        article, values = line.article, line.values
        cost = values.get("unit_cost")
        runs_out = values.get("stockout_date")
        yield [
            article.sku,
            article.name,
            article.supplier,
            article.category,
            line.units,
            cost.decimal if isinstance(cost, Money) else None,
            line.cost.decimal if line.cost else None,
            line.money.decimal if line.money else None,
            None if line.money_per_cost is None else round(line.money_per_cost, 4),
            line.proposal.due_date,
            line.is_urgent,
            *(_plain(values.get(name)) for name in _FIGURES),
            line.lead_time,
            article.order_units_min,
            article.pack_units,
            runs_out if isinstance(runs_out, date) else None,
            article.currency,
            line.why,
            line.proposal.made_date,
        ]


_FIGURES = (
    "available_units",
    "on_order_units",
    "lead_time_mean_units",
    "safety_stock_units",
    "reorder_point_units",
    "order_up_to_units",
    "lead_time_days",
)


def _plain(value: ReasonValue | None) -> int | float | None:
    return value if isinstance(value, int | float) else None


def _open_orders() -> QuerySet[Proposal]:
    return Proposal.objects.filter(kind=ProposalKind.REORDER, state=ProposalState.OPEN)


def _proposals(wanted: OrdersWanted) -> Iterator[Proposal]:
    rows = _open_orders().select_related("article")
    if wanted.supplier:
        rows = rows.filter(article__supplier=wanted.supplier)
    if wanted.category:
        rows = rows.filter(article__category=wanted.category)
    if wanted.q:
        rows = rows.filter(
            Q(article__sku__icontains=wanted.q) | Q(article__name__icontains=wanted.q)
        )
    yield from rows.order_by("pk").iterator()


def _within(lines: Sequence[OrderLine], budget_minor: int) -> list[OrderLine]:
    bought = within_budget(
        {line.article.sku: steps_of(line.proposal) for line in lines}, budget_minor=budget_minor
    )
    return [
        OrderLine(proposal=line.proposal, units=step.units, step=step, values=line.values)
        for line in lines
        if (step := bought.steps.get(line.article.sku))
    ]


def _total(supplier: str, lines: Sequence[OrderLine], currency: str) -> SupplierTotal:
    costs = [line.cost for line in lines if line.cost and line.cost.currency == currency]
    moneys = [line.money for line in lines if line.money and line.money.currency == currency]
    return SupplierTotal(
        supplier=supplier,
        line_count=len(lines),
        units=sum(line.units for line in lines),
        cost=Money(sum(cost.minor for cost in costs), currency),
        money=Money(sum(money.minor for money in moneys), currency),
        raised_count=sum(line.is_raised for line in lines),
        unknown_count=len(lines) - len(costs),
    )
