"""The catalogue of the lake: which files there are, and which one holds a business date."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LakeFile(models.Model):
    """One immutable Parquet file of the lake. Readers see what the catalogue lists, nothing else.

    Replacing rows means one new file and, in one transaction, new rows here: no rename, no file
    ever overwritten, on disk as on object storage.
    """

    dataset = models.CharField(_("data set"), max_length=40)
    unit = models.CharField(_("day, month or year"), max_length=10)
    version = models.PositiveIntegerField(_("version"))
    path = models.CharField(_("path below the lake"), max_length=250, unique=True)
    row_count = models.PositiveBigIntegerField(_("rows"))
    byte_count = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    day_count = models.PositiveIntegerField(_("business dates"), default=0)
    made_from = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, verbose_name=_("made from")
    )
    joined_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="joined",
        verbose_name=_("joined into"),
    )
    """The year's file that has a month's changes as well, and reads faster than twelve."""
    published_at = models.DateTimeField(_("published"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    class Meta:
        verbose_name = _("lake file")
        verbose_name_plural = _("lake files")
        ordering = ["dataset", "unit", "version"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "unit", "version"], name="lake_file_version")
        ]
        indexes = [models.Index(fields=["dataset", "superseded_at", "unit"])]

    def __str__(self) -> str:
        return self.path


class LakeDay(models.Model):
    """One version of one business date: which file holds its rows, and while it was the truth.

    Compaction moves a day into its month's file and leaves the version as it is; late data make a
    new version, and the former one stays readable for "what we knew on day X".
    """

    dataset = models.CharField(_("data set"), max_length=40)
    business_date = models.DateField(_("business date"))
    version = models.PositiveIntegerField(_("version"))
    row_count = models.PositiveBigIntegerField(_("rows"))
    file = models.ForeignKey(
        LakeFile, models.PROTECT, related_name="days", verbose_name=_("lake file")
    )
    published_at = models.DateTimeField(_("published"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    class Meta:
        verbose_name = _("day in the lake")
        verbose_name_plural = _("days in the lake")
        ordering = ["dataset", "-business_date", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "business_date", "version"], name="lake_day_version"
            )
        ]
        indexes = [models.Index(fields=["dataset", "superseded_at", "business_date"])]

    def __str__(self) -> str:
        return f"{self.dataset} {self.business_date} v{self.version}"


class LakeDayTotal(models.Model):
    """What the articles of one version of a business date come to, in one currency.

    Summed up from the rows when they are published, so that the value of years is told without
    reading any.
    """

    day = models.ForeignKey(
        LakeDay, models.CASCADE, related_name="totals", verbose_name=_("day in the lake")
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    sku_count = models.PositiveIntegerField(_("SKUs"))
    on_hand_units = models.BigIntegerField(_("units on hand"))
    value_minor = models.BigIntegerField(_("stock value in minor units"))
    skus_without_cost = models.PositiveIntegerField(_("SKUs without cost"))
    is_reconstructed = models.BooleanField(_("rebuilt"))

    class Meta:
        verbose_name = _("day's stock total")
        verbose_name_plural = _("days' stock totals")
        ordering = ["day", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["day", "currency"], name="lake_day_total_currency")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}"


CURRENT_FILES = Q(superseded_at__isnull=True)
"""Selects the files that a reader of today's truth is handed."""
CURRENT_DAYS = Q(superseded_at__isnull=True)
"""Selects the days' versions that are today's truth."""
