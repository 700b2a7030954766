"""Exchange rates, each with its day and where it is from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExchangeRate(models.Model):
    """What one unit of the base currency was worth on a day, as its source published it."""

    rate_date = models.DateField(_("day of the rate"))
    base = models.CharField(_("one unit of"), max_length=3)
    currency = models.CharField(_("is worth so many"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    source = models.CharField(_("source"), max_length=80)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-rate_date", "base", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["rate_date", "base", "currency"], name="exchange_rate_of_the_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.currency} {self.rate_date}"
