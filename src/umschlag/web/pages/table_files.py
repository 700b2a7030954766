"""Tables taken out of our pages as files, for spreadsheets."""

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

from django.http import Http404, HttpResponse

from umschlag.kernel.money import Money
from umschlag.web.loose import Loose
from umschlag.wiring.spreadsheets import harmless

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(rows: Iterable[list[Loose]], ending: str, *, name: str) -> HttpResponse:
    """Return the rows, of which the first names the columns, as a file to keep.

    Raises:
        Http404: the ending is neither ``csv`` nor ``xlsx``.
    """
    if ending == "csv":
        return _attachment(_as_csv(rows), "text/csv; charset=utf-8", f"{name}.csv")
    if ending == "xlsx":
        return _attachment(_as_excel(rows, name), EXCEL_TYPE, f"{name}.xlsx")
    raise Http404


def major_cell(minor: int | None, currency: str) -> Decimal | None:
    """Return minor units as a number of major ones, which spreadsheets can sum."""
    return None if minor is None else Money(minor, currency).decimal


def _as_csv(rows: Iterable[list[Loose]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    # Excel takes a file without this mark for one in its own old encoding.
    return ("\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue()).encode()


def _as_excel(rows: Iterable[list[Loose]], name: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name.replace("-", " ").title())
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
