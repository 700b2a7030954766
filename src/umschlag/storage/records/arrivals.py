"""Arrivals of preordered goods in the records: reported, looked at, confirmed, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from umschlag.allocation.clients.model import ClientPriority
from umschlag.allocation.planning.model import AllocationProblem
from umschlag.allocation.preorders.arrivals import ArrivalRule, WaitingClaim
from umschlag.allocation.preorders.panel import PreorderStage, stage_of_arrived
from umschlag.kernel.errors import NotFound, Refused
from umschlag.kernel.identifiers import Asin, ClientId
from umschlag.storage.records.allocation import (
    PlanningTerms,
    ProblemRows,
    arrived_preorders,
    problem_of,
)
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import (
    ArrivalShare,
    ArrivalState,
    CatalogAsin,
    Client,
    Preorder,
    PreorderArrival,
    PreorderStatus,
    Store,
    StoreKind,
)

_WAITING = (PreorderStatus.WAITING, PreorderStatus.PARTLY_ARRIVED)


class ArrivalUnknown(NotFound):
    """There is no such arrival."""


class ArrivalAlreadyDecided(Refused):
    """The arrival was confirmed, discarded or taken back before; nothing was changed."""


class ArrivalInUse(Refused):
    """An allocation has used what arrived, so it cannot be taken back any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided, and when."""

    by: str
    at: datetime


def open_preorders() -> QuerySet[Preorder]:
    """Select the preorders that may wait for units."""
    return Preorder.objects.filter(status__in=_WAITING).order_by("pk")


def waiting_preorders(asin_id: int) -> QuerySet[Preorder]:
    """Select the preorders that may wait for units of the ASIN."""
    return open_preorders().filter(asin_id=asin_id)


def arrival_with(arrival_id: int) -> PreorderArrival:
    """Return the arrival with its ASIN.

    Raises:
        ArrivalUnknown: there is none.
    """
    found = PreorderArrival.objects.select_related("asin").filter(pk=arrival_id).first()
    if found is None:
        raise ArrivalUnknown(_("There is no arrival %d.") % arrival_id, field="arrival")
    return found


def waiting_claims(rows: Sequence[Preorder], asin: Asin) -> list[WaitingClaim]:
    """Return the claims that wait for units, oldest first; `rows` have their clients."""
    claims = [
        WaitingClaim(
            preorder_id=row.pk,
            client_id=ClientId(row.client_id),
            asin=asin,
            priority=ClientPriority(row.client.priority),
            open_units=row.open_units,
            there_units=row.there_units,
            open_due_minor=row.remaining_due_minor,
            expected_arrival_date=row.expected_arrival_date,
            external_id=row.external_id,
        )
        for row in rows
        if row.waiting_units > 0
    ]
    return sorted(claims, key=lambda one: (one.expected_arrival_date or date.max, one.preorder_id))


def problem_of_waiting(
    asin: CatalogAsin, claims: Sequence[WaitingClaim], terms: PlanningTerms
) -> AllocationProblem:
    """Return the planner's question about the waiting clients as it stands before the arrival."""
    client_ids = {claim.client_id for claim in claims}
    preorders = list(arrived_preorders().filter(client_id__in=client_ids))
    asin_ids = {asin.pk, *(row.asin_id for row in preorders)}
    rows = ProblemRows(
        clients=list(Client.objects.filter(pk__in=client_ids).order_by("pk")),
        stores=list(
            Store.objects.filter(client_id__in=client_ids, kind=StoreKind.OWN).order_by("pk")
        ),
        asins=list(CatalogAsin.objects.filter(pk__in=asin_ids).order_by("pk")),
        preorders=preorders,
    )
    return problem_of(
        rows, terms, receiving_store_ids=[store.pk for store in rows.stores], facts={}
    )


class LockedArrival:
    """One arrival that waits for a decision, with its ASIN and whoever waits for it locked.

    Locked in the order in which runs lock: ASIN before preorders. Must be made inside a
    transaction.
    """

    def __init__(self, arrival_id: int) -> None:
        """Lock the rows.

        Raises:
            ArrivalUnknown: there is no such arrival.
            ArrivalAlreadyDecided: it does not wait for a decision.
        """
        self.arrival = _locked(arrival_id, state=ArrivalState.WAITING)
        self.asin = locked(CatalogAsin.objects.all()).get(pk=self.arrival.asin_id)
        waiting = locked(waiting_preorders(self.asin.pk))
        self._rows = {row.pk: row for row in waiting}
        clients = Client.objects.in_bulk({row.client_id for row in self._rows.values()})
        for row in self._rows.values():
            row.client = clients[row.client_id]

    def claims(self) -> list[WaitingClaim]:
        """Return who waits, as the locked rows put it."""
        return waiting_claims(list(self._rows.values()), Asin(self.asin.asin))

    def take_in(
        self,
        units: Mapping[int, int],
        *,
        claims: Sequence[WaitingClaim],
        rule: ArrivalRule,
        decision: Decision,
    ) -> None:
        """Move the units into stock, mark the claims, and write down who got what."""
        _add_stock(self.asin, self.arrival.arrived_units)
        ArrivalShare.objects.bulk_create(
            ArrivalShare(
                arrival=self.arrival,
                preorder_id=claim.preorder_id,
                waiting_units=claim.waiting_units,
                units=units[claim.preorder_id],
                due_minor=claim.due_minor(units[claim.preorder_id]),
                currency=self._rows[claim.preorder_id].currency,
            )
            for claim in claims
        )
        for preorder_id, count in units.items():
            if count:
                _book(self._rows[preorder_id], count)
        self.arrival.state = ArrivalState.CONFIRMED
        self.arrival.rule = rule.value
        self.arrival.decided_by, self.arrival.decided_at = decision.by, decision.at
        self.arrival.save(update_fields=["state", "rule", "decided_by", "decided_at"])


def discard_arrival(arrival_id: int, decision: Decision) -> None:
    """Put an arrival aside that waits for a decision; must be called inside a transaction.

    Raises:
        ArrivalUnknown: there is no such arrival.
        ArrivalAlreadyDecided: it does not wait for a decision.
    """
    arrival = _locked(arrival_id, state=ArrivalState.WAITING)
    arrival.state = ArrivalState.DISCARDED
    arrival.decided_by, arrival.decided_at = decision.by, decision.at
    arrival.save(update_fields=["state", "decided_by", "decided_at"])


def undo_arrival(arrival_id: int, decision: Decision) -> None:
    """Take a confirmed arrival back; must be called inside a transaction.

    Raises:
        ArrivalUnknown: there is no such arrival.
        ArrivalAlreadyDecided: it is not confirmed.
        ArrivalInUse: carts were given some of the units, or the sheet counts them.
    """
    arrival = _locked(arrival_id, state=ArrivalState.CONFIRMED)
    asin = locked(CatalogAsin.objects.all()).get(pk=arrival.asin_id)
    shares = {share.preorder_id: share.units for share in arrival.shares.filter(units__gt=0)}
    rows = list(locked(Preorder.objects.filter(pk__in=shares).order_by("pk")))
    for row in rows:
        if row.arrived_units - shares[row.pk] < row.allocated_units:
            raise ArrivalInUse(
                _(
                    "Preorder %s was given units of this arrival, so it cannot be taken back any"
                    " more."
                )
                % row.external_id
            )
    _take_stock_back(asin, arrival.arrived_units)
    for row in rows:
        _unbook(row, shares[row.pk])
    arrival.state = ArrivalState.UNDONE
    arrival.undone_by, arrival.undone_at = decision.by, decision.at
    arrival.save(update_fields=["state", "undone_by", "undone_at"])


def _locked(arrival_id: int, *, state: ArrivalState) -> PreorderArrival:
    arrival = locked(PreorderArrival.objects.filter(pk=arrival_id)).first()
    if arrival is None:
        raise ArrivalUnknown(_("There is no arrival %d.") % arrival_id, field="arrival")
    if arrival.state != state:
        raise ArrivalAlreadyDecided(
            _("Arrival %(number)d: %(state)s. Nothing was changed.")
            % {"number": arrival_id, "state": arrival.get_state_display()},
            field="arrival",
        )
    return arrival


def _add_stock(asin: CatalogAsin, units: int) -> None:
    asin.remaining_units += units
    # The sheet is where bought units are counted; here only as many as are left at least.
    asin.bought_units = max(asin.bought_units, asin.remaining_units)
    if asin.source_row_hash:
        asin.booked_in_units += units
    asin.save(update_fields=["remaining_units", "bought_units", "booked_in_units"])


def _take_stock_back(asin: CatalogAsin, units: int) -> None:
    if asin.remaining_units < units:
        raise ArrivalInUse(
            _(
                "Only %(left)d of the %(units)d units are left of %(asin)s: carts were given the"
                " others, so the arrival cannot be taken back any more."
            )
            % {"left": asin.remaining_units, "units": units, "asin": asin.asin}
        )
    if asin.source_row_hash and asin.booked_in_units < units:
        raise ArrivalInUse(
            _("The buying sheet counts the units of %s by now: correct them there.") % asin.asin
        )
    asin.remaining_units -= units
    if asin.source_row_hash:
        asin.booked_in_units -= units
    asin.save(update_fields=["remaining_units", "booked_in_units"])


def _book(row: Preorder, units: int) -> None:
    # Units that carts were given before any arrival was booked in have arrived, too.
    row.arrived_units = max(row.arrived_units, row.allocated_units) + units
    _set_stage(row, PreorderStage.WAITING)


def _unbook(row: Preorder, units: int) -> None:
    is_whole_by_panel = (
        row.status == PreorderStatus.ARRIVED and row.arrived_units < row.ordered_units
    )
    row.arrived_units -= units
    is_ours = row.status in {PreorderStatus.ARRIVED, PreorderStatus.PARTLY_ARRIVED}
    if is_whole_by_panel or not is_ours:
        row.save(update_fields=["arrived_units"])
        return
    _set_stage(row, PreorderStage.WAITING)


def _set_stage(row: Preorder, told: PreorderStage) -> None:
    stage = stage_of_arrived(told, ordered_units=row.ordered_units, arrived_units=row.arrived_units)
    row.status = PreorderStatus(stage.value)
    row.save(update_fields=["arrived_units", "status"])
