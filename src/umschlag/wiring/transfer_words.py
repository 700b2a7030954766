"""What is told of transfers into mutual stores: what each side pays, and why one cannot be."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.allocation.planning.transfer_model import MutualStoreObstacle
from umschlag.allocation.planning.transfer_violations import TransferFault, TransferFaultCode
from umschlag.allocation.planning.violations import Violation
from umschlag.kernel.identifiers import StoreId
from umschlag.kernel.money import Money
from umschlag.storage.records.models import Client, MutualTransfer, NotificationKind, Store
from umschlag.wiring.amounts import count_text, money_text
from umschlag.wiring.notifying import News
from umschlag.wiring.violation_words import violation_text

_FAULTS_NAMED_MAX = 5
_OBSTACLES: Mapping[MutualStoreObstacle, str] = {
    MutualStoreObstacle.SUSPENDED: gettext_noop("it is suspended"),
    MutualStoreObstacle.OTHER_MARKETPLACE: gettext_noop("it sells on another marketplace"),
    MutualStoreObstacle.CO_OWNER_SHORT: gettext_noop("a co-owner's balance is below its limit"),
    MutualStoreObstacle.NOTHING_UNGATED: gettext_noop("it may list none of the goods, or is full"),
    MutualStoreObstacle.CLIENT_PAYS_NO_PACK: gettext_noop(
        "the client's balance pays for no case pack that it has room for"
    ),
}
_FAULTS: Mapping[TransferFaultCode, str] = {
    TransferFaultCode.STORE_UNKNOWN: gettext_noop("a store is missing"),
    TransferFaultCode.NOT_MUTUAL: gettext_noop("the store is no mutual one any more"),
    TransferFaultCode.OTHER_MARKETPLACE: gettext_noop("the stores sell on different marketplaces"),
    TransferFaultCode.OWN_STORE_OF_ANOTHER: gettext_noop("the store belongs to another client"),
    TransferFaultCode.NOTHING_GOES: gettext_noop("nothing goes"),
    TransferFaultCode.PAYER_NO_CO_OWNER: gettext_noop("whoever pays is no co-owner"),
    TransferFaultCode.PAYER_CURRENCY: gettext_noop("whoever pays has another currency"),
    TransferFaultCode.PAID_TWICE: gettext_noop("units are paid for twice"),
    TransferFaultCode.PRICES_DIFFER: gettext_noop("one ASIN has two prices"),
    TransferFaultCode.PAYER_SHORT: gettext_noop("a balance does not reach any more"),
    TransferFaultCode.CO_OWNER_SHORT: gettext_noop("a co-owner's balance is below its limit"),
    TransferFaultCode.PROMISED_STOCK: gettext_noop("arrived preorders wait for the goods"),
}


def no_store_text(
    own: Store, missing: Money, obstacles: Mapping[StoreId, MutualStoreObstacle]
) -> str:
    """Say why no mutual store fits, store by store, and what a stand-alone pallet lacks."""
    names = dict(Store.objects.filter(pk__in=obstacles).values_list("pk", "name"))
    why = "; ".join(
        f"{names.get(store_id, store_id)}: {_(_OBSTACLES[obstacle])}"
        for store_id, obstacle in obstacles.items()
    )
    text = (
        _("No mutual store can take goods of %(store)s (%(why)s).")
        % {"store": own.name, "why": why}
        if why
        else _("There is no mutual store. Add one, or have the panel tell one.")
    )
    if missing.minor:
        text += " " + _(
            "For a stand-alone pallet the balance lacks %s: ask the client for it."
        ) % money_text(missing)
    return text


def faults_text(broken: Sequence[TransferFault | Violation], *, currency: str) -> str:
    """Say what does not hold any more, and what to do."""
    named = "; ".join(
        dict.fromkeys(_fault_text(one, currency) for one in broken[:_FAULTS_NAMED_MAX])
    )
    return (
        _(
            "The transfer does not hold any more (%s). Nothing was changed: reject it and"
            " propose it anew."
        )
        % named
    )


def _fault_text(fault: TransferFault | Violation, currency: str) -> str:
    if isinstance(fault, TransferFault):
        text = _(_FAULTS[fault.code])
        if fault.code in {TransferFaultCode.PAYER_SHORT, TransferFaultCode.CO_OWNER_SHORT}:
            client = Client.objects.filter(pk=fault.client_id or 0).first()
            if client is not None:
                short = money_text(Money(fault.excess, client.currency))
                return _("%(client)s, %(what)s: %(short)s are missing") % {
                    "client": client.name,
                    "what": text,
                    "short": short,
                }
        return f"{text}: {fault.asin}" if fault.asin else text
    return violation_text(fault, currency=currency)


def news_of_proposed(record: MutualTransfer) -> News:
    """Return the notice that a transfer waits for both sides."""
    return _news(
        record,
        _("Transfer to %(mutual)s waits for approval: %(client)s"),
        _("Transfer %d waits for both sides, under Mutual store transfers."),
    )


def news_of_executed(record: MutualTransfer) -> News:
    """Return the notice that a transfer was carried out, with who came to own what."""
    return _news(
        record,
        _("Transfer to %(mutual)s is done: %(client)s"),
        _("Transfer %d was approved by both sides: cart, pallets and ownership are booked."),
    )


def news_of_rejected(record: MutualTransfer) -> News:
    """Return the notice that a transfer was rejected, and why."""
    news = _news(
        record,
        _("Transfer to %(mutual)s is rejected: %(client)s"),
        _("Transfer %d was rejected."),
    )
    reason = _("Reason: %s") % record.rejected_reason
    return News(
        kind=news.kind, title=news.title, body=f"{news.body}\n{reason}", client_id=news.client_id
    )


def _news(record: MutualTransfer, title: str, first: str) -> News:
    lines = list(record.lines.select_related("client"))
    paid: dict[str, tuple[int, int]] = {}
    for line in lines:
        units, minor = paid.get(line.client.name, (0, 0))
        paid[line.client.name] = units + line.units, minor + line.total_minor
    told = [
        _("%(client)s pays %(amount)s and owns %(units)s units of it.")
        % {
            "client": name,
            "amount": money_text(Money(minor, record.currency)),
            "units": count_text(units),
        }
        for name, (units, minor) in paid.items()
    ]
    names = {"mutual": record.mutual_store.name, "client": record.client.name}
    return News(
        kind=NotificationKind.MUTUAL_TRANSFER,
        title=title % names,
        body="\n".join([first % record.pk, *told]),
        client_id=record.client_id,
    )
