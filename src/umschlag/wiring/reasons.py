"""Reasons as sentences: the core gives a code and figures, and this gives the words."""

import json
import math
from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.intelligence.movement.model import Reason, ReasonValue
from umschlag.kernel.money import Money
from umschlag.wiring.amounts import money_text

SENTENCES: Mapping[str, str] = {
    "idle": gettext_noop(
        "No sale for %(idle_days)s days, at least %(threshold_days)s (last sale "
        "%(last_sale_date)s); %(on_hand_units)s units on hand%(worth)s."
    ),
    "idle_since_restocked": gettext_noop(
        "No sale in the %(idle_days)s days since it came back in stock, at least "
        "%(threshold_days)s (last sale %(last_sale_date)s); %(on_hand_units)s units on hand"
        "%(worth)s."
    ),
    "never_sold": gettext_noop(
        "Never sold in %(idle_days)s days with stock, at least %(threshold_days)s; "
        "%(on_hand_units)s units on hand%(worth)s."
    ),
    "idle_stock_unknown": gettext_noop(
        "Sold %(former_daily_units)s a day (%(sold_units)s units) until %(last_sale_date)s and "
        "nothing in the %(idle_days)s days since, at least %(threshold_days)s. Its stock was "
        "never told."
    ),
    "slow": gettext_noop(
        "Turns over %(turnover)s times a year, less than %(threshold_turnover)s; "
        "%(on_hand_units)s units on hand%(worth)s."
    ),
    "slow_in_units": gettext_noop(
        "Turns over %(turnover)s times a year (in units: its cost is unknown), less than "
        "%(threshold_turnover)s; %(on_hand_units)s units on hand."
    ),
    "fast": gettext_noop(
        "Turns over %(turnover)s times a year, at least %(threshold_turnover)s; sells "
        "%(daily_units)s a day; the stock%(worth)s lasts %(days_of_supply)s days."
    ),
    "fast_in_units": gettext_noop(
        "Turns over %(turnover)s times a year (in units: its cost is unknown), at least "
        "%(threshold_turnover)s; sells %(daily_units)s a day; the stock lasts "
        "%(days_of_supply)s days."
    ),
    "fast_sold_out": gettext_noop(
        "Turns over %(turnover)s times a year, at least %(threshold_turnover)s; sells "
        "%(daily_units)s a day with stock, and nothing is available."
    ),
    "fast_sold_out_in_units": gettext_noop(
        "Turns over %(turnover)s times a year (in units: its cost is unknown), at least "
        "%(threshold_turnover)s; sells %(daily_units)s a day with stock, and nothing is available."
    ),
    "new": gettext_noop("Known for %(days_known)s days only: too new to be judged."),
    "rarely_sold": gettext_noop(
        "Last sold on %(last_sale_date)s, on %(sale_days)s days in all: too rarely to say that "
        "it stopped. Its stock was never told."
    ),
    "no_rule": gettext_noop(
        "No rule matches: %(sold_units)s units sold in 90 days, returns taken off; last sale on "
        "%(last_sale_date)s."
    ),
    "no_rule_never_sold": gettext_noop("No rule matches; it never sold."),
    "liquidate": gettext_noop(
        "Lay idle for %(idle_days)s days. Sold as a lot at %(percent)s %% of cost (an "
        "assumption), %(units)s units bring %(arithmetic)s."
    ),
    "discount": gettext_noop(
        "Lasts %(days_of_supply)s days at the %(daily_units)s a day of the last 90: %(percent)s %% "
        "off. If the %(units)s units that are not expected to sell in 90 days%(binding)s do, they "
        "bring %(arithmetic)s."
    ),
    "discount_unsold": gettext_noop(
        "Nothing sold in 90 days with stock: %(percent)s %% off. If the %(units)s units%(binding)s "
        "do sell, they bring %(arithmetic)s."
    ),
    "move": gettext_noop(
        "%(unsold_units)s units are not expected to sell in 90 days. %(store_name)s of "
        "%(client_name)s may sell %(asin)s and can take %(units_max)s; the client pays "
        "%(arithmetic)s."
    ),
    "bundle": gettext_noop(
        "%(unsold_units)s units are not expected to sell in 90 days. %(orders_together)s orders of "
        "a year hold it together with %(partner_sku)s %(partner_name)s, which sells about "
        "%(partner_units)s in %(partner_days)s days%(partner_stock)s. As a pair, this one "
        "%(percent)s %% off (an assumption), %(units)s units bring %(arithmetic)s."
    ),
    "stop_reordering": gettext_noop(
        "%(unsold_units)s of %(available_units)s available units are not expected to sell in 90 "
        "days, and %(units)s more are on order. Cancelled or put off, they save %(arithmetic)s."
    ),
    "reorder": gettext_noop(
        "%(available_units)s available and %(on_order_units)s on order are not above the reorder "
        "point of %(reorder_point_units)s (demand over %(lead_time_days)s days of lead time, "
        "%(service_percent)s %% sure). Ordered up to %(order_up_to_units)s: "
        "%(units)s units%(rounding)s."
    ),
}
"""One sentence a code. Figures are put in as texts, already in the reader's way of writing."""
LEFT_OUT = {
    "asin": gettext_noop(
        " %(left_out_units)s more could go to %(left_out_store)s, but its cap on units of this "
        "ASIN is used up by articles that bring more."
    ),
    "store": gettext_noop(
        " %(left_out_units)s more could go to %(left_out_store)s, but its cap on units in all is "
        "used up by articles that bring more."
    ),
    "client": gettext_noop(
        " %(left_out_units)s more could go to %(left_out_store)s, but what %(left_out_client)s can "
        "spend goes to articles that bring more."
    ),
}
"""Why units that a store could take by themselves are left out, by `moves.Limit`."""


def sentence(reason: Reason) -> str:
    """Return the reason as a sentence in the active language."""
    texts = {name: figure_text(value) for name, value in reason.values.items()}
    texts |= dict.fromkeys(("worth", "arithmetic", "rounding", "binding", "partner_stock"), "")
    if "partner_stock_units" in reason.values:
        stock = {"units": texts["partner_stock_units"]}
        texts["partner_stock"] = _(" (%(units)s available and on order)") % stock
    worth = reason.values.get("stock_value")
    if isinstance(worth, Money):
        texts["worth"] = _(" worth %(amount)s") % {"amount": figure_text(worth)}
    if "price" in reason.values:
        texts["arithmetic"] = _arithmetic(reason) % texts
    elif "units" in reason.values:
        texts["arithmetic"] = (
            _("an amount nobody can tell: the unit cost is missing in the ERP")
            if reason.code in _AT_COST
            else _("an amount nobody can tell: the sales price is missing in the ERP")
        )
    if "bound_value" in reason.values:
        texts["binding"] = _(" (%(value)s at cost, at least %(minimum)s)") % {
            "value": texts["bound_value"],
            "minimum": texts["value_min"],
        }
    if "pack_units" in reason.values and reason.values["is_rounded"]:
        texts["rounding"] = _(" (at least %(minimum)s, in packs of %(pack)s)") % {
            "minimum": texts["order_units_min"],
            "pack": texts["pack_units"],
        }
    return _(SENTENCES[reason.code]) % texts + _scope_and_rate(reason, texts)


def _scope_and_rate(reason: Reason, texts: Mapping[str, str]) -> str:
    """Return what the figures of the sentence stand for, where it is not what one would think."""
    added = ""
    if "days_left_out" in reason.values:
        added += _(
            " The sales rate leaves out the %(days_left_out)s days without stock of the last 90."
        )
    if "warehouse" in reason.values:
        added += _(" The stock is that in warehouse %(warehouse)s.")
    if "marketplace" in reason.values:
        added += _(" The sales are those on %(marketplace)s.")
    if "dead_units" in reason.values:
        added += _(
            " %(dead_units)s are dead by the rate of the last 90 days, which the rules go by; the "
            "forecast alone expects %(forecast_unsold_units)s unsold."
        )
    if "rate_unsold_units" in reason.values:
        added += _(
            " The forecast expects them, which knows more than that rate: by the rate alone "
            "%(rate_unsold_units)s would be left."
        )
    if "year_ago_units" in reason.values:
        added += _(
            " In the same 90 days a year ago %(year_ago_units)s sold: look whether its season is "
            "still to come."
        )
    if "left_out_units" in reason.values:
        added += _(LEFT_OUT[str(reason.values["left_out_by"])])
    return added % texts


def _arithmetic(reason: Reason) -> str:
    if reason.code in _BETWEEN_MERCHANTS:
        return _("%(units)s × %(net_price)s = %(proceeds)s net of VAT")
    if "net_price" not in reason.values:
        # Proposals from before VAT was taken off, which a person has decided on since.
        return "%(units)s × %(price)s = %(proceeds)s"
    if reason.values.get("vat_percent"):
        return _(
            "%(units)s × %(net_price)s = %(proceeds)s net of VAT (%(price)s with %(vat_percent)s "
            "%% VAT), before fees"
        )
    return _("%(units)s × %(net_price)s = %(proceeds)s net of VAT, before fees")


_BETWEEN_MERCHANTS = frozenset({"move", "stop_reordering"})
"""No marketplace takes a fee."""
_AT_COST = frozenset({"liquidate", "stop_reordering"})
"""What they bring is reckoned from the unit cost; the others' from a price."""


def raw_text(code: str, values: Mapping[str, object]) -> str:
    """Return a reason for which there are no words: the code and its figures as they are kept."""
    figures = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return f"{code} {figures}" if values else code


def figure_text(value: ReasonValue) -> str:
    """Return a figure as the active language writes it."""
    if isinstance(value, Money):
        return money_text(value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, float):
        if math.isinf(value):
            return "∞"
        # A slow mover sells 0.021 a day: that is not nothing, and days are divided by it.
        digits = 0
        if abs(value) < 10 and not value.is_integer():
            digits = 2 if abs(value) >= 1 else 3
        # Django cuts digits off where we want them rounded.
        return number_format(round(value, digits), decimal_pos=digits, force_grouping=True)
    if isinstance(value, int):
        return number_format(value, force_grouping=True)
    return value
