"""Parts of Unfold and django-import-export, which ship no types.

To the type checker each is the Django class it stands on; when running it is the real one.
"""

from typing import TYPE_CHECKING, Any

from umschlag.web.loose import Loose

if TYPE_CHECKING:
    from django import forms
    from django.contrib import admin
    from django.contrib.auth.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
    from django.http import HttpRequest

    UnfoldAdmin = admin.ModelAdmin[Any]
    UnfoldInline = admin.TabularInline[Any, Any]
    ImportForm = forms.Form
    ExportForm = forms.Form
    UnfoldAdminTextInputWidget = forms.TextInput
    UnfoldAdminPasswordWidget = forms.PasswordInput

    class ImportExportMixin:
        """What django-import-export adds to a page."""

        def get_export_queryset(self, request: HttpRequest) -> Loose: ...

        def get_import_resource_kwargs(self, request: HttpRequest, **options: Loose) -> Loose: ...

        def import_action(self, request: HttpRequest, **options: Loose) -> Loose: ...

        def process_dataset(
            self, dataset: Loose, form: Loose, request: HttpRequest, **options: Loose
        ) -> Loose: ...

        def process_result(self, result: Loose, request: HttpRequest) -> Loose: ...

    class UnfoldLook:
        """What Unfold adds to a page that has its behaviour from elsewhere."""

    class CSV:
        """Text with commas."""

        def create_dataset(self, in_stream: Loose, **options: Loose) -> Loose: ...

    class XLSX:
        """Excel."""
else:
    from import_export.admin import ImportExportMixin
    from import_export.formats.base_formats import CSV, XLSX
    from unfold.admin import ModelAdmin as UnfoldAdmin
    from unfold.admin import TabularInline as UnfoldInline
    from unfold.contrib.import_export.forms import ExportForm, ImportForm
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
    from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

    UnfoldLook = UnfoldAdmin

__all__ = [
    "CSV",
    "XLSX",
    "AdminPasswordChangeForm",
    "ExportForm",
    "ImportExportMixin",
    "ImportForm",
    "UnfoldAdmin",
    "UnfoldAdminPasswordWidget",
    "UnfoldAdminTextInputWidget",
    "UnfoldInline",
    "UnfoldLook",
    "UserChangeForm",
    "UserCreationForm",
]
