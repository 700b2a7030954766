"""The list to act on: what to do with which article, what was decided, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, OrderBy, Q, QuerySet, Sum
from django.utils.translation import ngettext

from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.models import ActOutcome, Proposal, ProposalKind, ProposalState
from umschlag.wiring.amounts import count_text
from umschlag.wiring.spreadsheets import Cell, Row
from umschlag.wiring.stored_reasons import reason_text

SORTS: Mapping[str, OrderBy] = {
    "proceeds": F("proceeds_minor").desc(nulls_last=True),
    "value": F("value_minor").desc(nulls_last=True),
    "unsold": F("expected_unsold_units").desc(nulls_last=True),
    "decided": F("decided_at").desc(nulls_last=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsWanted:
    """Which acts are asked for; empty texts ask for all. Orders have a list of their own."""

    kind: str = ""
    state: str = ProposalState.OPEN.value
    category: str = ""
    q: str = ""
    sort: str = "proceeds"

    def acts(self) -> QuerySet[Proposal]:
        """Return the acts asked for, in the order asked for."""
        rows = Proposal.objects.select_related("article")
        if self.kind:
            rows = rows.filter(kind=self.kind)
        elif self.state == ProposalState.OPEN:
            rows = rows.exclude(kind=ProposalKind.REORDER)
        if self.state:
            rows = rows.filter(state=self.state)
        if self.category:
            rows = rows.filter(article__category=self.category)
        if self.q:
            rows = rows.filter(
                Q(article__sku__icontains=self.q) | Q(article__name__icontains=self.q)
            )
        return rows.order_by(SORTS.get(self.sort, SORTS["proceeds"]), "article__sku", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindTotal:
    """All acts of one kind; amounts in the merchant's currency alone, None where none is known."""

    kind: ProposalKind
    count: int
    units: int
    proceeds: Money | None
    unpriced_count: int
    """Acts whose proceeds are not in the sum: unknown, or in another currency."""
    value: Money | None

    @property
    def unpriced_text(self) -> str:
        """Of how many acts the proceeds are not in the sum; empty where all are."""
        if not self.unpriced_count:
            return ""
        return ngettext(
            "proceeds without %(count)s act of unknown price or in another currency",
            "proceeds without %(count)s acts of unknown price or in another currency",
            self.unpriced_count,
        ) % {"count": count_text(self.unpriced_count)}


def kind_totals(settings: Settings, state: str = ProposalState.OPEN) -> list[KindTotal]:
    """Return what the acts of each kind in this state come to, orders left out."""
    ours = Q(article__currency=settings.currency)
    rows = (
        Proposal.objects.filter(state=state)
        .exclude(kind=ProposalKind.REORDER)
        .order_by("kind")
        .values("kind")
        .annotate(
            number=Count("pk"),
            total=Sum("units"),
            priced=Count("proceeds_minor", filter=ours),
            proceeds=Sum("proceeds_minor", filter=ours),
            value=Sum("value_minor", filter=ours),
        )
    )
    return [
        KindTotal(
            kind=ProposalKind(row["kind"]),
            count=row["number"],
            units=row["total"],
            proceeds=_money(row["proceeds"], settings.currency),
            unpriced_count=row["number"] - row["priced"],
            value=_money(row["value"], settings.currency),
        )
        for row in rows
    ]


def outcomes() -> QuerySet[ActOutcome]:
    """Return what became of accepted acts, newest first."""
    return ActOutcome.objects.select_related("proposal__article").order_by("-measured_date", "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeTotal:
    """What became of all acts of one kind, so many days after, of which all figures are known."""

    kind: ProposalKind
    after_days: int
    count: int
    sold_units: int
    expected_units: float


def outcome_totals() -> Sequence[OutcomeTotal]:
    """Return what sold after acts of each kind, against what was expected without them."""
    rows = (
        ActOutcome.objects.filter(expected_units__isnull=False)
        .order_by("proposal__kind", "after_days")
        .values("proposal__kind", "after_days")
        .annotate(number=Count("pk"), sold=Sum("sold_units"), expected=Sum("expected_units"))
    )
    return [
        OutcomeTotal(
            kind=ProposalKind(row["proposal__kind"]),
            after_days=row["after_days"],
            count=row["number"],
            sold_units=row["sold"],
            expected_units=row["expected"],
        )
        for row in rows
    ]


def act_rows(acts: QuerySet[Proposal]) -> Iterator[Row]:
    """Return the column names and a row for each act, amounts in major units."""
    yield [
        *("sku", "name", "category", "act", "units", "proposed_price", "expected_proceeds"),
        *(
            "price_with_vat",
            "cost_of_units",
            "available_units",
            "sales_price",
            "expected_unsold_units",
            "currency",
        ),
        *("reason", "state", "as_of", "decided_on", "decided_by"),
    ]
    for row in acts.iterator():
        article = row.article
        yield [
            article.sku,
            article.name,
            article.category,
            str(ProposalKind(row.kind).label),
            row.units_to_order,
            _major(row.price_minor, article.currency),
            _major(row.proceeds_minor, article.currency),
            row.is_price_with_vat,
            _major(row.value_minor, article.currency),
            row.stock_units,
            _major(row.sales_price_minor, article.currency),
            None if row.expected_unsold_units is None else round(row.expected_unsold_units, 1),
            article.currency,
            reason_text(row),
            str(ProposalState(row.state).label),
            row.made_date,
            row.decided_date,
            row.decided_by,
        ]


def outcome_rows() -> Iterator[Row]:
    """Return the column names and a row for each outcome, amounts in major units."""
    yield [
        *("sku", "name", "act", "decided_on", "decided_by", "units", "expected_proceeds"),
        *("stock_then", "price_then", "after_days", "measured_on", "units_sold", "revenue"),
        *("stock_left", "expected_units", "expected_stock", "currency"),
    ]
    for found in outcomes().iterator():
        row = found.proposal
        currency = row.article.currency
        yield [
            row.article.sku,
            row.article.name,
            str(ProposalKind(row.kind).label),
            row.decided_date,
            row.decided_by,
            row.units_to_order,
            _major(row.proceeds_minor, currency),
            row.stock_units,
            _major(row.sales_price_minor, currency),
            found.after_days,
            found.measured_date,
            found.sold_units,
            _major(found.revenue_minor, currency),
            found.stock_units,
            _rounded(found.expected_units),
            _rounded(found.expected_stock_units),
            currency,
        ]


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(int(minor), currency)


def _major(minor: int | None, currency: str) -> Cell:
    return None if minor is None else Money(minor, currency).decimal


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
