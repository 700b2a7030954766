"""Writing back to Plentymarkets: tried first, sent on purpose, each time on record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from django.utils.translation import gettext as _

from umschlag.connectors.corrections_file import RowsUnusable, changes_in_file
from umschlag.connectors.plentymarkets.client import PlentymarketsClient
from umschlag.connectors.plentymarkets.null import Replay
from umschlag.connectors.plentymarkets.writing import (
    ArticlesByNumber,
    PriceWriting,
    StockWriting,
)
from umschlag.intelligence.corrections.model import (
    Change,
    PriceChange,
    StockCorrection,
    WriteBackPlan,
    WriteKind,
)
from umschlag.intelligence.corrections.ports import Erp
from umschlag.intelligence.corrections.usecases import write_back
from umschlag.kernel.errors import BadInput, Refused
from umschlag.kernel.identifiers import Sku
from umschlag.kernel.money import Money
from umschlag.kernel.progress import ProgressFor
from umschlag.kernel.vat import gross_minor_for
from umschlag.settings import Settings
from umschlag.storage.lake.questions import Question
from umschlag.storage.records.corrections import (
    Asker,
    JournalOnRecord,
    begin_write_back,
    fail_write_back,
    finish_write_back,
    tried_list,
    unit_costs_minor_of,
    variation_ids_of,
)
from umschlag.storage.records.models import OutcomeChoice, WriteBackLine, WriteBackRun
from umschlag.wiring.lake import open_lake
from umschlag.wiring.plentymarkets import open_plentymarkets

__all__ = [
    "Asker",
    "RowsUnusable",
    "WriteKind",
    "WritingSwitchedOff",
    "list_in_file",
    "may_write",
    "one_change",
    "sales_warehouses",
    "send_write_back",
    "sending_progress",
    "try_write_back",
]


class WritingSwitchedOff(Refused):
    """This installation only reads; writing has to be switched on by its administrator."""


def may_write(settings: Settings) -> bool:
    """Tell whether anything is ever written: on purpose, or to the demo's own simulator."""
    if settings.plentymarkets_recording:
        return False
    is_simulated = settings.mode == "demo" and not settings.plentymarkets_url
    return settings.plentymarkets_may_write or is_simulated


def sales_warehouses(settings: Settings) -> list[tuple[int, str]]:
    """Return number and name of the warehouses that sell, as the newest snapshot knows them."""
    question = Question.load("umschlag.intelligence.snapshots", "sales_warehouses")
    found = open_lake(settings).ask(question).to_pylist()
    return [(row["warehouse_id"], row["name"]) for row in found]


def list_in_file(settings: Settings, path: Path, kind: WriteKind) -> list[Change]:
    """Return the changes in a CSV or Excel file.

    Raises:
        BadInput: the file or its columns cannot be understood.
        RowsUnusable: rows of it cannot be used; each is named.
    """
    return changes_in_file(Path(path), kind, currency=settings.currency)


def one_change(
    settings: Settings,
    kind: WriteKind,
    *,
    sku: str,
    asked: Decimal,
    place_id: int | None = None,
    based_on: Decimal | None = None,
) -> Change:
    """Return a list of one.

    Raises:
        BadInput: the SKU is empty or the figure is none.
    """
    if not sku.strip():
        raise BadInput("the SKU is empty", field="sku")
    if not asked.is_finite() or (based_on is not None and not based_on.is_finite()):
        raise BadInput(f"{asked} is no figure", field="asked")
    own = Sku(sku.strip())
    if kind is WriteKind.STOCK:
        return StockCorrection(sku=own, place_id=place_id, asked=asked, based_on=based_on, row=1)
    return PriceChange(
        sku=own,
        place_id=place_id,
        asked=asked,
        based_on=based_on,
        row=1,
        currency=settings.currency,
    )


def try_write_back(
    settings: Settings,
    changes: Sequence[Change],
    kind: WriteKind,
    *,
    asker: Asker,
    source: str = "",
    progress_for: ProgressFor | None = None,
) -> int:
    """Look up what stands in the ERP, record what would be sent, and return the run's number.

    Raises:
        OutsideSystemFailed: the ERP cannot be asked; the run is on record as failed.
    """
    costed = _with_costs(settings, changes)
    plan = WriteBackPlan(kind=kind, changes=costed, is_dry=True)
    run = begin_write_back(plan, asker=asker, source=source)
    return _carried_out(settings, run, plan, progress_for)


def send_write_back(
    settings: Settings, run_id: int, *, asker: Asker, progress_for: ProgressFor | None = None
) -> int:
    """Send what a dry run showed, as far as it still stands, and return the new run's number.

    Raises:
        WritingSwitchedOff: this installation only reads.
        NotFound: there is no such dry run.
        Refused: it was sent already, or has nothing to send.
    """
    if not may_write(settings):
        raise WritingSwitchedOff(
            _(
                "This installation only reads Plentymarkets: nothing was sent. An administrator "
                "switches writing on with UMSCHLAG_PLENTYMARKETS_MAY_WRITE=true."
            )
        )
    tried, plan = tried_list(run_id)
    plan = replace(plan, changes=_with_costs(settings, plan.changes))
    asker = replace(asker, reason=asker.reason or tried.reason)
    run = begin_write_back(plan, asker=asker, source=tried.source, tried_as=tried)
    return _carried_out(settings, run, plan, progress_for)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingProgress:
    """How far the sending of a dry run is, in rows."""

    row_count: int
    sent_count: int
    verdict_count: int


def sending_progress(run_id: int) -> SendingProgress | None:
    """Return how far the sending of the dry run is; None before it began."""
    outcomes = list(
        WriteBackLine.objects.filter(run__tried_as_id=run_id).values_list("outcome", flat=True)
    )
    if not outcomes:
        return None
    under_way = outcomes.count(OutcomeChoice.SENDING)
    waiting = outcomes.count(OutcomeChoice.NOT_SENT)
    return SendingProgress(
        row_count=len(outcomes),
        sent_count=len(outcomes) - waiting,
        verdict_count=len(outcomes) - waiting - under_way,
    )


def _carried_out(
    settings: Settings, run: WriteBackRun, plan: WriteBackPlan, progress_for: ProgressFor | None
) -> int:
    title = "Try the list" if plan.is_dry else "Write to Plentymarkets"
    more = {"progress": progress_for(title)} if progress_for else {}
    try:
        with open_plentymarkets(settings) as client:
            report = write_back(
                plan,
                erp=_erp(settings, client, plan),
                journal=JournalOnRecord(run),
                **more,
            )
            finish_write_back(run, report, calls_used=client.calls_used, retries=client.retries)
    except BaseException as error:
        fail_write_back(run, error)
        raise
    return int(run.pk)


def _erp(settings: Settings, client: PlentymarketsClient | Replay, plan: WriteBackPlan) -> Erp:
    skus = [change.sku for change in plan.changes]
    articles = ArticlesByNumber(reader=client, variation_ids=variation_ids_of(skus))
    if plan.kind is WriteKind.STOCK:
        return StockWriting(client=client, articles=articles)
    return PriceWriting(client=client, articles=articles, currency=settings.currency)


def _with_costs(settings: Settings, changes: Sequence[Change]) -> list[Change]:
    """Return the list, prices with the lowest one that covers the unit cost."""
    costs = unit_costs_minor_of([change.sku for change in changes])

    def covering(sku: Sku) -> Decimal | None:
        if sku not in costs:
            return None
        minor = gross_minor_for(costs[sku], vat_percent=settings.sales_vat_percent)
        return Money(minor, settings.currency).decimal

    return [
        replace(change, covering_price=covering(change.sku))
        if isinstance(change, PriceChange)
        else change
        for change in changes
    ]
