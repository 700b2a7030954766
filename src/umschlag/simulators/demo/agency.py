"""The demo agency: clients, stores, balances, lots bought in bulk, ungating answers, preorders.

Everything is drawn from the scale's seed and the merchant's articles, so that every system of
the demo tells the same story. The past never changes when `today` moves on: dates hang on
`first_date`, and a preorder arrives on its own day.
"""

from datetime import timedelta

import numpy as np

from umschlag.kernel.identifiers import Marketplace
from umschlag.simulators.demo.agency_facts import (
    FULL_STORY_DAYS,
    AgencyWorld,
    DemoAgency,
    DemoClient,
    DemoLot,
    DemoStore,
    DemoUngating,
    MerchantFacts,
    anchor_date_of,
    instant_on,
)
from umschlag.simulators.demo.identities import asin_of
from umschlag.simulators.demo.preorders import preorders_of
from umschlag.simulators.demo.scale import DemoScale

CURRENCY = "EUR"
MUTUAL_CLIENT_NUMBER = 101
"""The first client is the agency itself, whose stores sell several clients' goods."""
_PLACES = (
    *("Alster", "Brocken", "Deister", "Elbtal", "Fichtel", "Geest", "Hallig", "Isarhof"),
    *("Jade", "Kiesel", "Lahn", "Mosel", "Nebelhorn", "Ostsee", "Priel", "Quellen"),
    *("Rhön", "Spree", "Taunus", "Ufer", "Vogtland", "Weser", "Xanten", "Ysper", "Zugspitz"),
)
_TRADES = ("Handel GmbH", "Trading Ltd", "Commerce UG", "Import GmbH", "Goods Ltd")
_CASE_PACKS = (24, 12, 10, 8, 6, 4, 2)
_CARTON_WEIGHT_G_MAX = 15_000
_CARTON_VOLUME_MM3_MAX = 60_000_000


def demo_agency(world: AgencyWorld) -> DemoAgency:
    """Return the world's agency: each of its simulators draws it, and all draw the same."""
    scale = world.scale
    clients = _clients(scale)
    stores = _stores(scale)
    lots = _lots(scale, world.merchant)
    ungating = _ungating(scale, stores, lots)
    return DemoAgency(
        clients=clients,
        stores=stores,
        lots=lots,
        ungating=ungating,
        preorders=preorders_of(scale, stores, lots, ungating),
    )


def _randomness(scale: DemoScale, chapter: int) -> np.random.Generator:
    # A generator a chapter: more clients must not change the lots.
    return np.random.default_rng([scale.seed, chapter])


def _clients(scale: DemoScale) -> tuple[DemoClient, ...]:
    randomness = _randomness(scale, 1)
    anchor = anchor_date_of(scale)
    clients = []
    for index in range(scale.client_count):
        rich = int(randomness.integers(650_000, 2_600_000))
        days_ago = int(randomness.integers(9, 75))
        place = _PLACES[index % len(_PLACES)]
        trade = _TRADES[(index + index // len(_PLACES)) % len(_TRADES)]
        clients.append(
            DemoClient(
                number=MUTUAL_CLIENT_NUMBER + index,
                name="Profitzon Mutual Stores" if index == 0 else f"{place} {trade}",
                email=f"balance{MUTUAL_CLIENT_NUMBER + index}@example.com",
                balance_minor=_balance_minor(index, rich),
                priority=("Medium", "High", "Low", "Medium")[index % 4],
                last_pallet_date=None if index % 6 == 4 else anchor - timedelta(days=days_ago),
                updated_at=instant_on(anchor - timedelta(days=index % 5), index),
            )
        )
    return tuple(clients)


def _balance_minor(index: int, rich_minor: int) -> int:
    if index == 0:
        # What the mutual stores' account pays along into pallets of several clients.
        return 1_800_000
    if index % 12 == 7:
        return -12_050
    if index % 5 == 3:
        # A few hundred euros buy goods, but not a pallet of them.
        return 9_000 + rich_minor % 42_000
    return rich_minor


def _stores(scale: DemoScale) -> tuple[DemoStore, ...]:
    mutual_count = min(3, max(1, scale.store_count // 13)) if scale.store_count > 1 else 0
    owners = max(1, scale.client_count - 1)
    anchor = anchor_date_of(scale)
    stores = []
    for index in range(scale.store_count):
        is_mutual = index < mutual_count
        place = index - mutual_count
        owner = 0 if is_mutual else min(1 + place % owners, scale.client_count - 1)
        # The second store of a client is on its other marketplace.
        is_uk = place % 5 in (1, 3) if 0 <= place < owners else (place - owners) % 5 not in (1, 3)
        marketplace = Marketplace.UK if (index == 1 if is_mutual else is_uk) else Marketplace.DE
        country = marketplace.name
        owner_name = "Mutual" if is_mutual else _PLACES[owner % len(_PLACES)]
        stores.append(
            DemoStore(
                number=2_001 + index,
                client_number=MUTUAL_CLIENT_NUMBER + owner,
                name=f"{owner_name} {country} {index + 1}",
                is_suspended=not is_mutual and place % 10 == 6,
                marketplace=marketplace,
                is_mutual=is_mutual,
                asin_units_max=(None, 48, None, 24)[place % 4] if not is_mutual else None,
                total_units_max=(400, 600, None, 300, 500)[place % 5] if not is_mutual else None,
                updated_at=instant_on(anchor - timedelta(days=3 + index % 9), index),
            )
        )
    return tuple(stores)


def _lots(scale: DemoScale, merchant: MerchantFacts) -> tuple[DemoLot, ...]:
    randomness = _randomness(scale, 3)
    days = min(scale.day_count, FULL_STORY_DAYS)
    lots = []
    for article in range(min(scale.sheet_asin_count, scale.article_count)):
        age, value, sold = randomness.random(), randomness.lognormal(6.4, 0.6), randomness.random()
        day = int((0.4 + 0.58 * age) * days)
        cost_minor = int(merchant.unit_cost_minor[min(day, scale.day_count - 1), article])
        weight_g = int(merchant.weight_g[article])
        length, width, height = (int(edge) for edge in merchant.dimensions_mm[article])
        pack = _case_pack_units(weight_g, length * width * height)
        packs = max(1, min(round(value * 100 / max(cost_minor, 1) / pack), 400))
        remaining = 0 if article % 83 == 31 else packs * pack
        litres = length * width * height / 1e6
        lots.append(
            DemoLot(
                article=article,
                asin=asin_of(article),
                title=str(merchant.name[article]),
                brand=str(merchant.brand[article]),
                weight_g=weight_g,
                dimensions_mm=(length, width, height),
                unit_cost_minor=cost_minor,
                bought_units=remaining + pack * int(1 + sold * packs),
                remaining_units=remaining,
                case_pack_units=pack,
                added_date=scale.first_date + timedelta(days=day),
                shipping_price_minor_min=10 + round(4 * litres),
                shipping_price_minor_max=25 + round(14 * litres),
            )
        )
    return tuple(lots)


def _case_pack_units(weight_g: int, volume_mm3: int) -> int:
    for pack in _CASE_PACKS:
        if pack * weight_g <= _CARTON_WEIGHT_G_MAX and pack * volume_mm3 <= _CARTON_VOLUME_MM3_MAX:
            return pack
    return 1


def _ungating(
    scale: DemoScale, stores: tuple[DemoStore, ...], lots: tuple[DemoLot, ...]
) -> tuple[DemoUngating, ...]:
    randomness = _randomness(scale, 4)
    brands = sorted({lot.brand for lot in lots})
    place_of = {brand: place for place, brand in enumerate(brands)}
    # Amazon opens brands to a seller, and now and then decides about a single ASIN.
    by_brand = randomness.random((len(stores), len(brands)))
    by_asin = randomness.random((len(stores), len(lots)))
    exception = randomness.random((len(stores), len(lots)))
    anchor = anchor_date_of(scale)
    answers = []
    for at, store in enumerate(stores):
        for column, lot in enumerate(lots):
            if exception[at, column] > 0.98:
                continue  # The software was never asked: unknown.
            is_exception = exception[at, column] < 0.15
            draw = by_asin[at, column] if is_exception else by_brand[at, place_of[lot.brand]]
            number = at * len(lots) + column
            answers.append(
                DemoUngating(
                    number=50_001 + number,
                    store_number=store.number,
                    asin=lot.asin,
                    answer=_answer(float(draw), number, store.is_mutual),
                    updated_at=instant_on(anchor - timedelta(days=1 + number % 30), number % 600),
                )
            )
    return tuple(answers)


def _answer(draw: float, number: int, is_mutual: bool) -> str:
    yes_share = 0.7 if is_mutual else 0.33
    if number % 3001 == 1500:
        return "Pending review"
    if draw < yes_share:
        return "Yes"
    if draw < yes_share + 0.16:
        return "No - Invoice Needed" if number % 2 else "No, Invoice Needed"
    return "No"
