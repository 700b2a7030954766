"""Runs that read other systems."""

from django.db import models
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
    seen_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worker = models.CharField(_("taken by"), max_length=250, blank=True)
    was_resumed = models.BooleanField(_("resumed"), default=False)
    row_count = models.PositiveIntegerField(_("articles"), default=0)
    expected_row_count = models.PositiveIntegerField(_("articles expected"), default=0)
    found_count = models.PositiveIntegerField(_("found when asked for"), default=0)
    vanished_count = models.PositiveIntegerField(_("vanished"), default=0)
    deleted_count = models.PositiveIntegerField(_("of these in the delete log"), default=0)
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
