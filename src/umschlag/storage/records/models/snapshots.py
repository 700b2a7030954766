"""Runs that read other systems, and the catalogue of the lake's files."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    """How far a run came."""

    RUNNING = "running", _("running")
    COMPLETE = "complete", _("complete")
    FAILED = "failed", _("failed")


class SnapshotOrigin(models.TextChoices):
    """How a day's picture was made."""

    CAPTURED = "captured", _("captured on the day")
    RECONSTRUCTED = "reconstructed", _("rebuilt from stock movements")


class SnapshotRun(models.Model):
    """One attempt to publish the picture of one business date."""

    business_date = models.DateField(_("business date"))
    origin = models.CharField(_("origin"), max_length=16, choices=SnapshotOrigin.choices)
    status = models.CharField(_("status"), max_length=16, choices=RunStatus.choices)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    row_count = models.PositiveIntegerField(_("articles"), default=0)
    expected_row_count = models.PositiveIntegerField(_("articles expected"), default=0)
    vanished_count = models.PositiveIntegerField(_("vanished"), default=0)
    calls_used = models.PositiveIntegerField(_("calls"), default=0)
    retries = models.PositiveIntegerField(_("retries"), default=0)
    skipped = models.JSONField(_("skipped rows, with reasons"), default=list, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-business_date", "-started_at"]
        indexes = [models.Index(fields=["business_date", "status"])]

    def __str__(self) -> str:
        return f"{self.business_date} {self.get_status_display()}"


class SyncRun(models.Model):
    """One import from another system or file."""

    source = models.CharField(_("source"), max_length=40)
    status = models.CharField(_("status"), max_length=16, choices=RunStatus.choices)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    read_count = models.PositiveIntegerField(_("rows read"), default=0)
    created_count = models.PositiveIntegerField(_("new"), default=0)
    updated_count = models.PositiveIntegerField(_("changed"), default=0)
    skipped_count = models.PositiveIntegerField(_("skipped"), default=0)
    problems = models.JSONField(_("problems, row by row"), default=list, blank=True)
    watermark = models.CharField(_("read up to"), max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("sync run")
        verbose_name_plural = _("sync runs")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["source", "status", "started_at"])]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class LakeFile(models.Model):
    """One immutable Parquet file of the lake. Readers see what this table lists, nothing else.

    A unit of a data set (a business date or a month) has one current version. Replacing it means
    one new file and, in one transaction, a new row here: no rename, no file ever overwritten.
    """

    dataset = models.CharField(_("data set"), max_length=40)
    unit = models.CharField(_("day or month"), max_length=10)
    version = models.PositiveIntegerField(_("version"))
    path = models.CharField(_("path below the lake"), max_length=250, unique=True)
    row_count = models.PositiveBigIntegerField(_("rows"))
    byte_count = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("checksum"), max_length=64)
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


CURRENT_FILES = Q(superseded_at__isnull=True)
"""Selects the files that a reader of today's truth is handed."""
