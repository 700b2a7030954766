"""A person looks for sleeping money: filters, a saved view, an article's course, a rule."""

import re

import pytest

from builders import web as build
from builders.web_history import a_history
from umschlag.storage.records.models import Article, MovementRule, Replenishment, SavedView

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    build.a_superuser()
    a_history()
    # Of the lamp much will be left over, and no rule says so.
    lamp = Article.objects.get(name="Desk lamp, white")
    Replenishment.objects.update_or_create(
        article=lamp,
        defaults={
            "made_date": lamp.changed_date,
            "available_units": 240,
            "on_order_units": 0,
            "lead_time_days": 9,
            "lead_time_source": "erp",
            "service_percent": 95,
            "service_basis": "class",
            "lead_time_mean_units": 1,
            "safety_stock_units": 1,
            "reorder_point_units": 1,
            "order_up_to_units": 1,
            "expected_unsold_units": 200,
        },
    )
    lamp.movement.verdict = "normal"
    lamp.movement.save()
    return lamp


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("de-DE", "dark")])
def test_what_the_rules_miss_becomes_a_view_that_shows_it_again(
    open_window, shop, language, scheme
):
    visit = open_window(language=language, scheme=scheme)
    page = visit.page
    visit.log_in()

    visit.open("/reports/penner-renner/")
    page.select_option("[name=missed]", "1")
    page.wait_for_url("**missed=1**")
    page.fill("[name=name]", "Sleeping")
    page.click(".um-views form.um-inline button")
    page.wait_for_url("**missed=1")
    visit.picture(f"penner-renner-{language}-{scheme}")

    assert page.locator(".um-view--now").count() == 1
    visit.open("/reports/penner-renner/")
    page.click(".um-view .um-link")
    page.wait_for_url("**missed=1")
    assert page.locator("tbody .um-link").first.inner_text() == shop.name
    page.click(".um-view button")
    visit.come_to_rest()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_articles_course_and_forecast_are_drawn_and_told(open_window, shop, width):
    visit = open_window(width=width)
    hose = Article.objects.get(name="Garden hose, 20 m")
    visit.log_in()

    visit.open(f"/articles/{hose.pk}/")
    visit.picture(f"article-course-{width}")

    page = visit.page
    assert page.locator("canvas").count() >= 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("summary").first.click()
    today, yesterday = page.locator(".um-details tbody tr").all_inner_texts()[:2]
    # What the day that has begun sells is known once it is over.
    assert re.search(r"123\s+123\s+–\s+€19\.80", today), today
    assert re.search(r"126\s+126\s+3\s+€19\.80", yesterday), yesterday


def test_a_rule_typed_wrongly_says_where_and_keeps_what_was_typed(open_window, shop):
    rules = MovementRule.objects.count()
    visit = open_window(language="de-DE")
    page = visit.page
    visit.log_in()

    visit.open("/admin/records/movementrule/add/")
    page.fill("[name=name]", "Meine Regel")
    page.select_option("[name=verdict]", "penner")
    page.fill("[name=stock_turnover_threshold]", "0")
    page.fill("[name=scope_value]", "Garten")
    page.wait_for_selector(".um-preview--warn")
    page.evaluate("document.querySelector('[name=_save]').click()")
    visit.come_to_rest()
    visit.picture("rule-wrong-de")

    assert "Umschlag über 0" in page.inner_text("body")
    assert page.input_value("[name=name]") == "Meine Regel"
    assert page.input_value("[name=scope_value]") == "Garten"
    assert MovementRule.objects.count() == rules
    page.fill("[name=stock_turnover_threshold]", "1.5")
    page.select_option("[name=scope]", "category")
    page.evaluate("document.querySelector('[name=_save]').click()")
    page.wait_for_url("**/movementrule/")
    visit.picture("rule-caution-de")
    assert "Im Geltungsbereich „Garten“ (Kategorie) ist heute nichts" in page.inner_text("body")
    assert MovementRule.objects.count() == rules + 1
