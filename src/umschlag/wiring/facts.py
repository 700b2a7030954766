"""The door to facts from outside: order lines in a file, Sellerboard's reports."""

from umschlag.wiring.profitability import profitability
from umschlag.wiring.sales_files import (
    SalesFileOutcome,
    import_sales_file,
    preview_sales_file,
)
from umschlag.wiring.sellerboard import import_sellerboard

__all__ = [
    "SalesFileOutcome",
    "import_sales_file",
    "import_sellerboard",
    "preview_sales_file",
    "profitability",
]
