"""Articles: the current state of every SKU, as of the last complete snapshot."""

from typing import Any

from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from umschlag.intelligence.movement import stock_value
from umschlag.storage.records.exact_text import ExactCharField


class Article(models.Model):
    """One SKU's newest state. Stock is empty where it was never told, as after a sales import.

    A snapshot writes only the rows that differ, so what is true of all of them stands once, in
    `ArticlesAsOf`: an article that was told and did not vanish was last seen on that day.
    """

    sku = ExactCharField(_("SKU"), max_length=100, unique=True)
    variation_id = models.BigIntegerField(_("variation id"), null=True, blank=True, db_index=True)
    item_id = models.BigIntegerField(_("item id"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=250, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    asin = models.CharField(_("ASIN"), max_length=10, blank=True, db_index=True)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_bundle = models.BooleanField(_("bundle"), default=False)
    on_hand_units = models.IntegerField(_("on hand"), null=True, blank=True)
    reserved_units = models.IntegerField(_("reserved"), null=True, blank=True)
    on_order_units = models.IntegerField(_("on order"), null=True, blank=True)
    other_on_hand_units = models.IntegerField(_("on hand elsewhere"), null=True, blank=True)
    unit_cost_minor = models.BigIntegerField(_("unit cost (minor units)"), null=True, blank=True)
    sales_price_minor = models.BigIntegerField(_("price (minor units)"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    weight_g = models.PositiveIntegerField(_("weight, g"), null=True, blank=True)
    length_mm = models.PositiveIntegerField(_("length, mm"), null=True, blank=True)
    width_mm = models.PositiveIntegerField(_("width, mm"), null=True, blank=True)
    height_mm = models.PositiveIntegerField(_("height, mm"), null=True, blank=True)
    lead_time_days = models.PositiveIntegerField(_("lead time, days"), null=True, blank=True)
    order_units_min = models.PositiveIntegerField(_("minimum order"), null=True, blank=True)
    pack_units = models.PositiveIntegerField(_("pack size"), null=True, blank=True)
    first_seen_date = models.DateField(_("first seen"), null=True, blank=True)
    last_seen_date = models.DateField(_("last seen"), null=True, blank=True)
    """Of one that vanished, the last day it was there; of one known from sales, the last sale."""
    vanished_date = models.DateField(_("vanished"), null=True, blank=True)
    changed_date = models.DateField(_("last changed"), null=True, blank=True)
    """The snapshot that last changed the row; empty where none ever told the article."""

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["sku"]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}".strip()

    @property
    def available_units(self) -> int | None:
        """On hand less reserved; unknown where stock was never told."""
        return stock_value.available_units(
            on_hand_units=self.on_hand_units, reserved_units=self.reserved_units
        )

    @property
    def stock_value_minor(self) -> int | None:
        """On hand × unit cost; unknown where either is. Oversold stock is worth nothing."""
        return stock_value.stock_value_minor(
            on_hand_units=self.on_hand_units, unit_cost_minor=self.unit_cost_minor
        )


class PlaceKind(models.TextChoices):
    """Where an article is, or is sold."""

    WAREHOUSE = "warehouse", _("warehouse")
    MARKETPLACE = "marketplace", _("marketplace")


class ArticlePlace(models.Model):
    """That units of an article lie in a warehouse, or that it ever sold on a marketplace.

    As of the newest classification. Kept so that lists can be narrowed without asking the lake.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="places")
    kind = models.CharField(_("kind"), max_length=12, choices=PlaceKind.choices)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("place of an article")
        verbose_name_plural = _("places of articles")
        ordering = ["kind", "name", "article"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "name", "article"], name="article_is_in_a_place_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.name}"


class ArticlesAsOf(models.Model):
    """The one day, in the one version, that all articles stand at. A single row.

    It is written in the transaction that registers the day in the lake's catalogue.
    """

    business_date = models.DateField(_("as of"))
    version = models.PositiveIntegerField(_("version"))
    has_other_changes = models.BooleanField(_("changed otherwise"), default=False)
    """Somebody changed articles since; the next snapshot compares with the rows themselves."""

    class Meta:
        verbose_name = _("state of the articles")
        verbose_name_plural = _("states of the articles")

    def __str__(self) -> str:
        return f"{self.business_date} v{self.version}"


@receiver([post_save, post_delete], sender=Article)
def _note_other_change(**_told: Any) -> None:  # noqa: ANN401 - whatever Django tells
    ArticlesAsOf.objects.filter(has_other_changes=False).update(has_other_changes=True)
