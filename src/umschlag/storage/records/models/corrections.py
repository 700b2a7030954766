"""Write-backs: lists of changes for the ERP, tried or sent, row by row."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.snapshots import RunStatus


class WriteKindChoice(models.TextChoices):
    """What a list changes."""

    STOCK = "stock", _("stock")
    PRICE = "price", _("prices")


class WriteBackRun(models.Model):
    """One list that was tried or sent: who, when, why, and every call it made or would make."""

    kind = models.CharField(_("kind"), max_length=8, choices=WriteKindChoice.choices)
    is_dry = models.BooleanField(_("dry run"), default=True)
    status = models.CharField(_("status"), max_length=16, choices=RunStatus.choices)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("by")
    )
    asker = models.CharField(_("asked by"), max_length=150)
    """Name of the person as it was then, whatever becomes of the account."""
    reason = models.CharField(_("reason"), max_length=250, blank=True)
    source = models.CharField(_("file"), max_length=250, blank=True)
    tried_as = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sent_as",
        verbose_name=_("dry run before it"),
    )
    """The dry run whose figures were confirmed. One to one, so that none is sent twice."""
    requests = models.JSONField(_("calls, as they go over the wire"), default=list, blank=True)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    good_count = models.PositiveIntegerField(_("verified or ready"), default=0)
    bad_count = models.PositiveIntegerField(_("not as asked"), default=0)
    calls_used = models.PositiveIntegerField(_("calls"), default=0)
    retries = models.PositiveIntegerField(_("retries"), default=0)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("write-back")
        verbose_name_plural = _("write-backs")
        ordering = ["-started_at", "-pk"]
        permissions = [("send_writebackrun", _("Can send write-backs to Plentymarkets"))]

    def __str__(self) -> str:
        return f"#{self.pk} {self.get_kind_display()}"


class OutcomeChoice(models.TextChoices):
    """What became of a row."""

    WOULD_SEND = "would_send", _("would be sent")
    ALREADY = "already", _("stands as asked")
    REFUSED = "refused", _("refused")
    SENDING = "sending", _("under way")
    VERIFIED = "verified", _("verified")
    NOT_TAKEN_OVER = "not_taken_over", _("not taken over")
    CHANGED_MEANWHILE = "changed_meanwhile", _("changed meanwhile")
    UNCONFIRMED = "unconfirmed", _("sent, unconfirmed")
    NOT_SENT = "not_sent", _("not sent")


class WriteBackLine(models.Model):
    """One row: what stood before, what was asked, what stands after, and the verdict.

    Figures are exact, as the ERP told them: units, or major units of the run's currency.
    """

    run = models.ForeignKey(WriteBackRun, models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("row"))
    sku = models.CharField(_("SKU"), max_length=100)
    place_id = models.BigIntegerField(_("warehouse or price"), null=True, blank=True)
    place_name = models.CharField(_("name"), max_length=120, blank=True)
    variation_id = models.BigIntegerField(_("variation id"), null=True, blank=True)
    based_on = models.DecimalField(
        _("based on"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    before = models.DecimalField(
        _("before"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    asked = models.DecimalField(_("asked"), max_digits=18, decimal_places=4)
    after = models.DecimalField(_("after"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    outcome = models.CharField(
        _("verdict"),
        max_length=20,
        choices=OutcomeChoice.choices,
        default=OutcomeChoice.NOT_SENT,
    )
    refusal = models.CharField(_("refusal"), max_length=24, blank=True)
    cautions = models.JSONField(_("cautions"), default=list, blank=True)
    message = models.TextField(_("message"), blank=True)

    class Meta:
        verbose_name = _("row of a write-back")
        verbose_name_plural = _("rows of write-backs")
        ordering = ["-run", "row"]
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="write_back_row_once")]
        indexes = [models.Index(fields=["sku"])]

    def __str__(self) -> str:
        return f"{self.sku}: {self.asked.normalize():f}"
