"""Stock corrections and sales prices: what stands in the ERP, and the calls that change it.

The ERP answers 200 to writes that change nothing (a price without a link, for one), so nothing
here believes an answer: the use case reads again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from umschlag.connectors.plentymarkets.choosing import price_ids_in
from umschlag.connectors.plentymarkets.lookups import read_warehouses
from umschlag.connectors.plentymarkets.paging import Reader, page_of, pages
from umschlag.connectors.plentymarkets.routes import (
    VariationRoute,
    open_variation_route,
    variations_asked_for,
)
from umschlag.connectors.plentymarkets.values import (
    decimal_of,
    part_of,
    positive_of,
    rows_of,
    text_of,
    whole_of,
)
from umschlag.intelligence.corrections.model import (
    Change,
    ChangeKey,
    Place,
    Places,
    Ready,
    Standing,
    WriteRequest,
)
from umschlag.kernel.errors import UnexpectedAnswer
from umschlag.kernel.identifiers import Sku, VariationId

CORRECTION_REASON_ID = 301
"""What the ERP's movements call a correction; contracts/plentymarkets.md, section 5."""
PRICES = "/rest/items/variations/variation_sales_prices"
PRICE_DEFINITIONS = "/rest/items/sales_prices"
_STANDARD_LOCATION = 0
_EVERY_CURRENCY = "-1"


class Writer(Reader, Protocol):
    """Answers reads, and makes writes; the client."""

    def write(self, method: str, path: str, body: object) -> None:
        """Make the call once; what it answers is not believed."""


@dataclass(frozen=True, slots=True)
class _Known:
    variation_id: VariationId
    is_bundle: bool


@dataclass(slots=True, kw_only=True)
class ArticlesByNumber:
    """Which variation a SKU is, by the id on record and the ERP's word that it still is."""

    reader: Reader
    variation_ids: Mapping[Sku, VariationId]
    _looked_up: dict[Sku, _Known | None] = field(default_factory=dict, init=False)
    _route: VariationRoute | None = field(default=None, init=False)

    def of(self, skus: Sequence[Sku]) -> Mapping[Sku, _Known]:
        """Return the variations; those that are gone or were made anew are left out."""
        unseen = [sku for sku in skus if sku not in self._looked_up]
        wanted = {self.variation_ids[sku]: sku for sku in unseen if sku in self.variation_ids}
        self._looked_up.update(dict.fromkeys(unseen))
        if wanted:
            self._look_up(wanted)
        return {sku: known for sku in skus if (known := self._looked_up[sku]) is not None}

    def _look_up(self, wanted: Mapping[VariationId, Sku]) -> None:
        if self._route is None:
            self._route, _ = open_variation_route(self.reader)
        found = variations_asked_for(self.reader, self._route, list(wanted))
        for number, entry in found.items():
            base = part_of(entry.get("base"))
            sku = wanted[VariationId(number)]
            # An id that now carries another number would correct somebody else's stock. Articles
            # without a number of their own are known by their id alone.
            names = {text_of(base.get("number")), f"#{number}"}
            if sku not in names:
                continue
            is_bundle = text_of(base.get("bundleType")) == "bundle" or bool(
                rows_of(entry.get("bundleComponents"))
            )
            self._looked_up[sku] = _Known(VariationId(number), is_bundle)


@dataclass(slots=True, kw_only=True)
class StockWriting:
    """The ERP as far as stock on hand goes."""

    client: Writer
    articles: ArticlesByNumber

    def places(self) -> Places:
        """Return the warehouses; the usual one where only one sells.

        Raises:
            OutsideSystemFailed: they cannot be read.
        """
        warehouses = read_warehouses(self.client)
        selling = [found.warehouse_id for found in warehouses if found.is_sales]
        return Places(
            by_id={
                int(found.warehouse_id): Place(
                    place_id=int(found.warehouse_id), name=found.name, is_usable=found.is_sales
                )
                for found in warehouses
            },
            usual_id=int(selling[0]) if len(selling) == 1 else None,
        )

    def standing(self, changes: Sequence[Change]) -> Mapping[ChangeKey, Standing]:
        """Return the units on hand now, and where in the warehouse they lie.

        Raises:
            OutsideSystemFailed: the ERP cannot be asked.
        """
        return _standings(self.articles, changes, self._standing_of)

    def _standing_of(self, known: _Known, warehouse_id: int) -> Standing:
        if known.is_bundle:
            return Standing(variation_id=known.variation_id, is_bundle=True)
        stock = f"/rest/stockmanagement/warehouses/{warehouse_id}/stock"
        rows = _rows_of_variation(self.client, stock, known.variation_id)
        # A variation without a stock row has none: it was never booked here.
        figures = [decimal_of(row.get("stockPhysical")) for row in rows] or [Decimal(0)]
        if figures[0] is None or len(figures) > 1:
            problem = f"{stock} tells {[row.get('stockPhysical') for row in rows]!r:.80}"
            return Standing(variation_id=known.variation_id, problem=problem)
        located = _rows_of_variation(self.client, f"{stock}/storageLocations", known.variation_id)
        locations = {
            whole_of(row.get("storageLocationId")) or _STANDARD_LOCATION for row in located
        }
        return Standing(
            variation_id=known.variation_id,
            figure=figures[0],
            location_ids=tuple(sorted(locations)) or (_STANDARD_LOCATION,),
        )

    def request_for(self, batch: Sequence[Ready]) -> WriteRequest:
        """Return the correction of these rows, all of one warehouse: absolute quantities."""
        warehouse_id = batch[0].change.key[1]
        return WriteRequest(
            method="PUT",
            path=f"/rest/stockmanagement/warehouses/{warehouse_id}/stock/correction",
            body={
                "corrections": [
                    {
                        "variationId": row.standing.variation_id,
                        "storageLocationId": row.standing.location_ids[0],
                        "quantity": int(row.change.asked),
                        "reasonId": CORRECTION_REASON_ID,
                    }
                    for row in batch
                ]
            },
        )

    def send(self, request: WriteRequest) -> None:
        """Make the call."""
        self.client.write(request.method, request.path, request.body)


@dataclass(slots=True, kw_only=True)
class PriceWriting:
    """The ERP as far as sales prices go."""

    client: Writer
    articles: ArticlesByNumber
    currency: str

    def places(self) -> Places:
        """Return the sales prices, and the one that a plain buyer sees.

        Raises:
            OutsideSystemFailed: they cannot be read.
        """
        definitions = [
            entry for page in pages(self.client, PRICE_DEFINITIONS, {}) for entry in page.entries
        ]
        found = [place for place in map(_price_in, definitions) if place is not None]
        return Places(
            by_id={place.place_id: place for place in found},
            usual_id=next(iter(price_ids_in(definitions, self.currency)), None),
        )

    def standing(self, changes: Sequence[Change]) -> Mapping[ChangeKey, Standing]:
        """Return the prices now; None where the article has no such price.

        Raises:
            OutsideSystemFailed: the ERP cannot be asked.
        """
        return _standings(self.articles, changes, self._standing_of)

    def _standing_of(self, known: _Known, price_id: int) -> Standing:
        links = [
            link
            for link in _rows_of_variation(
                self.client, PRICES, known.variation_id, {"salesPriceId": str(price_id)}
            )
            if positive_of(link.get("salesPriceId")) == price_id
        ]
        if not links:
            return Standing(variation_id=known.variation_id, is_bundle=known.is_bundle)
        figures = {decimal_of(link.get("price")) for link in links}
        figure = figures.pop()
        if figure is None or figures:
            problem = f"{PRICES} tells {[link.get('price') for link in links]!r:.80}"
            return Standing(variation_id=known.variation_id, problem=problem)
        return Standing(variation_id=known.variation_id, figure=figure, is_bundle=known.is_bundle)

    def request_for(self, batch: Sequence[Ready]) -> WriteRequest:
        """Return the call for these rows: a link that is missing has to be made by POST."""
        return WriteRequest(
            method="POST" if batch[0].is_new else "PUT",
            path=PRICES,
            body=[
                {
                    "variationId": row.standing.variation_id,
                    "salesPriceId": row.change.key[1],
                    # A number, as the ERP has it; below a million two decimals come out exact.
                    "price": float(row.change.asked),
                }
                for row in batch
            ],
        )

    def send(self, request: WriteRequest) -> None:
        """Make the call."""
        self.client.write(request.method, request.path, request.body)


def _price_in(definition: Mapping[str, Any]) -> Place | None:
    price_id = positive_of(definition.get("id"))
    if price_id is None:
        return None
    names = [
        text_of(row.get("nameInternal")) or text_of(row.get("nameExternal"))
        for row in rows_of(definition.get("names"))
    ]
    currencies = frozenset(
        text_of(row.get("currency")) for row in rows_of(definition.get("currencies"))
    )
    return Place(
        place_id=price_id,
        name=next((name for name in names if name), f"#{price_id}"),
        currencies=frozenset() if _EVERY_CURRENCY in currencies else currencies - {""},
    )


def _standings(
    articles: ArticlesByNumber,
    changes: Sequence[Change],
    standing_of: Callable[[_Known, int], Standing],
) -> dict[ChangeKey, Standing]:
    """Return how each figure stands now; articles that the ERP lacks are left out."""
    known = articles.of([change.sku for change in changes])
    return {
        change.key: standing_of(known[change.sku], change.key[1])
        for change in changes
        if change.sku in known
    }


def _rows_of_variation(
    reader: Reader, path: str, variation_id: VariationId, more: Mapping[str, str] | None = None
) -> list[Mapping[str, Any]]:
    """Return the rows of one variation, whatever else the route hands out.

    Raises:
        UnexpectedAnswer: there are rows, and none of them is this variation's: the route ignores
            what was asked for, and "none" would be taken for no stock.
    """
    asked = {**(more or {}), "variationId": str(variation_id), "itemsPerPage": "100", "page": "1"}
    page = page_of(reader.read(path, asked), asked=1)
    own = [row for row in page.entries if positive_of(row.get("variationId")) == variation_id]
    if len(own) < len(page.entries) and not page.is_last:
        raise UnexpectedAnswer(
            f"Plentymarkets: {path} ignores variationId, so nothing can be looked up; "
            "nothing was sent"
        )
    return own
