"""What reads the cells of imported files, with plain words for those that cannot be used."""

from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.translation import gettext as _

from umschlag.web.loose import Loose

if TYPE_CHECKING:
    # Django-import-export ships no types: these are the parts we stand on.
    class Widget:
        """Reads and writes cells."""

        coerce_to_string: bool

        def clean(self, value: object, row: Loose = None, **rest: object) -> Loose: ...

    class ForeignKeyWidget(Widget):
        """Finds the record that a cell names."""

        def __init__(self, model: type[models.Model], field: str) -> None: ...

    class DateWidget(Widget):
        """Reads and writes days."""

        formats: tuple[str, ...]

        def __init__(self, **options: object) -> None: ...

    class DateTimeWidget(Widget):
        """Reads and writes instants."""

    class NumberWidget(Widget):
        """Reads and writes numbers."""

    class IntegerWidget(NumberWidget):
        """Reads and writes whole numbers."""
else:
    from import_export.widgets import (
        DateTimeWidget,
        DateWidget,
        ForeignKeyWidget,
        IntegerWidget,
        NumberWidget,
        Widget,
    )

__all__ = ["DateWidget", "Named", "NumberWidget", "Widget", "plain"]


class Named(ForeignKeyWidget):
    """Finds the record that a cell names, and says so plainly where there is none."""

    def clean(self, value: object, row: Loose = None, **rest: object) -> Loose:
        """Return the record.

        Raises:
            ValueError: there is none of that name.
        """
        try:
            return super().clean(value, row, **rest)
        except ObjectDoesNotExist:
            raise ValueError(_("There is no “%s”.") % value) from None


class _Number(IntegerWidget):
    """A whole number; the library's own widget answers a word with a stack of type names."""

    def clean(self, value: object, row: Loose = None, **rest: object) -> Loose:
        """Return the number; nothing where the cell is empty.

        Raises:
            ValueError: the cell holds none.
        """
        try:
            return super().clean(value, row, **rest)
        except ArithmeticError:
            raise ValueError(_("“%s” is no number.") % value) from None


class _Day(DateWidget):
    """A day, as programs or Germans write it."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.formats = (*self.formats, "%d.%m.%Y")

    def clean(self, value: object, row: Loose = None, **rest: object) -> Loose:
        """Return the day; nothing where the cell is empty.

        Raises:
            ValueError: the cell holds none.
        """
        try:
            return super().clean(value, row, **rest)
        except ValueError:
            raise ValueError(_("“%s” is no day. Write it as 2026-08-31.") % value) from None


class _Instant(DateTimeWidget):
    """A day and time."""

    def clean(self, value: object, row: Loose = None, **rest: object) -> Loose:
        """Return the instant; nothing where the cell is empty.

        Raises:
            ValueError: the cell holds none.
        """
        try:
            return super().clean(value, row, **rest)
        except ValueError:
            told = _("“%s” is no day and time. Write them as 2026-08-31 14:30:00.")
            raise ValueError(told % value) from None


_PLAIN: dict[object, type[Widget]] = {
    IntegerWidget: _Number,
    DateWidget: _Day,
    DateTimeWidget: _Instant,
}


def plain(found: Loose) -> Loose:
    """Return the kind of cell that says in plain words what is wrong, where there is one."""
    return _PLAIN.get(found, found)
