import httpx2
import pytest

from builders.serving import serving
from builders.world import a_world
from umschlag.simulators.demo.access import SELLERBOARD_REPORT_PATH
from umschlag.simulators.sellerboard.app import NOT_READY, Knobs, create_app
from umschlag.simulators.sellerboard.figures import WINDOW_DAYS, product_days
from umschlag.simulators.sellerboard.writing import CYRILLIC_BRANDS, Form

WORLD = a_world()


@pytest.fixture
def knobs():
    return Knobs()


@pytest.fixture
def client(knobs):
    with serving(create_app(WORLD, knobs)) as url, httpx2.Client(base_url=url) as client:
        yield client


def test_the_first_call_only_starts_the_report(client):
    first, second = client.get(SELLERBOARD_REPORT_PATH), client.get(SELLERBOARD_REPORT_PATH)

    assert (first.status_code, first.text) == (200, NOT_READY)
    assert (second.status_code, second.headers["content-type"]) == (200, "text/csv; charset=utf-8")


def test_a_wrong_link_is_a_web_page(client):
    answer = client.get(SELLERBOARD_REPORT_PATH + "x")

    assert answer.status_code == 404
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(("itemised", "columns"), [(False, 41), (True, 43)])
def test_a_layout_has_its_columns(client, knobs, itemised, columns):
    knobs.not_ready_answers = 0
    knobs.form = Form(dialect="us", itemised=itemised, header_only=True)

    header = client.get(SELLERBOARD_REPORT_PATH).content.decode("utf-8-sig").strip().split(",")

    assert len(header) == columns
    assert CYRILLIC_BRANDS in header
    assert ("AmazonFees" in header) is not itemised


def test_the_window_ends_today_and_what_it_tells_adds_up():
    rows = product_days(WORLD)

    days = {row.business_date for row in rows}
    assert max(days) <= WORLD.scale.today
    assert (max(days) - min(days)).days < WINDOW_DAYS
    for row in rows:
        parts = (row.sales, row.sponsored_products, row.refund_cost, row.fees)
        assert sum(parts) + row.cost_of_goods + row.vat == row.net_profit


def test_the_same_world_tells_the_same():
    assert product_days(WORLD) == product_days(a_world())
