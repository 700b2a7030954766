"""What all pages of the back office have in common."""

from copy import copy
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection, models
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property, lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from umschlag.storage.records.locking import in_one_transaction, locked
from umschlag.web.admin.columns import Column, money_column
from umschlag.web.admin.formats import HarmlessCsv, HarmlessExcel
from umschlag.web.admin.money import AnyField, MajorUnitsField, MoneyForm, is_money, money_label
from umschlag.web.admin.previews import ConfirmForm
from umschlag.web.admin.shown_values import save_changes
from umschlag.web.admin.untyped import (
    ExportForm,
    ImportExportMixin,
    ImportForm,
    UnfoldAdmin,
    UnfoldAdminTextInputWidget,
    UnfoldInline,
)
from umschlag.web.loose import Loose


class RoomAdmin(UnfoldAdmin):
    """A list and a form in our manner: money in major units, fifty rows, filters in one panel."""

    form = MoneyForm
    list_per_page = 50
    list_filter_submit = False
    list_fullwidth = True
    warn_unsaved_form = True
    compressed_fields = True
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Loose = None) -> list[Any]:
        """Return what is only shown, money among it written as money."""
        return [self._as_money(name) for name in self.fixed_fields(request, obj)]

    def fixed_fields(self, request: HttpRequest, obj: Loose) -> list[str]:  # noqa: ARG002 - for pages that decide by the record
        """Return the names of the columns that are only shown."""
        return [str(name) for name in self.readonly_fields]

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Loose:
        """Return the record; while it is saved, locked and as it is by then."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        self.lock(found)
        return super().get_object(request, object_id, from_field)

    def lock(self, record: models.Model) -> None:
        """Keep others from writing the record until the transaction ends."""
        list(locked(self.model._base_manager.filter(pk=record.pk)))

    def save_model(self, request: HttpRequest, obj: Loose, form: Loose, change: Loose) -> None:
        """Save a new record whole, and of one that there was what the person changed."""
        if change:
            save_changes(obj)
        else:
            super().save_model(request, obj, form, change)

    def get_fieldsets(self, request: HttpRequest, obj: Loose = None) -> Loose:
        """Return the form's parts; where nothing can be entered, money is written as money."""
        fixed: set[str] | None = set(self.fixed_fields(request, obj))
        if obj is not None and not self.has_change_permission(request, obj):
            fixed = None
        return [
            (title, {**options, "fields": self._shown(options["fields"], fixed)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def _shown(self, fields: Loose, fixed: set[str] | None) -> list[Any]:
        return [
            tuple(self._shown(field, fixed))
            if isinstance(field, (list, tuple))
            else (self._as_money(field) if fixed is None or field in fixed else field)
            for field in fields
        ]

    def _as_money(self, name: Loose) -> Loose:
        if name not in self._money_columns:
            return name
        return self._money_columns[name]

    @cached_property
    def _money_columns(self) -> dict[Any, Column]:
        return {
            field.name: money_column(field.name, lazy(money_label, str)(field))
            for field in self.model._meta.fields
            if is_money(field)
        }

    def formfield_for_dbfield(
        self,
        db_field: AnyField,
        request: HttpRequest,
        **kwargs: Loose,
    ) -> forms.Field | None:
        """Give columns of minor units a field in major units."""
        if is_money(db_field):
            return _money_field(db_field)
        if isinstance(db_field, models.URLField):
            # Django's own default turns from http to https in its next version.
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _money_field(db_field: AnyField) -> forms.Field:
    return MajorUnitsField(
        required=not (db_field.null or db_field.blank or db_field.has_default()),
        label=lazy(money_label, str)(db_field),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
        help_text=db_field.help_text,
    )


class NobodyWrites:
    """What the product writes and people only read."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Loose = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody edits one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Loose = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody deletes one."""
        return False


class ReadOnlyAdmin(NobodyWrites, RoomAdmin):
    """Records that the product writes and people only read."""


class ReadOnlyInline(UnfoldInline):
    """Rows of a record that the product writes."""

    extra = 0
    can_delete = False
    show_change_link = False
    per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Loose = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Loose = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nobody edits one."""
        return False


class ExchangeAdmin(ImportExportMixin, RoomAdmin):
    """Records that can be taken out to Excel and CSV, and in again with a preview."""

    # Column names and values in a problem help; a stack trace does not.
    import_error_display = ("message", "row")

    def add_data_read_fail_error_to_form(self, form: forms.Form, error: Exception) -> None:
        """Say how to save the file so that it can be read, not how reading it failed."""
        told = (
            _("The file is not in UTF-8. In Excel, save it as “CSV UTF-8” or as .xlsx.")
            if isinstance(error, UnicodeError)
            else _(
                "The file cannot be read. Choose its true format, and see that no row has more"
                " cells than the first line."
            )
        )
        form.add_error("import_file", told)

    def get_import_form_class(self, request: HttpRequest) -> type[forms.Form]:  # noqa: ARG002 - Django's signature
        """Return Unfold's form."""
        return ImportForm

    def get_export_form_class(self) -> type[forms.Form]:
        """Return Unfold's form."""
        return ExportForm

    def get_import_formats(self) -> list[type]:
        """CSV and Excel: what people have."""
        return [HarmlessCsv, HarmlessExcel]

    def get_export_formats(self) -> list[type]:
        """CSV and Excel."""
        return [HarmlessCsv, HarmlessExcel]

    def get_confirm_form_class(self, request: HttpRequest) -> type[forms.Form]:  # noqa: ARG002 - the library's signature
        """Return the form that takes along what the preview showed."""
        return ConfirmForm

    def get_import_resource_kwargs(self, request: HttpRequest, **options: Loose) -> dict[str, Any]:
        """Tell the file's columns what the preview showed, once it is confirmed."""
        told: dict[str, Any] = super().get_import_resource_kwargs(request, **options)
        form = options.get("form")
        if isinstance(form, ConfirmForm):
            told["shown"] = form.cleaned_data["shown"]
        return told

    def import_action(self, request: HttpRequest, **options: Loose) -> Loose:
        """Show the preview, and say which cells are not taken from the file."""
        answer = super().import_action(request, **options)
        result = answer.context_data.get("result")
        if "confirm_form" in answer.context_data:
            answer.context_data["confirm_form"].initial["shown"] = result.shown
        for column, count in getattr(result, "left_out", {}).items():
            told = ngettext(
                "%(column)s: %(count)s cell that says something else is not taken over, since"
                " carts and syncs keep this. Correct it in the record’s form.",
                "%(column)s: %(count)s cells that say something else are not taken over, since"
                " carts and syncs keep this. Correct it in the records’ forms.",
                count,
            )
            self.message_user(request, told % {"column": column, "count": count}, messages.WARNING)
        return answer

    def process_dataset(
        self, dataset: Loose, form: Loose, request: HttpRequest, **options: Loose
    ) -> Loose:
        """Write all rows of the file, or none of them where one is wrong."""
        write = partial(super().process_dataset, dataset, form, request, **options)
        return in_one_transaction(partial(write, rollback_on_validation_errors=True))

    def process_result(self, result: Loose, request: HttpRequest) -> Loose:
        """Say what was written; where a row was refused, which one and that nothing was."""
        if not (result.has_errors() or result.has_validation_errors()):
            return super().process_result(result, request)
        asked = copy(request)
        asked.method, asked.POST = "GET", QueryDict()
        answer = self.import_action(asked)
        answer.context_data["result"] = result
        self.message_user(request, _("Nothing was imported."), messages.ERROR)
        return answer

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Who may add and change may import, because that is what an import does."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Who may see may export."""
        return self.has_view_permission(request)
