"""Columns of the files that are imported and exported."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from umschlag.kernel.errors import BadInput
from umschlag.kernel.money import Money
from umschlag.storage.records.models import (
    Article,
    CatalogAsin,
    Client,
    Preorder,
    Store,
    UngatingStatus,
    WriteBackLine,
    WriteBackRun,
)
from umschlag.web.admin.cells import DateWidget, Named, NumberWidget, Widget, plain
from umschlag.web.admin.file_problems import in_words_of_the_file, missing_columns
from umschlag.web.admin.money import MajorUnits
from umschlag.web.admin.previews import PreviewedResource, ResourceParts
from umschlag.web.amounts import default_currency
from umschlag.web.loose import Loose

if TYPE_CHECKING:
    # Django-import-export ships no types: these are the parts we stand on.
    class Field:
        """One column."""

        widget: Loose
        attribute: str
        column_name: str

        def __init__(
            self,
            *,
            column_name: str,
            attribute: str = "",
            widget: object = None,
            readonly: bool = False,
        ) -> None: ...

        def get_value(self, instance: object) -> Loose: ...

    class ModelResource(ResourceParts):
        """Columns of one kind of record."""

        fields: dict[str, Field]

        @classmethod
        def widget_from_django_field(cls, f: Loose, default: Loose = None) -> Loose: ...
else:
    from import_export.fields import Field
    from import_export.resources import ModelResource


class ExchangeRules:
    """A row is checked like a form, and nothing is written while one row is wrong."""

    clean_model_instances = True
    skip_unchanged = True
    report_skipped = True
    use_transactions = True


class _MoneyColumn(Field):
    """Major units in the file, minor ones in the record."""

    def export(self, instance: object, **_rest: object) -> Decimal | None:
        """Return the amount in the currency of its own record."""
        minor = self.get_value(instance)
        currency = getattr(instance, "currency", "") or default_currency()
        return None if minor is None else Money(minor, currency).decimal


class FileResource(PreviewedResource, ModelResource):
    """Columns of one kind of record, with plain words for cells that cannot be used."""

    def __init__(self, **options: Loose) -> None:
        super().__init__(**options)
        for field in self.fields.values():
            if isinstance(field.widget, NumberWidget | DateWidget):
                # Numbers and days stay what they are, so that Excel can sum and sort them.
                field.widget.coerce_to_string = False

    @classmethod
    def widget_from_django_field(cls, f: Loose, default: Loose = None) -> Loose:
        """Return what reads and writes the column's cells."""
        return plain(super().widget_from_django_field(f, default or Widget))

    def import_row(self, row: Loose, instance_loader: Loose, **rest: Loose) -> Loose:
        """Return what came of the row; what is wrong with it in the words of the file."""
        found = super().import_row(row, instance_loader, **rest)
        if found.validation_error is not None:
            found.validation_error = in_words_of_the_file(
                found.validation_error,
                columns={field.attribute: field.column_name for field in self.fields.values()},
                row=row,
                model=self._meta.model,
            )
        return found

    def _check_import_id_fields(self, headers: Loose) -> None:
        # The library's own sentence tells of its options, not of the file.
        needed = [self.fields[name].column_name for name in self._meta.import_id_fields]
        told = missing_columns(needed, headers or [])
        if told:
            raise BadInput(told)


def money_field(attribute: str) -> Field:
    """Return the column of an amount, in major units and without the records' ending."""
    return _MoneyColumn(
        attribute=attribute, column_name=attribute.replace("_minor", ""), widget=MajorUnits()
    )


def _named(attribute: str, column_name: str, model: type[models.Model], key: str) -> Field:
    return Field(attribute=attribute, column_name=column_name, widget=Named(model, field=key))


class ArticleResource(FileResource):
    """Articles, by SKU."""

    unit_cost = money_field("unit_cost_minor")
    sales_price = money_field("sales_price_minor")
    vanished_date = Field(attribute="vanished_date", column_name="vanished_date", readonly=True)
    as_of = Field(column_name="as_of", readonly=True)

    class Meta(ExchangeRules):
        model = Article
        import_id_fields = ["sku"]
        fields = [
            "sku",
            "name",
            "manufacturer",
            "category",
            "supplier",
            "asin",
            "gtin",
            "is_active",
            "is_bundle",
            "on_hand_units",
            "reserved_units",
            "on_order_units",
            "unit_cost",
            "sales_price",
            "currency",
            "weight_g",
            "length_mm",
            "width_mm",
            "height_mm",
            "lead_time_days",
            "order_units_min",
            "pack_units",
            "vanished_date",
            "as_of",
        ]

    @staticmethod
    def dehydrate_as_of(article: Loose) -> Loose:
        """Return the day the article stands at; an import's own rows have none."""
        return getattr(article, "as_of_date", None)


class AsinResource(FileResource):
    """ASINs of the buying portal, by ASIN."""

    unit_cost = money_field("unit_cost_minor")
    shipping_price_min = money_field("shipping_price_minor_min")
    shipping_price_max = money_field("shipping_price_minor_max")
    kept_here = ("remaining_units",)

    class Meta(ExchangeRules):
        model = CatalogAsin
        import_id_fields = ["asin"]
        fields = [
            "asin",
            "title",
            "brand",
            "weight_g",
            "length_mm",
            "width_mm",
            "height_mm",
            "unit_cost",
            "currency",
            "bought_units",
            "remaining_units",
            "case_pack_units",
            "added_date",
            "shipping_price_min",
            "shipping_price_max",
        ]


class ClientResource(FileResource):
    """Clients, by the panel's id. Balances come from the panel alone."""

    class Meta(ExchangeRules):
        model = Client
        import_id_fields = ["external_id"]
        fields = ["external_id", "name", "email", "currency", "priority"]

    def skip_row(
        self, instance: Loose, original: Loose, row: Loose, import_validation_errors: Loose = None
    ) -> bool:
        """Refuse another currency: what is booked for the client stays in the one it has.

        Raises:
            ValidationError: the row names another currency than the client's.
        """
        if original.pk is not None and instance.currency != original.currency:
            told = _("%(client)s is kept in %(currency)s, and that stays.")
            whose = {"client": original.name, "currency": original.currency}
            raise ValidationError({"currency": told % whose})
        return super().skip_row(instance, original, row, import_validation_errors)


class StoreResource(FileResource):
    """Stores, by the panel's id; the client by its own."""

    client = _named("client", "client_id", Client, "external_id")
    kept_here = ("status",)

    class Meta(ExchangeRules):
        model = Store
        import_id_fields = ["external_id"]
        fields = [
            "external_id",
            "client",
            "name",
            "status",
            "marketplace",
            "kind",
            "asin_units_max",
            "total_units_max",
        ]


class UngatingResource(FileResource):
    """Ungating statuses, by store and ASIN."""

    store = _named("store", "store_id", Store, "external_id")
    asin = _named("asin", "asin", CatalogAsin, "asin")

    class Meta(ExchangeRules):
        model = UngatingStatus
        import_id_fields = ["store", "asin"]
        fields = ["store", "asin", "answer", "source", "checked_at"]

    def skip_row(
        self, instance: Loose, original: Loose, row: Loose, import_validation_errors: Loose = None
    ) -> bool:
        """Leave a newer answer as it is; refuse another one that was found before it.

        Raises:
            ValidationError: the record's answer was checked after the row's, and differs.
        """
        told_at, known_at = instance.checked_at, original.checked_at
        is_older = bool(told_at and known_at and told_at < known_at)
        if is_older and instance.answer != original.answer:
            told = _("“%(answer)s” was checked later, %(at)s. Enter when yours was checked.")
            at = timezone.localtime(known_at).strftime("%Y-%m-%d %H:%M:%S")
            raise ValidationError({"checked_at": told % {"answer": original.answer, "at": at}})
        is_same = super().skip_row(instance, original, row, import_validation_errors)
        return is_same or is_older


class PreorderResource(FileResource):
    """Preorders, by the panel's id."""

    client = _named("client", "client_id", Client, "external_id")
    asin = _named("asin", "asin", CatalogAsin, "asin")
    amount = money_field("amount_minor")
    remaining_due = money_field("remaining_due_minor")
    kept_here = ("allocated_units", "remaining_due_minor", "status")

    class Meta(ExchangeRules):
        model = Preorder
        import_id_fields = ["external_id"]
        fields = [
            "external_id",
            "client",
            "asin",
            "ordered_units",
            "allocated_units",
            "amount",
            "remaining_due",
            "currency",
            "expected_arrival_date",
            "status",
        ]


class WriteBackRunResource(FileResource):
    """Write-backs, taken out alone: who, when, why and how many rows stand as asked."""

    class Meta:
        model = WriteBackRun
        fields = [
            "id",
            "kind",
            "is_dry",
            "status",
            "asker",
            "reason",
            "source",
            "started_at",
            "finished_at",
            "tried_as",
            "row_count",
            "good_count",
            "bad_count",
            "calls_used",
            "error",
        ]


class WriteBackLineResource(FileResource):
    """Rows of write-backs, taken out alone, each with its list's who and when."""

    asker = Field(attribute="run__asker", column_name="asker")
    started_at = Field(attribute="run__started_at", column_name="started_at")
    kind = Field(attribute="run__kind", column_name="kind")
    is_dry = Field(attribute="run__is_dry", column_name="is_dry")

    class Meta:
        model = WriteBackLine
        fields = [
            "run",
            "kind",
            "is_dry",
            "asker",
            "started_at",
            "row",
            "sku",
            "place_id",
            "place_name",
            "variation_id",
            "based_on",
            "before",
            "asked",
            "after",
            "currency",
            "outcome",
            "refusal",
            "message",
        ]
