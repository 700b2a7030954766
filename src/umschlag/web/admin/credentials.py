"""Plentymarkets logins in the back office: a password goes in and never comes out."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import PlentymarketsCredential
from umschlag.web.admin.base import RoomAdmin
from umschlag.web.admin.money import MoneyForm
from umschlag.web.admin.untyped import UnfoldAdminPasswordWidget
from umschlag.web.loose import Loose


class CredentialForm(MoneyForm):
    """Asks for the password; an empty one leaves the stored one as it is."""

    password = forms.CharField(
        label=_("password"),
        required=False,
        strip=False,
        help_text=_("Stored encrypted and never shown. Leave empty to keep the stored one."),
    )

    class Meta:
        model = PlentymarketsCredential
        # The page names the others; a field named here is made once without the page's widgets.
        fields = ["password"]

    def __init__(self, *args: Loose, **kwargs: Loose) -> None:
        super().__init__(*args, **kwargs)
        # What is stored must not reach the page, not even as a hidden value.
        self.initial.pop("password", None)
        self.fields["password"].widget = UnfoldAdminPasswordWidget(
            attrs={"autocomplete": "new-password"}, render_value=False
        )

    def clean_password(self) -> str:
        """Return the new password, or the stored one where none was entered."""
        entered = str(self.cleaned_data["password"])
        if not entered and not self.instance.pk:
            raise forms.ValidationError(_("A new login needs a password."))
        return entered or self.instance.password


@admin.register(PlentymarketsCredential)
class PlentymarketsCredentialAdmin(RoomAdmin):
    """Logins of the merchant's systems."""

    form = CredentialForm
    list_display = ["name", "base_url", "username", "plenty_id"]
    search_fields = ["name", "base_url", "username"]
    fieldsets = [
        (None, {"fields": [("name", "plenty_id"), "base_url", ("username", "password")]}),
    ]

    def save_model(
        self,
        request: Loose,
        obj: Loose,
        form: "forms.ModelForm[Any]",
        change: bool,
    ) -> None:
        """Drop the token of the old login: it belongs to the password that was just replaced."""
        if change and {"base_url", "username", "password"} & set(form.changed_data):
            obj.token = ""
            obj.token_expires_at = None
        super().save_model(request, obj, form, change)
