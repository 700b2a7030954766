"""`umschlag import sales`: what a file would come to, and the import itself, in print."""

from collections.abc import Sequence
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

from umschlag.connectors.sales_file.examining import SalesFileOptions, SalesFilePreview
from umschlag.jobs.progress import shown_progress
from umschlag.kernel.errors import BadInput
from umschlag.settings import Settings
from umschlag.wiring.amounts import UNKNOWN, count_text, day_text
from umschlag.wiring.facts import import_sales_file, preview_sales_file

PROBLEMS_SHOWN_MAX = 20


def columns_named(pairs: Sequence[str]) -> dict[str, str]:
    """Return field → column from pairs such as ``sku=StockCode``.

    Raises:
        BadInput: a pair is no pair.
    """
    mapping = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise BadInput(f"--map {pair}: write FIELD=COLUMN, as in sku=StockCode", field="map")
        mapping[field.strip()] = column.strip()
    return mapping


def preview_sales_lines(
    settings: Settings, file: Path, console: Console, options: SalesFileOptions
) -> None:
    """Print what importing the file would do; write nothing."""
    with translation.override(settings.language):
        preview = preview_sales_file(settings, file, options=options)
        _print_preview(console, preview)
        console.print(_("Nothing was imported: leave --preview out to import."))


def import_sales_lines(
    settings: Settings,
    file: Path,
    console: Console,
    options: SalesFileOptions,
    *,
    into_demo: bool = False,
) -> None:
    """Import the file and print what came of it, with the problems row by row."""
    with translation.override(settings.language):
        with shown_progress(console) as progress_for:
            outcome = import_sales_file(
                settings, file, options=options, into_demo=into_demo, progress_for=progress_for
            )
        _print_preview(console, outcome.preview)
        console.print(
            _(
                "Imported: %(created)s new sales lines, %(updated)s changed, %(unchanged)s as "
                "before, %(removed)s gone; %(articles)s new articles (their stock is unknown)."
            )
            % {
                "created": count_text(outcome.created_count),
                "updated": count_text(outcome.updated_count),
                "unchanged": count_text(outcome.unchanged_count),
                "removed": count_text(outcome.removed_count),
                "articles": count_text(outcome.new_article_count),
            },
            highlight=False,
        )
        console.print(_("Next: `umschlag classify`, `umschlag forecast`, `umschlag report`."))


def _print_preview(console: Console, preview: SalesFilePreview) -> None:
    lines = Table(title=preview.source, title_justify="left")
    for name in (_("Row"), _("Order"), _("SKU"), _("Units"), _("Price"), _("Sold"), _("Article")):
        lines.add_column(name, overflow="fold")
    for line in preview.first_lines:
        lines.add_row(
            str(line.row),
            line.order_id,
            line.sku,
            count_text(line.units),
            str(line.price),
            line.sold_at.isoformat(sep=" ", timespec="minutes"),
            line.name or UNKNOWN,
        )
    console.print(lines)
    understood = ", ".join(
        f"{field.value} = {column}" for field, column in preview.mapping.columns.items()
    )
    console.print(_("Columns: %s (--map changes it)") % understood, markup=False, highlight=False)
    if preview.mapping.unused:
        unused = ", ".join(preview.mapping.unused)
        console.print(_("Columns not used: %s") % unused, markup=False, highlight=False)
    counts = Table(show_header=False)
    counts.add_column()
    counts.add_column(justify="right")
    for name, text in _counts(preview):
        counts.add_row(name, text)
    console.print(counts)
    for problem in preview.problems[:PROBLEMS_SHOWN_MAX]:
        console.print(f"  {problem}", markup=False, highlight=False)
    rest = len(preview.problems) - PROBLEMS_SHOWN_MAX
    if rest > 0:
        console.print(_("  and %s more; the back office lists them") % count_text(rest))


def _counts(preview: SalesFilePreview) -> list[tuple[str, str]]:
    return [
        (_("Rows in the file"), count_text(preview.row_count)),
        (_("Sales"), count_text(preview.sale_count)),
        (_("Returns"), count_text(preview.return_count)),
        (_("Doubled rows"), count_text(preview.duplicate_count)),
        (_("Rows without a price"), count_text(preview.unpriced_count)),
        (_("Sales cancelled at once (pairs)"), count_text(preview.cancelled_pair_count)),
        (_("Rows that are no product"), count_text(preview.non_product_line_count)),
        (_("Unusable rows"), count_text(preview.unusable_count)),
        (_("Articles"), count_text(preview.article_count)),
        (_("First sale"), day_text(preview.first_date)),
        (_("Last sale"), day_text(preview.last_date)),
        (_("Revenue"), str(preview.revenue)),
    ]
