"""What the entries of a statement are, in the language of whoever looks.

Entries are never changed, since each hash covers the one before: what the ledger keeps in
English is put into words here, when it is shown.
"""

import re

from django.utils.translation import gettext as _

from umschlag.allocation.balances.statement import StatementLine
from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.money import money
from umschlag.storage.records.models import LedgerEntryKind
from umschlag.wiring.amounts import money_text

_PANEL = re.compile(r"panel balance is now (?P<amount>-?[\d,]+(?:\.\d+)?) (?P<currency>[A-Z]{3})")
_TRANSFER = re.compile(
    r"transfer (?P<transfer>\d+)(?:(?:, pallet (?P<pallet>.+))?(?P<is_back> taken back))?"
)


def kind_text(line: StatementLine) -> str:
    """Return why money moved, as the statement's client sees it."""
    kind = LedgerEntryKind(line.kind)
    if kind is LedgerEntryKind.CONTRIBUTION:
        return _contribution_text(line)
    return str(kind.label)


def note_text(line: StatementLine) -> str:
    """Return what the amount was for; empty where the entry names nothing."""
    return stored_note_text(line.kind, line.note) or _place_text(line)


def stored_note_text(kind: str, note: str) -> str:
    """Return the note of an entry of this kind; as it is kept where a person wrote it."""
    if kind == LedgerEntryKind.PANEL and (told := _PANEL.fullmatch(note)):
        return _panel_text(told) or note
    if kind == LedgerEntryKind.CONTRIBUTION and (told := _TRANSFER.fullmatch(note)):
        return _transfer_text(told)
    return note


def _panel_text(told: re.Match[str]) -> str:
    """Return what the panel told; empty in a currency that this version does not know."""
    try:
        amount = money(told["amount"].replace(",", ""), told["currency"])
    except MalformedAmount:
        return ""
    return _("The balance in the panel is %(amount)s now") % {"amount": money_text(amount)}


def _transfer_text(told: re.Match[str]) -> str:
    if told["pallet"]:
        text = _("Transfer %(transfer)s, pallet %(pallet)s taken back")
        return text % {"transfer": told["transfer"], "pallet": told["pallet"]}
    text = _("Transfer %(transfer)s taken back") if told["is_back"] else _("Transfer %(transfer)s")
    return text % {"transfer": told["transfer"]}


def _place_text(line: StatementLine) -> str:
    """Return the run with the pallet and the store, the longest last: paper cuts it off."""
    if line.run is None:
        return ""
    if not line.pallet:
        return _("Run %(run)s, store %(store)s") % {"run": line.run, "store": line.store}
    return _("Run %(run)s, pallet %(pallet)s, store %(store)s") % {
        "run": line.run,
        "pallet": line.pallet,
        "store": line.store,
    }


def _contribution_text(line: StatementLine) -> str:
    """Return which way the money went: one entry is on the statements of both clients."""
    told = _TRANSFER.fullmatch(line.note)
    is_back = told is not None and told["is_back"] is not None
    if line.change_minor < 0:
        return _("given back to another client") if is_back else _("paid to another client")
    return _("given back by another client") if is_back else _("received from another client")
