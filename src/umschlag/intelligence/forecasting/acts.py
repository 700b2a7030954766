"""An act as it is proposed: its price, what it brings, and the sentence that says why."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from umschlag.intelligence.forecasting.model import ActBasis, ActKind, ProposedAct
from umschlag.intelligence.forecasting.order_money import OrderStep
from umschlag.intelligence.movement.model import ArticleFacts, Reason, ReasonValue
from umschlag.kernel.money import Money
from umschlag.kernel.vat import net_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPrice:
    """A unit's price as the buyer reads it, and what of it is ours; None where unknown."""

    shown: Money | None
    net: Money | None


@dataclass(slots=True, kw_only=True)
class ActDraft:
    """What is proposed of an article, while its figures are put together."""

    facts: ArticleFacts
    kind: ActKind
    units: int
    values: dict[str, ReasonValue]
    code: str = ""
    """Of the sentence; empty: the kind's own."""
    price: UnitPrice = UnitPrice(shown=None, net=None)
    due_date: date | None = None
    steps: tuple[OrderStep, ...] = ()

    def tag(self, price_minor: int | None, vat_percent: Decimal) -> None:
        """Set the price on the tag with its net, and add the VAT between them to the values."""
        if price_minor is None:
            return
        self.values["vat_percent"] = float(vat_percent)
        currency = self.facts.currency
        self.price = UnitPrice(
            shown=Money(price_minor, currency),
            net=Money(net_minor(price_minor, vat_percent=vat_percent), currency),
        )

    def act(self, basis: ActBasis) -> ProposedAct:
        """Return the act with its proceeds, which stand among the values."""
        facts, price, values = self.facts, self.price, self.values
        value = None
        if facts.unit_cost_minor is not None:
            value = Money(facts.unit_cost_minor * self.units, facts.currency)
        proceeds = None if price.net is None else price.net * self.units
        if price.shown is not None and price.net is not None and proceeds is not None:
            values |= {"price": price.shown, "net_price": price.net, "proceeds": proceeds}
        return ProposedAct(
            sku=facts.sku,
            kind=self.kind,
            units=self.units,
            value=value,
            price=price.shown,
            proceeds=proceeds,
            due_date=self.due_date,
            reason=Reason(code=self.code or self.kind.value, values=values),
            basis=basis,
            steps=self.steps,
        )
