"""Transfers into mutual stores on the terminal."""

import getpass

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rich.console import Console

from umschlag.jobs.report import add_columns, new_table
from umschlag.kernel.errors import NotFound
from umschlag.kernel.money import Money
from umschlag.settings import Settings
from umschlag.storage.records.models import MutualTransfer, Store
from umschlag.wiring.amounts import count_text, day_text, money_text, share_text
from umschlag.wiring.transfer_view import TransferView, ownership, state_text, transfer_view
from umschlag.wiring.transfers import Side, approve_transfer, propose_for_store, reject_transfer

TRANSFERS_PRINTED_MAX = 30


def print_transfers(settings: Settings, console: Console) -> None:
    """Print the newest transfers, and who owns what in mutual stores."""
    with translation.override(settings.language):
        found = list(_records()[:TRANSFERS_PRINTED_MAX])
        if not found:
            console.print(_("No transfer was proposed yet."))
            return
        table = new_table(_("Mutual store transfers"))
        names = (_("No."), _("Client"), _("Mutual store"), _("State"))
        figures = (_("Units"), _("Client pays"), _("Co-owners pay"))
        add_columns(table, *names, figures=figures)
        for record in found:
            view = transfer_view(record)
            table.add_row(
                str(record.pk),
                record.client.name,
                record.mutual_store.name,
                _state(record),
                count_text(view.units),
                money_text(view.client_side.total),
                money_text(view.mutual_side.total),
            )
        console.print(table)
        _print_ownership(console)


def _print_ownership(console: Console) -> None:
    owned = ownership()
    if not owned:
        return
    table = new_table(_("Who owns what in mutual stores"))
    figures = (_("Units"), _("Share"), _("Paid"))
    add_columns(table, _("Mutual store"), _("Client"), figures=figures)
    for one in owned:
        table.add_row(
            one.store.name,
            one.client.name,
            count_text(one.units),
            share_text(one.share),
            money_text(one.paid),
        )
    console.print(table)


def propose_and_print(settings: Settings, store_id: str, console: Console) -> None:
    """Work out a transfer for the store with this panel id and print it.

    Raises:
        NotFound: there is no such store.
        TransferImpossible: none is needed, or none can be; the message says why.
    """
    store = Store.objects.filter(external_id=store_id).first()
    if store is None:
        raise NotFound(f"there is no store {store_id!r}; `umschlag sync panel` reads them anew")
    with translation.override(settings.language):
        number = propose_for_store(settings, store.pk, by=_who())
        _print_one(console, transfer_view(_records().get(pk=number)))


def approve_and_print(settings: Settings, number: int, side: Side, console: Console) -> None:
    """Approve for one side.

    Raises:
        TransferUnknown, TransferAlreadyDecided, TransferBreaksRules: it cannot be.
    """
    with translation.override(settings.language):
        approved = approve_transfer(settings, number, side, by=_who())
        _print_one(console, transfer_view(_records().get(pk=number)))
        if approved.is_executed:
            console.print(_("Approved by both sides: cart, pallets and ownership are booked."))
        else:
            console.print(_("Approved. It is carried out once the other side approves, too."))


def reject_and_print(settings: Settings, number: int, reason: str, console: Console) -> None:
    """Reject it.

    Raises:
        TransferUnknown, TransferAlreadyDecided, TransferImpossible: it cannot be.
    """
    with translation.override(settings.language):
        reject_transfer(settings, number, reason=reason, by=_who())
        console.print(_("Rejected. Nothing was changed."))


def _print_one(console: Console, view: TransferView) -> None:
    record = view.record
    title = _("Transfer %(number)d: %(client)s to %(mutual)s, %(state)s") % {
        "number": record.pk,
        "client": record.client.name,
        "mutual": record.mutual_store.name,
        "state": _state(record),
    }
    table = new_table(title)
    figures = (_("Units"), _("Goods"), _("Shipping"), _("Total"))
    add_columns(table, _("Pays"), _("ASIN"), figures=figures)
    for side in (view.client_side, view.mutual_side):
        for payer in side.payers:
            for line in payer.lines:
                table.add_row(
                    payer.client.name,
                    line.asin.asin,
                    count_text(line.units),
                    *(
                        money_text(Money(minor, record.currency))
                        for minor in (line.goods_minor, line.shipping_minor, line.total_minor)
                    ),
                )
    console.print(table)
    lacks = _("Missing for a pallet of its own: %(missing)s. Both together pay %(total)s.")
    console.print(
        lacks % {"missing": money_text(view.missing), "total": money_text(view.total)},
        highlight=False,
    )


def _state(record: MutualTransfer) -> str:
    text = state_text(record)
    if record.taken_back_at is None:
        return text
    return f"{text} {day_text(timezone.localtime(record.taken_back_at).date())}"


def _records() -> QuerySet[MutualTransfer]:
    return MutualTransfer.objects.select_related("client", "own_store", "mutual_store", "cart")


def _who() -> str:
    return f"command line: {getpass.getuser()}"
