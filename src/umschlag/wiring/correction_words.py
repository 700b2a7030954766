"""Write-backs in words: why a row was refused, what to mind, and its figures."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from umschlag.connectors.corrections_file import (
    BadCell,
    CellFault,
    ColumnMissing,
    RowsUnusable,
)
from umschlag.intelligence.corrections.model import Caution, Refusal
from umschlag.kernel.errors import OutsideSystemFailed, UmschlagError
from umschlag.storage.records.corrections import SentAlready
from umschlag.storage.records.models import WriteBackLine
from umschlag.wiring.amounts import UNKNOWN, decimal_text, price_text, share_text

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
FAULTS: Mapping[CellFault, str] = {
    CellFault.SKU_EMPTY: gettext_noop("is empty; enter the article’s number or delete the row"),
    CellFault.NUMBER_EMPTY: gettext_noop("is empty; enter a number or delete the row"),
    CellFault.NO_NUMBER: gettext_noop("“%(found)s” is no number; write it as 12 or 12%(mark)s50"),
    CellFault.NO_ID: gettext_noop(
        "“%(found)s” is no number of Plentymarkets; write its id, as in 1"
    ),
    CellFault.OTHER_CURRENCY: gettext_noop(
        "is %(found)s, and the prices in Plentymarkets are in %(wanted)s; convert it"
    ),
}
CAUTIONS: Mapping[Caution, str] = {
    Caution.BELOW_COST: gettext_noop("The price is below the unit cost with VAT."),
    Caution.NEW_PRICE: gettext_noop("The article has no such sales price yet: it is made."),
}


def figure_text(figure: Decimal | None, currency: str) -> str:
    """Return units, or a price with its currency, in the reader's language."""
    if figure is None:
        return UNKNOWN
    if currency:
        return price_text(figure, currency)
    digits = -int(figure.normalize().as_tuple().exponent)
    return decimal_text(figure, max(digits, 0))


def difference_text(before: Decimal | None, asked: Decimal, currency: str) -> str:
    """Return by how much the figure changes, of a price also the share; unknown without a before.

    A wrong decimal mark shows as hundreds of percent.
    """
    if before is None:
        return UNKNOWN
    difference = asked - before
    text = figure_text(difference, currency)
    if currency and before > 0:
        sign = "+" if difference > 0 else ""
        text += f" ({sign}{share_text(float(difference / before))})"
    return f"+{text}" if difference > 0 else text


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


def problem_texts(error: UmschlagError) -> list[str]:
    """Return why nothing was tried or sent, and the remedy; of a list, each unusable row."""
    if isinstance(error, RowsUnusable):
        return [text for problem in error.problems for text in problem_texts(problem)]
    if isinstance(error, BadCell):
        return [_bad_cell_text(error)]
    if isinstance(error, ColumnMissing):
        told = _(
            "%(source)s has no column “%(missing)s”; it has %(there)s. Name the columns in the "
            "first line: %(wanted)s"
        )
        return [told % error.values]
    if isinstance(error, SentAlready):
        return [
            _(
                "This dry run was sent already. Make a new one: it shows what stands in "
                "Plentymarkets now."
            )
        ]
    if isinstance(error, OutsideSystemFailed):
        return [_("Plentymarkets could not be asked, and nothing was sent: %s") % error.message]
    return [error.message]


def _bad_cell_text(cell: BadCell) -> str:
    place = _("%(source)s, row %(row)d, %(column)s") % {
        "source": cell.source,
        "row": cell.row,
        "column": cell.field,
    }
    return f"{place}: {_(FAULTS[cell.fault]) % cell.values}"
