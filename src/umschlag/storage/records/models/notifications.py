"""What the dashboard and e-mail told people."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models.clients import Client


class NotificationKind(models.TextChoices):
    """What happened."""

    ALLOCATION_DONE = "allocation_done", _("allocation done")
    INSUFFICIENT_BALANCE = "insufficient_balance", _("insufficient balance")
    UNGATING_CHANGED = "ungating_changed", _("ungating changed")
    ARRIVAL_REPORTED = "arrival_reported", _("arrival to be confirmed")
    PREORDER_ARRIVED = "preorder_arrived", _("preorder arrived")
    MUTUAL_TRANSFER = "mutual_transfer", _("transfer to a mutual store")
    TRUCKLOAD_READY = "truckload_ready", _("truckload ready")
    JOB_FAILED = "job_failed", _("job failed")


class Notification(models.Model):
    """One piece of news."""

    kind = models.CharField(_("kind"), max_length=24, choices=NotificationKind.choices)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"))
    client = models.ForeignKey(Client, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    emailed_at = models.DateTimeField(_("e-mailed"), null=True, blank=True)
    email_error = models.TextField(_("e-mail error"), blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["read_at", "created_at"])]

    def __str__(self) -> str:
        return self.title
