"""Tables taken out of our pages as files, for spreadsheets."""

from collections.abc import Iterable
from decimal import Decimal

from django.http import Http404, HttpResponse

from umschlag.kernel.money import Money
from umschlag.wiring.spreadsheets import Row, csv_chunks, excel_chunks

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": EXCEL_TYPE}


def table_file(rows: Iterable[Row], ending: str, *, name: str) -> HttpResponse:
    """Return the rows, of which the first names the columns, as a file to keep.

    Raises:
        Http404: the ending is neither ``csv`` nor ``xlsx``.
    """
    if ending not in TYPES:
        raise Http404
    is_csv = ending == "csv"
    chunks = csv_chunks(rows) if is_csv else excel_chunks(rows, title=name)
    # Written whole while the reader's language is active: some cells are sentences.
    return HttpResponse(
        b"".join(chunks),
        content_type=TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}.{ending}"'},
    )


def major_cell(minor: int | None, currency: str) -> Decimal | None:
    """Return minor units as a number of major ones, which spreadsheets can sum."""
    return None if minor is None else Money(minor, currency).decimal
