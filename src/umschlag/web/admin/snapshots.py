"""Runs that read other systems, and the lake's files."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import (
    LakeDay,
    LakeFile,
    RunStatus,
    SnapshotOrigin,
    SnapshotRun,
    SyncRun,
)
from umschlag.web.admin.base import ReadOnlyAdmin
from umschlag.web.admin.columns import count_column, label_column

STATUS_COLOURS = {
    RunStatus.RUNNING: "note",
    RunStatus.COMPLETE: "good",
    RunStatus.FAILED: "bad",
}


@admin.register(SnapshotRun)
class SnapshotRunAdmin(ReadOnlyAdmin):
    """Every attempt to publish a day."""

    list_display = [
        "business_date",
        label_column("status", _("status"), STATUS_COLOURS),
        label_column("origin", _("origin"), {SnapshotOrigin.RECONSTRUCTED: "note"}),
        count_column("row_count", _("articles")),
        count_column("expected_row_count", _("articles expected")),
        count_column("vanished_count", _("vanished")),
        count_column("deleted_count", _("of these in the delete log")),
        count_column("calls_used", _("calls")),
        count_column("retries", _("retries")),
        "was_resumed",
        "started_at",
        "finished_at",
    ]
    list_filter = ["status", "origin", "business_date"]
    search_fields = ["error"]
    date_hierarchy = "business_date"


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    """Every import."""

    list_display = [
        "source",
        label_column("status", _("status"), STATUS_COLOURS),
        count_column("read_count", _("rows read")),
        count_column("created_count", _("new")),
        count_column("updated_count", _("changed")),
        count_column("skipped_count", _("skipped")),
        "started_at",
        "finished_at",
        "watermark",
    ]
    list_filter = ["source", "status", "started_at"]
    search_fields = ["source", "error"]


@admin.register(LakeFile)
class LakeFileAdmin(ReadOnlyAdmin):
    """The catalogue of the history."""

    list_display = [
        "path",
        "dataset",
        "unit",
        "version",
        count_column("row_count", _("rows")),
        count_column("byte_count", _("bytes")),
        "published_at",
        "superseded_at",
    ]
    list_filter = ["dataset", ("superseded_at", admin.EmptyFieldListFilter)]
    search_fields = ["path", "unit", "sha256"]


@admin.register(LakeDay)
class LakeDayAdmin(ReadOnlyAdmin):
    """Which business dates the history has, in which version, and where their rows are."""

    list_display = [
        "business_date",
        "dataset",
        "version",
        count_column("row_count", _("rows")),
        "file",
        "published_at",
        "superseded_at",
    ]
    list_filter = ["dataset", ("superseded_at", admin.EmptyFieldListFilter)]
    list_select_related = ["file"]
    date_hierarchy = "business_date"
