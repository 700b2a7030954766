"""Transfers into mutual stores over the API: worked out, approved by both sides, or rejected."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from umschlag.kernel.errors import NotFound
from umschlag.settings import load_settings
from umschlag.storage.records.models import MutualTransfer, Store
from umschlag.storage.records.transfers import standing_ownership
from umschlag.web.api.access import demand
from umschlag.web.api.bodies import Body
from umschlag.web.api.paging import Asked, Page, Text, narrowed, paged
from umschlag.web.api.problems import ERRORS, WRITE_ERRORS
from umschlag.web.api.schemas import MoneyOut
from umschlag.web.loose import Loose
from umschlag.wiring import transfers as wired
from umschlag.wiring.transfer_view import TransferView, transfer_view

router = Router(tags=["Allocation"])
KEY_MAX = 2**63 - 1


class TransferOut(Schema):
    """One transfer."""

    transfer: int = Field(alias="pk")
    client_id: str = Field(alias="client.external_id")
    own_store_id: str = Field(alias="own_store.external_id")
    mutual_store_id: str = Field(alias="mutual_store.external_id")
    cause: str = Field(description="balance_short or too_few_ungated.")
    missing: MoneyOut = Field(description="What the balance lacks for a pallet of its own.")
    state: str = Field(description="proposed, executed or rejected.")
    proposed_at: datetime
    proposed_by: str
    client_approved_at: datetime | None
    client_approved_by: str
    mutual_approved_at: datetime | None
    mutual_approved_by: str
    rejected_at: datetime | None
    rejected_by: str
    rejected_reason: str
    executed_at: datetime | None
    taken_back_at: datetime | None = Field(
        description="When an executed one was taken back: its run undone, each pallet cancelled."
    )

    @staticmethod
    def resolve_missing(record: Loose) -> Loose:
        """Put amount and currency together."""
        return {"minor": record.missing_minor, "currency": record.currency}


class LineOut(Schema):
    """Units of one ASIN that one client pays for."""

    client_id: str = Field(alias="client.external_id")
    asin: str = Field(alias="asin.asin")
    units: int
    unit_cost_minor: int
    unit_shipping_minor: int
    total_minor: int


class SideOut(Schema):
    """What one side pays and gains."""

    units: int
    goods: MoneyOut
    shipping: MoneyOut
    total: MoneyOut
    alone: MoneyOut = Field(description="Shipping of these units, sent by themselves.")
    saved: MoneyOut = Field(description="By how much that is more than it pays here.")
    lines: list[LineOut]

    @staticmethod
    def resolve_lines(side: Loose) -> Loose:
        """Return the lines of all who pay."""
        return [line for payer in side.payers for line in payer.lines]


class TransferDetailOut(Schema):
    """A transfer with both sides; what they pay adds up to the total."""

    transfer: TransferOut = Field(alias="record")
    client_side: SideOut
    mutual_side: SideOut
    total: MoneyOut


class TransfersAsked(Asked):
    """Filters."""

    client_id: Text | None = Field(None, description="Panel id of the client.")
    state: Text | None = Field(None, description="proposed, executed or rejected.")


class TransferIn(Body):
    """For which own store a transfer is to be worked out."""

    store_id: str = Field(min_length=1, max_length=40, description="Panel id of the store.")


class ApprovalIn(Body):
    """Which side approves."""

    side: Literal["client", "mutual"]


class RejectionIn(Body):
    """Why it is rejected."""

    reason: str = Field(min_length=1, max_length=250)


class OwnershipOut(Schema):
    """Units that a client came to own in a mutual store, or that came back to it."""

    store_id: str = Field(alias="store.external_id")
    client_id: str = Field(alias="client.external_id")
    asin: str = Field(alias="asin.asin")
    transfer: int = Field(alias="transfer_id")
    pallet_id: str | None = Field(description="The cancelled pallet with which they came back.")
    units: int = Field(description="What a client owns is their sum; below zero: they came back.")
    goods: MoneyOut
    shipping: MoneyOut
    booked_at: datetime

    @staticmethod
    def resolve_pallet_id(record: Loose) -> str | None:
        """Return the pallet's code."""
        return record.pallet.code if record.pallet else None

    @staticmethod
    def resolve_goods(record: Loose) -> Loose:
        """Put amount and currency together."""
        return {"minor": record.goods_minor, "currency": record.currency}

    @staticmethod
    def resolve_shipping(record: Loose) -> Loose:
        """Put amount and currency together."""
        return {"minor": record.shipping_minor, "currency": record.currency}


class OwnershipAsked(Asked):
    """Filters."""

    store_id: Text | None = Field(None, description="Panel id of the mutual store.")
    client_id: Text | None = Field(None, description="Panel id of the client.")


@router.get("/transfers", response={200: Page[TransferOut], **ERRORS})
def transfers(request: HttpRequest, asked: Query[TransfersAsked]) -> Loose:
    """List transfers into mutual stores, newest first."""
    demand(request, "records.view_mutualtransfer")
    rows = MutualTransfer.objects.select_related("client", "own_store", "mutual_store", "cart")
    return paged(narrowed(rows, client__external_id=asked.client_id, state=asked.state), asked)


@router.get("/ownership", response={200: Page[OwnershipOut], **ERRORS})
def ownership(request: HttpRequest, asked: Query[OwnershipAsked]) -> Loose:
    """List who owns which units in mutual stores, newest first; without cancelled transfers."""
    demand(request, "records.view_mutualtransfer")
    rows = standing_ownership().select_related("store", "client", "asin", "pallet")
    return paged(
        narrowed(rows, store__external_id=asked.store_id, client__external_id=asked.client_id),
        asked,
    )


@router.get("/transfers/{transfer_id}", response={200: TransferDetailOut, **ERRORS})
def transfer(request: HttpRequest, transfer_id: int) -> TransferView:
    """Show what each side pays and gains."""
    demand(request, "records.view_mutualtransfer")
    return _view(transfer_id)


@router.post("/transfers", response={200: TransferDetailOut, **WRITE_ERRORS})
def propose_transfer(request: HttpRequest, told: TransferIn) -> TransferView:
    """Work out a transfer for a store; it takes nothing before both sides approve."""
    demand(request, "records.add_mutualtransfer")
    store = Store.objects.filter(external_id=told.store_id).first()
    if store is None:
        raise NotFound(f"there is no store {told.store_id}", field="store_id")
    return _view(wired.propose_for_store(load_settings(), store.pk, by=_name(request)))


@router.post("/transfers/{transfer_id}/approve", response={200: TransferDetailOut, **WRITE_ERRORS})
def approve_transfer(request: HttpRequest, transfer_id: int, told: ApprovalIn) -> TransferView:
    """Approve for one side; the second approval carries everything out, or nothing."""
    is_client = told.side == "client"
    demand(
        request,
        "records.approve_for_client" if is_client else "records.approve_for_mutual_store",
    )
    wired.approve_transfer(load_settings(), _key(transfer_id), told.side, by=_name(request))
    return _view(transfer_id)


@router.post("/transfers/{transfer_id}/reject", response={200: TransferDetailOut, **WRITE_ERRORS})
def reject_transfer(request: HttpRequest, transfer_id: int, told: RejectionIn) -> TransferView:
    """Reject it, for either side."""
    if not request.user.has_perm("records.approve_for_mutual_store"):
        demand(request, "records.approve_for_client")
    wired.reject_transfer(load_settings(), _key(transfer_id), reason=told.reason, by=_name(request))
    return _view(transfer_id)


def _view(transfer_id: int) -> TransferView:
    found = MutualTransfer.objects.select_related("client", "own_store", "mutual_store", "cart")
    record = found.filter(pk=_key(transfer_id)).first()
    if record is None:
        raise NotFound(f"there is no transfer {transfer_id}", field="transfer_id")
    return transfer_view(record)


def _key(transfer_id: int) -> int:
    # Larger ones overflow the integers of the databases; no record has the key 0.
    return transfer_id if 0 <= transfer_id <= KEY_MAX else 0


def _name(request: HttpRequest) -> str:
    return request.user.get_username() or "API"
