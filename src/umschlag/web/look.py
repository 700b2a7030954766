"""How the back office looks: title, logo, colours and the sidebar.

Imported by the settings, so it may touch neither the models nor anything that needs Django set up.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _file(path: str) -> Callable[[HttpRequest], str]:
    return lambda _request: static(path)


def _allowed(permission: str) -> Callable[[HttpRequest], bool]:
    # Unfold also asks on pages for people who are not logged in, where there may be no user.
    return lambda request: hasattr(request, "user") and request.user.has_perm(permission)


def _item(
    title: str | Promise, icon: str, model: str, *, url: str = "", active: str = ""
) -> dict[str, Any]:
    """Return one line of the sidebar; `model` is what one must be allowed to see."""
    item: dict[str, Any] = {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(url or f"admin:records_{model}_changelist"),
        "permission": _allowed(f"records.view_{model}"),
    }
    if active:
        item["active"] = lambda request: request.path.startswith(active)
    return item


def _account_item(title: str | Promise, icon: str, model: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:auth_{model}_changelist"),
        "permission": _allowed(f"auth.view_{model}"),
    }


_START: dict[str, Any] = {
    "items": [
        {"title": _("Dashboard"), "icon": "dashboard", "link": reverse_lazy("admin:index")},
        {
            **_item(_("Notifications"), "notifications", "notification"),
            "badge": "umschlag.web.admin.dashboard.unread_badge",
        },
    ]
}
_INTELLIGENCE: dict[str, Any] = {
    "title": _("Intelligence"),
    "separator": True,
    "items": [
        _item(
            _("Penner/Renner report"),
            "speed",
            "articlemovement",
            url="pages:penner-renner",
            active="/reports/penner-renner",
        ),
        _item(_("Profit"), "payments", "article", url="pages:profit", active="/reports/profit"),
        _item(_("History"), "history", "article", url="pages:changes", active="/history/"),
        _item(_("Articles"), "inventory_2", "article"),
        {
            **_item(_("Correct stock and prices"), "edit_note", "writebackrun"),
            "link": reverse_lazy("pages:write-back-new"),
            "permission": _allowed("records.add_writebackrun"),
            "active": lambda request: request.path.startswith("/write-backs/"),
        },
        _item(_("Write-backs"), "publish", "writebackrun"),
        _item(_("Rules"), "rule", "movementrule"),
        _item(
            _("Replenishment"),
            "local_shipping",
            "proposal",
            url="pages:replenishment",
            active="/replenishment/",
        ),
        _item(
            _("What to do"),
            "task_alt",
            "proposal",
            url="pages:what-to-do",
            active="/what-to-do/",
        ),
        _item(_("Proposals"), "lightbulb", "proposal"),
        _item(_("Forecasts"), "query_stats", "articleforecast"),
        _item(
            _("Forecast quality"),
            "target",
            "articleforecast",
            url="pages:forecast-quality",
            active="/reports/forecast-quality",
        ),
        _item(_("Snapshots"), "photo_camera", "snapshotrun"),
    ],
}
_ALLOCATION: dict[str, Any] = {
    "title": _("Allocation"),
    "separator": True,
    "items": [
        _item(
            _("Cart generator"),
            "add_shopping_cart",
            "allocationrun",
            url="pages:generator",
            active="/carts/",
        ),
        _item(_("Allocation runs"), "alt_route", "allocationrun"),
        _item(
            _("Closed gates"),
            "lock_open",
            "ungatingcase",
            url="pages:ungating",
            active="/ungating/",
        ),
        _item(_("Carts"), "shopping_cart", "cart"),
        _item(_("Pallets"), "pallet", "pallet"),
        _item(_("ASINs"), "barcode", "catalogasin"),
        _item(_("Clients"), "groups", "client"),
        _item(_("Stores"), "storefront", "store"),
        _item(_("Ungating"), "lock_open", "ungatingstatus"),
        _item(_("Preorders"), "schedule", "preorder"),
        _item(
            _("Preorder arrivals"),
            "move_to_inbox",
            "preorderarrival",
            url="pages:arrivals",
            active="/preorders/arrivals/",
        ),
        _item(
            _("Mutual store transfers"),
            "handshake",
            "mutualtransfer",
            url="pages:transfers",
            active="/mutual-transfers/",
        ),
        _item(
            _("Statements"),
            "receipt_long",
            "ledgerentry",
            url="pages:statement",
            active="/ledger/statement",
        ),
        _item(
            _("Reconciliation"),
            "balance",
            "ledgerentry",
            url="pages:reconciliation",
            active="/ledger/reconciliation",
        ),
        _item(_("Ledger"), "account_balance_wallet", "ledgerentry"),
    ],
}
_SYSTEM: dict[str, Any] = {
    "title": _("System"),
    "separator": True,
    "items": [
        _item(_("Sync runs"), "sync", "syncrun"),
        _item(_("Lake files"), "database", "lakefile"),
        _item(_("Exchange rates"), "currency_exchange", "exchangerate"),
        _item(_("Backups"), "backup", "backup"),
        _item(_("Plentymarkets logins"), "key", "plentymarketscredential"),
        _item(_("API tokens"), "vpn_key", "apitoken"),
        _account_item(_("Users"), "person", "user"),
        _account_item(_("Groups"), "group", "group"),
        {
            "title": _("API documentation"),
            "icon": "api",
            "link": "/api/docs",
            "permission": lambda request: request.user.is_staff,
        },
    ],
}

# One petrol blue, dark enough at 600 for white text on it (contrast above 4.5 to 1, WCAG 2.2 AA).
_PETROL = {
    "50": "oklch(97.8% .013 205)",
    "100": "oklch(94.6% .031 205)",
    "200": "oklch(89.8% .055 206)",
    "300": "oklch(82.6% .083 208)",
    "400": "oklch(72.5% .105 211)",
    "500": "oklch(61.5% .106 215)",
    "600": "oklch(51.5% .094 218)",
    "700": "oklch(44.5% .080 220)",
    "800": "oklch(38.5% .066 222)",
    "900": "oklch(33.5% .054 223)",
    "950": "oklch(25.0% .042 225)",
}

UNFOLD_LOOK: dict[str, Any] = {
    "SITE_TITLE": "Umschlag",
    "SITE_HEADER": "Umschlag",
    "SITE_SUBHEADER": _("Stock intelligence and allocation"),
    "SITE_ICON": _file("umschlag/logo.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": _file("umschlag/logo.svg")},
    ],
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": _PETROL},
    "STYLES": [_file("umschlag/umschlag.css")],
    "SCRIPTS": [_file("umschlag/umschlag.js")],
    "DASHBOARD_CALLBACK": "umschlag.web.admin.dashboard.dashboard",
    "LOGIN": {"image": _file("umschlag/login.svg")},
    "SIDEBAR": {
        "show_search": True,
        "command_search": False,
        "show_all_applications": False,
        "navigation": [_START, _INTELLIGENCE, _ALLOCATION, _SYSTEM],
    },
}
