"""Which store may list which ASIN."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.stores import Store


class UngatingAnswer(models.TextChoices):
    """The ungating software's answer, as its users write it."""

    YES = "Yes", _("Yes")
    NO = "No", _("No")
    INVOICE_NEEDED = "No, Invoice Needed", _("No, Invoice Needed")


class UngatingSource(models.TextChoices):
    """Who says so."""

    SOFTWARE = "software", _("ungating software")
    MANUAL = "manual", _("entered by hand")
    AMAZON = "amazon", _("Amazon")


class UngatingStatus(models.Model):
    """May this store list this ASIN? No row means unknown, and unknown is never Yes."""

    store = models.ForeignKey(
        Store, models.CASCADE, related_name="ungating", verbose_name=_("store")
    )
    asin = models.ForeignKey(
        CatalogAsin, models.CASCADE, related_name="ungating", verbose_name=_("ASIN")
    )
    answer = models.CharField(_("ungated"), max_length=20, choices=UngatingAnswer.choices)
    source = models.CharField(
        _("source"), max_length=12, choices=UngatingSource.choices, default=UngatingSource.MANUAL
    )
    checked_at = models.DateTimeField(_("checked"))
    contradicted_by = models.CharField(
        _("the software says"),
        max_length=20,
        choices=UngatingAnswer.choices,
        blank=True,
        editable=False,
    )
    """What the software says where the answer is another's and differs; empty: it agrees."""

    class Meta:
        verbose_name = _("ungating status")
        verbose_name_plural = _("ungating statuses")
        ordering = ["store", "asin"]
        constraints = [
            models.UniqueConstraint(fields=["store", "asin"], name="ungating_once_per_store_asin")
        ]

    def __str__(self) -> str:
        return f"{self.store_id} {self.asin_id}: {self.answer}"
