"""A client's statement as a PDF to send, in the language that is active.

Helvetica is built into every reader, so no font is carried along. It has the letters of western
Europe and €; letters that it lacks are written without their marks, as Łódź becomes Lódz.
"""

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from umschlag.kernel.money import Money
from umschlag.wiring.amounts import clock_text, day_text, money_text
from umschlag.wiring.statement_words import kind_text, note_text
from umschlag.wiring.statements import ClientStatement

ROWS_PER_PAGE = 22
_PLAIN, _BOLD = "Helvetica", "Helvetica-Bold"
_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT = 20 * mm, _WIDTH - 20 * mm
_DAY, _WHAT, _CHANGE = 38 * mm, 60 * mm, _RIGHT - 32 * mm
_WHAT_MAX = 72 * mm
_TABLE_TOP = _HEIGHT - 62 * mm
_ROW = 9 * mm
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]+")
_WITHOUT_MARKS = str.maketrans("ŁłĐđıŐőŰű", "LlDdiÖöÜü")
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _PaperRow:
    number: str = ""
    day: str = ""
    what: str
    note: str = ""
    change: str = ""
    balance: str = ""
    is_sum: bool = False


def statement_pdf(found: ClientStatement, *, agency_name: str, printed_at: datetime) -> bytes:
    """Return the statement on A4 pages, each with its number and how many there are."""
    rows = _rows(found)
    pages = [rows[first : first + ROWS_PER_PAGE] for first in range(0, len(rows), ROWS_PER_PAGE)]
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.setTitle(_printable(_("Statement of %s") % found.client.name))
    canvas.setAuthor(_printable(agency_name))
    for number, page in enumerate(pages, start=1):
        _draw_head(canvas, found, agency_name)
        _draw_rows(canvas, page)
        _draw_foot(canvas, printed_at, number, len(pages))
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _rows(found: ClientStatement) -> list[_PaperRow]:
    told, currency = found.statement, found.client.currency

    def amount(minor: int) -> str:
        return money_text(Money(minor, currency))

    lines = [
        _PaperRow(
            number=str(line.number),
            day=day_text(timezone.localtime(line.booked_at).date()),
            what=kind_text(line),
            note=note_text(line),
            change=amount(line.change_minor),
            balance=amount(line.balance_minor),
        )
        for line in told.lines
    ]
    return [
        _PaperRow(what=_("Opening balance"), balance=amount(told.opening_minor), is_sum=True),
        *lines,
        _PaperRow(what=_("Added"), change=amount(told.added_minor), is_sum=True),
        _PaperRow(what=_("Taken"), change=amount(told.taken_minor), is_sum=True),
        _PaperRow(what=_("Closing balance"), balance=amount(told.closing_minor), is_sum=True),
    ]


def _draw_head(canvas: Canvas, found: ClientStatement, agency_name: str) -> None:
    _write(canvas, agency_name, _LEFT, _HEIGHT - 20 * mm, size=10, width=_RIGHT - _LEFT)
    _write(canvas, _("Statement"), _LEFT, _HEIGHT - 31 * mm, font=_BOLD, size=16)
    client = f"{found.client.name} ({found.client.external_id})"
    _write(canvas, client, _LEFT, _HEIGHT - 39 * mm, size=11, width=_RIGHT - _LEFT)
    _write(canvas, _period(found), _LEFT, _HEIGHT - 45 * mm, size=9)
    top = _TABLE_TOP + 3 * mm
    _write(canvas, _("Entry"), _LEFT, top, font=_BOLD)
    _write(canvas, _("Day"), _DAY, top, font=_BOLD)
    _write(canvas, _("What"), _WHAT, top, font=_BOLD)
    _write_right(canvas, _("Change"), _CHANGE, top, font=_BOLD)
    _write_right(canvas, _("Balance"), _RIGHT, top, font=_BOLD)
    canvas.line(_LEFT, _TABLE_TOP, _RIGHT, _TABLE_TOP)


def _period(found: ClientStatement) -> str:
    since, through = day_text(found.since), day_text(found.through)
    first = _("from %(day)s") % {"day": since} if found.since else _("from the first entry")
    last = _("through %(day)s") % {"day": through} if found.through else _("until now")
    return f"{first} {last}"


def _draw_rows(canvas: Canvas, rows: Sequence[_PaperRow]) -> None:
    for place, row in enumerate(rows, start=1):
        bottom = _TABLE_TOP - place * _ROW
        base, font = bottom + 4.5 * mm, _BOLD if row.is_sum else _PLAIN
        _write(canvas, row.number, _LEFT, base)
        _write(canvas, row.day, _DAY, base)
        _write(canvas, row.what, _WHAT, base, font=font, width=_WHAT_MAX)
        _write(canvas, row.note, _WHAT, bottom + 1.2 * mm, size=7, width=_RIGHT - _WHAT)
        _write_right(canvas, row.change, _CHANGE, base, font=font)
        _write_right(canvas, row.balance, _RIGHT, base, font=font)


def _draw_foot(canvas: Canvas, printed_at: datetime, number: int, count: int) -> None:
    day = day_text(timezone.localtime(printed_at).date())
    made = _("made %(day)s, %(time)s") % {"day": day, "time": clock_text(printed_at)}
    _write(canvas, made, _LEFT, 15 * mm, size=8)
    page = _("Page %(page)s of %(pages)s") % {"page": number, "pages": count}
    _write_right(canvas, page, _RIGHT, 15 * mm, size=8)


def _write(  # noqa: PLR0913 - a place on paper is two numbers, and its look three more
    canvas: Canvas,
    text: str,
    left: float,
    base: float,
    *,
    font: str = _PLAIN,
    size: float = 9,
    width: float | None = None,
) -> None:
    shown = _printable(text)
    while width is not None and len(shown) > 1 and stringWidth(shown, font, size) > width:
        shown = shown.removesuffix("…")[:-1] + "…"
    canvas.setFont(font, size)
    canvas.drawString(left, base, shown)


def _write_right(
    canvas: Canvas, text: str, right: float, base: float, *, font: str = _PLAIN, size: float = 9
) -> None:
    canvas.setFont(font, size)
    canvas.drawRightString(right, base, _printable(text))


def _printable(text: str) -> str:
    """Return the text in signs that Helvetica has; a sign that has no likeness becomes ``?``."""
    return "".join(map(_printable_sign, _CONTROL.sub(" ", text).translate(_WITHOUT_MARKS)))


def _printable_sign(sign: str) -> str:
    for likeness in (sign, unicodedata.normalize("NFKD", sign)[0]):
        # The library takes the minus sign from the font Symbol, which readers have as well.
        if likeness == _MINUS or _is_western(likeness):
            return likeness
    return "?"


def _is_western(sign: str) -> bool:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
