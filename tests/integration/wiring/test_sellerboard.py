from datetime import date

import polars as pl
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from builders.sellerboard import a_written_report
from builders.serving import serving
from builders.world import a_scale
from umschlag.connectors.dialect import DialectUnclear
from umschlag.kernel.errors import Misconfigured, UnexpectedAnswer
from umschlag.kernel.progress import untold
from umschlag.simulators.demo.access import SELLERBOARD_REPORT_PATH
from umschlag.simulators.demo.world import DemoWorld
from umschlag.simulators.sellerboard.app import Knobs, create_app
from umschlag.simulators.sellerboard.writing import Form
from umschlag.storage.records.models import LakeFile, RunStatus, SyncRun
from umschlag.wiring.facts import import_sellerboard
from umschlag.wiring.lake import open_lake

pytestmark = [pytest.mark.django_db, pytest.mark.database]
WORLD = DemoWorld(a_scale(today=date(2026, 4, 20)))
MONTHS = ("2026-03", "2026-04")
HEADER = "Date,Marketplace,ASIN,SKU,SalesOrganic,UnitsOrganic,NetProfit"


@pytest.fixture
def sellerboard():
    knobs = Knobs(not_ready_answers=0)
    with serving(create_app(WORLD, knobs)) as url:
        yield url, knobs


def imported(settings):
    return import_sellerboard(settings, progress_for=lambda _: untold)


def connected(settings_in, sellerboard, **query):
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return settings_in(sellerboard_report_url=sellerboard[0] + SELLERBOARD_REPORT_PATH + more)


def days_in(settings):
    lake = open_lake(settings)
    return pl.concat([pl.DataFrame(lake.read_unit("sellerboard_days", month)) for month in MONTHS])


def test_the_window_comes_into_the_lake_as_the_merchant_sold_it(settings_in, sellerboard):
    settings = connected(settings_in, sellerboard)

    outcome = imported(settings)

    days = days_in(settings)
    assert days["units"].sum() == int(WORLD.merchant.units_sold[-32:].sum())
    assert days["refunds"].sum() == int(WORLD.merchant.units_returned[-32:].sum())
    assert outcome.created_count == outcome.read_count == days.height
    assert outcome.problems == ()
    assert outcome.watermark == "2026-04-20"


def test_the_same_report_again_changes_nothing(settings_in, sellerboard):
    settings = connected(settings_in, sellerboard)
    imported(settings)

    outcome = imported(settings)

    assert (outcome.created_count, outcome.updated_count) == (0, 0)
    assert LakeFile.objects.filter(dataset="sellerboard_days").count() == len(MONTHS)


def test_a_restated_day_replaces_what_was_told_before(settings_in, sellerboard):
    settings = connected(settings_in, sellerboard)
    imported(settings)
    before = days_in(settings)
    restated = before["business_date"].max()
    sellerboard[1].restated[restated] = -10

    outcome = imported(settings)

    after = days_in(settings)
    rows = before.filter(pl.col("business_date") == restated).height
    assert (outcome.created_count, outcome.updated_count) == (0, rows)
    assert after.height == before.height
    assert after["fees_minor"].sum() == before["fees_minor"].sum() - 10 * rows


def test_what_lies_before_the_window_stays(settings_in, sellerboard):
    settings = connected(settings_in, sellerboard)
    imported(settings)
    earlier = days_in(settings).height
    later = DemoWorld(a_scale(days=110, today=date(2026, 5, 10)))

    with serving(create_app(later, Knobs(not_ready_answers=0))) as url:
        imported(settings_in(sellerboard_report_url=url + SELLERBOARD_REPORT_PATH))

    lake = open_lake(settings)
    march = pl.DataFrame(lake.read_unit("sellerboard_days", "2026-03"))
    assert march["business_date"].min() == date(2026, 3, 20)
    assert days_in(settings).height >= earlier


def test_days_are_settled_two_weeks_after(settings_in, sellerboard):
    settings = connected(settings_in, sellerboard)

    imported(settings)

    # The demo's today is long past for the clock that the import reads.
    assert days_in(settings)["is_settled"].all()


def test_a_report_without_rows_is_no_failure(settings_in, sellerboard):
    settings = connected(settings_in, sellerboard, header="only")

    outcome = imported(settings)

    assert outcome.read_count == 0
    assert not LakeFile.objects.exists()


def test_every_way_an_account_writes_comes_to_the_same_figures(settings_in, sellerboard):
    sums = set()
    for dialect in ("us", "uk", "de", "de-comma", "iso"):
        for itemised in (False, True):
            sellerboard[1].form = Form(dialect=dialect, itemised=itemised)
            settings = connected(settings_in, sellerboard)
            imported(settings)
            days = days_in(settings)
            sums.add(tuple(days.select(pl.sum("^.*_minor$")).row(0)))

    assert len(sums) == 1


def test_dates_that_nothing_explains_are_refused_until_a_setting_does(settings_in):
    row = "03/04/2026,Amazon.de,B0ABCDEFGH,HX-1,10.00,1,2.00"

    def report(request):
        return PlainTextResponse(f"{HEADER}\n{row}\n", media_type="text/csv")

    with serving(Starlette(routes=[Route("/report", report)])) as url:
        link = {"sellerboard_report_url": f"{url}/report?format=csv"}
        with pytest.raises(DialectUnclear, match="UMSCHLAG_SELLERBOARD_DATE_ORDER"):
            imported(settings_in(**link))
        settings = settings_in(**link, sellerboard_date_order="dmy")
        imported(settings)

    assert days_in(settings)["business_date"].to_list() == [date(2026, 4, 3)]


def test_a_wrong_link_is_on_record_without_the_link(settings_in, sellerboard):
    wrong = SELLERBOARD_REPORT_PATH.replace("demo-link-secret", "another-secret")
    settings = settings_in(sellerboard_report_url=sellerboard[0] + wrong)

    with pytest.raises(UnexpectedAnswer, match="make it anew"):
        imported(settings)

    run = SyncRun.objects.get(source="sellerboard")
    assert run.status == RunStatus.FAILED
    assert "another-secret" not in run.error
    assert not LakeFile.objects.exists()


def test_production_without_a_link_names_the_setting(settings_in):
    settings = settings_in(
        mode="production",
        secret_key="s" * 50,
        encryption_key="qZ2fN0mTqk0Wk5nq3cJbX2m5tqJb1rM1wQm8m0mXk2o=",
    )

    with pytest.raises(Misconfigured, match="UMSCHLAG_SELLERBOARD_REPORT_URL"):
        imported(settings)


def test_the_demo_needs_no_setting(settings_in, simulators):
    settings = settings_in(simulators_port=int(simulators.url.rsplit(":", 1)[1]))

    outcome = imported(settings)

    assert outcome.created_count == outcome.read_count > 0


class Report:
    """A report of one account that a test writes anew, as Sellerboard would."""

    def __init__(self):
        self.rows = ()

    def answer(self, _request):
        content = a_written_report(*self.rows, header=HEADER).decode()
        return PlainTextResponse(content, media_type="text/csv")


@pytest.fixture
def written(settings_in):
    report = Report()
    with serving(Starlette(routes=[Route("/report", report.answer)])) as url:
        settings = settings_in(
            sellerboard_report_url=f"{url}/report?format=csv", sellerboard_date_order="dmy"
        )
        yield settings, report


def a_line(sku, day="10/04/2026", marketplace="Amazon.de", profit="10.00"):
    return f"{day},{marketplace},B0ABCDEFGH,{sku},10.00,1,{profit}"


def told_skus(settings):
    rows = days_in(settings).select("business_date", "marketplace", "sku")
    return {(f"{day:%m-%d}", place, sku) for day, place, sku in rows.iter_rows()}


def test_a_sku_that_was_corrected_takes_the_place_of_the_former_one(written):
    settings, report = written
    report.rows = [a_line("A"), a_line("OLD-SKU")]
    imported(settings)

    report.rows = [a_line("A"), a_line("NEW-SKU")]
    outcome = imported(settings)

    assert told_skus(settings) == {("04-10", "Amazon.de", "A"), ("04-10", "Amazon.de", "NEW-SKU")}
    assert (outcome.created_count, outcome.updated_count, outcome.problems) == (1, 0, ())
    (note,) = outcome.notes
    assert note.message.endswith("were taken out: 1")


def test_a_row_that_is_gone_goes_where_all_others_stayed_as_they_were(written):
    settings, report = written
    report.rows = [a_line("A"), a_line("B")]
    imported(settings)

    report.rows = [a_line("A")]
    imported(settings)

    assert told_skus(settings) == {("04-10", "Amazon.de", "A")}


def test_days_and_marketplaces_that_a_report_does_not_speak_of_stay(written):
    settings, report = written
    report.rows = [
        a_line("A"),
        a_line("A", marketplace="Amazon.fr"),
        a_line("A", day="09/04/2026"),
        a_line("A", day="31/03/2026"),
    ]
    imported(settings)

    report.rows = [a_line("B")]
    outcome = imported(settings)

    assert told_skus(settings) == {
        ("04-10", "Amazon.de", "B"),
        ("04-10", "Amazon.fr", "A"),
        ("04-09", "Amazon.de", "A"),
        ("03-31", "Amazon.de", "A"),
    }
    assert len(outcome.notes) == 1


@pytest.mark.parametrize(
    ("unusable", "is_its_day_known"),
    [
        (a_line("B", profit="much"), True),
        (a_line("B").replace("B0ABCDEFGH", "B0"), True),
        (a_line(""), True),
        (a_line("B", marketplace=""), False),
        (a_line("B", day="soon"), False),
        (a_line("B", day="10/04/2099"), False),
        (a_line("B") + ",one more", False),
    ],
)
def test_a_day_of_which_a_row_could_not_be_used_loses_none(written, unusable, is_its_day_known):
    settings, report = written
    other_day = {"day": "09/04/2026"}
    report.rows = [a_line("A"), a_line("B"), a_line("A", **other_day), a_line("B", **other_day)]
    imported(settings)

    report.rows = [a_line("A"), unusable, a_line("A", **other_day)]
    outcome = imported(settings)

    assert len(outcome.problems) == 1
    kept = {("04-10", "Amazon.de", "A"), ("04-10", "Amazon.de", "B"), ("04-09", "Amazon.de", "A")}
    also_kept = set() if is_its_day_known else {("04-09", "Amazon.de", "B")}
    assert told_skus(settings) == kept | also_kept
    doubtful = 1 + len(also_kept)
    assert outcome.notes[-1].message.endswith(f"could not be used: {doubtful}")


def test_rows_that_contradict_each_other_take_nothing_away(written):
    settings, report = written
    report.rows = [a_line("A"), a_line("B")]
    imported(settings)

    report.rows = [a_line("A"), a_line("B", profit="1.00"), a_line("B", profit="2.00")]
    imported(settings)

    assert told_skus(settings) == {("04-10", "Amazon.de", "A"), ("04-10", "Amazon.de", "B")}


def test_a_row_that_is_told_twice_alike_lacks_nothing(written):
    settings, report = written
    report.rows = [a_line("A"), a_line("B")]
    imported(settings)

    report.rows = [a_line("A"), a_line("A")]
    imported(settings)

    assert told_skus(settings) == {("04-10", "Amazon.de", "A")}
