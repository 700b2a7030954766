"""Write-backs in the back office: everything that was ever tried or sent, and by whom."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import (
    OutcomeChoice,
    RunStatus,
    WriteBackLine,
    WriteBackRun,
)
from umschlag.web.admin.base import ExchangeAdmin, NobodyWrites
from umschlag.web.admin.columns import (
    count_column,
    label,
    label_column,
    page_column,
    text_column,
)
from umschlag.web.admin.exchange import WriteBackLineResource, WriteBackRunResource
from umschlag.web.loose import Loose
from umschlag.wiring.correction_words import figure_text, row_remark

STATUS_COLOURS = {
    RunStatus.RUNNING: "note",
    RunStatus.COMPLETE: "good",
    RunStatus.FAILED: "bad",
}
OUTCOME_COLOURS = {
    OutcomeChoice.VERIFIED: "good",
    OutcomeChoice.WOULD_SEND: "note",
    OutcomeChoice.REFUSED: "bad",
    OutcomeChoice.NOT_TAKEN_OVER: "bad",
    OutcomeChoice.CHANGED_MEANWHILE: "warn",
    OutcomeChoice.UNCONFIRMED: "warn",
    OutcomeChoice.SENDING: "warn",
    OutcomeChoice.NOT_SENT: "warn",
}


class KeptAdmin(NobodyWrites, ExchangeAdmin):
    """Records that are read and taken out, and never changed: they are the audit."""

    def has_import_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        """Nobody brings one in."""
        return False


@admin.display(description=_("sent"), ordering="-is_dry")
def _sent(run: WriteBackRun) -> str:
    """Tell dry runs from lists that were sent; a cross would look like a failure."""
    return label(_("dry run"), "note") if run.is_dry else label(_("sent"), "good")


@admin.register(WriteBackRun)
class WriteBackRunAdmin(KeptAdmin):
    """Lists that were tried or sent."""

    resource_classes = [WriteBackRunResource]
    list_display = [
        page_column("pk", _("number"), page="pages:write-back"),
        "kind",
        _sent,
        label_column("status", _("status"), STATUS_COLOURS),
        "asker",
        "reason",
        count_column("row_count", _("rows")),
        count_column("good_count", _("verified or ready")),
        count_column("bad_count", _("not as asked")),
        "started_at",
    ]
    list_display_links = None
    list_filter = ["kind", "is_dry", "status", "started_at"]
    search_fields = ["asker", "reason", "source", "error"]


def _figure(name: str, title: Loose) -> Loose:
    @admin.display(description=title, ordering=name)
    def show(line: WriteBackLine) -> str:
        text = figure_text(getattr(line, name), line.currency)
        return format_html('<span class="um-num">{}</span>', text)

    show.__name__ = name
    return show


@admin.display(description=_("remark"))
def _remark(line: WriteBackLine) -> str:
    return format_html('<span class="um-why um-why--low">{}</span>', row_remark(line))


@admin.register(WriteBackLine)
class WriteBackLineAdmin(KeptAdmin):
    """Every row of every list, with what stood before and after."""

    resource_classes = [WriteBackLineResource]
    list_display = [
        text_column("sku", _("SKU")),
        page_column("run", _("write-back"), page="pages:write-back", key="run_id"),
        text_column("place_name", _("where")),
        _figure("before", _("before")),
        _figure("asked", _("asked")),
        _figure("after", _("after")),
        label_column("outcome", _("verdict"), OUTCOME_COLOURS),
        _remark,
    ]
    list_select_related = ["run"]
    # By the number: by the run itself Django would take the runs' own order, turned round.
    ordering = ["-run_id", "row"]
    list_filter = ["outcome", "run__is_dry", "run__kind"]
    search_fields = ["sku", "message", "run__asker"]
