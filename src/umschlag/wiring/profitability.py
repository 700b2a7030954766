"""What every article earned, from Sellerboard's figures, stock and cost in the lake."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

import polars as pl

from umschlag.intelligence.profitability.contribution import profit_report
from umschlag.intelligence.profitability.model import (
    ArticleFacts,
    GroupStock,
    ProfitFacts,
    ProfitReport,
    RateUsed,
    StockOfPeriod,
)
from umschlag.kernel.exchange import Conversion
from umschlag.kernel.money import MINOR_DIGITS
from umschlag.kernel.periods import Period
from umschlag.settings import Settings
from umschlag.storage.lake.lake import Lake
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.exchange_rates import rate_table
from umschlag.wiring.day_pictures import closes_of
from umschlag.wiring.lake import open_lake
from umschlag.wiring.profit_periods import ROOM, asked_period, period_before, told_by
from umschlag.wiring.profit_sums import SumsByKey, sums_by_key

_ONE_DAY = timedelta(days=1)
_MASTER_COLUMNS = [
    *("sku", "name", "category", "manufacturer", "on_hand_units", "unit_cost_minor", "currency")
]
_STOCK = [one.name for one in fields(StockOfPeriod)]
_UNSTOCKED = [
    pl.col("sku"),
    pl.col("own_day_count").alias("unstocked_day_count"),
    pl.col("own_units").alias("unstocked_units"),
    pl.col("own_sales_minor").alias("unstocked_sales_minor"),
    pl.col("other_units").alias("amazon_units_without_ours"),
]
_ZERO_WHERE_UNKNOWN = [
    *("erp_sold_units", "unstocked_day_count", "unstocked_units", "amazon_units_without_ours")
]


def profitability(
    settings: Settings, *, period: Period | None = None, marketplace: str = ""
) -> ProfitReport:
    """Return what was earned in the period; by default in the newest 30 days told.

    All sums are in the merchant's currency; `marketplace` asks for one alone.

    Raises:
        NotFound: Sellerboard was never imported and no period was asked for.
    """
    lake = open_lake(settings)
    told = told_by(lake)
    days = period or asked_period(told, since=None, through=None)
    asked = _Asked(
        settings=settings,
        lake=lake,
        period=days,
        before=period_before(days, told=told) if told else None,
        currency=settings.currency,
        marketplace=marketplace,
    )
    return profit_report(asked.facts())


def marketplaces_told(settings: Settings, *, period: Period) -> Sequence[str]:
    """Return on which marketplaces anything was told in the period, by name."""
    question = Question.load(ROOM, "sellerboard_marketplaces")
    rows = open_lake(settings).ask(question, since=period.start_date, until=period.end_date)
    return [str(name) for name in rows["marketplace"].to_pylist()]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One question for profit, with the lake that answers it."""

    settings: Settings
    lake: Lake
    period: Period
    before: Period | None
    currency: str
    marketplace: str

    def facts(self) -> ProfitFacts:
        """Return everything a report is made of."""
        sums = sums_by_key(self._ask_sums(), currency=self.currency)
        masters = self._masters()
        stock = self._stocks()
        return ProfitFacts(
            period=self.period,
            before=self.before,
            currency=self.currency,
            marketplace=self.marketplace,
            articles=self._articles(sums, masters=masters, stock=stock),
            by_marketplace=list(sums.by_marketplace.items()),
            by_day=list(sums.by_day.items()),
            left_out_by_marketplace=sums.left_out_by_marketplace,
            left_out_by_day=sums.left_out_by_day,
            rates=self._rates_used(sums.foreign_rows),
            stock=GroupStock.of(stock.values()),
            stock_by_category=_stock_by("category", masters, stock),
            stock_by_manufacturer=_stock_by("manufacturer", masters, stock),
        )

    def _articles(
        self, sums: SumsByKey, *, masters: pl.DataFrame, stock: Mapping[str, StockOfPeriod]
    ) -> Sequence[ArticleFacts]:
        """Return the SKUs that were told, each with its sums beside what the ERP knows of it."""
        known = _known_to_erp(list(sums.by_sku), masters)
        unstocked = self._sold_without_stock()
        rows = (
            known.join(self._erp_units(sums), on="sku", how="left", maintain_order="left")
            .join(unstocked.select(_UNSTOCKED), on="sku", how="left", maintain_order="left")
            .with_columns(pl.col(_ZERO_WHERE_UNKNOWN).fill_null(0))
        )
        return [
            ArticleFacts(
                **row,
                sums=one,
                left_out=sums.left_out_by_sku.get(row["sku"], ()),
                stock=stock.get(row["sku"]),
            )
            for row, one in zip(rows.iter_rows(named=True), sums.by_sku.values(), strict=True)
        ]

    def _sold_without_stock(self) -> pl.DataFrame:
        since, until = self.period.start_date - _ONE_DAY, self.period.end_date + _ONE_DAY
        shown = [since + _ONE_DAY * number for number in range((until - since).days)]
        closes = closes_of(self.settings, shown, known_at=None)
        nights = [day for day, close in closes.items() if close < day]
        table = self.lake.ask(
            Question.load(ROOM, "sales_without_stock"),
            since=since,
            until=until,
            sold_since=self.period.start_date,
            sold_until=self.period.end_date,
            nights_from=min(nights, default=until),
            nights_through=max(nights, default=since - _ONE_DAY),
            currency=self.currency,
            marketplace=self.marketplace,
        )
        return pl.DataFrame(table)

    def _stocks(self) -> Mapping[str, StockOfPeriod]:
        """Return the stock of every SKU that a snapshot of the period shows."""
        rows = self._ask("stock_of_period").select("sku", *_STOCK).iter_rows()
        return {
            sku: StockOfPeriod(**dict(zip(_STOCK, counts, strict=True))) for sku, *counts in rows
        }

    def _ask(self, question: str) -> pl.DataFrame:
        loaded = Question.load(ROOM, question)
        given: dict[str, Any] = (
            {"currency": self.currency} if "currency" in loaded.parameters else {}
        )
        since, until = self.period.start_date, self.period.end_date
        return pl.DataFrame(self.lake.ask(loaded, since=since, until=until, **given))

    def _ask_sums(self) -> pl.DataFrame:
        start = self.before.start_date if self.before else self.period.start_date
        answer = self.lake.ask(
            Question.load(ROOM, "profit_by_key"),
            since=start,
            until=self.period.end_date,
            from_date=self.period.start_date,
            currency=self.currency,
            marketplace=self.marketplace,
        )
        return pl.DataFrame(answer)

    def _masters(self) -> pl.DataFrame:
        """Return every SKU as it was at the end of the period, its cost in our currency.

        Of a period before the first snapshot, as it was in that one.
        """
        last = self.period.end_date - _ONE_DAY
        day = self.lake.newest_business_date(through=last)
        if day is None:
            day = next(iter(self.lake.business_dates()), None)
        question = Question.load("umschlag.intelligence.snapshots", "as_of")
        answer = self.lake.ask(question, as_of=day or last)
        masters = pl.DataFrame(answer.select(_MASTER_COLUMNS))
        return _with_home_cost(masters, into=self.currency, on=day or last)

    def _erp_units(self, sums: SumsByKey) -> pl.DataFrame:
        """Return the ERP's units on the marketplaces of which Sellerboard tells."""
        wanted = [self.marketplace] if self.marketplace else list(sums.by_marketplace)
        sold = self._ask("erp_units").filter(pl.col("marketplace").is_in(wanted))
        return sold.group_by("sku").agg(pl.col("units").sum().alias("erp_sold_units"))

    def _rates_used(self, rows: Mapping[tuple[str, date], int]) -> Sequence[RateUsed]:
        """Return by which rates the rows of each currency and day were converted."""
        table = rate_table(since=self.period.start_date, until=self.period.end_date)
        used: dict[str, list[tuple[Conversion, int]]] = defaultdict(list)
        for (currency, day), count in sorted(rows.items()):
            conversion = table.conversion(currency, self.currency, on=day)
            if conversion is not None:
                used[currency].append((conversion, count))
        return [_rate_used(currency, found) for currency, found in used.items()]


def _known_to_erp(skus: Sequence[str], masters: pl.DataFrame) -> pl.DataFrame:
    """Return what the ERP knows of each of the SKUs, in their order."""
    texts = ["name", "category", "manufacturer"]
    known = masters.select(
        "sku",
        *texts,
        "on_hand_units",
        pl.col("cost_minor").alias("erp_unit_cost_minor"),
        pl.lit(value=True).alias("is_known_to_erp"),
    )
    told = pl.DataFrame({"sku": skus}, schema={"sku": pl.String})
    # While there is no snapshot at all, nobody can tell whether the ERP knows the article.
    otherwise = None if masters.is_empty() else False
    return told.join(known, on="sku", how="left", maintain_order="left").with_columns(
        pl.col(texts).fill_null(""),
        pl.col("is_known_to_erp").fill_null(pl.lit(otherwise, pl.Boolean)),
    )


def _with_home_cost(masters: pl.DataFrame, *, into: str, on: date) -> pl.DataFrame:
    """Return the masters with `cost_minor`: what a unit costs in our currency, where it is known.

    A cost in another currency is converted at the rate of the day on which it stood there.
    """
    rates = rate_table(since=on, until=on + _ONE_DAY)
    factors = {into: 1.0}
    for currency in masters["currency"].drop_nulls().unique().to_list():
        if currency != into and currency in MINOR_DIGITS:
            conversion = rates.conversion(currency, into, on=on)
            if conversion is not None:
                factors[currency] = conversion.minor_factor
    factor = pl.col("currency").replace_strict(factors, default=None, return_dtype=pl.Float64)
    cost = (pl.col("unit_cost_minor") * factor + 0.5).floor().cast(pl.Int64)
    return masters.with_columns(cost.alias("cost_minor"))


def _stock_by(
    master: str, masters: pl.DataFrame, stock: Mapping[str, StockOfPeriod]
) -> Mapping[str, GroupStock]:
    """Return the stock of each category or manufacturer."""
    names = dict(masters.select("sku", master).iter_rows())
    groups: dict[str, list[StockOfPeriod]] = defaultdict(list)
    for sku, one in stock.items():
        groups[names.get(sku) or ""].append(one)
    return {name: GroupStock.of(members) for name, members in groups.items()}


def _rate_used(currency: str, found: Sequence[tuple[Conversion, int]]) -> RateUsed:
    newest = max((conversion for conversion, _count in found), key=lambda one: one.rate_date)
    return RateUsed(
        currency=currency,
        row_count=sum(count for _conversion, count in found),
        rate=newest.rate,
        rate_date=newest.rate_date,
        source=newest.source,
        lowest=min(conversion.rate for conversion, _count in found),
        highest=max(conversion.rate for conversion, _count in found),
        oldest_date=min(conversion.rate_date for conversion, _count in found),
    )
