"""Users and groups, with Unfold's forms."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User

from umschlag.web.admin.untyped import (
    AdminPasswordChangeForm,
    UnfoldLook,
    UserChangeForm,
    UserCreationForm,
)

if TYPE_CHECKING:
    _UserAdmin = DjangoUserAdmin[User]
else:
    # Django's classes take type arguments in the stubs alone.
    _UserAdmin = DjangoUserAdmin

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(_UserAdmin, UnfoldLook):
    """People who may log in."""

    form: Any = UserChangeForm
    add_form: Any = UserCreationForm
    change_password_form: Any = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, UnfoldLook):
    """Roles: what their members may see and do."""
