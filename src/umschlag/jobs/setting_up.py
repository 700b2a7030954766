"""What has to stand before anything else runs: Django, the records' tables, an administrator."""

import os
import secrets
from dataclasses import dataclass
from io import StringIO

from umschlag.kernel.errors import Misconfigured, NotFound
from umschlag.settings import Settings
from umschlag.wiring.var_dir import require_writable

ADMIN_NAME = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """The back office's first account; `password` is known only when it was just made."""

    name: str
    password: str | None


def use_django() -> None:
    """Load Django once, when a command needs the records.

    It takes longer than all of `--help`.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "umschlag.web.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def make_var_dir(settings: Settings) -> None:
    """Make the folder for everything we keep.

    Raises:
        Misconfigured: it cannot be made or written.
    """
    try:
        require_writable(settings.var_dir)
    except OSError as error:
        raise Misconfigured(
            f"{settings.var_dir.absolute()} cannot be written ({error.strerror}); "
            "give this user the right to, or set UMSCHLAG_VAR_DIR to another folder"
        ) from error


def pending_migrations() -> int:
    """Return how many migrations the records still lack.

    Raises:
        Misconfigured: the database does not answer.
    """
    from django.db import DatabaseError

    from umschlag.storage.records import tables

    try:
        return tables.pending_migrations()
    except DatabaseError as error:
        raise Misconfigured(_no_records(error)) from error


def migrate_records() -> None:
    """Bring the records' tables up to date.

    Raises:
        Misconfigured: the database does not answer, or is not ours to change.
    """
    from django.core.management import call_command
    from django.db import DatabaseError

    if not pending_migrations():
        return
    try:
        call_command("migrate", verbosity=0, interactive=False, stdout=StringIO())
    except DatabaseError as error:
        raise Misconfigured(_no_records(error)) from error


def _no_records(error: Exception) -> str:
    reason = str(error).strip().split("\n", maxsplit=1)[0]
    return (
        f"the records do not answer: {reason}; check DATABASE_URL, and that the database runs "
        "and lets this user make tables"
    )


def require_records(settings: Settings) -> None:
    """Make the records ready to use: the demo's on the way, production's only on purpose.

    Raises:
        Misconfigured: in production, the tables are not those of this version.
    """
    if settings.mode == "demo":
        migrate_records()
    elif pending_migrations():
        raise Misconfigured(
            "the records are not of this version: make a backup, then run `umschlag setup-records`"
        )


def ensure_administrator() -> Administrator:
    """Return the administrator, made with a random password where there is none yet."""
    from django.contrib.auth import get_user_model

    users = get_user_model().objects
    existing = users.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if existing is not None:
        return Administrator(name=existing.get_username(), password=None)
    password = secrets.token_urlsafe(12)
    users.create_superuser(username=ADMIN_NAME, email="", password=password)
    return Administrator(name=ADMIN_NAME, password=password)


def renew_password(name: str) -> str:
    """Give the user a fresh random password and return it.

    Raises:
        NotFound: there is no such user.
    """
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise NotFound(f"there is no user {name!r} in the back office", field="user")
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save()
    return password
