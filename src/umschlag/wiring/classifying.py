"""What moves and what does not: verdicts on all articles, from the lake into the records."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from umschlag.intelligence.movement.classification import Judged, judged
from umschlag.intelligence.movement.columns import ArticleColumns, Flags
from umschlag.intelligence.movement.model import Classification, Verdict
from umschlag.kernel.money import Money
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.storage.lake.article_facts import places_of_articles
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records import movement as movement_records
from umschlag.storage.records.article_places import replace_places
from umschlag.storage.records.models import PlaceKind
from umschlag.wiring.amounts import count_text
from umschlag.wiring.existing_articles import newest_date_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.movement_evidence import read_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementReport:
    """What a classification came to. Values leave out articles whose stock or cost is unknown."""

    as_of_date: date
    article_count: int
    penner_count: int
    renner_count: int
    stock_value: Money | None
    """None where no article's stock value is known."""
    dead_value: Money | None
    stock_unknown_count: int
    cost_unknown_count: int
    changed_count: int

    def __str__(self) -> str:
        """Return it as one line."""
        return _("%(articles)s articles: %(penner)s Penner, %(renner)s Renner, %(changed)s new") % {
            "articles": count_text(self.article_count),
            "penner": count_text(self.penner_count),
            "renner": count_text(self.renner_count),
            "changed": count_text(self.changed_count),
        }


def classify(
    settings: Settings, *, as_of: date | None = None, progress_for: ProgressFor
) -> MovementReport:
    """Judge every article by the merchant's rules and keep the newest verdicts.

    Raises:
        NotFound: the history is empty.
    """
    progress = progress_for(_("Penner and Renner"))
    progress(0, 2, _("reading and judging"))
    lake = open_lake(settings)
    day = as_of or newest_date_of(lake)
    movement_records.create_default_rules(penner_days=settings.penner_days_sold_threshold)
    rules = movement_records.enabled_rules()
    found = judged(read_evidence(settings, lake, day, rules), rules)
    progress(1, 2, _("writing"))
    written = movement_records.replace_movements(found, as_of_date=day)
    _keep_places(lake, day)
    progress(2, 2, _("done"))
    return _movement_report(settings, day, found, written.changed_count)


def _keep_places(lake: Lake, day: date) -> None:
    """Keep where articles lie and sold, so that the list of verdicts can be narrowed by it."""
    warehouses, marketplaces = places_of_articles(lake, as_of_date=day)
    replace_places(
        [
            *((sku, PlaceKind.WAREHOUSE, name) for sku, name in warehouses),
            *((sku, PlaceKind.MARKETPLACE, name) for sku, name in marketplaces),
        ]
    )


def judged_articles(
    settings: Settings, lake: Lake, day: date
) -> tuple[ArticleColumns, list[Classification]]:
    """Return every article's facts and, in the same order, the verdict of the enabled rules."""
    movement_records.create_default_rules(penner_days=settings.penner_days_sold_threshold)
    rules = movement_records.enabled_rules()
    evidence = read_evidence(settings, lake, day, rules)
    return evidence.articles, list(judged(evidence, rules))


def stock_value_of(
    settings: Settings, articles: ArticleColumns, chosen: Flags | None = None
) -> Money:
    """Return what the (chosen) articles' stock cost, in the currency of the settings alone."""
    # Only one currency, because a sum over two says nothing.
    is_ours = articles.currency == settings.currency
    if chosen is not None:
        is_ours &= chosen
    return Money(int(np.nansum(articles.stock_value_minor[is_ours])), settings.currency)


def _movement_report(
    settings: Settings, day: date, found: Judged, changed_count: int
) -> MovementReport:
    articles = found.articles
    dead = found.figures.dead_value_minor[articles.currency == settings.currency]
    known = dead[~np.isnan(dead)]
    has_value = not np.isnan(articles.stock_value_minor).all()
    return MovementReport(
        as_of_date=day,
        article_count=len(articles),
        penner_count=int(found.is_verdict(Verdict.PENNER).sum()),
        renner_count=int(found.is_verdict(Verdict.RENNER).sum()),
        stock_value=stock_value_of(settings, articles) if has_value else None,
        dead_value=Money(int(known.sum()), settings.currency) if len(known) else None,
        stock_unknown_count=int(np.isnan(articles.on_hand_units).sum()),
        cost_unknown_count=int(np.isnan(articles.unit_cost_minor).sum()),
        changed_count=changed_count,
    )
