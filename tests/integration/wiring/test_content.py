import pytest

from builders.serving import serving
from umschlag.intelligence.content.model import Locale, UnknownLocale
from umschlag.intelligence.content.usecases import NothingToWriteAbout
from umschlag.kernel.errors import NotFound
from umschlag.simulators.demo.access import LANGUAGE_MODEL_KEY
from umschlag.simulators.language_model.app import Knobs, create_app
from umschlag.storage.records.models import Article
from umschlag.wiring.content import draft_content

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def article():
    return Article.objects.create(
        sku="HX-1", name="Lampe Urban 30 cm", manufacturer="Nordlicht", weight_g=900, currency="EUR"
    )


def without_a_model(settings_in):
    return settings_in(
        mode="production",
        secret_key="s" * 50,
        encryption_key="qZ2fN0mTqk0Wk5nq3cJbX2m5tqJb1rM1wQm8m0mXk2o=",
    )


@pytest.mark.parametrize(("locale", "word"), [("de-de", "Gewicht"), ("en", "Weight")])
def test_a_draft_comes_from_the_configured_model(settings_in, article, locale, word):
    with serving(create_app(None, Knobs())) as url:
        settings = settings_in(
            language_model_url=f"{url}/v1", language_model_key=LANGUAGE_MODEL_KEY
        )

        draft = draft_content(settings, article.sku, locale=locale)

    assert draft.problems == ()
    assert draft.writer == "demo-writer"
    assert f"{word}: 900 g" in draft.bullets
    assert draft.title == "Nordlicht Lampe Urban 30 cm"


def test_without_a_model_the_template_writes(settings_in, article):
    draft = draft_content(without_a_model(settings_in), article.sku, "de")

    assert (draft.writer, draft.locale, draft.problems) == ("template", Locale.DE, ())
    assert "Gewicht: 900 g" in draft.description


def test_an_unknown_article_is_not_found(settings_in):
    with pytest.raises(NotFound, match="HX-9"):
        draft_content(settings_in(), "HX-9", "en")


def test_a_language_that_we_do_not_write_is_refused(settings_in, article):
    with pytest.raises(UnknownLocale, match="de, en"):
        draft_content(without_a_model(settings_in), article.sku, "fr")


def test_an_article_without_a_name_is_nothing_to_write_about(settings_in):
    Article.objects.create(sku="HX-2", currency="EUR")

    with pytest.raises(NothingToWriteAbout):
        draft_content(without_a_model(settings_in), "HX-2", "en")


def test_the_demo_needs_no_setting(settings_in, article, simulators):
    settings = settings_in(simulators_port=int(simulators.url.rsplit(":", 1)[1]))

    assert draft_content(settings, article.sku, "en").writer == "demo-writer"
