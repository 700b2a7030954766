"""Penner/Renner rules and what they found."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.articles import Article

PRIORITY_MAX = 1_000_000
UNITS_MAX = 1_000_000_000
DAYS_SOLD_THRESHOLD_MAX = 1_095
"""Three years: every day that a rule looks back is read for every article."""


class Verdict(models.TextChoices):
    """What a rule calls an article."""

    PENNER = "penner", _("Penner (slow mover)")
    RENNER = "renner", _("Renner (fast mover)")
    NORMAL = "normal", _("normal")


class SpeedClassChoice(models.TextChoices):
    """Sales rate and last sale in one word."""

    FAST = "fast", _("fast")
    STEADY = "steady", _("steady")
    SLOW = "slow", _("slow")
    DEAD = "dead", _("dead")


class AbcClassChoice(models.TextChoices):
    """Place in the ranking by revenue."""

    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


class XyzClassChoice(models.TextChoices):
    """How much demand varies from week to week."""

    X = "X", "X"
    Y = "Y", "Y"
    Z = "Z", "Z"


class DemandPatternChoice(models.TextChoices):
    """How regular demand is, and how even its sizes are."""

    SMOOTH = "smooth", _("smooth")
    ERRATIC = "erratic", _("erratic")
    INTERMITTENT = "intermittent", _("intermittent")
    LUMPY = "lumpy", _("lumpy")
    NONE = "none", _("no demand")


class RuleScope(models.TextChoices):
    """Which articles a rule looks at."""

    ALL = "all", _("all articles")
    CATEGORY = "category", _("category")
    MANUFACTURER = "manufacturer", _("manufacturer")
    SUPPLIER = "supplier", _("supplier")
    WAREHOUSE = "warehouse", _("warehouse")
    MARKETPLACE = "marketplace", _("marketplace")
    PRICE_BAND = "price_band", _("price band")


class MovementRule(models.Model):
    """A Penner or Renner rule; the first that matches, by priority, decides.

    A Penner rule matches where nothing sold for `days_sold_threshold` days, or where the turnover
    is below `stock_turnover_threshold`; a Renner rule where the turnover is at least that. Every
    further bound that is filled in must hold as well.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    verdict = models.CharField(
        _("verdict"),
        max_length=10,
        choices=[choice for choice in Verdict.choices if choice[0] != "normal"],
    )
    priority = models.PositiveIntegerField(
        _("priority (1 first)"), default=10, validators=[MaxValueValidator(PRIORITY_MAX)]
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    scope = models.CharField(
        _("scope"), max_length=16, choices=RuleScope.choices, default=RuleScope.ALL
    )
    scope_value = models.CharField(_("scope value"), max_length=120, blank=True)
    price_minor_min = models.PositiveBigIntegerField(
        _("sales price from (minor units)"), null=True, blank=True
    )
    price_minor_max = models.PositiveBigIntegerField(
        _("sales price below (minor units)"), null=True, blank=True
    )
    days_sold_threshold = models.PositiveIntegerField(
        _("days without a sale"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(DAYS_SOLD_THRESHOLD_MAX)],
    )
    stock_turnover_threshold = models.DecimalField(
        _("stock turnover per year"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    stock_units_min = models.PositiveIntegerField(
        _("stock of at least, units"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(UNITS_MAX)],
    )
    stock_value_minor_min = models.PositiveBigIntegerField(
        _("stock of at least (minor units)"), null=True, blank=True
    )
    days_of_supply_max = models.PositiveIntegerField(
        _("days of supply at most"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(UNITS_MAX)],
    )

    class Meta:
        verbose_name = _("Penner/Renner rule")
        verbose_name_plural = _("Penner/Renner rules")
        ordering = ["priority", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a rule that could never match, and name the field."""
        if self.days_sold_threshold is None and self.stock_turnover_threshold is None:
            raise ValidationError(
                {"days_sold_threshold": _("Fill in days without a sale, or a stock turnover.")}
            )
        if self.stock_turnover_threshold == 0:
            raise ValidationError(
                {
                    "stock_turnover_threshold": _(
                        "Enter a turnover above 0: none is below 0, and every one is at least 0."
                    )
                }
            )
        if self.verdict == Verdict.RENNER and self.stock_turnover_threshold is None:
            raise ValidationError(
                {"stock_turnover_threshold": _("A Renner rule needs a stock turnover.")}
            )
        if self.scope == RuleScope.PRICE_BAND:
            self._check_price_band()
        elif self.price_minor_min is not None or self.price_minor_max is not None:
            raise ValidationError({"scope": _("Prices need the scope “price band”.")})
        if self.scope not in (RuleScope.ALL, RuleScope.PRICE_BAND) and not self.scope_value:
            raise ValidationError({"scope_value": _("Name what the scope is limited to.")})
        if self.scope in (RuleScope.ALL, RuleScope.PRICE_BAND) and self.scope_value:
            text = _("Choose the scope that “%s” belongs to, or empty the scope value.")
            raise ValidationError({"scope": text % self.scope_value})

    def _check_price_band(self) -> None:
        low, high = self.price_minor_min, self.price_minor_max
        if low is None and high is None:
            raise ValidationError(
                {"price_minor_min": _("Fill in a sales price from, or a sales price below.")}
            )
        if low is not None and high is not None and low >= high:
            raise ValidationError(
                {"price_minor_max": _("The price below must be above the price from.")}
            )


class ArticleMovement(models.Model):
    """How one article moved, as of a business date: the newest classification."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="movement")
    as_of_date = models.DateField(_("as of"))
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    rule_name = models.CharField(_("by rule"), max_length=120, blank=True)
    reason_code = models.CharField(_("reason"), max_length=40)
    reason_values = models.JSONField(_("figures of the reason"), default=dict, blank=True)
    speed_class = models.CharField(_("speed"), max_length=10, choices=SpeedClassChoice.choices)
    abc_class = models.CharField(_("ABC class"), max_length=1, choices=AbcClassChoice.choices)
    abc_class_by_margin = models.CharField(
        _("ABC class by margin"), max_length=1, blank=True, choices=AbcClassChoice.choices
    )
    xyz_class = models.CharField(
        _("XYZ class"), max_length=1, blank=True, choices=XyzClassChoice.choices
    )
    demand_pattern = models.CharField(
        _("demand pattern"), max_length=12, choices=DemandPatternChoice.choices
    )
    sold_units_90d = models.IntegerField(_("sold in 90 days"), default=0)
    sold_units_365d = models.IntegerField(_("sold in 365 days"), default=0)
    revenue_minor_365d = models.BigIntegerField(_("revenue in 365 days (minor)"), default=0)
    bundle_units_90d = models.IntegerField(_("of these in bundles, 90 days"), default=0)
    bundle_units_365d = models.IntegerField(_("of these in bundles, 365 days"), default=0)
    margin_minor_365d = models.BigIntegerField(
        _("gross margin in 365 days (minor)"), null=True, blank=True
    )
    daily_sales_units = models.FloatField(_("sold per day with stock"), default=0)
    rate_days = models.PositiveIntegerField(_("days that the sales rate counts"), default=0)
    rate_leaves_out_days = models.BooleanField(
        _("sales rate leaves out days without stock"), default=False
    )
    days_out_90d = models.PositiveIntegerField(_("days without stock of 90"), null=True, blank=True)
    days_with_stock_90d = models.PositiveIntegerField(_("days with stock of 90"), null=True)
    last_sale_date = models.DateField(_("last sale"), null=True, blank=True)
    days_since_last_sale = models.PositiveIntegerField(_("days since sale"), null=True, blank=True)
    stock_turnover_per_year = models.FloatField(_("turnover per year"), null=True, blank=True)
    turnover_in_units = models.BooleanField(_("turnover in units, cost unknown"), default=False)
    days_of_supply = models.FloatField(_("days of supply"), null=True, blank=True)
    sell_through_of_received_ratio = models.FloatField(
        _("sell-through of 365 days"), null=True, blank=True
    )
    stock_age_days = models.PositiveIntegerField(_("stock age, days"), null=True, blank=True)
    stock_value_minor = models.BigIntegerField(_("stock value (minor)"), null=True, blank=True)
    dead_units = models.IntegerField(_("dead stock, units"), null=True, blank=True)
    dead_value_minor = models.BigIntegerField(_("dead stock (minor)"), null=True, blank=True)
    stock_out_count_365d = models.PositiveIntegerField(
        _("stock-outs in 365 days"), null=True, blank=True
    )
    lost_units_max_365d = models.FloatField(
        _("units lost to stock-outs, at most"), null=True, blank=True
    )
    lost_revenue_minor_max_365d = models.BigIntegerField(
        _("sales lost to stock-outs, at most (minor)"), null=True, blank=True
    )
    stock_outs = models.JSONField(_("newest stock-outs"), default=list, blank=True)

    class Meta:
        verbose_name = _("movement of an article")
        verbose_name_plural = _("Penner/Renner report")
        ordering = ["-dead_value_minor"]
        indexes = [models.Index(fields=["verdict", "dead_value_minor"])]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.verdict}"


class MovementChange(models.Model):
    """That an article's verdict became another one; the first verdict on it is one as well.

    The verdict on a day is that of the newest change up to it.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="movement_changes")
    changed_date = models.DateField(_("changed on"))
    from_verdict = models.CharField(_("before"), max_length=10, blank=True, choices=Verdict.choices)
    to_verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict.choices)
    rule_name = models.CharField(_("by rule"), max_length=120, blank=True)
    dead_value_minor = models.BigIntegerField(_("dead stock then (minor)"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of verdict")
        verbose_name_plural = _("changes of verdict")
        ordering = ["-changed_date", "article"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "changed_date"], name="movement_change_once_a_day"
            )
        ]
        indexes = [models.Index(fields=["changed_date", "to_verdict"])]

    def __str__(self) -> str:
        return f"{self.article_id} {self.changed_date}: {self.to_verdict}"
