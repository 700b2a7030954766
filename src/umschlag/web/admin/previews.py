"""What the preview of a file showed, held against the records when the file is confirmed.

Between the two, and since the file was taken out, carts and syncs go on writing. So a row whose
record is no longer what the preview showed is refused, and what carts and syncs keep is taken out
into files and never in again over a record that there is.
"""

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from umschlag.storage.records.locking import locked
from umschlag.web.admin.shown_values import save_changes
from umschlag.web.loose import Loose

if TYPE_CHECKING:
    # Django-import-export ships no types: these are the parts we stand on.
    class ResourceParts:
        """Columns of one kind of record."""

        _meta: Loose

        def __init__(self, **options: Loose) -> None: ...

        def get_import_fields(self) -> list[Loose]: ...

        def before_import(self, dataset: Loose, **rest: Loose) -> None: ...

        def after_import(self, dataset: Loose, result: Loose, **rest: Loose) -> None: ...

        def import_row(self, row: Loose, instance_loader: Loose, **rest: Loose) -> Loose: ...

        def import_field(
            self, field: Loose, instance: Loose, row: Loose, is_m2m: bool = False, **rest: Loose
        ) -> None: ...

        def skip_row(
            self,
            instance: Loose,
            original: Loose,
            row: Loose,
            import_validation_errors: Loose = None,
        ) -> bool: ...

        def do_instance_save(self, instance: Loose, is_create: bool) -> None: ...

    ConfirmImportForm = forms.Form
else:
    from import_export.forms import ConfirmImportForm

    ResourceParts = object

_SEAL_LENGTH = 8
"""Hexadecimal digits a row: thousands of rows fit into one field of a form."""


class ConfirmForm(ConfirmImportForm):
    """Takes along what the preview showed."""

    shown = forms.CharField(widget=forms.HiddenInput(), required=False)


class PreviewedResource(ResourceParts):
    """Rows of a file that are written where the records are still what the preview showed."""

    kept_here: ClassVar[tuple[str, ...]] = ()
    """Columns of records that carts and syncs keep: a file tells them of new records alone."""

    def __init__(self, *, shown: str | None = None, **options: Loose) -> None:
        super().__init__(**options)
        self._shown = shown
        self._seals: dict[int, str] = {}
        self._left_out: Counter[str] = Counter()
        self._row_number = 0

    def before_import(self, dataset: Loose, **rest: Loose) -> None:
        """Lock the records before they are held against what was shown."""
        super().before_import(dataset, **rest)
        if self._shown is not None:
            self.lock_records()

    def lock_records(self) -> None:
        """Keep others from writing the records, all by number as syncs do it."""
        list(locked(self._meta.model._base_manager.order_by("pk")).only("pk"))

    def after_import(self, dataset: Loose, result: Loose, **rest: Loose) -> None:
        """Add to the result what was shown, and the cells by column that were left out."""
        super().after_import(dataset, result, **rest)
        result.shown = "".join(seal for _row, seal in sorted(self._seals.items()))
        result.left_out = dict(self._left_out)

    def import_row(self, row: Loose, instance_loader: Loose, **rest: Loose) -> Loose:
        """Return what came of the row."""
        self._row_number = rest["row_number"]
        return super().import_row(row, instance_loader, **rest)

    def import_field(
        self, field: Loose, instance: Loose, row: Loose, is_m2m: bool = False, **rest: Loose
    ) -> None:
        """Put the cell into the record, but for what carts and syncs keep there."""
        if instance.pk is None or field.attribute not in self.kept_here:
            super().import_field(field, instance, row, is_m2m, **rest)
        elif field.column_name in row and field.clean(row) != field.get_value(instance):
            self._left_out[field.column_name] += 1

    def skip_row(
        self, instance: Loose, original: Loose, row: Loose, import_validation_errors: Loose = None
    ) -> bool:
        """Tell whether the row changes nothing; refuse it where the record was changed meanwhile.

        Raises:
            ValidationError: the record is no longer what the preview showed.
        """
        seal = self._seals[self._row_number] = self._sealed(original, row)
        place = (self._row_number - 1) * _SEAL_LENGTH
        if self._shown is not None and self._shown[place : place + _SEAL_LENGTH] != seal:
            told = _("“%s” was changed since the preview was shown. Look at the preview again.")
            raise ValidationError(told % (original if original.pk else instance))
        return super().skip_row(instance, original, row, import_validation_errors)

    def do_instance_save(self, instance: Loose, is_create: bool) -> None:
        """Save a new record whole, and of one that there was what the file changes."""
        if is_create:
            super().do_instance_save(instance, is_create)
        else:
            save_changes(instance)

    def _sealed(self, original: Loose, row: Loose) -> str:
        """Return a checksum over what the record has in the columns that the file would write."""
        values = [
            str(field.export(original))
            for field in self.get_import_fields()
            if field.column_name in row and field.attribute not in self.kept_here
        ]
        text = repr([original.pk is None, *([] if original.pk is None else values)])
        return sha256(text.encode()).hexdigest()[:_SEAL_LENGTH]
