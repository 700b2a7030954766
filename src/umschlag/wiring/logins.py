"""The least call to each outside system that shows that our login works."""

from datetime import timedelta

from django.utils import timezone

from umschlag.connectors.autofba.client import autofba_panel_at
from umschlag.connectors.google_sheets.client import GoogleSheets
from umschlag.connectors.plentymarkets.lookups import read_warehouses
from umschlag.connectors.plentymarkets.null import Replay
from umschlag.connectors.ungating.client import ungating_software_at
from umschlag.settings import Settings
from umschlag.wiring.agency import panel_access, sheet_access, ungating_access
from umschlag.wiring.doctoring import Look
from umschlag.wiring.plentymarkets import open_plentymarkets
from umschlag.wiring.sellerboard import sellerboard_reports


def look_at_plentymarkets(settings: Settings) -> str:
    """Log in and count the warehouses."""
    with open_plentymarkets(settings) as erp:
        warehouses = f"{len(read_warehouses(erp))} warehouses"
        said = f"no system, a {erp.name}" if isinstance(erp, Replay) else "login works"
        return f"{said}, {warehouses}"


def look_at_sellerboard(settings: Settings) -> str:
    """Fetch the report: its link is the login, and Sellerboard offers nothing smaller."""
    return f"report of {len(sellerboard_reports(settings).fetch()) // 1024:,} KiB"


def look_at_sheet(settings: Settings) -> str:
    """Log in to Google and count the sheet's tabs."""
    sheet_id, key_file, url = sheet_access(settings)
    with GoogleSheets(key_file=key_file, base_url=url) as sheets:
        return f"login works, {len(sheets.titles(sheet_id))} tabs"


def look_at_panel(settings: Settings) -> str:
    """Log in and count the clients."""
    url, token = panel_access(settings)
    panel = autofba_panel_at(url, token=token)
    with panel.system:
        return f"login works, {len(panel.clients().rows)} clients"


def look_at_ungating(settings: Settings) -> str:
    """Log in and count the answers of the last day."""
    url, token = ungating_access(settings)
    software = ungating_software_at(url, token=token)
    with software.system:
        yesterday = timezone.now() - timedelta(days=1)
        return f"login works, {len(software.answers(updated_since=yesterday).rows)} answers lately"


LOOKS: dict[str, tuple[Look, str]] = {
    "Plentymarkets": (look_at_plentymarkets, "the login in the back office"),
    "Sellerboard": (look_at_sellerboard, "UMSCHLAG_SELLERBOARD_REPORT_URL"),
    "Buying sheet": (look_at_sheet, "UMSCHLAG_BUYING_SHEET_ID and UMSCHLAG_GOOGLE_KEY_FILE"),
    "AutoFBA panel": (look_at_panel, "UMSCHLAG_AUTOFBA_URL and UMSCHLAG_AUTOFBA_TOKEN"),
    "Ungating software": (look_at_ungating, "UMSCHLAG_UNGATING_URL and UMSCHLAG_UNGATING_TOKEN"),
}
"""How each system is looked at, and the settings to check when that fails."""
