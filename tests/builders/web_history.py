"""Sixty days of a small shop in the lake, judged and forecast by the product itself."""

from datetime import timedelta

from django.utils import timezone

from builders.lake import a_sale, article_day, rows_of
from builders.web import an_article
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import untold
from umschlag.settings import load_settings
from umschlag.storage.records.models import SnapshotRun
from umschlag.wiring.classifying import classify
from umschlag.wiring.forecasting import forecast
from umschlag.wiring.lake import open_lake
from umschlag.wiring.proposing import propose

DAYS = 100
REBUILT_DAYS = 60
# Name, units sold a day, stock on the first day, unit cost in cents.
SHOP = [
    ("Desk lamp, white", 0, 240, 12_50),
    ("Garden hose, 20 m", 3, 420, 9_90),
    ("Water bottle, steel", 8, 900, 4_20),
    ("Yoga mat, blue", 1, 300, 7_80),
    ("Notebook A5, dotted", 12, 1_260, 1_35),
    ("Drill bits, 19 pieces", 0, 75, 18_00),
]


def a_history():
    """Publish the days, then classify, forecast and propose; return the newest day."""
    settings = load_settings()
    lake = open_lake(settings)
    today = business_date_of(timezone.now(), settings.zone)
    days = [today - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
    for number, day in enumerate(days):
        lake.publish("article_days", day.isoformat(), rows_of("article_days", *_shelf(number, day)))
    for month in sorted({f"{day:%Y-%m}" for day in days}):
        lake.publish("sales", month, rows_of("sales", *_sales(days, month)))
    for number, (name, rate, stock, cost) in enumerate(SHOP):
        an_article(
            _sku(number),
            name=name,
            on_hand_units=_left(stock, rate, DAYS - 1),
            unit_cost_minor=cost,
            changed_date=today,
        )
    _runs(days)
    for act in (classify, forecast):
        act(settings, progress_for=lambda _title: untold)
    propose(settings)
    return today


def _sku(number):
    return f"HX-{10_001 + number}"


def _left(stock, rate, day_number):
    return max(stock - rate * day_number, 0)


def _shelf(day_number, day):
    for number, (name, rate, stock, cost) in enumerate(SHOP):
        yield article_day(
            _sku(number),
            day,
            variation_id=1_001 + number,
            name=name,
            manufacturer="Lumo",
            category="Home",
            on_hand_units=_left(stock, rate, day_number),
            unit_cost_minor=cost,
            sales_price_minor=cost * 2,
            created_date=day - timedelta(days=400),
            is_reconstructed=day_number < REBUILT_DAYS,
        )


def _sales(days, month):
    for day in days:
        if f"{day:%Y-%m}" != month:
            continue
        for number, (_name, rate, _stock, cost) in enumerate(SHOP):
            if rate:
                yield a_sale(
                    f"{day:%m%d}-{number}",
                    day,
                    sku=_sku(number),
                    units=rate,
                    revenue_minor=rate * cost * 2,
                )


def _runs(days):
    now = timezone.now()
    SnapshotRun.objects.bulk_create(
        SnapshotRun(
            business_date=day,
            origin="reconstructed" if number < REBUILT_DAYS else "captured",
            status="complete",
            started_at=now,
            finished_at=now,
            row_count=len(SHOP),
            expected_row_count=len(SHOP),
        )
        for number, day in enumerate(days)
    )
