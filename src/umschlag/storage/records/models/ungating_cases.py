"""The work on closed gates: a case a brand and store, its evidence and its history."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.exact_text import ExactCharField
from umschlag.storage.records.models.stores import Store


class CaseState(models.TextChoices):
    """How far the work is."""

    OPEN = "open", _("to do")
    BUYING = "buying", _("invoice is being got")
    APPLIED = "applied", _("applied for")
    REFUSED = "refused", _("refused by Amazon")
    OPENED = "opened", _("opened")
    DROPPED = "dropped", _("not pursued")


class UngatingCase(models.Model):
    """One brand that one store may not list, or not all of: approval is given by seller account.

    The figures are those of `figures_at`. `worth_minor` is what the gates are worth if these alone
    open, `shared_minor` their part if all stores of the brand do: those add up to the brand's.
    """

    brand = ExactCharField(_("brand"), max_length=120, blank=True)
    store = models.ForeignKey(
        Store, models.CASCADE, related_name="ungating_cases", verbose_name=_("store")
    )
    state = models.CharField(
        _("state"), max_length=12, choices=CaseState.choices, default=CaseState.OPEN
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    next_check_date = models.DateField(_("next check"), null=True, blank=True)
    invoice_asins = models.PositiveIntegerField(_("ASINs that need an invoice"), default=0)
    gated_asins = models.PositiveIntegerField(_("ASINs refused"), default=0)
    unknown_asins = models.PositiveIntegerField(_("ASINs nobody asked for"), default=0)
    contradicted_asins = models.PositiveIntegerField(_("ASINs contradicted"), default=0)
    units = models.PositiveIntegerField(_("units that could go there"), default=0)
    worth_minor = models.BigIntegerField(_("worth if opened (minor units)"), default=0)
    shared_minor = models.BigIntegerField(_("part of the brand’s worth (minor units)"), default=0)
    cost_minor = models.BigIntegerField(_("balance it takes (minor units)"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    is_assumed = models.BooleanField(_("margin assumed"), default=False)
    figures_at = models.DateTimeField(_("figures of"))

    class Meta:
        verbose_name = _("ungating case")
        verbose_name_plural = _("ungating cases")
        ordering = ["-worth_minor", "brand", "store"]
        constraints = [
            models.UniqueConstraint(fields=["brand", "store"], name="case_once_per_brand_store")
        ]

    def __str__(self) -> str:
        return f"{self.brand}: {self.store_id}"

    @property
    def waiting_asins(self) -> int:
        """ASINs with stock that the store may not list."""
        return self.invoice_asins + self.gated_asins + self.unknown_asins


class CaseEventKind(models.TextChoices):
    """What happened to a case."""

    STATE = "state", _("state")
    ATTEMPT = "attempt", _("attempt")
    PLAN = "plan", _("plan")
    NOTE = "note", _("note")
    EVIDENCE = "evidence", _("evidence")
    CORRECTED = "corrected", _("evidence corrected")
    ANSWER = "answer", _("answer")


class UngatingEvent(models.Model):
    """One entry of a case's history; `text` is a state's code, a person's words or an answer's."""

    case = models.ForeignKey(UngatingCase, models.CASCADE, related_name="events")
    kind = models.CharField(_("kind"), max_length=12, choices=CaseEventKind.choices)
    text = models.TextField(_("text"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("ungating event")
        verbose_name_plural = _("ungating events")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"[:80]


class UngatingEvidence(models.Model):
    """A file that shows the purchase. It is kept in the records, so that backups hold it."""

    case = models.ForeignKey(UngatingCase, models.CASCADE, related_name="evidence")
    name = models.CharField(_("file"), max_length=150)
    content_type = models.CharField(_("kind of content"), max_length=40)
    content = models.BinaryField(_("content"))
    byte_count = models.PositiveIntegerField(_("bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    invoice_date = models.DateField(_("invoice date"), null=True, blank=True)
    units = models.PositiveIntegerField(_("units of the brand"), null=True, blank=True)
    is_buyer_the_seller = models.BooleanField(
        _("made out to the seller account"), null=True, blank=True
    )
    added_at = models.DateTimeField(_("added"))
    added_by = models.CharField(_("by"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("ungating evidence")
        verbose_name_plural = _("ungating evidence")
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "sha256"], name="evidence_once_per_case")
        ]

    def __str__(self) -> str:
        return self.name
