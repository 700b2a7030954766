"""A picture of the night shows what the day before has left: what follows from that."""

from datetime import date, datetime, time, timedelta

import pytest

from builders.lake import a_sale, a_sellerboard_day, article_day, rows_of
from umschlag.intelligence.profitability.model import Contradiction
from umschlag.kernel.periods import Period
from umschlag.storage.records.models import LakeDay
from umschlag.wiring.facts import profitability
from umschlag.wiring.lake import open_lake
from umschlag.wiring.looking_back import changes_between
from umschlag.wiring.order_basis import read_lead_times
from umschlag.wiring.whole_days import picture_after

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIRST = date(2026, 2, 2)
"""A Monday."""


@pytest.fixture
def settings(settings_in):
    return settings_in(language="en")


@pytest.fixture
def lake(settings):
    return open_lake(settings)


@pytest.fixture
def take(settings, lake):
    """Return a taker of pictures of article A, at 02:10 or at the close."""

    def taken(day, *, at_night=True, **shown):
        row = article_day("A", day, reserved_units=0, **shown)
        lake.publish("article_days", day.isoformat(), rows_of("article_days", row))
        if at_night:
            night = datetime.combine(day, time(2, 10), tzinfo=settings.zone)
            LakeDay.objects.filter(business_date=day).update(published_at=night)

    return taken


def ago(days):
    return FIRST - timedelta(days=days)


@pytest.mark.parametrize(("at_night", "order_count"), [(True, 9), (False, 8)])
def test_suppliers_take_as_long_as_they_do_whenever_the_picture_is_taken(
    settings, lake, take, at_night, order_count
):
    # Ordered every Monday in the forenoon, there in the forenoon of the Tuesday of the week after.
    # The first Monday's order is seen to come by the picture of the night before it alone.
    shows_close_of = 1 if at_night else 0
    for number in range(70):
        mondays = range(0, 70, 7)
        close = number - shows_close_of
        open_orders = sum(monday <= close < monday + 8 for monday in mondays)
        day = FIRST + timedelta(days=number)
        take(day, at_night=at_night, on_order_units=100 * open_orders, supplier="Licht GmbH")
    for month in ("2026-02", "2026-03", "2026-04"):
        came = [FIRST + timedelta(days=monday + 8) for monday in range(0, 63, 7)]
        rows = [
            {"business_date": one, "sku": "A", "warehouse_id": 1, "units": 100}
            for one in came
            if f"{one:%Y-%m}" == month
        ]
        lake.publish("receipts", month, rows_of("receipts", *rows))

    told = read_lead_times(settings, lake, [], as_of_date=FIRST + timedelta(days=69))

    measured = told.measured["Licht GmbH"]
    assert (measured.days, measured.days_late, measured.order_count) == (8, 8, order_count)


def test_what_sold_between_two_nights_is_no_correction(settings, lake, take):
    for age, units in ((2, 10), (1, 7), (0, 7)):
        take(ago(age), on_hand_units=units)
    lake.publish("sales", "2026-01", rows_of("sales", a_sale("one", ago(2), sku="A", units=3)))

    (sold,) = changes_between(settings, since=ago(2), through=ago(1), known_at=None)
    none = changes_between(settings, since=ago(1), through=ago(0), known_at=None)

    assert (sold.units_changed, sold.units_sold, sold.units_corrected) == (-3, 3, 0)
    assert none == []


def test_what_a_day_left_is_shown_by_the_night_after_it_alone_where_its_own_is_missing(
    settings, take
):
    take(ago(3), on_hand_units=50)
    take(ago(1), on_hand_units=30)
    take(ago(0), at_night=False, on_hand_units=20)

    assert picture_after(settings, ago(3)) == ago(2)
    assert picture_after(settings, ago(2)) == ago(1)
    assert picture_after(settings, ago(1)) == ago(0)
    assert picture_after(settings, ago(0)) == ago(0)


@pytest.mark.parametrize(
    ("shown", "is_accused"),
    [
        # Nights of the day before, the day itself and the day after, which shows its close.
        ((0, 0, 3), False),
        ((1, 0, 0), True),
        ((0, 1, 0), False),
        ((0, 0, None), False),
    ],
)
def test_a_day_had_no_stock_where_it_neither_began_nor_ended_with_any(
    settings, lake, take, shown, is_accused
):
    for day, units in zip((ago(3), ago(2), ago(1)), shown, strict=True):
        if units is not None:
            take(day, on_hand_units=units)
    told = a_sellerboard_day("A", ago(2), units=2, fulfilment_channel="FBM")
    lake.publish("sellerboard_days", f"{ago(2):%Y-%m}", rows_of("sellerboard_days", told))

    period = Period(start_date=ago(2), end_date=ago(1))
    found = [one.kind for one in profitability(settings, period=period).disagreements]

    assert (Contradiction.WITHOUT_STOCK in found) == is_accused


def test_a_night_that_was_rebuilt_shows_a_close_and_accuses_nobody(settings, lake, take):
    take(ago(3), on_hand_units=1)
    take(ago(2), at_night=False, on_hand_units=0, is_reconstructed=True)
    take(ago(1), on_hand_units=0)
    told = a_sellerboard_day("A", ago(2), units=1, fulfilment_channel="FBM")
    lake.publish("sellerboard_days", f"{ago(2):%Y-%m}", rows_of("sellerboard_days", told))

    found = [one.kind for one in profitability(settings).disagreements]

    assert Contradiction.WITHOUT_STOCK not in found
