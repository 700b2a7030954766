import logging
from datetime import date

import httpx2
import pytest

from builders.serving import serving
from builders.world import a_world
from umschlag.connectors.sellerboard.client import (
    ReportNotReady,
    ReportWaiting,
    SellerboardReports,
)
from umschlag.connectors.sellerboard.null import NoSellerboard
from umschlag.connectors.sellerboard.parsing import Account, parse_report
from umschlag.connectors.transport import Patience
from umschlag.kernel.errors import Misconfigured, UnexpectedAnswer, Unreachable
from umschlag.simulators.demo.access import SELLERBOARD_REPORT_PATH
from umschlag.simulators.sellerboard.app import Knobs, create_app

WORLD = a_world()
AT_ONCE = ReportWaiting(attempts=4, first_wait_seconds=0, longest_wait_seconds=0)
SECRET = "demo-link-secret"


@pytest.fixture
def knobs():
    return Knobs()


@pytest.fixture
def address(knobs):
    with serving(create_app(WORLD, knobs)) as url:
        yield url


def reports(address, path=SELLERBOARD_REPORT_PATH, **values):
    return SellerboardReports(
        **{
            "link": address + path,
            "waiting": AT_ONCE,
            "patience": Patience(attempts=2, first_wait_seconds=0, longest_wait_seconds=0),
            **values,
        }
    )


def test_a_report_that_is_being_made_is_waited_for(address, knobs):
    knobs.not_ready_answers = 2

    content = reports(address).fetch()

    assert content.startswith(b"\xef\xbb\xbf")
    assert knobs.calls == 3


def test_a_report_that_is_never_made_says_so(address, knobs):
    knobs.not_ready_answers = 99

    with pytest.raises(ReportNotReady, match="try again in some minutes"):
        reports(address).fetch()

    assert knobs.calls == AT_ONCE.attempts


def test_a_gateway_that_fails_once_is_asked_again(address, knobs):
    knobs.failures, knobs.not_ready_answers = 1, 0

    assert reports(address).fetch()


def test_a_gateway_that_keeps_failing_is_unreachable_and_the_link_stays_secret(address, knobs):
    knobs.failures = 99

    with pytest.raises(Unreachable) as failed:
        reports(address).fetch()

    assert SECRET not in str(failed.value)


@pytest.mark.parametrize(
    "path",
    [
        SELLERBOARD_REPORT_PATH.replace(SECRET, "expired-secret"),
        "/somewhere/else?t=expired-secret",
    ],
)
def test_a_wrong_link_names_the_cure_and_not_the_link(address, path):
    with pytest.raises(UnexpectedAnswer, match="UMSCHLAG_SELLERBOARD_REPORT_URL") as refused:
        reports(address, path).fetch()

    assert "expired-secret" not in str(refused.value)


def test_a_host_that_does_not_answer_is_unreachable_and_the_link_stays_secret():
    with pytest.raises(Unreachable) as failed:
        reports("http://127.0.0.1:9").fetch()

    assert SECRET not in str(failed.value)


@pytest.mark.parametrize("link", ["", "demo-link-secret", "ftp://host/demo-link-secret"])
def test_what_is_no_link_is_a_wrong_setting(link):
    with pytest.raises(Misconfigured) as refused:
        SellerboardReports(link=link).fetch()

    assert SECRET not in str(refused.value)


def test_the_link_is_in_no_log_and_no_representation(address, caplog):
    with caplog.at_level(logging.DEBUG):
        reports(address).fetch()

    # The server of this test stands in the same process and logs what it is asked.
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    text = " ".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert "/automation/reports" in text
    assert SECRET not in text
    assert SECRET not in repr(reports(address))


@pytest.mark.parametrize("dialect", ["us", "uk", "de", "de-comma", "iso"])
@pytest.mark.parametrize("layout", ["condensed", "itemised"])
def test_the_report_has_what_the_merchant_sold_in_the_window(address, dialect, layout):
    path = f"{SELLERBOARD_REPORT_PATH}&dialect={dialect}&layout={layout}"
    account = Account(currency="EUR", received_date=WORLD.scale.today)

    report = parse_report(reports(address, path).fetch(), account)

    assert (report.problems, report.notes) == ((), ())
    assert sum(day.units for day in report.days) == WORLD.merchant.units_sold[-32:].sum()
    revenue = WORLD.merchant.units_sold.sum(axis=2) * WORLD.merchant.price_minor
    assert sum(day.sales_minor for day in report.days) == revenue[-32:].sum()


def test_a_day_that_settles_is_restated(address, knobs):
    account = Account(currency="EUR", received_date=WORLD.scale.today)
    young = parse_report(reports(address).fetch(), account)
    older_world = a_world(days=97, today=date(2026, 4, 27))
    with serving(create_app(older_world, Knobs())) as later_url:
        later = parse_report(reports(later_url).fetch(), account)

    before = {(day.business_date, day.sku, day.marketplace): day for day in young.days}
    after = {(day.business_date, day.sku, day.marketplace): day for day in later.days}
    both = before.keys() & after.keys()
    restated = [key for key in both if before[key].fees_minor != after[key].fees_minor]
    assert restated
    assert all(before[key].sales_minor == after[key].sales_minor for key in both)
    assert all((WORLD.scale.today - key[0]).days < 14 for key in restated)


def test_a_day_on_which_amazon_paid_back_has_positive_fees(address, knobs):
    day = WORLD.scale.today
    knobs.positive_fee_days = {day}
    account = Account(currency="EUR", received_date=day)

    report = parse_report(reports(address).fetch(), account)

    paid_back = [row for row in report.days if row.business_date == day]
    assert paid_back
    assert all(row.fees_minor > 0 for row in paid_back)
    assert report.notes == ()


def test_a_fee_nobody_has_seen_before_is_counted_and_told(address, knobs):
    knobs.further_fees = {"ClimatePledgeFee": 7}
    account = Account(currency="EUR", received_date=WORLD.scale.today)

    report = parse_report(reports(address).fetch(), account)

    assert report.notes == ("the column 'climatepledgefee' is new to us and was counted as a fee",)


def test_no_account_is_a_report_without_rows():
    report = parse_report(
        NoSellerboard().fetch(), Account(currency="EUR", received_date=WORLD.scale.today)
    )

    assert report.days == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [("  \n", "answered nothing"), (" <html>Please log in</html>", "a web page instead")],
)
def test_a_success_without_a_report_is_refused(content, words):
    def app(request):
        return httpx2.Response(200, text=content)

    with pytest.raises(UnexpectedAnswer, match=words) as refused:
        reports("http://sellerboard.test", transport=httpx2.MockTransport(app)).fetch()

    assert SECRET not in str(refused.value)
