"""What clients ordered before it arrived."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.clients import Client


class PreorderStatus(models.TextChoices):
    """How far a preorder is."""

    WAITING = "waiting", _("waiting for the goods")
    PARTLY_ARRIVED = "part_arrived", _("arrived in part")
    ARRIVED = "arrived", _("arrived")
    FULFILLED = "fulfilled", _("fulfilled")
    CANCELLED = "cancelled", _("cancelled")


class Preorder(models.Model):
    """Units of an ASIN that a client ordered before they arrived."""

    external_id = models.CharField(_("panel id"), max_length=40, unique=True)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="preorders", verbose_name=_("client")
    )
    asin = models.ForeignKey(
        CatalogAsin, models.PROTECT, related_name="preorders", verbose_name=_("ASIN")
    )
    ordered_units = models.PositiveIntegerField(_("ordered"))
    allocated_units = models.PositiveIntegerField(_("allocated"), default=0)
    arrived_units = models.PositiveIntegerField(
        _("arrived, booked in here"), default=0, editable=False
    )
    amount_minor = models.PositiveBigIntegerField(_("amount (minor units)"))
    remaining_due_minor = models.PositiveBigIntegerField(_("still due (minor units)"), default=0)
    told_due_minor = models.PositiveBigIntegerField(
        _("still due, as the panel last said (minor units)"), null=True, editable=False
    )
    uncounted_due_minor = models.PositiveBigIntegerField(
        _("charged by carts, not yet counted by the panel (minor units)"),
        default=0,
        editable=False,
    )
    currency = models.CharField(_("currency"), max_length=3)
    expected_arrival_date = models.DateField(_("expected"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=PreorderStatus.choices, default=PreorderStatus.WAITING
    )

    class Meta:
        verbose_name = _("preorder")
        verbose_name_plural = _("preorders")
        ordering = ["expected_arrival_date", "external_id"]

    def __str__(self) -> str:
        return f"{self.external_id}: {self.ordered_units} × {self.asin_id}"

    @property
    def open_units(self) -> int:
        """Units that no cart has been given yet."""
        return max(self.ordered_units - self.allocated_units, 0)

    @property
    def there_units(self) -> int:
        """Open units that have arrived: all of them where the panel says so."""
        if self.status == PreorderStatus.ARRIVED:
            return self.open_units
        if self.status == PreorderStatus.PARTLY_ARRIVED:
            return min(max(self.arrived_units - self.allocated_units, 0), self.open_units)
        return 0

    @property
    def waiting_units(self) -> int:
        """Open units that have not arrived."""
        if self.status not in {PreorderStatus.WAITING, PreorderStatus.PARTLY_ARRIVED}:
            return 0
        return self.open_units - self.there_units


class ArrivalRuleChoice(models.TextChoices):
    """Who gets how much where fewer units arrive than are waited for."""

    OLDEST_FIRST = "oldest_first", _("oldest preorder first")
    SAME_SHARE = "same_share", _("the same share for each client")
    BY_PRIORITY = "by_priority", _("by the client's priority, then the oldest")


class ArrivalState(models.TextChoices):
    """How far an arrival is."""

    WAITING = "waiting", _("waits to be confirmed")
    CONFIRMED = "confirmed", _("confirmed")
    UNDONE = "undone", _("taken back")
    DISCARDED = "discarded", _("discarded")


class PreorderArrival(models.Model):
    """Goods that came in for preorders. Nothing changes before somebody confirms who gets them."""

    asin = models.ForeignKey(
        CatalogAsin, models.PROTECT, related_name="arrivals", verbose_name=_("ASIN")
    )
    arrived_units = models.PositiveIntegerField(_("units arrived"))
    note = models.CharField(_("delivery note"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=ArrivalState.choices, default=ArrivalState.WAITING
    )
    rule = models.CharField(
        _("shared by"), max_length=16, choices=ArrivalRuleChoice.choices, blank=True
    )
    reported_at = models.DateTimeField(_("reported"))
    reported_by = models.CharField(_("reported by"), max_length=150)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    undone_by = models.CharField(_("taken back by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering = ["-reported_at", "-pk"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.arrived_units} × {self.asin_id}"


class ArrivalShare(models.Model):
    """What one preorder got of a confirmed arrival; 0 where it waits on for all."""

    arrival = models.ForeignKey(PreorderArrival, models.CASCADE, related_name="shares")
    preorder = models.ForeignKey(Preorder, models.PROTECT, related_name="arrival_shares")
    waiting_units = models.PositiveIntegerField(_("waited for before"))
    units = models.PositiveIntegerField(_("units"))
    due_minor = models.PositiveBigIntegerField(_("falls due (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("share of an arrival")
        verbose_name_plural = _("shares of arrivals")
        ordering = ["arrival", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["arrival", "preorder"], name="arrival_share_once"),
            models.CheckConstraint(
                condition=Q(units__lte=F("waiting_units")), name="arrival_share_within_claim"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.preorder_id}: {self.units}"
