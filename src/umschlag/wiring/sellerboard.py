"""Sellerboard's figures by product and day, into the lake."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
from django.db import transaction

from umschlag.connectors.dialect import DateOrder, DialectUnclear
from umschlag.connectors.sellerboard.client import ReportWaiting, SellerboardReports
from umschlag.connectors.sellerboard.parsing import Account, ParsedReport, parse_report
from umschlag.intelligence.profitability.model import SellerboardDay
from umschlag.kernel.errors import Misconfigured
from umschlag.kernel.outcomes import Problem, SyncOutcome
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import ProgressFor
from umschlag.settings import Settings
from umschlag.simulators.demo.access import SELLERBOARD_REPORT_PATH
from umschlag.storage.lake.datasets import SELLERBOARD_DAYS
from umschlag.storage.lake.lake import Lake
from umschlag.storage.records.sync_runs import recorded_sync
from umschlag.wiring.lake import open_lake

SOURCE = "sellerboard"
_KEY = list(SELLERBOARD_DAYS.unique_by)
_TOLD_OF = ["business_date", "marketplace"]
_DEMO_WAITING = ReportWaiting(attempts=20, first_wait_seconds=0.1, longest_wait_seconds=1.0)


def import_sellerboard(settings: Settings, *, progress_for: ProgressFor) -> SyncOutcome:
    """Bring the report's trailing window into the lake; days told before are restated.

    Of each day and marketplace that it tells with no row unused, it replaces all that an older
    report told, as under a SKU that was corrected since; what it does not speak of stays. All
    months it touches are published together or not at all.

    Raises:
        Misconfigured: production has no report link.
        ReportNotReady: Sellerboard did not make the report in time.
        Unreachable, UnexpectedAnswer: it does not answer, or the link is wrong.
        BadInput: the report cannot be understood.
    """
    reports = sellerboard_reports(settings)

    def run() -> SyncOutcome:
        progress = progress_for("Import Sellerboard")
        progress(0, 2, "waiting for the report")
        content = reports.fetch()
        progress(1, 2, f"{len(content) // 1024:,} KiB")
        account = Account(
            currency=settings.sellerboard_currency,
            received_date=business_date_of(datetime.now(UTC), settings.zone),
            decimal=settings.sellerboard_decimal_mark or None,
            dates=DateOrder(settings.sellerboard_date_order)
            if settings.sellerboard_date_order
            else None,
        )
        report = _understood(content, account)
        outcome = _published(open_lake(settings), report)
        progress(2, 2, f"{len(report.days):,} product days")
        return outcome

    return recorded_sync(SOURCE, run)


def sellerboard_reports(settings: Settings) -> SellerboardReports:
    """Return the way to the reports.

    Raises:
        Misconfigured: production has no report link.
    """
    link = settings.sellerboard_report_url.get_secret_value()
    if link:
        return SellerboardReports(link=link)
    if settings.mode != "demo":
        raise Misconfigured(
            "UMSCHLAG_SELLERBOARD_REPORT_URL is empty: set the link of the report 'Dashboard by "
            "product' (Sellerboard, Settings, Automation)",
            field="sellerboard_report_url",
        )
    link = f"{settings.simulators_url}/sellerboard{SELLERBOARD_REPORT_PATH}"
    return SellerboardReports(link=link, waiting=_DEMO_WAITING)


def _understood(content: bytes, account: Account) -> ParsedReport:
    try:
        return parse_report(content, account)
    except DialectUnclear as error:
        raise DialectUnclear(
            f"{error} in UMSCHLAG_SELLERBOARD_DECIMAL_MARK or UMSCHLAG_SELLERBOARD_DATE_ORDER"
        ) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Restated:
    """What a report did to rows of the lake, in product days."""

    fresh_count: int = 0
    changed_count: int = 0
    gone_count: int = 0
    """Told before, and no more: taken out."""
    doubtful_count: int = 0
    """The same on days and marketplaces that could not be read whole: kept."""

    def __add__(self, other: "_Restated") -> "_Restated":
        return _Restated(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    def notes(self) -> Iterator[str]:
        """Return what a person has to know of rows that the report has no more."""
        if self.gone_count:
            yield (
                "product days of an older report that are not in this one, though it tells of "
                f"their day and marketplace, were taken out: {self.gone_count:,}"
            )
        if self.doubtful_count:
            yield (
                "product days of an older report that are not in this one were kept, because rows "
                f"that may be theirs could not be used: {self.doubtful_count:,}"
            )


def _published(lake: Lake, report: ParsedReport) -> SyncOutcome:
    by_month: dict[str, list[SellerboardDay]] = {}
    for day in report.days:
        by_month.setdefault(f"{day.business_date:%Y-%m}", []).append(day)
    restated = _Restated()
    with transaction.atomic():
        for month, days in sorted(by_month.items()):
            restated += _upsert(lake, month, days, whole=report.whole)
    newest = max((day.business_date for day in report.days), default=None)
    return SyncOutcome(
        source=SOURCE,
        read_count=report.row_count,
        created_count=restated.fresh_count,
        updated_count=restated.changed_count,
        problems=report.problems,
        notes=tuple(
            Problem(place="Sellerboard report", message=note)
            for note in (*report.notes, *restated.notes())
        ),
        watermark=newest.isoformat() if newest else "",
    )


def _upsert(
    lake: Lake,
    month: str,
    days: Sequence[SellerboardDay],
    *,
    whole: Collection[tuple[date, str]],
) -> _Restated:
    """Publish the month where a row is new, changed or gone; return how many are each."""
    table = pa.Table.from_pylist([asdict(day) for day in days], schema=SELLERBOARD_DAYS.columns)
    fresh = pl.DataFrame(table)
    current = pl.DataFrame(lake.read_unit(SELLERBOARD_DAYS.name, month))
    known = fresh.join(current, on=_KEY, how="semi").height
    unchanged = fresh.join(current, on=fresh.columns, how="semi").height
    untold = current.join(fresh, on=_TOLD_OF, how="semi").join(fresh, on=_KEY, how="anti")
    void = pa.Table.from_pylist(
        [dict(zip(_TOLD_OF, pair, strict=True)) for pair in sorted(whole)],
        schema=table.select(_TOLD_OF).schema,
    )
    gone = untold.join(pl.DataFrame(void), on=_TOLD_OF, how="semi").height
    if gone or unchanged < fresh.height:
        lake.upsert_month(SELLERBOARD_DAYS.name, month, table, _KEY, without=void)
    return _Restated(
        fresh_count=fresh.height - known,
        changed_count=known - unchanged,
        gone_count=gone,
        doubtful_count=untold.height - gone,
    )
