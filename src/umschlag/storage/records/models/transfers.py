"""Transfers of a client's goods into mutual stores, and who owns what there."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.clients import Client
from umschlag.storage.records.models.ledger import FixedRow
from umschlag.storage.records.models.pallets import Pallet
from umschlag.storage.records.models.planning import Cart
from umschlag.storage.records.models.stores import Store


class TransferState(models.TextChoices):
    """How far a transfer is."""

    PROPOSED = "proposed", _("waits for approval")
    EXECUTED = "executed", _("done")
    REJECTED = "rejected", _("rejected")


class TransferCause(models.TextChoices):
    """Why the goods do not go to the client's own store."""

    BALANCE_SHORT = "balance_short", _("the balance is too low for a stand-alone pallet")
    TOO_FEW_UNGATED = "too_few_ungated", _("too few products are ungated")


class MutualTransfer(models.Model):
    """Goods for a mutual store: proposed with what each side pays, done once both approve."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="transfers", verbose_name=_("client")
    )
    own_store = models.ForeignKey(
        Store, models.PROTECT, related_name="+", verbose_name=_("own store")
    )
    mutual_store = models.ForeignKey(
        Store, models.PROTECT, related_name="transfers", verbose_name=_("mutual store")
    )
    cause = models.CharField(_("reason"), max_length=20, choices=TransferCause.choices)
    missing_minor = models.PositiveBigIntegerField(
        _("balance missing for a pallet of its own (minor)")
    )
    client_alone_minor = models.PositiveBigIntegerField(
        _("shipping of the client's units alone (minor)")
    )
    mutual_alone_minor = models.PositiveBigIntegerField(
        _("shipping of the co-owners' units alone (minor)")
    )
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(
        _("state"), max_length=12, choices=TransferState.choices, default=TransferState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.CharField(_("proposed by"), max_length=150)
    client_approved_at = models.DateTimeField(_("approved for the client"), null=True, blank=True)
    client_approved_by = models.CharField(
        _("approved for the client by"), max_length=150, blank=True
    )
    mutual_approved_at = models.DateTimeField(
        _("approved for the mutual store"), null=True, blank=True
    )
    mutual_approved_by = models.CharField(
        _("approved for the mutual store by"), max_length=150, blank=True
    )
    rejected_at = models.DateTimeField(_("rejected"), null=True, blank=True)
    rejected_by = models.CharField(_("rejected by"), max_length=150, blank=True)
    rejected_reason = models.CharField(_("reason of the rejection"), max_length=250, blank=True)
    executed_at = models.DateTimeField(_("done"), null=True, blank=True)
    cart = models.OneToOneField(
        Cart, models.PROTECT, null=True, blank=True, related_name="transfer", verbose_name=_("cart")
    )

    class Meta:
        verbose_name = _("mutual store transfer")
        verbose_name_plural = _("mutual store transfers")
        ordering = ["-proposed_at", "-pk"]
        permissions = [
            ("approve_for_client", _("Can approve transfers for the client's side")),
            ("approve_for_mutual_store", _("Can approve transfers for the mutual store's side")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.own_store_id} → {self.mutual_store_id}"

    @property
    def taken_back_at(self) -> datetime | None:
        """When the last pallet of the cart was cancelled, as by undoing its run; else None."""
        return self.cart.cancelled_at if self.cart else None


class TransferLine(models.Model):
    """Units of one ASIN that one client pays for."""

    transfer = models.ForeignKey(MutualTransfer, models.CASCADE, related_name="lines")
    client = models.ForeignKey(Client, models.PROTECT, related_name="+")
    asin = models.ForeignKey(CatalogAsin, models.PROTECT, related_name="+")
    units = models.PositiveIntegerField(_("units"))
    unit_cost_minor = models.PositiveBigIntegerField(_("unit cost (minor)"))
    unit_shipping_minor = models.PositiveBigIntegerField(_("shipping per unit (minor)"))

    class Meta:
        verbose_name = _("line of a transfer")
        verbose_name_plural = _("lines of transfers")
        ordering = ["transfer", "client", "asin"]
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "client", "asin"], name="transfer_line_once"
            ),
            models.CheckConstraint(condition=Q(units__gt=0), name="transfer_line_of_units"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.units} × {self.asin_id}"

    @property
    def goods_minor(self) -> int:
        """What the units cost without shipping."""
        return self.units * self.unit_cost_minor

    @property
    def shipping_minor(self) -> int:
        """What shipping them costs."""
        return self.units * self.unit_shipping_minor

    @property
    def total_minor(self) -> int:
        """What the client pays for them."""
        return self.goods_minor + self.shipping_minor


class OwnershipEntry(FixedRow):
    """Units of one ASIN that a client came to own in a mutual store, and what it paid for them.

    Only added to, as the ledger is and guarded like it: what a client owns is the sum of its
    entries. What came back with a cancelled pallet is below zero, and names the pallet.
    """

    store = models.ForeignKey(
        Store, models.PROTECT, related_name="ownership", verbose_name=_("mutual store")
    )
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="ownership", verbose_name=_("client")
    )
    asin = models.ForeignKey(CatalogAsin, models.PROTECT, related_name="+", verbose_name=_("ASIN"))
    transfer = models.ForeignKey(
        MutualTransfer, models.PROTECT, related_name="ownership", verbose_name=_("transfer")
    )
    pallet = models.ForeignKey(
        Pallet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled pallet"),
    )
    units = models.IntegerField(_("units"))
    goods_minor = models.BigIntegerField(_("goods (minor units)"))
    shipping_minor = models.BigIntegerField(_("shipping (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    booked_at = models.DateTimeField(_("booked"))

    class Meta(FixedRow.Meta):
        verbose_name = _("ownership in a mutual store")
        verbose_name_plural = _("ownership in mutual stores")
        ordering = ["-booked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "client", "asin", "pallet"], name="ownership_once_a_transfer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.units} × {self.asin_id}"

    @property
    def total_minor(self) -> int:
        """What the client paid for them."""
        return self.goods_minor + self.shipping_minor
