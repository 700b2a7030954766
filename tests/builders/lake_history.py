"""A history with everything that engines could read differently: for comparing their answers."""

from datetime import date, timedelta

from builders.exchange import a_rate
from builders.lake import a_sale, a_sellerboard_day, article_day, rows_of
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records.exchange_rates import keep_rates

FIRST = date(2026, 7, 30)
LAST = date(2026, 9, 4)
NO_SNAPSHOT = date(2026, 8, 9)
LATE = date(2026, 8, 5)
_DAYS = [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]
_SNAPSHOTS = [day for day in _DAYS if day.day < 13 or day.day % 4 == 0 or day == FIRST]
# Sorted by language, these would come in another order than by their bytes.
PLAIN, GONE, BACK, BARE, NEW = "HX-10", "hx-2", "Äpfel, rot", "HX-1", '_q"uoted'
SET = "Set, groß"
_RECIPES = [
    [(SET, PLAIN, 2), (SET, BACK, 3), (GONE, PLAIN, 1)],
    [(SET, PLAIN, 1), (SET, BARE, 1)],
    [],
    [(SET, PLAIN, 1), (SET, "#999", 2), (GONE, SET, 1)],
]


def publish_history(lake: Lake) -> None:
    """Publish parts of three months: days missing, tombstones, a SKU that comes back, NULLs."""
    for number, day in enumerate(_SNAPSHOTS):
        if day != NO_SNAPSHOT:
            publish_day(lake, day, number)
    # None for the first days, so that some amounts have no rate.
    keep_rates(
        [
            a_rate("GBP", "0.8571", rate_date=date(2026, 8, 7) + timedelta(days=age))
            for age in range(0, 30, 3)
        ]
    )
    for month in ("2026-07", "2026-08", "2026-09"):
        for dataset, rows in _months_rows(month).items():
            lake.publish(dataset, month, rows_of(dataset, *rows))


def publish_late_data(lake: Lake) -> None:
    """Correct a day that was compacted, add one, take one article away, correct a month's sales."""
    publish_day(lake, LATE, 500)
    publish_day(lake, NO_SNAPSHOT, 501)
    publish_day(lake, LAST, 502)
    lake.publish("sales", "2026-08", rows_of("sales", a_sale(sku=GONE, business_date=LATE)))


def publish_day(lake: Lake, day: date, number: int) -> None:
    """Publish one day, whose figures the number decides."""
    unit = day.isoformat()
    rows = [row for row in _articles(day, number) if row]
    lake.publish("article_days", unit, rows_of("article_days", *rows))
    if number % 9 != 4:
        lake.publish("bundle_parts", unit, rows_of("bundle_parts", *_bundle_parts(day, number)))
    if number % 7:
        return
    positions = [
        {
            "business_date": day,
            "sku": PLAIN,
            "warehouse_id": warehouse,
            "warehouse_name": name,
            "is_sales": warehouse == 1,
            "on_hand_units": number // 4,
            "reserved_units": None,
        }
        for warehouse, name in ((1, "Köln"), (2, ""))
    ]
    lake.publish("warehouse_days", unit, rows_of("warehouse_days", *positions))


def _bundle_parts(day, number):
    names = ("sku", "part_sku", "units_per_bundle")
    return [
        {"business_date": day} | dict(zip(names, part, strict=True))
        for part in _RECIPES[number % len(_RECIPES)]
    ]


def _articles(day, number):
    is_rebuilt = number < 6
    plain = article_day(
        PLAIN,
        day,
        on_hand_units=number // 4 % 6,
        reserved_units=1,
        sales_price_minor=1_999 if number < 20 else 2_099,
        unit_cost_minor=333 + number // 15,
        created_date=date(2020, 2, 29),
        on_order_units=number % 5 * 3,
        weight_g=250,
        is_reconstructed=is_rebuilt,
    )
    gone = article_day(
        GONE,
        day,
        variation_id=1002,
        name='A "lamp", bent\nin two lines',
        on_hand_units=7,
        is_bundle=True,
        last_seen_date=min(day, date(2026, 8, 20)),
    )
    away = date(2026, 8, 10) <= day < date(2026, 8, 19)
    back = article_day(
        BACK,
        day,
        variation_id=1003,
        asin="",
        on_hand_units=-3 if number % 2 else 3_000_000,
        unit_cost_minor=9_000_000,
        last_seen_date=date(2026, 8, 8) if away else day,
        currency="GBP",
    )
    bare = dict.fromkeys(plain) | {
        "business_date": day,
        "sku": BARE,
        "last_seen_date": day,
        "is_reconstructed": is_rebuilt,
    }
    new = article_day(NEW, day, variation_id=1004, on_hand_units=0) if number > 10 else None
    bundle = article_day(SET, day, variation_id=1005, is_bundle=True, on_hand_units=0)
    return [plain, gone, back, bare, new, bundle]


def _months_rows(month):
    days = [day for day in _DAYS if f"{day:%Y-%m}" == month]
    sales = [
        a_sale(
            order_id=f"o{number}",
            business_date=day,
            sku=(PLAIN, GONE, "never pictured")[number % 3],
            units=-1 if number % 7 == 3 else number % 4 + 1,
            revenue_minor=None if number == 2 else 1_999 * number,
            marketplace=None if number == 4 else "Amazon.de",
        )
        for number, day in enumerate(days)
    ]
    # An order of two articles.
    sales.append(a_sale(order_id="o0", line_id="2", business_date=days[0], sku=BARE))
    receipts = [
        {
            "business_date": day,
            "sku": PLAIN,
            "warehouse_id": 1,
            "units": number - 2,
            "unit_cost_minor": None if number % 2 else 310,
        }
        for number, day in enumerate(days[::5])
    ]
    told = [
        a_sellerboard_day(
            sku=PLAIN if number % 2 else GONE,
            business_date=day,
            currency="EUR" if number % 5 else "GBP",
            is_settled=number % 3 != 0,
            net_profit_minor=number - 4,
            fulfilment_channel=("FBA", "FBM", None)[number % 3],
            raw_json='{"Product": "Lampe, \\"gebogen\\"\\n"}',
        )
        for number, day in enumerate(days)
    ]
    return {
        "sales": sales,
        "receipts": receipts,
        "sellerboard_days": told,
        "demand_forecasts": _forecasts(date.fromisoformat(f"{month}-15")),
        "marketplace_forecasts": [
            row | {"marketplace": marketplace}
            for row in _forecasts(date.fromisoformat(f"{month}-15"))
            for marketplace in ("Amazon.de", "")
        ],
    }


def _forecasts(made_date: date) -> list[dict[str, object]]:
    quantiles = ("q50_units", "q80_units", "q90_units", "q95_units", "q99_units")
    return [
        {
            "business_date": made_date,
            "sku": sku,
            "horizon_days": days,
            "method": "global",
            "mean_units": days / 3,
            **{name: days / 3 + place / 7 for place, name in enumerate(quantiles)},
        }
        for sku in (PLAIN, GONE)
        for days in (7, 28)
    ]
