"""What each marketplace is expected to sell: on the article's page, the API and the terminal."""

import io

import pytest
from django.test import Client
from rich.console import Console

from builders import web as build
from builders.acting import publish_shop
from umschlag.jobs.marketplaces import print_marketplace
from umschlag.kernel.errors import NotFound
from umschlag.kernel.progress import untold
from umschlag.settings import load_settings
from umschlag.storage.records.models import Article
from umschlag.wiring.forecasting import forecast

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def shop():
    publish_shop(load_settings())
    forecast(load_settings(), progress_for=lambda _title: untold)


def printed(marketplace):
    out = io.StringIO()
    print_marketplace(load_settings(), marketplace, Console(file=out, width=120))
    return out.getvalue()


def test_page_api_and_terminal_tell_the_same(client, api, shop):
    client.force_login(build.a_superuser("boss"))
    kettle = Article.objects.get(sku="HX-104")

    page = client.get(f"/articles/{kettle.pk}/")
    (item,) = api.get("/api/marketplace-forecasts?sku=HX-104").json()["items"]
    listed = api.get("/api/marketplace-forecasts?marketplace=Amazon.de&limit=1").json()

    (line,) = page.context["marketplaces"]
    assert "By marketplace" in page.content.decode()
    assert item["marketplace"] == line.marketplace == "Amazon.de"
    assert item["mean_units"] == pytest.approx(line.mean_units)
    assert line.mean_units == pytest.approx(kettle.forecasts.get().mean_units)
    assert listed["items"] == [item]
    assert "HX-104" in printed("Amazon.de")


def test_of_a_marketplace_that_sold_nothing_nothing_is_told(api, shop):
    assert api.get("/api/marketplace-forecasts?marketplace=Amazon.fr").json()["items"] == []
    assert api.get("/api/marketplace-forecasts/measured").json()["items"] == []
    with pytest.raises(NotFound, match="nothing is forecast"):
        printed("Amazon.fr")


def test_before_the_first_forecast_there_is_none(api):
    assert api.get("/api/marketplace-forecasts").json()["items"] == []


def test_who_may_not_see_forecasts_sees_none_of_marketplaces(api):
    token = build.a_token(build.a_user(permissions=("view_article",)))
    stranger = Client(headers={"authorization": f"Bearer {token}"})

    for address in ("/api/marketplace-forecasts", "/api/marketplace-forecasts/measured"):
        assert stranger.get(address).status_code == 403
