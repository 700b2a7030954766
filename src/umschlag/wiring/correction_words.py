"""Write-backs in words: why a row was refused, what to mind, and its figures."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.intelligence.corrections.model import Caution, Refusal
from umschlag.storage.records.models import WriteBackLine
from umschlag.wiring.amounts import UNKNOWN

REFUSALS: Mapping[Refusal, str] = {
    Refusal.UNKNOWN_ARTICLE: gettext_noop(
        "Plentymarkets has no such article, or made it anew since the last snapshot. Check the "
        "SKU, or take a snapshot."
    ),
    Refusal.BUNDLE: gettext_noop(
        "A bundle has no stock of its own. Correct the stock of its components."
    ),
    Refusal.PLACE_MISSING: gettext_noop("Name the warehouse: several of them sell."),
    Refusal.UNKNOWN_PLACE: gettext_noop("Plentymarkets has no such warehouse or sales price."),
    Refusal.NO_SALES_WAREHOUSE: gettext_noop(
        "It is no sales warehouse; repair and transit are corrected in Plentymarkets itself."
    ),
    Refusal.OTHER_CURRENCY: gettext_noop("The sales price is for another currency."),
    Refusal.NEGATIVE_UNITS: gettext_noop("Nobody can count less than no units."),
    Refusal.BROKEN_UNITS: gettext_noop("Units are whole numbers."),
    Refusal.TOO_LARGE: gettext_noop("More than 999,999: check the decimal mark."),
    Refusal.PRICE_NOT_POSITIVE: gettext_noop(
        "A price is more than zero. To stop selling an article, deactivate it."
    ),
    Refusal.PRICE_TOO_FINE: gettext_noop("The price has more decimals than its currency."),
    Refusal.SEVERAL_LOCATIONS: gettext_noop(
        "Its stock lies in several storage locations; a correction would set one of them. Correct "
        "it in Plentymarkets."
    ),
    Refusal.MOVED: gettext_noop(
        "It is based on %(based_on)s, and %(before)s stand there now. Count or calculate again."
    ),
    Refusal.UNREADABLE: gettext_noop("What stands there cannot be read."),
    Refusal.TWICE: gettext_noop("The list names it twice. Keep one of the rows."),
}
CAUTIONS: Mapping[Caution, str] = {
    Caution.BELOW_COST: gettext_noop("The price is below the unit cost with VAT."),
    Caution.NEW_PRICE: gettext_noop("The article has no such sales price yet: it is made."),
}


def figure_text(figure: Decimal | None, currency: str) -> str:
    """Return units, or a price with its currency, in the reader's language."""
    if figure is None:
        return UNKNOWN
    digits = -int(figure.normalize().as_tuple().exponent)
    if currency:
        return f"{number_format(figure, max(digits, 2), force_grouping=True)} {currency}"
    return number_format(figure, max(digits, 0), force_grouping=True)


def row_remark(line: WriteBackLine) -> str:
    """Return why the row was refused, what to mind about it, and what the ERP said."""
    parts = []
    if line.refusal in {refusal.value for refusal in Refusal}:
        parts.append(
            _(REFUSALS[Refusal(line.refusal)])
            % {
                "based_on": figure_text(line.based_on, line.currency),
                "before": figure_text(line.before, line.currency),
            }
        )
    known = {caution.value for caution in Caution}
    parts += [_(CAUTIONS[Caution(code)]) for code in line.cautions if code in known]
    if line.message:
        parts.append(line.message)
    return " ".join(parts)
