"""What leaves and what is given back, told on the terminal."""

import getpass
from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rich.console import Console

from umschlag.settings import Settings
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.leaving import (
    Left,
    cancel_pallets,
    pallet_keys,
    ship_pallets,
    undo_allocation,
)


def ship_and_tell(
    settings: Settings, codes: Sequence[str], *, shipped_date: date | None, console: Console
) -> None:
    """Ship the pallets and say what is charged.

    Raises:
        PalletUnknown, PalletGone, DateAhead: nothing was changed.
    """
    with translation.override(settings.language):
        left = ship_pallets(
            settings, pallet_keys(codes), by=getpass.getuser(), shipped_date=shipped_date
        )
        _tell(console, _("%(pallets)s left, %(amount)s is charged"), left)


def cancel_and_tell(settings: Settings, codes: Sequence[str], *, console: Console) -> None:
    """Cancel the pallets and say what is given back.

    Raises:
        PalletUnknown, PalletGone: nothing was changed.
    """
    with translation.override(settings.language):
        left = cancel_pallets(settings, pallet_keys(codes), by=getpass.getuser())
        _tell(console, _("%(pallets)s cancelled, %(amount)s and %(units)s given back"), left)


def undo_and_tell(settings: Settings, run_id: int, *, reason: str, console: Console) -> None:
    """Undo the run and say what is given back.

    Raises:
        RunUnknown, RunNotConfirmed, RunHasShipped: nothing was changed.
    """
    with translation.override(settings.language):
        left = undo_allocation(settings, run_id, by=getpass.getuser(), reason=reason)
        text = _("Run undone: %(pallets)s cancelled, %(amount)s and %(units)s given back")
        _tell(console, text, left)


def _tell(console: Console, text: str, left: Left) -> None:
    count = len(left.pallet_codes)
    values = {
        "pallets": ngettext("%s pallet", "%s pallets", count) % count_text(count),
        "units": ngettext("%s unit", "%s units", left.units) % count_text(left.units),
        "amount": money_text(left.held),
    }
    console.print(text % values, markup=False, highlight=False, soft_wrap=True)
