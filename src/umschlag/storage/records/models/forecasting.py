"""Forecasts as they were made, and what we propose to do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.articles import Article


class ArticleForecast(models.Model):
    """Demand of one article over a horizon, with the day it was made."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="forecasts")
    made_date = models.DateField(_("made on"))
    horizon_days = models.PositiveIntegerField(_("horizon, days"))
    method = models.CharField(_("method"), max_length=40)
    mean_units = models.FloatField(_("expected units"))
    q50_units = models.FloatField(_("median"))
    q80_units = models.FloatField(_("80 % quantile"))
    q95_units = models.FloatField(_("95 % quantile"))
    stockout_date = models.DateField(_("runs out on"), null=True, blank=True)
    stockout_probability = models.FloatField(_("probability of running out"), null=True)

    class Meta:
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ["-made_date", "article"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "made_date", "horizon_days"], name="forecast_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.made_date} +{self.horizon_days}d"

    @property
    def is_out(self) -> bool:
        """Nothing was available the day this was made; what runs out later has a later date."""
        return self.stockout_date is not None and self.stockout_date <= self.made_date


class ProposalKind(models.TextChoices):
    """What to do with an article."""

    DISCOUNT = "discount", _("discount")
    LIQUIDATE = "liquidate", _("liquidate")
    REORDER = "reorder", _("reorder")


class ProposalState(models.TextChoices):
    """What a person decided."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DISMISSED = "dismissed", _("dismissed")


class Proposal(models.Model):
    """One proposed act with the arithmetic behind it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="proposals")
    made_date = models.DateField(_("made on"))
    kind = models.CharField(_("act"), max_length=12, choices=ProposalKind.choices)
    units = models.PositiveIntegerField(_("units"))
    value_minor = models.BigIntegerField(_("cost of the units (minor)"), null=True, blank=True)
    price_minor = models.BigIntegerField(_("proposed price (minor)"), null=True, blank=True)
    proceeds_minor = models.BigIntegerField(_("expected proceeds (minor)"), null=True, blank=True)
    due_date = models.DateField(_("by"), null=True, blank=True)
    reason_code = models.CharField(_("why"), max_length=40)
    reason_values = models.JSONField(_("figures of the reason"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=ProposalState.choices, default=ProposalState.OPEN
    )

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["kind", "-value_minor"]
        indexes = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.article_id}"
