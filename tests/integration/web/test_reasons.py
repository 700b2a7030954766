"""Every page that shows a reason shows it in the language of whoever reads the page."""

import csv
import io
import json

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from builders import web as build
from umschlag.storage.records import models

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ENGLISH_AND_GERMAN = pytest.mark.parametrize(
    ("language", "says"), [("en", "No sale for 120 days"), ("de", "Seit 120 Tagen")]
)


@pytest.fixture
def things():
    return build.one_of_everything()


@pytest.fixture
def read(client):
    client.force_login(build.a_superuser())

    def page_in(language, address, **query):
        client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(address, query, headers={"accept-language": language})
        assert answer.status_code == 200
        return answer.content.decode()

    return page_in


@ENGLISH_AND_GERMAN
def test_the_article_page_says_why_in_the_readers_language(read, things, language, says):
    page = read(language, reverse("pages:article", args=[things["article"].pk]))

    assert says in page
    assert ("Demand pattern" if language == "en" else "Nachfragemuster") in page


@ENGLISH_AND_GERMAN
def test_the_report_and_its_export_say_why_in_the_readers_language(read, things, language, says):
    assert says in read(language, reverse("pages:penner-renner"))
    [row] = csv.DictReader(
        io.StringIO(
            read(language, reverse("pages:penner-renner-export", args=["report.csv"])).lstrip(
                "\ufeff"
            ),
            newline="",
        ),
        delimiter="," if language == "en" else ";",
    )
    assert says in row["reason" if language == "en" else "Grund"]


@ENGLISH_AND_GERMAN
def test_the_api_says_why_in_the_askers_language_and_in_figures(read, things, language, says):
    [item] = json.loads(read(language, "/api/penner-renner"))["items"]

    assert says in item["reason"]
    assert item["reason_code"] == "idle"
    assert item["reason_values"]["idle_days"] == 120
    assert (item["abc_class"], item["demand_pattern"]) == ("C", "lumpy")


@pytest.mark.parametrize(
    ("language", "line", "refusal"),
    [
        ("en", "Stock is 40 days old.", "B000000001: gated."),
        ("de", "40 Tage alt", "B000000001: nicht freigeschaltet."),
    ],
)
def test_a_run_says_why_in_the_readers_language(read, things, language, line, refusal):
    page = read(language, reverse("pages:run", args=[things["run"].pk]))

    assert line in page
    assert refusal in page
    assert ("Stock is 40 days old." in page) == (language == "en")


@pytest.mark.parametrize(("language", "says"), [("en", "Lay idle for"), ("de", "120 Tage")])
def test_proposals_and_carts_say_why_in_the_lists_of_the_back_office(read, things, language, says):
    proposals = read(language, reverse("admin:records_proposal_changelist"))
    cart = read(language, reverse("admin:records_cart_change", args=[things["pallet"].cart_id]))

    assert says in proposals
    assert ("Lay idle" in proposals) == (language == "en")
    assert ("Stock is 40 days old." in cart) == (language == "en")


def test_proposals_are_searched_by_article(read, things):
    build.a_proposal(build.an_article("HX-2", name="Garden hose"))

    page = read("en", reverse("admin:records_proposal_changelist"), q="hose")

    assert "HX-2" in page
    assert "HX-1" not in page


def test_a_reason_of_an_older_version_takes_no_page_down(read, things):
    for model in (models.ArticleMovement, models.Proposal, models.CartLine, models.RunRefusal):
        model.objects.update(reason_code="full_moon", reason_values={"moons": 2})
    run = things["run"]
    models.MutualStoreProposal.objects.create(
        run=run, client=things["client"], reason_code="full_moon"
    )

    for address in (
        reverse("pages:article", args=[things["article"].pk]),
        reverse("pages:penner-renner"),
        reverse("pages:run", args=[run.pk]),
        reverse("admin:index"),
        reverse("admin:records_proposal_changelist"),
    ):
        page = read("en", address)
        assert "full_moon" in page or "Full_moon" in page
