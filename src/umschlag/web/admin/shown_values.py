"""Forms that save what a person changed, and refuse it where others changed that meanwhile.

Carts, syncs and colleagues write the same records while a form stands open. So each field takes
along, hidden beside it, what it showed: what the person left alone stays as the record has it by
now, and what both changed is asked again.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from umschlag.web.loose import Loose

if TYPE_CHECKING:
    ModelFormOfAny = forms.ModelForm[Any]
else:
    # Django's class takes type arguments in the stubs alone.
    ModelFormOfAny = forms.ModelForm


class ShownField(forms.BoundField):
    """A field of a form with what it showed; of a new record and of a password nothing goes."""

    def __init__(self, form: "ShownForm", field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        is_hidden_for_good = isinstance(field.widget, forms.PasswordInput)
        field.show_hidden_initial = form.instance.pk is not None and not is_hidden_for_good

    def as_widget(
        self, widget: Loose = None, attrs: Loose = None, only_initial: bool = False
    ) -> Any:  # noqa: ANN401 - Django's signature
        """Write the field; of what it showed, what the record has by now and not what was sent."""
        if not only_initial:
            return super().as_widget(widget, attrs)
        value = self.field.prepare_value(self.initial)
        return self._hidden.render(
            self.html_initial_name, value, {"id": self.html_initial_id}, self.form.renderer
        )

    def build_widget_attrs(self, attrs: Loose, widget: Loose = None) -> Any:  # noqa: ANN401 - Django's signature
        """Leave the field open: one that keeps the record's value can be entered again."""
        built = super().build_widget_attrs(attrs, widget)
        built.pop("disabled", None)
        return built

    def is_told(self) -> bool:
        """Tell whether the form says what the field showed; programs that post may not."""
        return self.field.show_hidden_initial and not self._hidden.value_omitted_from_data(
            self.form.data, self.form.files, self.html_initial_name
        )

    def is_changed_here(self) -> bool:
        """Tell whether the person entered something else than was shown."""
        return bool(self._has_changed())

    def is_changed_meanwhile(self) -> bool:
        """Tell whether the record has something else by now, and not just what was entered."""
        return self.field.has_changed(self.initial, self._shown) and self.field.has_changed(
            self.initial, self.data
        )

    def keep_the_record(self) -> None:
        """Let the record's own value count, also where the form is shown again."""
        self.field.disabled = True

    def refusal(self) -> str:
        """Return what the field was, what it is now, and what was entered."""
        told = {
            "before": self._in_words(self._shown),
            "now": self._in_words(self._as_sent(self.initial)),
            "entered": self._in_words(self.data),
        }
        if told["entered"] == told["before"]:
            return (
                _("Changed meanwhile: it was “%(before)s” and is now “%(now)s”. Nothing was saved.")
                % told
            )
        return (
            _(
                "Changed meanwhile: it was “%(before)s” and is now “%(now)s”. Nothing was saved;"
                " you had entered “%(entered)s”."
            )
            % told
        )

    def _has_changed(self) -> bool:
        if self.is_told():
            return bool(super()._has_changed())  # type: ignore[misc]  # the stubs leave the hook out
        return self.field.has_changed(self.initial, self.data)

    @property
    def _hidden(self) -> Any:  # noqa: ANN401 - one widget or several in one
        hidden = self.field.hidden_widget()
        hidden.is_localized = self.field.localize
        return hidden

    @property
    def _shown(self) -> Any:  # noqa: ANN401 - what a browser sends is one text or several
        return self._hidden.value_from_datadict(
            self.form.data, self.form.files, self.html_initial_name
        )

    def _as_sent(self, value: Loose) -> Any:  # noqa: ANN401 - as above
        prepared, hidden = self.field.prepare_value(value), self._hidden
        if isinstance(hidden, forms.MultiWidget):
            told: Any = hidden.decompress(prepared)
            parts = zip(hidden.widgets, told, strict=True)
            return [widget.format_value(part) for widget, part in parts]
        return hidden.format_value(prepared)

    def _in_words(self, sent: Loose) -> str:
        field = self.field
        if isinstance(field, forms.ModelChoiceField):
            try:
                return str(field.to_python(sent) or "–")
            except ValidationError:
                return str(sent)
        if isinstance(field, forms.ChoiceField):
            known: Any = field.choices
            labels = {str(value): str(label) for value, label in known}
            return labels.get(str(sent), str(sent))
        if isinstance(field, forms.BooleanField):
            return _("yes") if field.to_python(sent) else _("no")
        parts = sent if isinstance(sent, list) else [sent]
        return " ".join(str(part) for part in parts if part not in {None, ""}) or "–"


class ShownForm(ModelFormOfAny):
    """Holds what was entered against what was shown, and both against the record."""

    bound_field_class = ShownField

    def relied_on(self, changed: set[str]) -> set[str]:
        """Return the fields that must still be what was shown, for these to be changed."""
        return changed

    def _clean_fields(self) -> None:
        shown = {name: field for name, field in self._shown_fields() if field.is_told()}
        changed = {name for name, field in shown.items() if field.is_changed_here()}
        refused = {
            name: shown[name].refusal()
            for name in self.relied_on(changed) & shown.keys()
            if shown[name].is_changed_meanwhile()
        }
        for name in (shown.keys() - changed) | refused.keys():
            shown[name].keep_the_record()
        for name, told in refused.items():
            self.add_error(name, told)
        super()._clean_fields()  # type: ignore[misc]  # the stubs leave the hook out

    def _shown_fields(self) -> list[tuple[str, ShownField]]:
        found = [(name, self[name]) for name in self.fields]
        return [(name, field) for name, field in found if isinstance(field, ShownField)]


def save_changes(record: models.Model) -> None:
    """Write the columns that differ from what the records have, and no other.

    The caller has locked the row, so that nobody else writes it in between.
    """
    kept = type(record)._base_manager.get(pk=record.pk)
    changed = [
        field.name
        for field in record._meta.concrete_fields
        if getattr(record, field.attname) != getattr(kept, field.attname)
    ]
    if changed:
        record.save(update_fields=changed)
