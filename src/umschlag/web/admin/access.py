"""API tokens and backups in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from umschlag.storage.records.models import ApiToken, Backup
from umschlag.web.admin.base import ReadOnlyAdmin, RoomAdmin
from umschlag.web.admin.columns import count_column
from umschlag.web.loose import Loose
from umschlag.web.tokens import checksum_of, new_token


@admin.register(ApiToken)
class ApiTokenAdmin(RoomAdmin):
    """Tokens for programs. The token itself is shown once, when it is made."""

    list_display = ["name", "user", "prefix", "created_at", "last_used_at", "revoked_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__username", "prefix"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "created_at"]
    readonly_fields = ["prefix", "created_at", "last_used_at"]
    fieldsets = [
        (None, {"fields": [("name", "user")]}),
        (None, {"fields": [("prefix", "created_at"), ("last_used_at", "revoked_at")]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "description": _(
                    "The token is shown once, after saving. Only its checksum is kept."
                ),
                "fields": [("name", "user")],
            },
        ),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the asker as the user that the token stands for."""
        return {**super().get_changeform_initial_data(request), "user": request.user.pk}

    def formfield_for_foreignkey(
        self,
        db_field: Loose,
        request: HttpRequest,
        **kwargs: Loose,
    ) -> Loose:
        """Let people make tokens for themselves alone: one for a superuser would raise them."""
        if db_field.name == "user" and not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self,
        request: HttpRequest,
        obj: Loose,
        form: "ModelForm[Any]",
        change: bool,
    ) -> None:
        """Make the token, keep its checksum and show it this once."""
        if change:
            super().save_model(request, obj, form, change)
            return
        token = new_token()
        obj.token_sha256 = checksum_of(token)
        obj.prefix = token[:8]
        obj.created_at = timezone.now()
        super().save_model(request, obj, form, change)
        message = format_html(
            '{} <code class="um-token">{}</code>',
            _("Copy the token now; it is not shown again:"),
            token,
        )
        self.message_user(request, message, messages.WARNING)


@admin.register(Backup)
class BackupAdmin(ReadOnlyAdmin):
    """Backups that exist."""

    list_display = ["path", "made_at", count_column("byte_count", _("bytes")), "verified_at"]
    search_fields = ["path", "sha256"]
    list_filter = ["made_at", ("verified_at", admin.EmptyFieldListFilter)]
