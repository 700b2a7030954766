"""Allocation runs, the carts they made and what they refused."""

from django.conf import settings
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.catalog import CatalogAsin
from umschlag.storage.records.models.clients import Client
from umschlag.storage.records.models.stores import Store


class RunState(models.TextChoices):
    """How far an allocation run is."""

    PROPOSED = "proposed", _("proposed")
    CONFIRMED = "confirmed", _("confirmed")
    DISCARDED = "discarded", _("discarded")
    UNDONE = "undone", _("undone")


class FairnessChoice(models.TextChoices):
    """How clients share what is scarce."""

    PRIORITY = "priority", _("by priority alone")
    PROPORTIONAL = "proportional", _("the same share of each balance")
    MAX_MIN = "max_min", _("whoever was given least in 90 days")


class AllocationRun(models.Model):
    """One computed allocation. Nothing is taken from stock or balances until it is confirmed."""

    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=RunState.choices, default=RunState.PROPOSED
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.CharField(_("undone by"), max_length=150, blank=True)
    undone_reason = models.CharField(_("why undone"), max_length=250, blank=True)
    method = models.CharField(_("method"), max_length=40)
    only_store = models.ForeignKey(
        Store, models.SET_NULL, null=True, blank=True, verbose_name=_("only for store")
    )
    based_on = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replanned_as",
        verbose_name=_("planned again from"),
    )
    policy = models.CharField(
        _("fairness"), max_length=12, choices=FairnessChoice.choices, blank=True
    )
    worth_minor = models.BigIntegerField(_("worth (minor units)"), null=True)
    bound_minor = models.BigIntegerField(
        _("no plan is worth more than (minor units)"), null=True, blank=True
    )
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    """What the plan comes to and what the loop would, the prices, and how even clients come off;
    `records.run_figures` reads and writes them."""
    prices = models.JSONField(_("prices"), default=dict, blank=True, editable=False)
    """What planning again starts from; `records.run_prices` reads and writes them."""

    class Meta:
        verbose_name = _("allocation run")
        verbose_name_plural = _("allocation runs")
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"{localtime(self.made_at):%Y-%m-%d %H:%M} {self.get_state_display()}"


class PlanningWork(models.Model):
    """A plan that somebody waits for, while it is computed; its row goes when the run is there."""

    key = models.CharField(max_length=36, unique=True)
    stage = models.CharField(max_length=12)
    begun_at = models.DateTimeField()
    is_end_wanted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("plan under way")
        verbose_name_plural = _("plans under way")

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M} {self.stage}"


class Cart(models.Model):
    """What one run gives one store."""

    run = models.ForeignKey(
        AllocationRun, models.CASCADE, related_name="carts", verbose_name=_("allocation run")
    )
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="carts", verbose_name=_("client")
    )
    store = models.ForeignKey(Store, models.PROTECT, related_name="carts", verbose_name=_("store"))
    units = models.PositiveIntegerField(_("units"))
    goods_minor = models.PositiveBigIntegerField(_("goods (minor units)"))
    shipping_minor = models.PositiveBigIntegerField(_("shipping (minor units)"))
    currency = models.CharField(_("currency"), max_length=3)
    client_pallet_date_before = models.DateField(
        _("the client's last pallet before it"), null=True, editable=False
    )
    cancelled_at = models.DateTimeField(
        _("cancelled with all its pallets"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        ordering = ["-run", "client", "store"]
        constraints = [models.UniqueConstraint(fields=["run", "store"], name="cart_once_a_run")]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.units}"

    @property
    def total_minor(self) -> int:
        """What the client's balance is asked for."""
        return self.goods_minor + self.shipping_minor


class CartLine(models.Model):
    """Units of one ASIN in a cart, with the reason they are there."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    asin = models.ForeignKey(CatalogAsin, models.PROTECT, related_name="cart_lines")
    units = models.PositiveIntegerField(_("units"))
    unit_cost_minor = models.PositiveBigIntegerField(_("unit cost (minor)"))
    unit_shipping_minor = models.PositiveBigIntegerField(_("shipping per unit (minor)"))
    preorder_units = models.PositiveIntegerField(_("of these, preordered"), default=0)
    reason_code = models.CharField(_("why"), max_length=40)
    reason_values = models.JSONField(_("figures of the reason"), default=dict, blank=True)

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        ordering = ["cart", "asin"]
        constraints = [models.UniqueConstraint(fields=["cart", "asin"], name="cart_line_once")]

    def __str__(self) -> str:
        return f"{self.units} × {self.asin_id}"


class RunPin(models.Model):
    """Units of an ASIN that a person set for a store in a run; 0: the store is not to have it."""

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="pins")
    store = models.ForeignKey(Store, models.CASCADE, related_name="+")
    asin = models.ForeignKey(CatalogAsin, models.CASCADE, related_name="+")
    units = models.PositiveIntegerField(_("units"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )
    set_at = models.DateTimeField(_("set"))

    class Meta:
        verbose_name = _("line set by hand")
        verbose_name_plural = _("lines set by hand")
        ordering = ["run", "store", "asin"]
        constraints = [
            models.UniqueConstraint(fields=["run", "store", "asin"], name="run_pin_once")
        ]

    def __str__(self) -> str:
        return f"{self.store_id}: {self.units} × {self.asin_id}"


class RunShare(models.Model):
    """What one client was given of its means, in a run and in the rolling window before it."""

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="shares")
    client = models.ForeignKey(Client, models.CASCADE, related_name="run_shares")
    given_minor = models.PositiveBigIntegerField(_("given (minor units)"))
    available_minor = models.PositiveBigIntegerField(_("could spend (minor units)"))
    received_minor = models.PositiveBigIntegerField(_("given in 90 days before (minor units)"))
    waited_days = models.PositiveIntegerField(_("days since last pallet"), null=True)
    balance_price = models.FloatField(_("worth of one more of balance"), default=0)
    """Minor units of worth that one more minor unit of balance would have added."""

    class Meta:
        verbose_name = _("client's share")
        verbose_name_plural = _("clients' shares")
        ordering = ["run", "client__name"]
        constraints = [models.UniqueConstraint(fields=["run", "client"], name="run_share_once")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.given_minor}"


class RunRefusal(models.Model):
    """What a run did not give, and why: one row a store, ASIN (or neither) and reason."""

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="refusals")
    client = models.ForeignKey(Client, models.CASCADE, null=True, related_name="+")
    store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+")
    asin = models.ForeignKey(CatalogAsin, models.CASCADE, null=True, related_name="+")
    reason_code = models.CharField(_("reason"), max_length=40)
    reason_values = models.JSONField(_("figures of the reason"), default=dict, blank=True)
    missing_minor = models.PositiveBigIntegerField(_("money missing (minor)"), null=True)

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        ordering = ["run", "reason_code", "store", "asin"]
        indexes = [models.Index(fields=["run", "reason_code"])]

    def __str__(self) -> str:
        return f"{self.reason_code}: {self.store_id}"


class MutualStoreProposal(models.Model):
    """Where a client's goods could go when its own store's cart does not work out.

    Made where the balance does not reach for a stand-alone pallet or too little is ungated.
    """

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="mutual_proposals")
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    own_store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+")
    mutual_store = models.ForeignKey(Store, models.CASCADE, null=True, related_name="+")
    missing_minor = models.PositiveBigIntegerField(_("balance missing (minor)"), default=0)
    units = models.PositiveIntegerField(_("units that could go there"), default=0)
    reason_code = models.CharField(_("reason"), max_length=40)
    reason_values = models.JSONField(_("figures of the reason"), default=dict, blank=True)

    class Meta:
        verbose_name = _("mutual store proposal")
        verbose_name_plural = _("mutual store proposals")
        ordering = ["run", "client"]

    def __str__(self) -> str:
        return f"{self.reason_code}: {self.own_store_id}"
