"""A short text column in which upper and lower case differ, on every database."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Char = models.CharField[str, str]
else:
    # Django's fields take type arguments in the stubs alone.
    _Char = models.CharField


class ExactCharField(_Char):
    """A `CharField` for codes: HX-1 and hx-1 are two.

    MariaDB compares without regard to case unless the column says otherwise. The whole database is
    not made so, because then the back office's search would miss what is written in other case.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return the column's type, with MariaDB's exact collation where it is MariaDB."""
        column = super().db_type(connection)
        return f"{column} COLLATE utf8mb4_bin" if connection.vendor == "mysql" else column
