"""An ERP in memory that takes changes, with its ways of not taking them; and changes."""

from collections import deque
from decimal import Decimal

from umschlag.intelligence.corrections.model import (
    Place,
    Places,
    PriceChange,
    Standing,
    StockCorrection,
    WriteBackPlan,
    WriteKind,
    WriteRequest,
)
from umschlag.intelligence.corrections.ports import AnswerLost, RowsRefused
from umschlag.kernel.errors import LoginRejected, Unreachable

WAREHOUSES = Places(
    by_id={
        1: Place(place_id=1, name="Hauptlager"),
        2: Place(place_id=2, name="Lager UK"),
        3: Place(place_id=3, name="Reparaturlager", is_usable=False),
    }
)
PRICES = Places(
    by_id={
        1: Place(place_id=1, name="Verkaufspreis"),
        2: Place(place_id=2, name="UVP", currencies=frozenset({"EUR"})),
    },
    usual_id=1,
)


def a_correction(sku="HX-1", units=10, *, warehouse=1, based_on=None, row=2):
    return StockCorrection(
        sku=sku,
        place_id=warehouse,
        asked=Decimal(units),
        based_on=None if based_on is None else Decimal(based_on),
        row=row,
    )


def a_price(sku="HX-1", price="24.99", *, price_id=1, based_on=None, row=2, **values):
    return PriceChange(
        sku=sku,
        place_id=price_id,
        asked=Decimal(price),
        based_on=None if based_on is None else Decimal(based_on),
        row=row,
        **{"currency": "EUR"} | values,
    )


def a_plan(*changes, dry=False):
    is_price = bool(changes) and isinstance(changes[0], PriceChange)
    kind = WriteKind.PRICE if is_price else WriteKind.STOCK
    return WriteBackPlan(kind=kind, changes=changes, is_dry=dry)


class ErpInMemory:
    """Keeps figures by SKU and place. `behaviour` says how each call in turn is met.

    ``takes`` · ``ignores`` (200, nothing happened) · ``loses`` (no answer, and it did not happen)
    · ``takes and loses`` · ``forbids`` · ``sells`` (taken, and one unit goes at once).
    """

    def __init__(self, figures, *, behaviour=(), places=WAREHOUSES, bundles=(), spoilt=()):
        self.figures = {key: None if f is None else Decimal(f) for key, f in figures.items()}
        self.behaviour = deque(behaviour)
        self._places = places
        self.bundles = frozenset(bundles)
        self.spoilt = frozenset(spoilt)
        self.locations = {}
        self.calls = []
        self.looks_left = None

    def places(self):
        return self._places

    def standing(self, changes):
        self.calls.append(("look", tuple(change.key for change in changes)))
        if self.looks_left is not None:
            self.looks_left -= 1
            if self.looks_left < 0:
                raise Unreachable("the ERP does not answer")
        skus = {sku for sku, _place in self.figures}
        return {
            change.key: Standing(
                variation_id=1,
                figure=self.figures.get(change.key, Decimal(0)),
                is_bundle=change.sku in self.bundles,
                location_ids=self.locations.get(change.sku, (0,)),
            )
            for change in changes
            if change.sku in skus
        }

    def request_for(self, batch):
        rows = [(row.change.key, row.change.asked) for row in batch]
        return WriteRequest(method="POST" if batch[0].is_new else "PUT", path="/rest", body=rows)

    def send(self, request):
        self.calls.append(("send", tuple(key for key, _asked in request.body)))
        how = self.behaviour.popleft() if self.behaviour else "takes"
        if how == "forbids":
            raise LoginRejected("403: This action is unauthorized.")
        if any(sku in self.spoilt for (sku, _place), _asked in request.body):
            raise RowsRefused("422: The variation is bundle.")
        if how in {"takes", "takes and loses", "sells"}:
            self.figures.update(request.body)
        if how == "sells":
            self.figures.update((key, asked - 1) for key, asked in request.body)
        if how.endswith("loses"):
            raise AnswerLost("the connection was cut")

    @property
    def sent(self):
        return [keys for what, keys in self.calls if what == "send"]


class JournalInMemory:
    """Remembers what it was told, in order."""

    def __init__(self):
        self.told = []

    def about_to_send(self, request, batch):
        self.told.append(("sending", tuple(row.change.key for row in batch)))

    def settled(self, lines):
        self.told += [(line.outcome, line.change.sku) for line in lines]
