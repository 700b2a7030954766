"""Penner and Renner over the API: the newest verdicts, and what became of them."""

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.kernel.errors import NotFound
from umschlag.kernel.money import Money
from umschlag.settings import load_settings
from umschlag.web.api import schemas
from umschlag.web.api.access import demand
from umschlag.web.api.paging import Asked, Page, Text, paged, paged_list
from umschlag.web.api.problems import ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring.movement_list import MovementsWanted, is_missed, movement_totals
from umschlag.wiring.movement_sorts import MovementSort
from umschlag.wiring.stored_reasons import reason_text
from umschlag.wiring.verdict_changes import ChangesWanted, Turn, verdict_changes, with_reasons

router = Router(tags=["Intelligence"])
DAYS_MAX = 3_660


class MovementOut(Schema):
    """One line of the Penner/Renner report."""

    sku: str = Field(alias="article.sku")
    name: str = Field(alias="article.name")
    as_of_date: date
    verdict: str
    rule: str = Field(alias="rule_name")
    reason: str
    reason_code: str
    reason_values: dict[str, Any]
    speed_class: str
    abc_class: str
    abc_class_by_margin: str = Field(description="Empty where the cost is unknown.")
    xyz_class: str = Field(description="Empty where weekly demand is unknown.")
    demand_pattern: str
    sold_units_90d: int
    sold_units_365d: int
    bundle_units_90d: int = Field(description="Of those sold in 90 days, as a part of bundles.")
    bundle_units_365d: int
    daily_sales_units: float
    rate_days: int = Field(description="What the sales rate was divided by.")
    rate_leaves_out_days: bool = Field(
        description="Whether days without stock were left out of them; not of sporadic demand."
    )
    days_out_90d: int | None
    days_since_last_sale: int | None
    stock_turnover_per_year: float | None
    turnover_in_units: bool
    days_of_supply: float | None
    sell_through_of_received_ratio: float | None
    stock_age_days: int | None
    stock_value: MoneyOut | None
    dead_stock: MoneyOut | None
    expected_unsold_units: float | None = Field(
        alias="unsold_units",
        description="After 90 days, by the newest forecast. Null where its stock is not forecast.",
    )
    expected_unsold: MoneyOut | None = Field(description="What those units cost.")
    is_missed: bool = Field(
        description="No rule calls it a Penner, and much money is expected to be unsold."
    )
    forecast_made_date: date | None = Field(description="Of the newest forecast.")
    category: str = Field(alias="article.category")
    manufacturer: str = Field(alias="article.manufacturer")
    supplier: str = Field(alias="article.supplier")
    on_hand_units: int | None = Field(alias="article.on_hand_units")
    available_units: int | None = Field(alias="article.available_units")
    revenue_365d: MoneyOut | None
    margin_365d: MoneyOut | None = Field(description="Net of VAT, before fees.")
    stock_out_count_365d: int | None
    lost_units_max_365d: float | None = Field(
        description="Lost to stock-outs at most; at least none. Null where demand is sporadic."
    )
    lost_revenue_max_365d: MoneyOut | None
    stock_outs: list[dict[str, Any]] = Field(description="The newest ones, newest first.")

    @staticmethod
    def resolve_reason(record: Loose) -> str:
        """Put the reason into words."""
        return reason_text(record)

    @staticmethod
    def resolve_stock_value(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record, record.stock_value_minor)

    @staticmethod
    def resolve_dead_stock(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record, record.dead_value_minor)

    @staticmethod
    def resolve_expected_unsold(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record, record.unsold_value_minor)

    @staticmethod
    def resolve_revenue_365d(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record, record.revenue_minor_365d)

    @staticmethod
    def resolve_margin_365d(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record, record.margin_minor_365d)

    @staticmethod
    def resolve_lost_revenue_max_365d(record: Loose) -> Loose:
        """Put amount and currency together."""
        return _money(record, record.lost_revenue_minor_max_365d)

    @staticmethod
    def resolve_is_missed(record: Loose) -> bool:
        """Compare the verdict with what is expected."""
        return is_missed(record)

    @staticmethod
    def resolve_forecast_made_date(record: Loose) -> Loose:
        """Return the day of the forecast that the expected units stand on."""
        by = getattr(record.article, "replenishment", None)
        return None if by is None else by.made_date


def _money(record: Loose, minor: int | None) -> Money | None:
    return None if minor is None else Money(minor, record.article.currency)


class MovementTotalsOut(Schema):
    """What all rows come to, not only those of the page; amounts in the merchant's currency."""

    count: int
    sold_units_90d: int
    stock_value: MoneyOut
    dead_stock: MoneyOut = Field(alias="dead")
    expected_unsold: MoneyOut = Field(alias="unsold")
    expected_unsold_units: float = Field(alias="unsold_units")
    missed_count: int
    missed: MoneyOut
    lost_revenue_max_365d: MoneyOut | None = Field(alias="lost_max")
    lost_unknown_count: int = Field(
        description="Articles with stock-outs of which lost sales are unknown, not in the sum."
    )
    cost_unknown_count: int = Field(
        description="Articles with stock that amounts leave out: cost unknown, other currency."
    )
    not_forecast_count: int = Field(description="Articles that expected_unsold leaves out.")


class MovementsPage(Page[MovementOut]):
    """One page of verdicts, and what all of them come to."""

    totals: MovementTotalsOut


class MovementsAsked(Asked):
    """Filters."""

    verdict: str | None = Field(None, pattern=schemas.VERDICTS)
    speed_class: Text | None = Field(None, description="fast, steady, slow or dead.")
    sku: Text | None = None
    abc_class: Literal["A", "B", "C"] | None = Field(None, description="By revenue.")
    abc_class_by_margin: Literal["A", "B", "C"] | None = None
    xyz_class: Literal["X", "Y", "Z"] | None = None
    demand_pattern: Text | None = Field(
        None, description="smooth, erratic, intermittent, lumpy or none."
    )
    category: Text | None = None
    manufacturer: Text | None = None
    supplier: Text | None = None
    warehouse: Text | None = Field(None, description="Articles of which units lie there.")
    marketplace: Text | None = Field(None, description="Articles that ever sold there.")
    missed: bool = Field(False, description="Those that the rules miss alone.")
    search: Text | None = Field(None, description="Part of SKU or name, or the ASIN.")
    sort: MovementSort = "dead"

    @property
    def wanted(self) -> MovementsWanted:
        """The verdicts that are asked for."""
        return MovementsWanted(
            verdict=self.verdict or "",
            speed=self.speed_class or "",
            abc=self.abc_class or "",
            abc_margin=self.abc_class_by_margin or "",
            xyz=self.xyz_class or "",
            pattern=self.demand_pattern or "",
            category=self.category or "",
            manufacturer=self.manufacturer or "",
            supplier=self.supplier or "",
            warehouse=self.warehouse or "",
            marketplace=self.marketplace or "",
            missed=self.missed,
            q=self.search or "",
            sort=self.sort,
        )


@router.get("/penner-renner", response={200: MovementsPage, **ERRORS})
def penner_renner(request: HttpRequest, asked: Query[MovementsAsked]) -> Loose:
    """List the newest classification, most dead stock first, and what it comes to."""
    demand(request, "records.view_articlemovement")
    rows = asked.wanted.movements()
    if asked.sku is not None:
        rows = rows.filter(article__sku=asked.sku)
    return paged(rows, asked) | {"totals": movement_totals(load_settings(), rows)}


class VerdictChangeOut(Schema):
    """One article whose verdict is another one than before."""

    sku: str
    name: str
    category: str
    changed_date: date
    from_verdict: str | None = Field(description="Null of an article that had no verdict.")
    to_verdict: str
    turns: list[Turn]
    rule: str = Field(alias="rule_name")
    dead_stock: MoneyOut | None = Field(alias="dead_value", description="On that day.")
    reason: str = Field(alias="why", description="Empty where the verdict changed since.")


class TurnTotalOut(Schema):
    """How many articles took one turn."""

    turn: Turn
    count: int
    dead_stock: MoneyOut = Field(alias="dead")


class VerdictChangesPage(Page[VerdictChangeOut]):
    """One page of what changed, and how many articles took each turn."""

    after_date: date = Field(description="Compared with the verdicts at the close of this day.")
    until_date: date
    is_comparable: bool = Field(description="False where the first verdicts are younger.")
    totals: list[TurnTotalOut]


class ChangesAsked(Asked):
    """Filters."""

    days: int = Field(7, ge=1, le=DAYS_MAX)
    turn: Turn | None = None
    category: Text | None = None
    search: Text | None = Field(None, description="Part of SKU or name.")


@router.get("/penner-renner/changes", response={200: VerdictChangesPage, **ERRORS})
def changes(request: HttpRequest, asked: Query[ChangesAsked]) -> dict[str, Any]:
    """List the articles that became Penner or Renner, or stopped being it, newest first."""
    demand(request, "records.view_articlemovement")
    wanted = ChangesWanted(
        days=asked.days,
        turn=asked.turn or "",
        category=asked.category or "",
        q=asked.search or "",
    )
    found = verdict_changes(load_settings(), wanted)
    if found is None:
        raise NotFound(_("Nothing is classified yet."))
    part = paged_list(found.changes, asked)
    return part | {
        "items": with_reasons(part["items"]),
        "after_date": found.after_date,
        "until_date": found.until_date,
        "is_comparable": found.is_comparable,
        "totals": found.totals,
    }
