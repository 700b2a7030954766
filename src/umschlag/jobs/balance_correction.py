"""A balance corrected by hand at the terminal: shown, and booked where that is meant."""

import getpass
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table
from umschlag.settings import Settings
from umschlag.wiring.amounts import money_text, typed_change
from umschlag.wiring.correcting_balances import (
    CorrectionAsked,
    CorrectionView,
    NothingToCorrect,
    client_to_correct,
    correct_balance,
    correction_to_undo,
    preview_correction,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCorrection:
    """Why a person corrects a balance, and whether it is to be booked already."""

    reason: str
    is_meant: bool
    may_go_below: bool


def correct_and_tell(
    settings: Settings, client_id: str, amount: str, typed: TypedCorrection, *, console: Console
) -> None:
    """Show what the correction does; book it where that is meant.

    Raises:
        NoSuchClient, NothingToCorrect, ReasonMissing, ReasonTooLong: it is no correction.
        CorrectionBelowFloor: it takes the balance below the floor, which nobody says is meant.
    """
    with translation.override(settings.language):
        client = client_to_correct(client_id)
        change = typed_change(amount, client.currency)
        if change is None:
            text = _("%s is no amount; write 12.50 or -12.50.")
            raise NothingToCorrect(text % repr(amount), field="amount")
        asked = CorrectionAsked(client=client, change_minor=change.minor, reason=typed.reason)
        _shown_or_booked(settings, asked, typed, console)


def undo_and_tell(
    settings: Settings, entry: int, typed: TypedCorrection, *, console: Console
) -> None:
    """Show what making the correction good does; book it where that is meant.

    Raises:
        CorrectionUnknown, MadeGoodBefore: there is nothing to make good.
        ReasonMissing, ReasonTooLong: nobody says why.
        CorrectionBelowFloor: it takes the balance below the floor, which nobody says is meant.
    """
    with translation.override(settings.language):
        asked = correction_to_undo(entry, reason=typed.reason)
        _shown_or_booked(settings, asked, typed, console)


def _shown_or_booked(
    settings: Settings, asked: CorrectionAsked, typed: TypedCorrection, console: Console
) -> None:
    if not typed.is_meant:
        _print(console, preview_correction(settings, asked))
        _say(console, _("Nothing was booked; --yes books it."))
        return
    asked = replace(asked, may_go_below=typed.may_go_below)
    done = correct_balance(settings, asked, by=f"command line: {getpass.getuser()}")
    _print(console, done)
    _say(console, _("Booked as entry %d.") % done.number)


def _print(console: Console, view: CorrectionView) -> None:
    asked = view.asked
    table = new_table(_("Correction for %s") % asked.client.name, has_header=False)
    add_columns(table, "", figures=("",))
    sign = "+" if asked.change_minor > 0 else ""
    table.add_row(_("Can spend now"), money_text(view.before))
    table.add_row(_("Correction"), sign + money_text(asked.change))
    table.add_row(_("Can spend then"), money_text(view.after))
    table.add_row(_("Held for carts, stays held"), money_text(view.held))
    console.print(table)
    if view.below_floor.minor and view.number is None:
        text = _(
            "That is %(below)s less than the %(floor)s that an allocation must leave; it is booked "
            "with --below-floor alone."
        )
        values = {"below": money_text(view.below_floor), "floor": money_text(view.floor)}
        _say(console, text % values)


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
