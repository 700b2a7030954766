import pytest
from django.db import IntegrityError

from umschlag.storage.records.models import Article

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_two_skus_may_differ_in_case_alone():
    Article.objects.create(sku="HX-1", currency="EUR")
    Article.objects.create(sku="hx-1", currency="EUR")

    assert Article.objects.get(sku="hx-1").sku == "hx-1"
    assert Article.objects.count() == 2


def test_the_same_sku_twice_is_refused():
    Article.objects.create(sku="HX-1", currency="EUR")

    with pytest.raises(IntegrityError):
        Article.objects.create(sku="HX-1", currency="EUR")


def test_a_name_is_found_in_any_case():
    Article.objects.create(sku="HX-1", name="Desk Lamp", currency="EUR")

    assert Article.objects.filter(name__icontains="desk lamp").exists()
