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


class ArticleSuccession(models.Model):
    """That one article follows another: told by a person, taken back by deleting the row."""

    predecessor = models.OneToOneField(
        Article, models.CASCADE, related_name="followed_by", verbose_name=_("predecessor")
    )
    successor = models.ForeignKey(
        Article, models.CASCADE, related_name="follows", verbose_name=_("successor")
    )
    from_date = models.DateField(_("on sale in its place from"))
    told_by = models.CharField(_("told by"), max_length=150, blank=True)
    told_at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ["-from_date", "predecessor"]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} {self.from_date}"


class ForecastBacktest(models.Model):
    """Which model forecast best when each was made again as of earlier days."""

    as_of_date = models.DateField(_("as of"), unique=True)
    horizon_days = models.PositiveIntegerField(_("horizon, days"))
    winner = models.CharField(_("chosen model"), max_length=12)
    origin_dates = models.JSONField(_("forecast again as of"), default=list)
    accuracy = models.JSONField(_("accuracy by model"), default=dict)
    left_out = models.JSONField(_("took no part, and why"), default=dict, blank=True)

    class Meta:
        verbose_name = _("backtest of the forecast")
        verbose_name_plural = _("backtests of the forecast")
        ordering = ["-as_of_date"]

    def __str__(self) -> str:
        return f"{self.as_of_date}: {self.winner}"


class LearnedQuantiles(models.Model):
    """The trees and nets that forecast, as they learned from the history up to a day."""

    learned_date = models.DateField(_("learned on"), unique=True)
    article_count = models.PositiveIntegerField(_("articles"))
    day_count = models.PositiveIntegerField(_("days"))
    content = models.BinaryField(_("trees and nets"))

    class Meta:
        verbose_name = _("trees and nets that forecast")
        verbose_name_plural = _("trees and nets that forecast")
        ordering = ["-learned_date"]

    def __str__(self) -> str:
        return f"{self.learned_date}: {self.article_count} × {self.day_count}"


class ForecastMeasurement(models.Model):
    """What the forecasts of a day were off by, measured when their horizon was over."""

    made_date = models.DateField(_("made on"))
    horizon_days = models.PositiveIntegerField(_("horizon, days"))
    is_of_marketplace = models.BooleanField(_("of one marketplace"), default=False)
    marketplace = models.CharField(_("marketplace"), max_length=80, blank=True)
    measured_at = models.DateTimeField(_("measured at"), auto_now=True)
    article_count = models.PositiveIntegerField(_("articles"))
    scaled_loss = models.FloatField(_("loss"), null=True)
    wape = models.FloatField(_("error of the mean (WAPE)"), null=True)
    bias = models.FloatField(_("bias"), null=True)
    coverage_95 = models.FloatField(_("within the 95 % quantile"), null=True)
    naive_wape = models.FloatField(_("error of the same as last time (WAPE)"), null=True)

    class Meta:
        verbose_name = _("measured forecast")
        verbose_name_plural = _("measured forecasts")
        ordering = ["-made_date", "horizon_days"]
        constraints = [
            models.UniqueConstraint(
                fields=["made_date", "horizon_days", "is_of_marketplace", "marketplace"],
                name="forecast_measured_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.made_date} +{self.horizon_days}d {self.marketplace}".rstrip()


class ProposalKind(models.TextChoices):
    """What to do with an article."""

    DISCOUNT = "discount", _("discount")
    LIQUIDATE = "liquidate", _("liquidate")
    REORDER = "reorder", _("reorder")
    MOVE = "move", _("move to a client's store")
    BUNDLE = "bundle", _("bundle")
    STOP_REORDERING = "stop_reordering", _("stop reordering")


class ProposalState(models.TextChoices):
    """What a person decided."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    DISMISSED = "dismissed", _("dismissed")


class Proposal(models.Model):
    """One proposed act with the arithmetic behind it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="proposals")
    made_date = models.DateField(_("made on"))
    kind = models.CharField(_("act"), max_length=16, choices=ProposalKind.choices)
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

    expected_money_minor = models.BigIntegerField(
        _("expected earnings of the order (minor)"), null=True, blank=True
    )
    steps = models.JSONField(_("smaller orders and their money"), default=list, blank=True)
    stock_units = models.IntegerField(_("available units then"), null=True, blank=True)
    sales_price_minor = models.BigIntegerField(_("sales price then (minor)"), null=True, blank=True)
    expected_unsold_units = models.FloatField(
        _("expected unsold units after 90 days"), null=True, blank=True
    )
    expected_units_28d = models.FloatField(_("expected in 28 days"), null=True, blank=True)
    expected_units_90d = models.FloatField(_("expected in 90 days"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_date = models.DateField(_("decided on"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=150, blank=True)
    accepted_units = models.PositiveIntegerField(_("accepted units"), null=True, blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["kind", "-value_minor"]
        indexes = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.article_id}"

    @property
    def units_to_order(self) -> int:
        """What was accepted of it; all of it where nobody chose less."""
        return self.units if self.accepted_units is None else self.accepted_units

    @property
    def is_price_with_vat(self) -> bool:
        """Whether the proposed price is that on a tag; between merchants prices are net."""
        return self.kind not in {
            ProposalKind.LIQUIDATE,
            ProposalKind.MOVE,
            ProposalKind.STOP_REORDERING,
        }


class ActOutcome(models.Model):
    """What became of an accepted act, some weeks after."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="outcomes")
    after_days = models.PositiveSmallIntegerField(_("after, days"))
    measured_date = models.DateField(_("measured on"))
    sold_units = models.IntegerField(_("units sold since"))
    revenue_minor = models.BigIntegerField(_("revenue since (minor)"), null=True, blank=True)
    stock_units = models.IntegerField(_("available units left"), null=True, blank=True)
    expected_units = models.FloatField(_("expected without the act"), null=True, blank=True)
    expected_stock_units = models.FloatField(
        _("expected stock without the act"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("outcome of an act")
        verbose_name_plural = _("outcomes of acts")
        ordering = ["-measured_date", "proposal"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "after_days"], name="outcome_once_measured")
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} +{self.after_days}d"


class Replenishment(models.Model):
    """What ordering one article goes by, as of the newest forecast."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="replenishment")
    made_date = models.DateField(_("made on"))
    available_units = models.IntegerField(_("available"))
    on_order_units = models.IntegerField(_("on order"))
    lead_time_days = models.PositiveIntegerField(_("lead time, days"))
    lead_time_source = models.CharField(_("lead time from"), max_length=12)
    lead_time_orders = models.PositiveIntegerField(_("orders measured"), default=0)
    lead_time_days_late = models.PositiveIntegerField(
        _("nine of ten within, days"), null=True, blank=True
    )
    service_percent = models.PositiveSmallIntegerField(_("service level, %"))
    service_basis = models.CharField(_("service level by"), max_length=8)
    lead_time_mean_units = models.FloatField(_("expected over the lead time"))
    safety_stock_units = models.FloatField(_("safety stock"))
    reorder_point_units = models.PositiveIntegerField(_("reorder point"))
    order_up_to_units = models.PositiveIntegerField(_("order up to"))
    stockout_date = models.DateField(_("runs out on"), null=True, blank=True)
    runs_out_before_arrival = models.FloatField(_("risk until goods arrive"), null=True, blank=True)
    expected_unsold_units = models.FloatField(
        _("expected unsold units after 90 days"), null=True, blank=True
    )
    demand = models.JSONField(_("demand by horizon"), default=list, blank=True)

    class Meta:
        verbose_name = _("replenishment")
        verbose_name_plural = _("replenishment")
        ordering = ["article"]

    def __str__(self) -> str:
        return f"{self.article_id} {self.made_date}"
