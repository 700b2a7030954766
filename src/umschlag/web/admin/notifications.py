"""Notifications in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from umschlag.storage.records.models import Notification, NotificationKind
from umschlag.web.admin.base import ReadOnlyAdmin
from umschlag.web.admin.columns import label_column

KIND_COLOURS = {
    NotificationKind.ALLOCATION_DONE: "good",
    NotificationKind.INSUFFICIENT_BALANCE: "warn",
    NotificationKind.UNGATING_CHANGED: "note",
    NotificationKind.ARRIVAL_REPORTED: "warn",
    NotificationKind.PREORDER_ARRIVED: "note",
    NotificationKind.MUTUAL_TRANSFER: "note",
    NotificationKind.TRUCKLOAD_READY: "good",
    NotificationKind.JOB_FAILED: "bad",
}


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """News; reading is the only thing that is done to it."""

    list_display = [
        "created_at",
        label_column("kind", _("kind"), KIND_COLOURS),
        "title",
        "client",
        "read_at",
        "emailed_at",
    ]
    list_display_links = ["created_at", "title"]
    list_select_related = ["client"]
    search_fields = ["title", "body", "client__name"]
    list_filter = ["kind", ("read_at", admin.EmptyFieldListFilter), "created_at"]
    actions = ["mark_read", "mark_unread"]

    def has_read_permission(self, request: HttpRequest) -> bool:
        """Who may see the news may put it aside."""
        return self.has_view_permission(request)

    @admin.action(description=_("Mark as read"), permissions=["read"])
    def mark_read(self, request: HttpRequest, notifications: QuerySet[Any]) -> None:
        """Put the chosen ones aside."""
        count = notifications.filter(read_at=None).update(read_at=timezone.now())
        message = ngettext("%d notification marked read.", "%d notifications marked read.", count)
        self.message_user(request, message % count, messages.SUCCESS)

    @admin.action(description=_("Mark as unread"), permissions=["read"])
    def mark_unread(self, request: HttpRequest, notifications: QuerySet[Any]) -> None:
        """Put the chosen ones back on the dashboard."""
        count = notifications.exclude(read_at=None).update(read_at=None)
        message = ngettext(
            "%d notification marked unread.", "%d notifications marked unread.", count
        )
        self.message_user(request, message % count, messages.SUCCESS)
