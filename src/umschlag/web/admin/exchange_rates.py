"""Exchange rates in the back office: published figures are read, never rewritten."""

from django.contrib import admin

from umschlag.storage.records.models import ExchangeRate
from umschlag.web.admin.base import ReadOnlyAdmin


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ReadOnlyAdmin):
    """What one unit of a currency was worth, with its day and source."""

    list_display = ["rate_date", "base", "currency", "rate", "source"]
    search_fields = ["currency", "source"]
    list_filter = ["currency", "source"]
