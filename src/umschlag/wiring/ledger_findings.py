"""Whether the ledger is whole: chain, sums, guard, and the balances that pages show."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import Sum

from umschlag.allocation.balances.chain import ChainEnd, ChainFault, FaultCode, chain_faults
from umschlag.allocation.balances.model import Account, AccountKind, LedgerEntry
from umschlag.allocation.pallets.leaving import HERE
from umschlag.kernel.identifiers import ClientId
from umschlag.storage.records import ledger_guard
from umschlag.storage.records.dump import one_instant
from umschlag.storage.records.ledger import chain_end, entries_of, spendable_of_row
from umschlag.storage.records.models import Client, Pallet
from umschlag.wiring.doctoring import Finding, Health

_FAULTS_NAMED_MAX = 5
_WHAT = "Ledger"
_FAULT_TEXTS = {
    FaultCode.CHANGED: "entry {number} was changed after it was booked",
    FaultCode.NOT_FOLLOWING: "entry {number} does not follow the one before it",
    FaultCode.MISSING: "entry {number} is missing",
    FaultCode.OUT_OF_ORDER: "entry {number} is out of order",
    FaultCode.NOT_ZERO: "the postings of entry {number} do not sum to zero",
    FaultCode.AFTER_END: "entry {number} lies behind the ledger's end",
    FaultCode.END_CHANGED: "the ledger's end is not that of entry {number}",
}
_BRING_BACK = (
    "`umschlag restore FILE --replace` brings back the newest backup in which the ledger is whole: "
    "docs/runbooks/the-ledger.md"
)


class _Reckoning:
    """Adds up all accounts while the chain is read."""

    def __init__(self) -> None:
        self.count = 0
        self.balances: Counter[Account] = Counter()

    def through(self, entries: Iterable[LedgerEntry]) -> Iterator[LedgerEntry]:
        for entry in entries:
            self.count += 1
            for posting in entry.postings:
                self.balances[posting.account] += posting.amount_minor
            yield entry

    def on(self, kind: AccountKind, client: Client) -> int:
        account = Account(kind=kind, client_id=ClientId(client.pk), currency=client.currency)
        return self.balances[account]

    def currencies(self) -> dict[int, set[str]]:
        """Return by client the currencies in which something is booked."""
        found: dict[int, set[str]] = {}
        for account in self.balances:
            found.setdefault(account.client_id, set()).add(account.currency)
        return found


def ledger_findings() -> list[Finding]:
    """Read the whole ledger and say whether it is as it was booked."""
    reckoning = _Reckoning()
    # What is booked while this reads belongs to the next examination.
    with one_instant():
        end = chain_end()
        faults = list(chain_faults(reckoning.through(entries_of()), end=end))
        balances = _balance_findings(reckoning)
    return [_chain_finding(faults, reckoning, end), *_guard_findings(), *balances]


def _chain_finding(faults: list[ChainFault], reckoning: _Reckoning, end: ChainEnd) -> Finding:
    if faults:
        named = "; ".join(map(_text, faults[:_FAULTS_NAMED_MAX]))
        more = len(faults) - _FAULTS_NAMED_MAX
        said = named + (f"; and {more} more" if more > 0 else "")
        return Finding(what=_WHAT, health=Health.BROKEN, said=said, remedy=_BRING_BACK)
    if not reckoning.count:
        return Finding(what=_WHAT, health=Health.GOOD, said="nothing was booked yet")
    said = f"{reckoning.count:,} entries, none changed, all sum to zero; seal {end.hash[:12]}"
    return Finding(what=_WHAT, health=Health.GOOD, said=said)


def _text(fault: ChainFault) -> str:
    if fault.count > 1:
        last = fault.number + fault.count - 1
        return f"entries {fault.number} to {last} are missing"
    return _FAULT_TEXTS[fault.code].format(number=fault.number)


def _guard_findings() -> list[Finding]:
    missing = ledger_guard.missing_triggers()
    if not missing:
        return []
    return [
        Finding(
            what="Ledger's guard",
            health=Health.BROKEN,
            said=f"the database would let entries be changed: missing are {', '.join(missing)}",
            remedy="`umschlag setup-records` puts them in",
        )
    ]


def _held_for_pallets() -> dict[int, int]:
    """Return what the pallets that stand here hold of each client's balance."""
    pallets = Pallet.objects.filter(status__in=HERE).order_by()
    sums = pallets.values("client_id").annotate(total=Sum("held_minor"))
    return {row["client_id"]: int(row["total"]) for row in sums}


def _balance_findings(reckoning: _Reckoning) -> list[Finding]:
    """Hold the balances that are shown and mirrored against the entries, added up one by one."""
    wrong = []
    here, currencies = _held_for_pallets(), reckoning.currencies()
    for client in Client.objects.annotate(shown_minor=spendable_of_row()).order_by("pk"):
        others = currencies.get(client.pk, set()) - {client.currency}
        if others:
            told_in = ", ".join(sorted(others))
            wrong.append(f"{client.name} is kept in {client.currency}, booked is also {told_in}")
        spendable = reckoning.on(AccountKind.SPENDABLE, client)
        if spendable != client.shown_minor:
            wrong.append(f"{client.name} can spend {spendable} and {client.shown_minor} is shown")
        held = reckoning.on(AccountKind.HELD, client)
        if held != here.get(client.pk, 0):
            wrong.append(f"{client.name}: {held} is held, for pallets of {here.get(client.pk, 0)}")
        told = -reckoning.on(AccountKind.PANEL, client)
        if told != client.balance_minor:
            wrong.append(f"{client.name}: the panel told {client.balance_minor}, booked is {told}")
    if not wrong:
        return []
    more = f"; and {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return [
        Finding(
            what="Balances",
            health=Health.BROKEN,
            said="; ".join(wrong[:3]) + more + " (minor units)",
            remedy="`umschlag sync panel` books what the panel tells; if it stays, do not confirm "
            "anything and see docs/runbooks/the-ledger.md",
        )
    ]
