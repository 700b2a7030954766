"""The articles that a question of insight is asked about: what the history knows of each."""

from datetime import date

from umschlag.intelligence.movement.columns import ArticleColumns
from umschlag.settings import Settings
from umschlag.storage.lake.article_facts import ArticlesRead, newest_date, read_articles
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records import movement as movement_records
from umschlag.wiring.whole_days import sold_before


def newest_date_of(lake: Lake) -> date:
    """Return the newest day of the history.

    Raises:
        NotFound: the history is empty.
    """
    # The catalogue knows the newest picture without a look into the files.
    return lake.newest_business_date() or newest_date(lake)


def existing_articles(
    settings: Settings, lake: Lake, day: date, *, idle_days_max: int
) -> ArticleColumns:
    """Return the facts of every article that the records still show, in the order of their SKU.

    Read as a sequence they are the facts of one article after the other.
    """
    return existing_articles_read(settings, lake, day, idle_days_max=idle_days_max).articles


def existing_articles_read(
    settings: Settings, lake: Lake, day: date, *, idle_days_max: int
) -> ArticlesRead:
    """Return the same with the days that the facts were added up from."""
    # The lake also holds sales of articles that were deleted before anybody took their picture;
    # there is nothing left to do with them, and no record to show.
    return read_articles(
        lake,
        as_of_date=day,
        currency=settings.currency,
        sold_through=sold_before(settings, day),
        idle_days_max=idle_days_max,
        only=movement_records.article_ids().keys(),
    )
