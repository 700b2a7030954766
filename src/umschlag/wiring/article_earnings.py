"""What Sellerboard told of one article, for the page of the article."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.lake.questions import Question
from umschlag.wiring.lake import open_lake
from umschlag.wiring.profit_periods import ROOM, told_by

DAYS = 90


def article_earnings(settings: Settings, sku: str) -> dict[str, Any] | None:
    """Return the parts and the net profit of the newest 90 days, and which of them were told.

    They are in the merchant's currency; what no rate converts is named in its own below them. None
    where Sellerboard told nothing.
    """
    lake = open_lake(settings)
    newest, told = lake.newest_business_date(), told_by(lake)
    if newest is None or told is None:
        return None
    since, until = newest - timedelta(days=DAYS - 1), newest + timedelta(days=1)
    answer = lake.ask(
        Question.load(ROOM, "profit_of_sku"),
        sku=sku,
        since=since,
        until=until,
        currency=settings.currency,
    )
    rows = {row["currency"]: row for row in answer.to_pylist()}
    if not rows:
        return None
    left_out = sorted(rows.keys() - {settings.currency})
    # Where nothing could be converted, its own currency is all there is to show.
    main = settings.currency if settings.currency in rows else left_out.pop(0)
    return {
        # The reports reach back for a few weeks only, so the days told may be far fewer.
        "since": max(since, told.start_date),
        "until": min(newest, told.end_date - timedelta(days=1)),
        "has_estimates": any(row["estimated_row_count"] > 0 for row in rows.values()),
        "lines": [
            *_parts(rows[main], main),
            *(
                (
                    _("Net profit in %s, without a rate and not counted") % currency,
                    Money(int(rows[currency]["net_profit_minor"] or 0), currency),
                )
                for currency in left_out
            ),
        ],
        "net": Money(int(rows[main]["net_profit_minor"] or 0), main),
    }


def _parts(row: dict[str, Any], currency: str) -> list[tuple[str, Money]]:
    titles = {
        "sales_minor": _("Sales"),
        "ads_minor": _("Advertising"),
        "fees_minor": _("Amazon fees"),
        "refund_cost_minor": _("Refunds"),
        "vat_minor": _("VAT"),
        "cost_of_goods_minor": _("Cost of goods"),
    }
    return [(title, Money(int(row[name] or 0), currency)) for name, title in titles.items()]
