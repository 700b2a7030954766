"""What the simulated Plentymarkets knows: the demo merchant's last day, and changes by API."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from umschlag.simulators.demo.merchant import Merchant
from umschlag.simulators.demo.movements import Reason
from umschlag.simulators.plentymarkets.knobs import Knobs

WAREHOUSE_IDS = (1, 2, 3)
"""Home, abroad and repair, in the order of the demo world's warehouses."""
WAREHOUSE_NAMES = ("Hauptlager", "Lager Großbritannien", "Reparaturlager")
REPAIR_PLACE = 2


@dataclass(frozen=True, slots=True)
class BookedByApi:
    """A movement that came in over HTTP after the demo world's last evening."""

    article: int
    place: int
    units: int
    reason: int


@dataclass
class Erp:
    """The merchant's system. Changes live in memory alone; the next start knows nothing of them."""

    merchant: Merchant
    knobs: Knobs
    booked: list[BookedByApi] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    """Articles deleted while somebody was paging."""
    unlogged: set[int] = field(default_factory=set)
    """Those of them that the delete log does not know."""
    deleted_orders: list[int] = field(default_factory=list)
    """Orders deleted while somebody was reading; the delete log knows them all."""
    prices_written: dict[tuple[int, int], float] = field(default_factory=dict)
    """Prices written over HTTP, in major units by article and sales price."""
    _listed: list[int] | None = None

    @property
    def today(self) -> int:
        """Number of the last day."""
        return self.merchant.scale.day_count - 1

    @property
    def now_unix(self) -> int:
        """The end of the last day: whatever the clock says, the whole day has been lived."""
        return self.merchant.calendar.end_unix

    @cached_property
    def variation_id(self) -> NDArray[np.int64]:
        """Today's variation id of every article, those that are gone included."""
        articles = np.arange(self.merchant.articles.count)
        return self.merchant.articles.variation_id_on(self.today, articles)

    @cached_property
    def article_of(self) -> dict[int, int]:
        """The article behind each of today's variation ids."""
        return {int(number): article for article, number in enumerate(self.variation_id)}

    @cached_property
    def component_articles(self) -> frozenset[int]:
        """The articles that are part of a bundle."""
        return frozenset(self.merchant.articles.components.ravel().tolist()) - {-1}

    def hide(self, article: int, *, is_logged: bool = True) -> None:
        """Delete the article from now on."""
        self.hidden.add(article)
        if not is_logged:
            self.unlogged.add(article)
        self._listed = None

    def delete_an_order(self) -> None:
        """Delete the oldest order that is left."""
        self.deleted_orders.append(len(self.deleted_orders))

    def listed_articles(self) -> list[int]:
        """Return the articles that the ERP has today, by variation id."""
        if self._listed is None:
            there = np.flatnonzero(self.merchant.articles.exists_on(self.today))
            by_id = there[np.argsort(self.variation_id[there])]
            self._listed = [int(article) for article in by_id if int(article) not in self.hidden]
        return self._listed

    @cached_property
    def physical(self) -> NDArray[np.int64]:
        """Units on hand, article × warehouse; changed by bookings over HTTP."""
        physical = np.array(self.merchant.on_hand[self.today])
        stocked = [article for article in self.listed_articles() if physical[article, 0] > 0]
        physical[stocked[: self.knobs.oversold_rows], 0] = -3
        if self.knobs.is_stocking_bundles:
            articles = self.merchant.articles
            components = articles.components[articles.is_bundle]
            physical[articles.is_bundle] = physical[components].min(axis=1)
        return physical

    @cached_property
    def reserved(self) -> NDArray[np.int64]:
        """Units that open orders have a claim on, article × warehouse."""
        return np.asarray(self.merchant.reserved[self.today])

    @cached_property
    def stock_changed_unix(self) -> NDArray[np.int64]:
        """When each stock row was last booked on, article × warehouse; 0 for never."""
        movements = self.merchant.movements
        changed = np.zeros(self.physical.shape, dtype=np.int64)
        np.maximum.at(changed, (movements.article, movements.warehouse), movements.at_unix)
        return changed

    def has_stock_row(self, article: int, place: int) -> bool:
        """Tell whether the ERP keeps a stock row; bundles have none, by default."""
        return bool(self.stock_changed_unix[article, place] or self.physical[article, place])

    def book(self, *, article: int, place: int, units: int, reason: int) -> None:
        """Book units in or out, and remember the movement."""
        self.physical[article, place] += units
        self.stock_changed_unix[article, place] = self.now_unix
        self.booked.append(BookedByApi(article, place, units, reason))

    @cached_property
    def created_unix(self) -> NDArray[np.int64]:
        """When each article's present variation was made."""
        articles, calendar = self.merchant.articles, self.merchant.calendar
        recreated = articles.recreated_day <= self.today
        made = np.where(recreated, articles.recreated_day, articles.appears_day)
        made = np.clip(made, 0, self.today)
        before = 86_400 * (40 + np.arange(articles.count) * 7 % 1_500)
        old = (made == 0) & ~recreated
        midnight = calendar.midnight_unix[made] + 27_060
        return np.asarray(np.where(old, midnight - before, midnight))

    @cached_property
    def changed_unix(self) -> NDArray[np.int64]:
        """When cost or price of each article last changed."""
        merchant = self.merchant
        moved = np.zeros(merchant.price_minor.shape, dtype=bool)
        moved[1:] = np.diff(merchant.price_minor, axis=0) != 0
        moved[1:] |= np.diff(merchant.unit_cost_minor, axis=0) != 0
        last = (moved * np.arange(len(moved))[:, None]).max(axis=0)
        changed = merchant.calendar.midnight_unix[last] + 10_800
        return np.asarray(np.maximum(changed, self.created_unix))

    def deletions(self) -> list[tuple[int, int]]:
        """Return variation id and instant of every deletion so far, oldest first."""
        articles, midnight = self.merchant.articles, self.merchant.calendar.midnight_unix
        gone = []
        for days in (articles.vanishes_day, articles.recreated_day):
            for article in np.flatnonzero(days <= self.today):
                number = int(articles.first_variation_id[article])
                gone.append((number, int(midnight[days[article]]) + 27_060))
        gone += [
            (int(self.variation_id[article]), self.now_unix)
            for article in self.hidden - self.unlogged
        ]
        return sorted(gone, key=lambda deletion: (deletion[1], deletion[0]))


REASON_TEXTS = {
    Reason.OPENING: "opening",
    Reason.RECEIPT: "Wareneingang Bestellung",
    Reason.RETURN: "Retoure",
    Reason.SALE: "Warenausgang Auftrag",
    Reason.CORRECTION: "Inventurkorrektur",
    Reason.DELETED: "Variante gelöscht",
    Reason.RECREATED: "Umbuchung neue Variante",
}
