"""Returns and credit notes of one sale, set off against each other.

A return takes goods and money off, and so does a credit note; merchants make both for the same
goods, the second from the return or from the sale. Within one family (a sale and whatever names it
or each other) a credit note therefore takes off only the units that no return took off. The money
is the credit note's where there is one: what it credits beyond, or short of, the returned units'
price stays on its line. In sum, every unit goes off once, and the money that was given back.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from umschlag.connectors.plentymarkets.order_lines import Order, OrderKind, OrderLine


def netted(orders: Mapping[str, Order]) -> Mapping[str, Order]:
    """Return the orders with the credit notes' lines less what the families' returns took off."""
    result = dict(orders)
    for family in _families(orders):
        returned = _Returned.of([one for one in family if one.kind is OrderKind.RETURN])
        for credit in family:
            if credit.kind is OrderKind.CREDIT_NOTE:
                result[credit.order_id] = returned.set_off(credit)
    return result


def _families(orders: Mapping[str, Order]) -> Iterator[Sequence[Order]]:
    """Yield the returns and credit notes that belong together, each family by rising id."""
    owner: dict[str, str] = {}

    def root(order_id: str) -> str:
        while (above := owner.setdefault(order_id, order_id)) != order_id:
            order_id = above
        return order_id

    members = [
        one for one in orders.values() if one.kind in (OrderKind.RETURN, OrderKind.CREDIT_NOTE)
    ]
    for order in members:
        for related in sorted(order.related):
            owner[root(related)] = root(order.order_id)
    families: dict[str, list[Order]] = {}
    for order in sorted(members, key=lambda one: int(one.order_id)):
        families.setdefault(root(order.order_id), []).append(order)
    yield from families.values()


@dataclass(slots=True)
class _Returned:
    """What a family's returns took off and no credit note has been set off against yet."""

    is_known: bool
    by_variation: dict[int, deque[tuple[int, int]]] = field(default_factory=dict)
    """Units and revenue, both as positive numbers."""

    @classmethod
    def of(cls, returns: Sequence[Order]) -> "_Returned":
        """Return the goods of the returns."""
        found = cls(is_known=bool(returns))
        for line in (line for order in returns for line in order.lines):
            if line.variation_id is not None and line.units < 0:
                pool = found.by_variation.setdefault(line.variation_id, deque())
                pool.append((-line.units, -line.revenue_minor))
        return found

    def set_off(self, credit: Order) -> Order:
        """Return the credit note with what is left of it."""
        if credit.credits_a_return and not self.is_known:
            # Its return cannot be read any more, and took the goods off in its time.
            return replace(credit, lines=())
        lines = [self._rest_of(line) for line in credit.lines]
        return replace(
            credit, lines=tuple(line for line in lines if line.units or line.revenue_minor)
        )

    def _rest_of(self, line: OrderLine) -> OrderLine:
        pool = self.by_variation.get(line.variation_id or 0, deque())
        units, revenue = line.units, line.revenue_minor
        while pool and units < 0:
            had_units, had_revenue = pool.popleft()
            taken = min(had_units, -units)
            share = had_revenue * taken // had_units
            if taken < had_units:
                pool.appendleft((had_units - taken, had_revenue - share))
            units, revenue = units + taken, revenue + share
        return replace(line, units=units, revenue_minor=revenue)
