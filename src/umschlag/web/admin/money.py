"""Money in forms and files: people write major units, the records keep minor ones."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import get_format, sanitize_separators
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from umschlag.kernel.errors import MalformedAmount
from umschlag.kernel.money import Money, money
from umschlag.web.admin.shown_values import ShownForm
from umschlag.web.amounts import default_currency
from umschlag.web.loose import Loose

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]

    class ImportWidget:
        """Django-import-export ships no types."""

        def __init__(self, *, coerce_to_string: bool = True) -> None: ...
else:
    from import_export.widgets import Widget as ImportWidget

    AnyField = models.Field

_UNIT_IN_LABEL = re.compile(r"\s*\([^)]*\)$")


def is_money(field: AnyField) -> bool:
    """Tell whether the column holds minor units; the house rule of names says so."""
    return "_minor" in field.name and isinstance(field, models.IntegerField)


def money_label(field: AnyField) -> str:
    """Return the column's name without the unit in brackets, which a form does not show."""
    return str(capfirst(_UNIT_IN_LABEL.sub("", str(field.verbose_name))))


class MajorUnitsField(forms.DecimalField):
    """An amount written as ``1.234,50`` or ``1,234.50``, by the reader's language."""

    def __init__(self, **options: Loose) -> None:
        super().__init__(max_digits=16, decimal_places=2, localize=True, **options)
        self.error_messages["invalid"] = gettext_lazy("Enter an amount, as in 12.50.")

    def to_python(self, value: Loose) -> Loose:
        """Return the amount; separators of thousands are understood where they stand right."""
        return super().to_python(_without_thousands(value) if isinstance(value, str) else value)


def _without_thousands(text: str) -> str:
    """Return the text without separators of thousands.

    A German reader's 12.50 keeps its point: two digits are no group of thousands.
    """
    group, point = get_format("THOUSAND_SEPARATOR"), get_format("DECIMAL_SEPARATOR")
    grouped = rf"-?\d{{1,3}}({re.escape(group)}\d{{3}})+({re.escape(point)}\d*)?"
    return text.replace(group, "") if re.fullmatch(grouped, text.strip()) else text


class MoneyForm(ShownForm):
    """Shows every column of minor units in major units, and stores it in minor ones."""

    def __init__(self, *args: Loose, **kwargs: Loose) -> None:
        super().__init__(*args, **kwargs)
        for name in self._money_names():
            minor = self.initial.get(name)
            if minor is not None:
                self.initial[name] = Money(int(minor), self._currency_of_record()).decimal

    def clean(self) -> dict[str, Any]:
        """Turn the amounts into minor units, and name the field whose amount cannot be."""
        cleaned = super().clean() or self.cleaned_data
        currency = cleaned.get("currency") or self._currency_of_record()
        for name in self._money_names():
            amount = cleaned.get(name)
            if amount is not None:
                try:
                    cleaned[name] = money(amount, currency).minor
                except MalformedAmount as error:
                    self.add_error(error.field or name, ValidationError(error.message))
        return cleaned

    def relied_on(self, changed: set[str]) -> set[str]:
        """Return the fields that must still be what was shown: an amount means its currency."""
        is_money_changed = not changed.isdisjoint(self._money_names())
        return changed | {"currency"} if is_money_changed else changed

    def _money_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, MajorUnitsField)]

    def _currency_of_record(self) -> str:
        return getattr(self.instance, "currency", "") or default_currency()


class MajorUnits(ImportWidget):
    """A column of a file in major units: ``1234.50``, or with a comma where a person wrote it."""

    def clean(
        self, value: object, row: dict[str, Any] | None = None, **_rest: object
    ) -> int | None:
        """Return minor units of the row's currency; nothing where the cell is empty.

        Raises:
            ValueError: the cell holds no amount. The preview shows it beside the row.
        """
        text = str(value if value is not None else "").strip()
        if not text:
            return None
        currency = str((row or {}).get("currency") or default_currency())
        try:
            return money(str(sanitize_separators(_point_for_comma(text))), currency).minor
        except MalformedAmount:
            raise ValueError(_("“%s” is no amount of money, as in 12.50") % text) from None

    def render(self, value: int | None, obj: object = None, **_rest: object) -> str:
        """Return the amount for a file, with a point, whatever the reader's language."""
        if value is None:
            return ""
        currency = getattr(obj, "currency", "") or default_currency()
        return str(Money(value, currency).decimal)


def _point_for_comma(text: str) -> str:
    """Return ``1234.50`` for ``1.234,50``, ``1,234.50`` and ``1234,50``: the last sign decides."""
    point, comma = text.rfind("."), text.rfind(",")
    if comma > point:
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", "")
