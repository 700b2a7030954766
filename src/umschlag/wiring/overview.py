"""The figures a manager opens the day with: the report and the dashboard show the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    BigIntegerField,
    Count,
    F,
    Max,
    Q,
    Sum,
)
from django.db.models.expressions import OrderBy
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.kernel.money import Money
from umschlag.kernel.periods import business_date_of
from umschlag.settings import Settings
from umschlag.storage.records.models import (
    AllocationRun,
    Article,
    ArticleMovement,
    Pallet,
    Proposal,
    ProposalKind,
    ProposalState,
    RunState,
    RunStatus,
    SnapshotRun,
    SyncRun,
    Verdict,
)
from umschlag.storage.records.run_figures import above_share_max
from umschlag.wiring.freshness import Freshness, freshness_on
from umschlag.wiring.running_out import StockoutLine, running_out
from umschlag.wiring.stock_values import DayValue, stock_value_by_day
from umschlag.wiring.stored_reasons import reason_text

__all__ = [
    "LIST_LENGTH",
    "SKIPPED_SHOWN_PER_SOURCE",
    "AllocationTotal",
    "ArticleLine",
    "BalanceShortage",
    "DayValue",
    "Freshness",
    "Overview",
    "ProposalTotal",
    "StockoutLine",
    "overview",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """One article in a list of the overview, with the reason it stands there."""

    article_id: int
    sku: str
    name: str
    on_hand_units: int | None
    stock_value: Money | None
    dead_value: Money | None
    sold_units_90d: int
    days_since_last_sale: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalTotal:
    """All open proposals of one kind."""

    kind: str
    count: int
    units: int
    value: Money
    """What the units cost, without those of unknown cost."""
    units_without_value: int
    proceeds: Money | None
    """None of orders: what their units bring is not what ordering them earns."""

    @property
    def kind_label(self) -> str:
        """What it is called."""
        return str(ProposalKind(self.kind).label)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceShortage:
    """A client whose balance did not reach, and where the goods could go instead."""

    client_id: int
    client_name: str
    store_name: str | None
    """Whose cart is meant; a client with two stores may be short for both."""
    missing: Money
    mutual_store_name: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationTotal:
    """What the newest allocation run came to."""

    run_id: int
    made_at: datetime
    state: str
    cart_count: int
    units: int
    goods: Money
    shipping: Money
    pallet_count: int | None
    """None, as the freight, before the run is confirmed: no pallets are built yet."""
    freight: Money | None
    refusals_by_reason: tuple[tuple[str, int], ...]
    """Stores that were refused something for the reason, by its code."""
    above_share_max: float | None = None
    """By how much the best plan there is could be better at most; None where nobody proved it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the first page. Sums leave out what they say they leave out."""

    freshness: Freshness
    stock_value: Money
    articles_without_cost: int
    dead_stock: Money
    penner_count: int
    renner_count: int
    worst_penner: tuple[ArticleLine, ...]
    best_renner: tuple[ArticleLine, ...]
    running_out_count: int
    """Active articles with units to sell that run out within the forecast's horizon."""
    running_out: tuple[StockoutLine, ...]
    """Those of them with the most money at risk."""
    proposals: tuple[ProposalTotal, ...]
    allocation: AllocationTotal | None
    shortages: tuple[BalanceShortage, ...]
    skipped: tuple[str, ...]
    value_by_day: tuple[DayValue, ...]


LIST_LENGTH = 10
SKIPPED_SHOWN_PER_SOURCE = 5
PROBLEMS_HOLD_HOURS = 24
"""How long what an earlier run told is shown beside the newest run's."""


def overview(settings: Settings) -> Overview:
    """Return the first page's figures, drawn from the records and one question to the lake.

    Sums of money are in `settings.currency`; articles kept in another one are left out of them and
    counted in `skipped`, as a sum of two currencies would mean nothing.
    """
    currency = settings.currency
    today = business_date_of(timezone.now(), settings.zone)
    ours = Article.objects.filter(currency=currency)
    stock = ours.filter(on_hand_units__gt=0)
    value_minor = stock.filter(unit_cost_minor__isnull=False).aggregate(
        total=Sum(
            F("on_hand_units") * F("unit_cost_minor"), output_field=BigIntegerField(), default=0
        )
    )["total"]
    moved = ArticleMovement.objects.aggregate(
        dead=Sum("dead_value_minor", filter=Q(article__currency=currency), default=0),
        penner=Count("pk", filter=Q(verdict=Verdict.PENNER)),
        renner=Count("pk", filter=Q(verdict=Verdict.RENNER)),
    )
    run = _newest_run()
    scarce = running_out(settings, length=LIST_LENGTH)
    return Overview(
        freshness=freshness_on(settings, today),
        stock_value=Money(value_minor, currency),
        articles_without_cost=stock.filter(unit_cost_minor__isnull=True).count(),
        dead_stock=Money(int(moved["dead"]), currency),
        penner_count=moved["penner"],
        renner_count=moved["renner"],
        worst_penner=_lines(Verdict.PENNER, _WORST_FIRST),
        best_renner=_lines(Verdict.RENNER, _BEST_FIRST),
        running_out_count=scarce.count,
        running_out=scarce.lines,
        proposals=_proposals(currency),
        allocation=_allocation_total(run, currency) if run else None,
        shortages=_shortages(run, currency) if run else (),
        skipped=_skipped(currency),
        value_by_day=stock_value_by_day(settings, today),
    )


_WORST_FIRST = (
    F("dead_value_minor").desc(nulls_last=True),
    F("stock_value_minor").desc(nulls_last=True),
    # Where no stock is known, what once sold best and went quiet matters most.
    F("sold_units_365d").desc(),
    F("article__sku").asc(),
)
_BEST_FIRST = (
    F("sold_units_90d").desc(),
    F("revenue_minor_365d").desc(),
    F("article__sku").asc(),
)


def _lines(verdict: Verdict, order: tuple[OrderBy, ...]) -> tuple[ArticleLine, ...]:
    movements = (
        ArticleMovement.objects.filter(verdict=verdict)
        .select_related("article")
        .order_by(*order)[:LIST_LENGTH]
    )
    return tuple(
        ArticleLine(
            article_id=movement.article.pk,
            sku=movement.article.sku,
            name=movement.article.name,
            on_hand_units=movement.article.on_hand_units,
            stock_value=_stock_value(movement.article),
            dead_value=_money_of(movement.dead_value_minor, movement.article),
            sold_units_90d=movement.sold_units_90d,
            days_since_last_sale=movement.days_since_last_sale,
            reason=reason_text(movement),
        )
        for movement in movements
    )


def _stock_value(article: Article) -> Money | None:
    return _money_of(article.stock_value_minor, article)


def _money_of(minor: int | None, article: Article) -> Money | None:
    return None if minor is None else Money(minor, article.currency)


def _proposals(currency: str) -> tuple[ProposalTotal, ...]:
    rows = (
        Proposal.objects.filter(state=ProposalState.OPEN, article__currency=currency)
        .order_by("kind")
        .values("kind")
        .annotate(
            number=Count("pk"),
            total_units=Sum("units"),
            value=Sum("value_minor", default=0),
            units_without_value=Sum("units", filter=Q(value_minor__isnull=True), default=0),
            proceeds=Sum("proceeds_minor", filter=~Q(kind=ProposalKind.REORDER)),
        )
    )
    return tuple(
        ProposalTotal(
            kind=row["kind"],
            count=row["number"],
            units=row["total_units"],
            value=Money(int(row["value"]), currency),
            units_without_value=row["units_without_value"],
            proceeds=None if row["proceeds"] is None else Money(int(row["proceeds"]), currency),
        )
        for row in rows
    )


def _newest_run() -> AllocationRun | None:
    runs = AllocationRun.objects.exclude(state__in=(RunState.DISCARDED, RunState.UNDONE)).order_by(
        "-made_at", "-pk"
    )
    # A cart for one store, made by hand, does not push the agency's whole run off the page.
    return runs.filter(only_store__isnull=True).first() or runs.first()


def _allocation_total(run: AllocationRun, currency: str) -> AllocationTotal:
    carts = run.carts.aggregate(
        number=Count("pk"),
        total_units=Sum("units", default=0),
        goods=Sum("goods_minor", default=0),
        shipping=Sum("shipping_minor", default=0),
    )
    pallets = Pallet.objects.filter(cart__run=run).aggregate(
        number=Count("pk"), freight=Sum("freight_minor", default=0)
    )
    is_built = run.state != RunState.PROPOSED
    refusals = (
        run.refusals.order_by("reason_code")
        .values_list("reason_code")
        # A run for one store keeps a refusal an ASIN, the others one a store.
        .annotate(number=Count("store", distinct=True))
        .order_by("-number", "reason_code")
    )
    return AllocationTotal(
        run_id=run.pk,
        made_at=run.made_at,
        state=run.state,
        cart_count=carts["number"],
        units=int(carts["total_units"]),
        goods=Money(int(carts["goods"]), currency),
        shipping=Money(int(carts["shipping"]), currency),
        pallet_count=pallets["number"] if is_built else None,
        freight=Money(int(pallets["freight"]), currency) if is_built else None,
        refusals_by_reason=tuple((code, number) for code, number in refusals),
        above_share_max=above_share_max(run),
    )


def _shortages(run: AllocationRun, currency: str) -> tuple[BalanceShortage, ...]:
    proposals = (
        run.mutual_proposals.filter(missing_minor__gt=0)
        .select_related("client", "own_store", "mutual_store")
        .order_by("-missing_minor", "client__name")
    )
    return tuple(
        BalanceShortage(
            client_id=proposal.client.pk,
            client_name=proposal.client.name,
            store_name=proposal.own_store.name if proposal.own_store else None,
            missing=Money(proposal.missing_minor, currency),
            mutual_store_name=proposal.mutual_store.name if proposal.mutual_store else None,
            message=reason_text(proposal),
        )
        for proposal in proposals
    )


def _skipped(currency: str) -> tuple[str, ...]:
    lines: list[str] = []
    foreign = Article.objects.exclude(currency=currency).count()
    if foreign:
        lines.append(
            _("%(count)d articles are not kept in %(currency)s and are left out of all sums.")
            % {"count": foreign, "currency": currency}
        )
    newest = SnapshotRun.objects.order_by("-started_at").first()
    if newest:
        lines += _problems(_("Snapshot"), newest.status, newest.error, newest.skipped)
    newest_ids = SyncRun.objects.values("source").annotate(newest=Max("pk")).values("newest")
    earlier = _earlier_runs()
    for run in SyncRun.objects.filter(pk__in=newest_ids).order_by("source"):
        problems = _still_holding(run, earlier.get(run.source, ()))
        lines += _problems(run.source, run.status, run.error, problems)
    return tuple(lines)


def _earlier_runs() -> dict[str, list[SyncRun]]:
    """Return the complete runs of the last hours by source, newest first."""
    since = timezone.now() - timedelta(hours=PROBLEMS_HOLD_HOURS)
    runs = SyncRun.objects.filter(status=RunStatus.COMPLETE, started_at__gte=since)
    found: dict[str, list[SyncRun]] = {}
    for run in runs.order_by("-pk"):
        found.setdefault(run.source, []).append(run)
    return found


def _still_holding(newest: SyncRun, complete: Sequence[SyncRun]) -> list[object]:
    """Return the problems of the newest run and the earlier ones it says nothing about."""
    # A run without a watermark read its source whole: what it does not tell of is mended now.
    whole = next((at for at, run in enumerate(complete) if not run.watermark), len(complete))
    runs = (newest, *complete[: whole + 1])
    return list(dict.fromkeys(problem for run in runs for problem in run.problems))


def _problems(source: str, status: str, error: str, problems: list[object]) -> list[str]:
    lines = [f"{source}: {error}"] if status == RunStatus.FAILED else []
    lines += [f"{source}: {problem}" for problem in problems[:SKIPPED_SHOWN_PER_SOURCE]]
    rest = len(problems) - SKIPPED_SHOWN_PER_SOURCE
    if rest > 0:
        lines.append(_("%(source)s: and %(count)d more") % {"source": source, "count": rest})
    return lines
