"""Drafts of product texts from what the records know of an article."""

from umschlag.connectors.language_model.client import LanguageModel
from umschlag.connectors.language_model.null import TemplateWriter
from umschlag.intelligence.content.model import ContentDraft, ProductFacts, locale_of
from umschlag.intelligence.content.ports import TextWriter
from umschlag.intelligence.content.usecases import draft_text
from umschlag.kernel.errors import NotFound
from umschlag.kernel.identifiers import Sku
from umschlag.settings import Settings
from umschlag.simulators.demo.access import LANGUAGE_MODEL_KEY
from umschlag.storage.records.models import Article


def draft_content(settings: Settings, article_sku: str, locale: str) -> ContentDraft:
    """Return a checked draft of the article's text; nothing is stored.

    Raises:
        NotFound: there is no such article.
        UnknownLocale: we do not write in that language.
        NothingToWriteAbout: the article has no name.
        OutsideSystemFailed: the language model does not answer.
    """
    article = Article.objects.filter(sku=article_sku).first()
    if article is None:
        raise NotFound(f"there is no article {article_sku!r}", field="article_sku")
    return draft_text(_facts(article), locale_of(locale), writer=_writer(settings))


def _facts(article: Article) -> ProductFacts:
    return ProductFacts(
        sku=Sku(article.sku),
        name=article.name,
        brand=article.manufacturer,
        category=article.category,
        weight_g=article.weight_g,
        length_mm=article.length_mm,
        width_mm=article.width_mm,
        height_mm=article.height_mm,
    )


def _writer(settings: Settings) -> TextWriter:
    if settings.language_model_url:
        return LanguageModel(
            base_url=settings.language_model_url,
            model=settings.language_model_name,
            api_key=settings.language_model_key.get_secret_value(),
        )
    if settings.mode == "demo":
        return LanguageModel(
            base_url=f"{settings.simulators_url}/openai/v1",
            model=settings.language_model_name,
            api_key=LANGUAGE_MODEL_KEY,
        )
    # No model is a choice, not a fault: the template says what the facts say.
    return TemplateWriter()
