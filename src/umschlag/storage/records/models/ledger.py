"""The ledger of what clients can spend: accounts, entries and their postings.

Nothing here is ever changed or deleted: not by a model, not by a query, and not by SQL either,
which `ledger_guard` sees to. What was wrong is made good by a further entry.
"""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.allocation.balances.model import LedgerIsFixed
from umschlag.storage.records.models.clients import Client
from umschlag.storage.records.models.pallets import Pallet
from umschlag.storage.records.models.planning import Cart


class LedgerAccountKind(models.TextChoices):
    """Where a client's money stands."""

    PANEL = "panel", _("told by the panel")
    SPENDABLE = "spendable", _("can be spent")
    HELD = "held", _("held for carts")
    CHARGED = "charged", _("shipped, not yet deducted by the panel")
    CORRECTION = "correction", _("corrected by hand")


class LedgerEntryKind(models.TextChoices):
    """Why money moved."""

    PANEL = "panel", _("balance told by the panel")
    HOLD = "hold", _("held for a cart")
    CAPTURE = "capture", _("held amount shipped")
    RELEASE = "release", _("hold released")
    SETTLEMENT = "settlement", _("charge found in the panel's deduction")
    CONTRIBUTION = "contribution", _("paid to another client")
    CORRECTION = "correction", _("corrected by hand")


def _refuse(what: str) -> NoReturn:
    raise LedgerIsFixed(f"{what} is never changed or deleted; book a further entry to make it good")


class FixedRows(models.QuerySet[Any]):
    """Rows that are read and added, and nothing else."""

    def update(self, **_values: object) -> int:
        """Refuse."""
        _refuse(self.model.__name__)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        _refuse(self.model.__name__)

    def bulk_update(self, *_rows: object, **_options: object) -> int:
        """Refuse."""
        _refuse(self.model.__name__)

    def bulk_create(self, objs: Any, **options: Any) -> Any:  # type: ignore[override]  # noqa: ANN401 - Django's own, less its options
        """Add rows; refuse to overwrite those that are there."""
        if options.get("update_conflicts") or options.get("ignore_conflicts"):
            _refuse(self.model.__name__)
        return super().bulk_create(objs, **options)


class FixedRow(models.Model):
    """A row that is written once."""

    objects = FixedRows.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, **options: Any) -> None:  # noqa: ANN401 - Django's own
        """Add the row; refuse to change it."""
        if not self._state.adding:
            _refuse(type(self).__name__)
        super().save(**{**options, "force_insert": True, "force_update": False})

    def delete(self, **_options: object) -> tuple[int, dict[str, int]]:  # type: ignore[override]  # never returns
        """Refuse."""
        _refuse(type(self).__name__)


class LedgerAccount(FixedRow):
    """One client's money of one sort."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="ledger_accounts", verbose_name=_("client")
    )
    kind = models.CharField(_("account"), max_length=12, choices=LedgerAccountKind.choices)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta(FixedRow.Meta):
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        ordering = ["client", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind", "currency"], name="ledger_account_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.get_kind_display()} {self.currency}"


class LedgerEntry(FixedRow):
    """One booking: its postings sum to zero, and its hash covers it and the entry before it."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=12, choices=LedgerEntryKind.choices)
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="ledger_entries", verbose_name=_("client")
    )
    booked_at = models.DateTimeField(_("booked"))
    booked_by = models.CharField(_("by"), max_length=150, blank=True)
    note = models.CharField(_("note"), max_length=250, blank=True)
    cart = models.ForeignKey(
        Cart,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_entries",
        verbose_name=_("cart"),
    )
    pallet = models.ForeignKey(
        Pallet,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_entries",
        verbose_name=_("pallet"),
    )
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversed_by",
        verbose_name=_("makes good"),
    )
    previous_hash = models.CharField(_("hash of the entry before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    class Meta(FixedRow.Meta):
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["-number"]
        permissions = [("correct_balance", _("Can correct balances by hand"))]
        indexes = [models.Index(fields=["client", "number"])]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"


class LedgerPosting(FixedRow):
    """What one entry adds to one account; below zero where it takes."""

    entry = models.ForeignKey(
        LedgerEntry, models.PROTECT, related_name="postings", verbose_name=_("ledger entry")
    )
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="postings", verbose_name=_("account")
    )
    amount_minor = models.BigIntegerField(_("amount (minor units)"))

    class Meta(FixedRow.Meta):
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["-entry", "id"]

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.account_id}"


class LedgerEnd(models.Model):
    """Number and hash of the newest entry: the one row that whoever books locks."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:8]}"

    def delete(self, **_options: object) -> tuple[int, dict[str, int]]:  # type: ignore[override]  # never returns
        """Refuse."""
        _refuse("LedgerEnd")
