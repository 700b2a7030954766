"""Who may call the API: a token, or the session of somebody logged in."""

import hmac
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer, SessionAuth

from umschlag.storage.records.models import ApiToken
from umschlag.web.tokens import checksum_of

_LAST_USED_EXACT_TO = timedelta(minutes=1)
"""Writing the instant of every call would cost each read a write."""


class TokenAuth(HttpBearer):
    """``Authorization: Bearer um_…``."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """Return the user whom the token stands for; nobody for a wrong or revoked one."""
        checksum = checksum_of(token)
        found = (
            ApiToken.objects.select_related("user")
            .filter(token_sha256=checksum, revoked_at=None)
            .first()
        )
        # Compared once more in constant time: the index compares byte by byte.
        if found is None or not hmac.compare_digest(found.token_sha256, checksum):
            return None
        user = found.user
        if not isinstance(user, User) or not _may_enter(user):
            return None
        now = timezone.now()
        if found.last_used_at is None or now - found.last_used_at > _LAST_USED_EXACT_TO:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        request.user = user
        return user


class StaffSession(SessionAuth):
    """The session of the back office; writes need its CSRF token."""

    def _get_key(self, request: HttpRequest) -> str | None:
        # Without a session there is nothing to forge: such a caller is told to log in.
        if not request.user.is_authenticated:
            return None
        return super()._get_key(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:  # noqa: ARG002 - ninja's signature
        """Return the person logged in, where that person is staff."""
        user = request.user
        return user if isinstance(user, User) and _may_enter(user) else None


def _may_enter(user: User) -> bool:
    return user.is_active and user.is_staff


def demand(request: HttpRequest, permission: str) -> None:
    """Let only those pass who hold the permission.

    Raises:
        AuthorizationError: the caller does not.
    """
    user: User | AnonymousUser | Any = request.user
    if not user.has_perm(permission):
        raise AuthorizationError(message=_("This needs the permission “%s”.") % permission)
