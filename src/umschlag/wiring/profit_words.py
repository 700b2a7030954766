"""Profit in words: groups, periods, stages, rates, and what was left out of the sums."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from umschlag.intelligence.profitability.contribution import Part
from umschlag.intelligence.profitability.model import (
    Grouping,
    LeftOut,
    ProfitLine,
    ProfitReport,
    RateUsed,
)
from umschlag.kernel.periods import Period
from umschlag.wiring.amounts import count_text, day_text, decimal_text, money_text, share_text

GROUPINGS: Mapping[Grouping, str] = {
    Grouping.SKU: gettext_noop("Article"),
    Grouping.MARKETPLACE: gettext_noop("Marketplace"),
    Grouping.DAY: gettext_noop("Day"),
    Grouping.WEEK: gettext_noop("Week"),
    Grouping.MONTH: gettext_noop("Month"),
    Grouping.CATEGORY: gettext_noop("Category"),
    Grouping.MANUFACTURER: gettext_noop("Manufacturer"),
}
PARTS: Mapping[Part, str] = {
    Part.SALES: gettext_noop("Sales"),
    Part.VAT: gettext_noop("VAT"),
    Part.REFUNDS: gettext_noop("Refunds"),
    Part.FEES: gettext_noop("Amazon fees"),
    Part.ADS: gettext_noop("Advertising"),
    Part.GOODS: gettext_noop("Cost of goods"),
    Part.UNEXPLAINED: gettext_noop("Unexplained, rounding"),
    Part.CONTRIBUTION: gettext_noop("Contribution"),
}
_RATE_DIGITS = 4


def grouping_title(grouping: Grouping) -> str:
    """Return what is added up by, as a column is headed."""
    return _(GROUPINGS[grouping])


def part_title(part: Part) -> str:
    """Return what a stage of the way from sales to contribution is called."""
    return _(PARTS[part])


def line_title(line: ProfitLine, grouping: Grouping) -> str:
    """Return the line's name: an article's, a week's first day, a month with its year."""
    if grouping is Grouping.SKU:
        return line.name or line.key
    if grouping is Grouping.DAY:
        return day_text(date.fromisoformat(line.key))
    if grouping is Grouping.WEEK:
        return _("Week from %s") % day_text(date.fromisoformat(line.key))
    if grouping is Grouping.MONTH:
        return str(date_format(date.fromisoformat(line.key), "F Y"))
    return line.key or _("not told")


def period_text(period: Period) -> str:
    """Return the days from the first to the last."""
    return _("%(since)s to %(through)s") % {
        "since": day_text(period.start_date),
        "through": day_text(period.end_date - timedelta(days=1)),
    }


def estimate_text(report: ProfitReport) -> str:
    """Return how much of the contribution is settled and how much estimated; empty if all is."""
    total = report.total
    if not total.is_estimate:
        return ""
    sales = total.sums.sales_minor
    share = total.sums.estimated_sales_minor / sales if sales > 0 else None
    return _(
        "%(settled)s settled and %(estimated)s estimated: the fees of %(share)s of the sales are "
        "not settled yet."
    ) % {
        "settled": money_text(total.settled_contribution, whole=True),
        "estimated": money_text(total.estimated_contribution, whole=True),
        "share": share_text(share),
    }


def rate_text(used: RateUsed, into: str) -> str:
    """Return by which rates one currency was converted, with their days and source."""
    words = {
        "currency": used.currency,
        "rate": decimal_text(used.rate, _RATE_DIGITS),
        "into": into,
        "day": day_text(used.rate_date),
        "source": used.source,
        "rows": count_text(used.row_count),
        "oldest": day_text(used.oldest_date),
        "lowest": decimal_text(used.lowest, _RATE_DIGITS),
        "highest": decimal_text(used.highest, _RATE_DIGITS),
    }
    if used.lowest == used.highest:
        return (
            _(
                "%(rows)s product days in %(currency)s, converted at 1 %(currency)s = %(rate)s "
                "%(into)s, the rate of %(day)s (%(source)s)."
            )
            % words
        )
    return (
        _(
            "%(rows)s product days in %(currency)s, each converted at the rate of its day: between "
            "%(lowest)s and %(highest)s %(into)s from %(oldest)s to %(day)s, most recently "
            "%(rate)s (%(source)s)."
        )
        % words
    )


def left_out_text(one: LeftOut) -> str:
    """Return what is in no sum, in its own currency, and what to do about it."""
    return ngettext(
        "%(rows)s product day in %(currency)s is in no sum: no exchange rate of its week is known. "
        "It says %(units)s units sold for %(sales)s, and %(contribution)s of contribution.",
        "%(rows)s product days in %(currency)s are in no sum: no exchange rate of their week is "
        "known. They say %(units)s units sold for %(sales)s, and %(contribution)s of contribution.",
        one.row_count,
    ) % {
        "rows": count_text(one.row_count),
        "units": count_text(one.units),
        "currency": one.currency,
        "sales": money_text(one.sales),
        "contribution": money_text(one.contribution),
    }


def left_out_short(one: LeftOut) -> str:
    """Return the same as a remark on a line that has other amounts."""
    return _(
        "and %(units)s units, %(sales)s sales, %(contribution)s contribution without a rate"
    ) % {
        "units": count_text(one.units),
        "sales": money_text(one.sales),
        "contribution": money_text(one.contribution),
    }


def gmroi_left_out_text(line: ProfitLine) -> str:
    """Return how many articles have no part in the GMROI, and why; empty where all have."""
    if not line.gmroi_left_out_count:
        return ""
    return ngettext(
        "without %(count)s article whose stock at cost is unknown",
        "without %(count)s articles whose stock at cost is unknown",
        line.gmroi_left_out_count,
    ) % {"count": count_text(line.gmroi_left_out_count)}


def left_out_cure() -> str:
    """Return what brings rates in."""
    return _(
        "Take eurofxref-hist.zip from the European Central Bank's page of reference rates and run "
        "“umschlag import rates eurofxref-hist.zip”."
    )


def amazon_stock_text(report: ProfitReport) -> str:
    """Return how much was sold from Amazon's stock while ours was empty; empty if nothing was."""
    units = [one.amazon_units_without_ours for one in report.facts.articles]
    articles = sum(one > 0 for one in units)
    if not articles:
        return ""
    return ngettext(
        "%(units)s units of %(articles)s article were sold on days on which no warehouse of yours "
        "had any, and shipped by Amazon: its stock is not in the ERP, so nothing contradicts them.",
        "%(units)s units of %(articles)s articles were sold on days on which no warehouse of yours "
        "had any, and shipped by Amazon: its stock is not in the ERP, so nothing contradicts them.",
        articles,
    ) % {"units": count_text(sum(units)), "articles": count_text(articles)}


def cautions(report: ProfitReport) -> Sequence[str]:
    """Return what a reader has to know of the currencies: rates used, and what has none."""
    texts = [rate_text(one, report.currency) for one in report.facts.rates]
    texts += [left_out_text(one) for one in report.left_out]
    return [*texts, left_out_cure()] if report.left_out else texts
