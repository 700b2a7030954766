"""Preorders as the panel tells them."""

from collections.abc import Sequence

from umschlag.allocation.preorders.panel import (
    PanelPreorder,
    PreorderStage,
    due_left,
    stage_after,
    stage_of_arrived,
)
from umschlag.storage.records.agency.landing import Landing
from umschlag.storage.records.locking import locked
from umschlag.storage.records.models import CatalogAsin, Client, Preorder, PreorderStatus


def keep_preorders(rows: Sequence[PanelPreorder]) -> tuple[Landing, list[Preorder]]:
    """Create and update preorders; return also those that have arrived by this news."""
    landing = Landing()
    clients = {client.external_id: client for client in Client.objects.all()}
    asins = {record.asin: record for record in CatalogAsin.objects.all()}
    known = {
        preorder.external_id: preorder
        for preorder in locked(Preorder.objects.select_related("client", "asin").order_by("pk"))
    }
    arrived = []
    for row in rows:
        client, asin = clients.get(row.client_external_id), asins.get(row.asin)
        preorder = known.get(row.external_id)
        refusal = _refusal(row, client, asin, preorder)
        if refusal or client is None or asin is None:
            landing.refuse(f"panel preorders, row {row.row}", refusal)
            continue
        before = PreorderStage(preorder.status) if preorder else None
        if preorder is None:
            preorder = Preorder(external_id=row.external_id, client=client, asin=asin)
            known[row.external_id] = preorder
            # What was fulfilled before we knew of it must not be given out again.
            if row.stage is PreorderStage.FULFILLED:
                preorder.allocated_units = row.ordered_units
            landing.created_count += 1
            _write(preorder, row, before)
        else:
            landing.updated_count += _write(preorder, row, before)
            _remark_on_reopened(preorder, row, before, landing)
        has_arrived = preorder.status == PreorderStatus.ARRIVED
        if has_arrived and before is not PreorderStage.ARRIVED:
            arrived.append(preorder)
    _remark_on_missing(known, {row.external_id for row in rows}, landing)
    return landing, arrived


def _refusal(
    row: PanelPreorder, client: Client | None, asin: CatalogAsin | None, ours: Preorder | None
) -> str:
    if client is None:
        return f"there is no client {row.client_external_id}"
    if asin is None:
        return f"{row.asin} is not in the buying sheet; add it there, then sync again"
    if ours and (ours.client_id, ours.asin_id) != (client.pk, asin.pk):
        return (
            f"preorder {row.external_id} is {ours.client.name}'s for {ours.asin.asin} and cannot"
            f" become {client.name}'s for {row.asin}; the panel must give it a new id"
        )
    taken_units = max(ours.allocated_units, ours.arrived_units) if ours else 0
    if row.ordered_units < taken_units:
        return (
            f"preorder {row.external_id} asks for {row.ordered_units} units but"
            f" {taken_units} are allocated already or have arrived"
        )
    if row.amount.currency != client.currency:
        return f"the amount is in {row.amount.currency} and {client.name} in {client.currency}"
    return ""


def _write(preorder: Preorder, row: PanelPreorder, before: PreorderStage | None) -> bool:
    """Put what the panel says into the record; tell whether anything changed."""
    due = due_left(
        told_minor=row.remaining_due.minor,
        told_before_minor=preorder.told_due_minor,
        charged_minor=preorder.uncounted_due_minor,
    )
    stage = stage_of_arrived(
        stage_after(
            ours=before,
            told=row.stage,
            allocated_units=preorder.allocated_units,
            ordered_units=row.ordered_units,
        ),
        ordered_units=row.ordered_units,
        arrived_units=preorder.arrived_units,
    )
    fields = {
        "ordered_units": row.ordered_units,
        "amount_minor": row.amount.minor,
        "remaining_due_minor": due.due_minor,
        "told_due_minor": row.remaining_due.minor,
        "uncounted_due_minor": due.uncounted_minor,
        "currency": row.amount.currency,
        "expected_arrival_date": row.expected_arrival_date,
        "status": PreorderStatus(stage.value),
    }
    is_new = preorder.pk is None
    changed = is_new or any(getattr(preorder, name) != value for name, value in fields.items())
    for name, value in fields.items():
        setattr(preorder, name, value)
    if changed:
        preorder.save()
    return changed


def _remark_on_reopened(
    preorder: Preorder, row: PanelPreorder, before: PreorderStage | None, landing: Landing
) -> None:
    if before is PreorderStage.FULFILLED and preorder.status != PreorderStatus.FULFILLED:
        landing.remark(
            f"panel preorders, row {row.row}, status",
            f"{preorder.client.name}'s preorder {row.external_id} was fulfilled and is"
            f" {row.stage.value} again: {preorder.allocated_units} of {row.ordered_units} units"
            " were given by carts",
        )


def _remark_on_missing(known: dict[str, Preorder], told: set[str], landing: Landing) -> None:
    is_open = (
        PreorderStatus.WAITING,
        PreorderStatus.PARTLY_ARRIVED,
        PreorderStatus.ARRIVED,
    )
    for external_id, preorder in known.items():
        if preorder.status in is_open and external_id not in told:
            landing.remark(
                f"panel preorders, {external_id}",
                f"{preorder.client.name}'s open preorder is not among the usable rows of the"
                " panel; it was kept",
            )
