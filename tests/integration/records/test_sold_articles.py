from datetime import date

import pytest

from umschlag.storage.records.models import Article
from umschlag.storage.records.sold_articles import (
    SoldArticle,
    note_sold_articles,
    spelling_by_folded_sku,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]
MARCH, MAY = date(2026, 3, 1), date(2026, 5, 31)


def sold(sku="A1", name="Lamp", first=MARCH, last=MAY):
    return SoldArticle(sku=sku, name=name, first_date=first, last_date=last)


def noted(*articles):
    return note_sold_articles(articles, currency="EUR")


def test_an_unknown_sku_becomes_an_article_whose_stock_is_unknown():
    assert noted(sold()) == 1

    article = Article.objects.get()
    assert (article.name, article.currency, article.on_hand_units) == ("Lamp", "EUR", None)
    assert (article.first_seen_date, article.last_seen_date) == (MARCH, MAY)
    assert article.available_units is None


def test_an_article_from_sales_gets_the_longer_period_and_keeps_its_name():
    noted(sold())

    assert noted(sold(name="Lampe", first=date(2026, 1, 1), last=date(2026, 4, 1))) == 0

    article = Article.objects.get()
    assert (article.name, article.first_seen_date, article.last_seen_date) == (
        "Lamp",
        date(2026, 1, 1),
        MAY,
    )


def test_a_name_is_filled_in_where_there_was_none():
    noted(sold(name=""))

    noted(sold(name="Lamp"))

    assert Article.objects.get().name == "Lamp"


def test_what_the_erp_told_is_never_changed():
    Article.objects.create(sku="A1", variation_id=7, name="", currency="USD")

    assert noted(sold()) == 0

    article = Article.objects.get()
    assert (article.name, article.currency, article.first_seen_date) == ("", "USD", None)


def test_a_name_longer_than_its_column_is_cut():
    noted(sold(name="x" * 400))

    assert len(Article.objects.get().name) == 250


def test_of_two_spellings_the_erps_is_ours():
    Article.objects.create(sku="a1", variation_id=7, currency="EUR")
    Article.objects.create(sku="A1-sold", currency="EUR")

    assert spelling_by_folded_sku() == {"A1": "a1", "A1-SOLD": "A1-sold"}


def test_thousands_are_noted_at_once(django_assert_max_num_queries):
    articles = [sold(sku=f"S{number}") for number in range(1_200)]

    with django_assert_max_num_queries(60):
        assert noted(*articles) == 1_200

    assert Article.objects.count() == 1_200
