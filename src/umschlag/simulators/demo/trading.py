"""One trading day after another: goods arrive, customers buy, parcels leave, returns come back."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.articles import NEVER, Articles
from umschlag.simulators.demo.calendar import Calendar
from umschlag.simulators.demo.demand import CHANNEL_COUNT, Demand, draw_demand, expected_lines
from umschlag.simulators.demo.movements import MovementLog, Reason
from umschlag.simulators.demo.orders import (
    NEXT_DAY_SHIPPING,
    SHIPS_NEXT_DAY_FROM,
    DayOrders,
    Handling,
    LineType,
    OrderLog,
    OrderType,
    cancelled_twins,
    group_sales,
    joined,
    shipping_seconds,
    with_components,
)
from umschlag.simulators.demo.randomness import Topic, generator
from umschlag.simulators.demo.stock import (
    REPAIR,
    SALES_WAREHOUSES,
    WAREHOUSE_OF_CHANNEL,
    Shelves,
    opening_shelves,
    remember_demand,
    reorder,
)

_RETURN_SHARE = 0.03
_OPENING_SECOND, _RENEWAL_SECOND, _RECEIPT_SECOND = 60, 27_000, 28_800
_RETURN_SECOND, _COUNT_SECOND = 40_000, 64_000
_CORRECTIONS_PER_ARTICLE = 1 / 5_000

Ints = NDArray[np.int64]


@dataclass(slots=True)
class Recorded:
    """Figures of every day's close, day first."""

    units_sold: Ints
    """Day × article × channel."""
    units_returned: Ints
    """The same; credit notes count on the day they are written."""
    on_hand: Ints
    """Day × article × warehouse (two for sales, then repair)."""
    reserved: Ints
    on_order: Ints


@dataclass(slots=True)
class Trading:
    """The merchant at work. `live` is called once a day, in order."""

    articles: Articles
    calendar: Calendar
    seed: int
    cost_minor: Ints
    price_minor: Ints
    shelves: Shelves = field(init=False)
    recorded: Recorded = field(init=False)
    movements: MovementLog = field(default_factory=MovementLog)
    orders: OrderLog = field(default_factory=OrderLog)
    _late: tuple[Ints, Ints, Ints, Ints, Ints] | None = None
    """Article, warehouse, units, line and variation id of what leaves tomorrow morning."""
    _returning: dict[int, list[tuple[int, int, int, int, int]]] = field(default_factory=dict)
    """By day: article, channel, units, order, and its fate (0 shelf, 1 repair, 2 money only)."""

    def __post_init__(self) -> None:
        """Fill the shelves as they were before the first morning."""
        rng = self._rng(0, Topic.OPENING)
        self.shelves = opening_shelves(rng, self.articles, self.calendar.first_date)
        shape = (self.calendar.day_count, self.articles.count)
        self.recorded = Recorded(
            units_sold=np.zeros((*shape, CHANNEL_COUNT), np.int64),
            units_returned=np.zeros((*shape, CHANNEL_COUNT), np.int64),
            on_hand=np.zeros((*shape, 3), np.int64),
            reserved=np.zeros((*shape, 3), np.int64),
            on_order=np.zeros((*shape, SALES_WAREHOUSES), np.int64),
        )

    def live(self, day: int) -> None:
        """Live through one day, from the first morning's opening stock to the evening's count."""
        if day == 0:
            self._book_everything(day, Reason.OPENING, sign=1, second=_OPENING_SECOND)
        self._ship_yesterdays_orders()
        self._renew_articles(day)
        self._receive(day)
        sold = self._sell(day)
        returns = self._take_returns(day)
        self._write_orders(day, sold, returns)
        self._correct(day)
        on, rng = self.calendar.date_of(day), self._rng(day, Topic.STOCK)
        reorder(self.shelves, self.articles, day=day, on=on, rng=rng)
        self._close(day)

    def _rng(self, day: int, topic: Topic) -> np.random.Generator:
        return generator(self.seed, self.calendar.first_date.toordinal() + day, topic)

    def _where(self, day: int, articles: Ints, warehouse: Ints | int) -> tuple[Ints, Ints, Ints]:
        at = np.broadcast_to(np.asarray(warehouse, np.int64), articles.shape)
        return articles, at, self.articles.variation_id_on(day, articles)

    def _book_everything(
        self, day: int, reason: Reason, *, sign: int, second: int, only: Ints | None = None
    ) -> None:
        """Book all that the shelves hold in or out; the shelves stay as they are."""
        articles = np.arange(self.articles.count) if only is None else only
        stock = (*self.shelves.net[articles].T, self.shelves.repair[articles])
        for warehouse, units in enumerate(stock):
            cost = self.cost_minor[day, articles] if sign > 0 else 0
            where = self._where(day, articles, warehouse)
            self.movements.add(where, sign * units, reason, second=second, cost_minor=cost)

    def _ship_yesterdays_orders(self) -> None:
        if self._late is None:
            return
        articles, warehouses, units, lines, variations = self._late
        self.movements.add(
            (articles, warehouses, variations),
            -units,
            Reason.SALE,
            second=NEXT_DAY_SHIPPING,
            line=lines,
        )
        self._late = None

    def _renew_articles(self, day: int) -> None:
        """Let articles vanish, be re-created, and order the first stock of new ones."""
        a = self.articles
        gone = np.flatnonzero(a.vanishes_day == day)
        self._book_everything(day, Reason.DELETED, sign=-1, second=_RENEWAL_SECOND, only=gone)
        self.shelves.net[gone] = 0
        self.shelves.repair[gone] = 0
        self.shelves.drop_orders(gone)
        anew = np.flatnonzero((a.recreated_day == day) & (a.vanishes_day == NEVER))
        before = _RENEWAL_SECOND + 60
        self._book_everything(day - 1, Reason.RECREATED, sign=-1, second=before, only=anew)
        self._book_everything(day, Reason.RECREATED, sign=1, second=before + 60, only=anew)
        new = np.flatnonzero((a.appears_day == day) & (day > 0))
        if len(new):
            first = np.ceil(self.shelves.estimate[new] * 40 + 2 * (a.lines_per_day[new, :2] > 0))
            units = np.zeros_like(self.shelves.net)
            units[new] = first.astype(np.int64)
            self.shelves.schedule(day, units)

    def _receive(self, day: int) -> None:
        arrived = self.shelves.receive(day)
        for warehouse in range(SALES_WAREHOUSES):
            articles = np.flatnonzero(arrived[:, warehouse])
            self.movements.add(
                self._where(day, articles, warehouse),
                arrived[articles, warehouse],
                Reason.RECEIPT,
                second=_RECEIPT_SECOND,
                cost_minor=self.cost_minor[day, articles],
            )

    def _sell(self, day: int) -> tuple[Ints, Ints, Ints]:
        """Return the day's sold lines as article, channel and units; the shelves shrink."""
        expected = expected_lines(self.articles, day, self.calendar.date_of(day))
        demand = draw_demand(self._rng(day, Topic.DEMAND), self.articles, expected)
        asked = demand.lines * demand.units_per_line
        sold = np.zeros_like(asked)
        single = ~self.articles.is_bundle
        for channel, warehouse in enumerate(WAREHOUSE_OF_CHANNEL):
            can = self.shelves.sellable(self.articles)[:, warehouse]
            sold[:, channel] = np.where(single, np.minimum(asked[:, channel], can), 0)
            self.shelves.net[:, warehouse] -= sold[:, channel]
        self._sell_bundles(asked, sold)
        self.recorded.units_sold[day] = sold
        home = asked[:, 0] + asked[:, 2]
        remember_demand(self.shelves, self.articles, np.stack([home, asked[:, 1]], axis=1))
        return _lines_of(sold, demand)

    def _sell_bundles(self, asked: Ints, sold: Ints) -> None:
        for bundle in np.flatnonzero(self.articles.is_bundle & (asked[:, 0] > 0)):
            parts = self.articles.components[bundle]
            if parts[0] >= 0:
                can = max(0, int(self.shelves.net[parts, 0].min()))
                sold[bundle, 0] = min(can, int(asked[bundle, 0]))
                self.shelves.net[parts, 0] -= sold[bundle, 0]

    def _take_returns(self, day: int) -> DayOrders:
        rng = self._rng(day, Topic.RETURNS)
        rows = np.array(self._returning.pop(day, []), dtype=np.int64).reshape(-1, 5)
        article, channel, units, parent, fate = rows.T
        there = self.articles.exists_on(day)[article]
        fate = np.where(there, fate, 2)
        np.add.at(self.recorded.units_returned[day], (article, channel), units)
        shelf, repair = fate == 0, fate == 1
        warehouse = WAREHOUSE_OF_CHANNEL[channel]
        np.add.at(self.shelves.net, (article[shelf], warehouse[shelf]), units[shelf])
        np.add.at(self.shelves.repair, article[repair], units[repair])
        count = len(article)
        return DayOrders(
            second=rng.integers(_RETURN_SECOND, SHIPS_NEXT_DAY_FROM, count),
            channel=channel,
            order_type=np.where(fate == 2, OrderType.CREDIT_NOTE, OrderType.RETURN),
            handling=np.where(repair, Handling.TO_REPAIR, Handling.NORMAL),
            parent=parent,
            line_order=np.arange(count),
            article=article,
            units=units,
            line_type=np.full(count, LineType.VARIATION, np.int64),
        )

    def _write_orders(self, day: int, sold: tuple[Ints, Ints, Ints], returns: DayOrders) -> None:
        rng = self._rng(day, Topic.ORDERS)
        sales = with_components(group_sales(rng, *sold), self.articles.components)
        orders = joined([sales, cancelled_twins(rng, sales), returns])
        variation_id = self.articles.variation_id_on(day, orders.article)
        has_price = orders.line_type != LineType.COMPONENT
        price = np.where(has_price, self.price_minor[day, orders.article], 0)
        cost = self.cost_minor[day, orders.article]
        numbers = self.orders.order_count, self.orders.line_count
        self.orders.add(day, orders, variation_id, (price, cost))
        self._plan_shipping(orders, variation_id, first_line=numbers[1])
        self._book_returns(orders, variation_id, first_line=numbers[1])
        self._plan_returns(day, orders, first_order=numbers[0], rng=rng)

    def _plan_shipping(self, orders: DayOrders, variation_id: Ints, *, first_line: int) -> None:
        goes = orders.order_type[orders.line_order] == OrderType.SALE
        goes &= orders.handling[orders.line_order] == Handling.NORMAL
        lines = np.flatnonzero(goes & (orders.line_type != LineType.BUNDLE))
        second = orders.second[orders.line_order[lines]]
        warehouse = WAREHOUSE_OF_CHANNEL[orders.channel[orders.line_order[lines]]]
        late = second >= SHIPS_NEXT_DAY_FROM
        now, then = lines[~late], lines[late]
        self.movements.add(
            (orders.article[now], warehouse[~late], variation_id[now]),
            -orders.units[now],
            Reason.SALE,
            second=shipping_seconds(second[~late]),
            line=first_line + now,
        )
        self._late = (
            orders.article[then],
            warehouse[late],
            orders.units[then],
            first_line + then,
            variation_id[then],
        )

    def _book_returns(self, orders: DayOrders, variation_id: Ints, *, first_line: int) -> None:
        back = orders.order_type[orders.line_order] == OrderType.RETURN
        lines = np.flatnonzero(back)
        order = orders.line_order[lines]
        damaged = orders.handling[order] == Handling.TO_REPAIR
        warehouse = np.where(damaged, REPAIR, WAREHOUSE_OF_CHANNEL[orders.channel[order]])
        self.movements.add(
            (orders.article[lines], warehouse, variation_id[lines]),
            orders.units[lines],
            Reason.RETURN,
            second=orders.second[order],
            line=first_line + lines,
        )

    def _plan_returns(
        self, day: int, orders: DayOrders, *, first_order: int, rng: np.random.Generator
    ) -> None:
        order = orders.line_order
        sold = (orders.order_type[order] == OrderType.SALE) & (orders.line_type == 1)
        sold &= orders.handling[order] == Handling.NORMAL
        chance = rng.random(len(order))
        for line in np.flatnonzero(sold & (chance < _RETURN_SHARE)):
            back_day = day + int(rng.integers(6, 21))
            fate = int(rng.choice(3, p=(0.55, 0.2, 0.25)))
            row = (
                int(orders.article[line]),
                int(orders.channel[order[line]]),
                int(orders.units[line]),
                first_order + int(order[line]),
                fate,
            )
            self._returning.setdefault(back_day, []).append(row)

    def _correct(self, day: int) -> None:
        """Book what a stock count finds: now and then one or two units more or fewer."""
        rng = self._rng(day, Topic.STOCK)
        count = self.articles.count
        hit = rng.random((count, SALES_WAREHOUSES)) < _CORRECTIONS_PER_ARTICLE
        found = rng.choice((-2, -1, -1, 1), (count, SALES_WAREHOUSES))
        # Only what lies on a shelf is counted, so a count never makes stock negative.
        hit &= (self.shelves.net >= 2) & self.articles.exists_on(day)[:, None]
        units = np.where(hit, found, 0)
        self.shelves.net += units
        for warehouse in range(SALES_WAREHOUSES):
            articles = np.flatnonzero(units[:, warehouse])
            self.movements.add(
                self._where(day, articles, warehouse),
                units[articles, warehouse],
                Reason.CORRECTION,
                second=_COUNT_SECOND,
            )

    def _close(self, day: int) -> None:
        reserved = self.recorded.reserved[day]
        if self._late is not None:
            np.add.at(reserved, (self._late[0], self._late[1]), self._late[2])
        on_hand = self.recorded.on_hand[day]
        on_hand[:, :SALES_WAREHOUSES] = self.shelves.net + reserved[:, :SALES_WAREHOUSES]
        on_hand[:, REPAIR] = self.shelves.repair
        self.recorded.on_order[day] = self.shelves.on_order
        self.movements.close_day(day)


def _lines_of(sold: Ints, demand: Demand) -> tuple[Ints, Ints, Ints]:
    """Return what was sold line by line; where stock ran short the last line is the smaller."""
    article, channel = np.nonzero(sold)
    total = sold[article, channel]
    size = demand.units_per_line[article, channel]
    count = -(-total // size)
    line = np.repeat(np.arange(len(total)), count)
    place = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    units = np.where(place == count[line] - 1, total[line] - place * size[line], size[line])
    return article[line], channel[line], units
