"""ASINs that were bought and can be allocated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CatalogAsin(models.Model):
    """One ASIN of the buying portal with what is left of it.

    Measures are those of one packed unit. They may be missing: the sheet does not always have
    them, and then the ASIN cannot go on a pallet, which is said and not guessed.
    """

    asin = models.CharField(_("ASIN"), max_length=10, unique=True)
    title = models.CharField(_("title"), max_length=250, blank=True)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length, mm"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width, mm"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height, mm"), null=True, blank=True)
    unit_cost_minor = models.PositiveBigIntegerField(_("unit cost (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    bought_units = models.PositiveIntegerField(_("bought"), default=0)
    remaining_units = models.PositiveIntegerField(_("remaining"), default=0)
    case_pack_units = models.PositiveIntegerField(_("case pack"), default=1)
    added_date = models.DateField(_("date added"))
    shipping_price_minor_min = models.PositiveBigIntegerField(
        _("least shipping price per unit (minor)"), null=True, blank=True
    )
    shipping_price_minor_max = models.PositiveBigIntegerField(
        _("highest shipping price per unit (minor)"), null=True, blank=True
    )
    sheet_remaining_units = models.PositiveIntegerField(
        _("remaining, as the sheet last said"), null=True, blank=True, editable=False
    )
    sheet_bought_units = models.PositiveIntegerField(
        _("bought, as the sheet last said"), null=True, blank=True, editable=False
    )
    booked_in_units = models.PositiveIntegerField(
        _("booked in here, not yet in the sheet"), default=0, editable=False
    )
    source_row_hash = models.CharField(
        _("sheet row as last read"), max_length=64, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("ASIN")
        verbose_name_plural = _("ASINs")
        ordering = ["asin"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(remaining_units__lte=models.F("bought_units")),
                name="asin_remaining_within_bought",
                violation_error_message=_(
                    "remaining_units is more than bought_units. Correct one of the two."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(case_pack_units__gte=1),
                name="asin_case_pack_of_one_or_more",
                violation_error_message=_("case_pack_units is 0. Enter 1 or more."),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    shipping_price_minor_min__lte=models.F("shipping_price_minor_max")
                ),
                name="asin_shipping_price_in_order",
                violation_error_message=_(
                    "shipping_price_min is more than shipping_price_max. Swap or correct the two."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asin} {self.title}".strip()
