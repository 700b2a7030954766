"""Reading the agency's outside systems: buying sheet, AutoFBA panel, ungating software.

Each sync reads everything first and then writes in one transaction: it happens whole or not at
all, and is recorded either way.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.allocation.clients.panel import PanelClient
from umschlag.allocation.preorders.panel import PanelPreorder
from umschlag.allocation.ungating.software import ToldAnswer
from umschlag.connectors.autofba.client import autofba_panel_at
from umschlag.connectors.autofba.parsing import ParsedStores
from umschlag.connectors.google_sheets.client import GoogleSheets
from umschlag.connectors.google_sheets.parsing import asins_named, parse_buying_sheet
from umschlag.connectors.rows import Parsed
from umschlag.connectors.ungating.client import ungating_software_at
from umschlag.kernel.errors import Misconfigured
from umschlag.kernel.outcomes import SyncOutcome
from umschlag.kernel.periods import business_date_of
from umschlag.kernel.progress import Progress, ProgressFor
from umschlag.settings import ENVIRONMENT_PREFIX, Settings
from umschlag.simulators.demo.access import (
    AUTOFBA_TOKEN,
    SHEET_ID,
    UNGATING_TOKEN,
    service_account_key_file,
)
from umschlag.storage.records.agency.buying_sheet import keep_sheet_rows
from umschlag.storage.records.agency.landing import Landing
from umschlag.storage.records.agency.panel import keep_clients, keep_stores
from umschlag.storage.records.agency.preorders import keep_preorders
from umschlag.storage.records.agency.ungating import keep_answers
from umschlag.storage.records.locking import in_one_transaction
from umschlag.storage.records.models import Preorder, RunStatus, SyncRun
from umschlag.storage.records.sync_runs import last_watermark, recorded_sync
from umschlag.wiring.agency_news import news_of_answers, news_of_arrivals
from umschlag.wiring.notifying import tell
from umschlag.wiring.ungating_work import note_answer_changes

BUYING_SHEET, PANEL, UNGATING = "buying_sheet", "autofba", "ungating"


class SheetSource(Protocol):
    """Whoever can give a sheet's cells."""

    def values(self, sheet_id: str, cell_range: str) -> list[list[object]]:
        """Return the range's cells, ragged."""


class PanelSource(Protocol):
    """Whoever can tell of clients, stores and preorders; each list whole or not at all."""

    def clients(self, *, progress: Progress) -> Parsed[PanelClient]:
        """Return all clients."""

    def stores(self, *, progress: Progress) -> ParsedStores:
        """Return all stores."""

    def preorders(self, *, progress: Progress) -> Parsed[PanelPreorder]:
        """Return all preorders."""


class UngatingSoftwareSource(Protocol):
    """Whoever can tell ungating answers."""

    def answers(self, *, updated_since: datetime | None, progress: Progress) -> Parsed[ToldAnswer]:
        """Return the answers that changed since then, or all."""


def sync_buying_sheet(settings: Settings, *, progress_for: ProgressFor) -> SyncOutcome:
    """Read the buying sheet into the catalogue of ASINs.

    Raises:
        Misconfigured: production does not say which sheet, or with which key.
        OutsideSystemFailed: Google did not do its part; nothing was changed.
        BadRow: the sheet is empty or lacks a column that we need; nothing was changed.
    """

    def sync() -> SyncOutcome:
        sheet_id, key_file, url = sheet_access(settings)
        with GoogleSheets(key_file=key_file, base_url=url) as sheets:
            return take_over_sheet(settings, sheets, sheet_id=sheet_id, progress_for=progress_for)

    return recorded_sync(BUYING_SHEET, sync)


def sync_panel(settings: Settings, *, progress_for: ProgressFor) -> SyncOutcome:
    """Read clients, balances, stores and preorders from the AutoFBA panel.

    Raises:
        Misconfigured: production does not say where the panel is.
        OutsideSystemFailed: the panel did not do its part; nothing was changed.
    """

    def sync() -> SyncOutcome:
        url, token = panel_access(settings)
        panel = autofba_panel_at(url, token=token)
        with panel.system:
            return take_over_panel(settings, panel, progress_for=progress_for)

    return recorded_sync(PANEL, sync)


def sync_ungating(settings: Settings, *, progress_for: ProgressFor) -> SyncOutcome:
    """Read the ungating answers that changed since the last complete sync.

    Raises:
        Misconfigured: production does not say where the software is.
        OutsideSystemFailed: the software did not do its part; nothing was changed.
    """

    def sync() -> SyncOutcome:
        url, token = ungating_access(settings)
        software = ungating_software_at(url, token=token)
        with software.system:
            return take_over_answers(settings, software, progress_for=progress_for)

    return recorded_sync(UNGATING, sync)


def take_over_sheet(
    settings: Settings, sheets: SheetSource, *, sheet_id: str, progress_for: ProgressFor
) -> SyncOutcome:
    """Read the sheet from any source and keep it; raises as `sync_buying_sheet` does."""
    progress = progress_for(_("Buying sheet"))
    title, _mark, area = settings.buying_sheet_range.rpartition("!")
    tab = title.strip("'") or "buying sheet"
    first_row = re.search(r"\d+", area)
    cells = sheets.values(sheet_id, settings.buying_sheet_range)
    parsed = parse_buying_sheet(
        cells,
        source=tab,
        currency=settings.currency,
        first_row=int(first_row[0]) if first_row else 1,
    )
    landing = in_one_transaction(
        lambda: keep_sheet_rows(
            parsed.rows,
            named_asins=asins_named(cells, source=tab),
            seen_date=business_date_of(timezone.now(), settings.zone),
        )
    )
    progress(parsed.read_count, parsed.read_count, tab)
    return _outcome(BUYING_SHEET, [parsed], [landing])


def take_over_panel(
    settings: Settings, panel: PanelSource, *, progress_for: ProgressFor
) -> SyncOutcome:
    """Read the panel from any source and keep it; raises as `sync_panel` does."""
    progress = progress_for(_("AutoFBA panel"))
    # Read all three before writing, because a balance without its store is half a truth.
    clients = panel.clients(progress=progress)
    stores = panel.stores(progress=progress)
    preorders = panel.preorders(progress=progress)

    def keep() -> tuple[list[Landing], list[Preorder]]:
        kept = [
            keep_clients(clients.rows, booked_at=timezone.now()),
            keep_stores(stores.rows, unusable=stores.unusable),
        ]
        kept_preorders, arrived = keep_preorders(preorders.rows)
        return [*kept, kept_preorders], arrived

    landings, arrived = in_one_transaction(keep)
    tell(settings, news_of_arrivals(arrived))
    return _outcome(PANEL, [clients, stores, preorders], landings)


def take_over_answers(
    settings: Settings, software: UngatingSoftwareSource, *, progress_for: ProgressFor
) -> SyncOutcome:
    """Read answers from any source and keep them; raises as `sync_ungating` does."""
    watermark = last_watermark(UNGATING)
    known_through = datetime.fromisoformat(watermark) if watermark else None
    since = known_through if _was_read_today(settings) else None
    parsed = software.answers(updated_since=since, progress=progress_for(_("Ungating software")))
    with transaction.atomic():
        landing = keep_answers(parsed.rows)
    # Only newer ones, since a disagreement in rows that are read again was told before.
    changes = [
        change
        for change in landing.changes
        if not change.is_disagreement or known_through is None or change.updated_at > known_through
    ]
    tell(settings, news_of_answers(changes))
    note_answer_changes(changes)
    newest = max((row.updated_at for row in parsed.rows), default=known_through)
    read_to = landing.unresolved_since or newest
    return _outcome(UNGATING, [parsed], [landing], watermark=read_to.isoformat() if read_to else "")


def _was_read_today(settings: Settings) -> bool:
    """Tell whether the software was read on this business date.

    The first sync of a day reads everything: an answer that was deleted here, such as an override
    by hand, is not told again for having changed.
    """
    run = SyncRun.objects.filter(source=UNGATING, status=RunStatus.COMPLETE).first()
    if run is None or run.finished_at is None:
        return False
    today = business_date_of(timezone.now(), settings.zone)
    return business_date_of(run.finished_at, settings.zone) == today


def _outcome(
    source: str,
    parsed: Sequence[Parsed[Any]],
    landings: Sequence[Landing],
    *,
    watermark: str = "",
) -> SyncOutcome:
    return SyncOutcome(
        source=source,
        read_count=sum(one.read_count for one in parsed),
        created_count=sum(one.created_count for one in landings),
        updated_count=sum(one.updated_count for one in landings),
        problems=(
            *(problem for one in parsed for problem in one.problems),
            *(problem for one in landings for problem in one.problems),
        ),
        notes=(
            *(note for one in parsed for note in one.notes),
            *(note for one in landings for note in one.notes),
        ),
        watermark=watermark,
    )


def sheet_access(settings: Settings) -> tuple[str, Path, str]:
    """Return the sheet's id, the key file and the address of the Sheets API.

    Raises:
        Misconfigured: production does not say.
    """
    if settings.mode == "demo" and not settings.buying_sheet_id:
        url = f"{settings.simulators_url}/google"
        key_file = service_account_key_file(
            settings.var_dir / "simulators", token_uri=f"{url}/token"
        )
        return SHEET_ID, key_file, url
    if settings.google_key_file is None:
        raise _not_configured("google_key_file", "the service account's JSON key")
    if not settings.buying_sheet_id:
        raise _not_configured("buying_sheet_id", "the id in the sheet's address")
    return settings.buying_sheet_id, settings.google_key_file, settings.google_sheets_url


def panel_access(settings: Settings) -> tuple[str, str]:
    """Return the panel's address and token.

    Raises:
        Misconfigured: production does not say.
    """
    if settings.mode == "demo" and not settings.autofba_url:
        return f"{settings.simulators_url}/autofba", AUTOFBA_TOKEN
    if not settings.autofba_url:
        raise _not_configured("autofba_url", "the address of the panel's adapter")
    if not settings.autofba_token.get_secret_value():
        raise _not_configured("autofba_token", "the token that the panel's adapter gave you")
    return settings.autofba_url, settings.autofba_token.get_secret_value()


def ungating_access(settings: Settings) -> tuple[str, str]:
    """Return the software's address and token.

    Raises:
        Misconfigured: production does not say.
    """
    if settings.mode == "demo" and not settings.ungating_url:
        return f"{settings.simulators_url}/ungating", UNGATING_TOKEN
    if not settings.ungating_url:
        raise _not_configured("ungating_url", "the address of the ungating software's adapter")
    if not settings.ungating_token.get_secret_value():
        raise _not_configured("ungating_token", "the token that its adapter gave you")
    return settings.ungating_url, settings.ungating_token.get_secret_value()


def _not_configured(setting: str, what: str) -> Misconfigured:
    return Misconfigured(
        f"{ENVIRONMENT_PREFIX}{setting.upper()} is not set; set it to {what}", field=setting
    )
