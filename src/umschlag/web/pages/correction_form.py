"""What somebody enters to correct stock or prices: a few rows typed in, or a file."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from umschlag.intelligence.corrections.model import Change, WriteKind
from umschlag.kernel.errors import BadInput
from umschlag.settings import Settings
from umschlag.web.pages.frame import typed_count
from umschlag.wiring.corrections import list_in_file, one_change

ROWS_MAX = 25
"""What is looked up twice within a request's time, also at 80 calls a minute."""
ROWS_OFFERED = 3
_FILE_NAME_CHARACTERS_MAX = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredRow:
    """One typed row, as it was typed."""

    sku: str = ""
    asked: str = ""
    based_on: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.sku or self.asked or self.based_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Everything that was entered, shown again where it cannot be used."""

    kind: str
    warehouse: str
    price_id: str
    reason: str
    rows: Sequence[EnteredRow]

    @classmethod
    def of(cls, given: QueryDict) -> "Entered":
        """Return what an address or a form holds; a form offers some empty rows."""
        columns = [
            [value.strip() for value in given.getlist(name)]
            for name in ("sku", "asked", "based_on")
        ]
        count = max(ROWS_OFFERED, *map(len, columns))
        filled = [[*column, *[""] * (count - len(column))] for column in columns]
        return cls(
            kind=given.get("kind", WriteKind.STOCK),
            warehouse=given.get("warehouse", "").strip(),
            price_id=given.get("price_id", "").strip(),
            reason=given.get("reason", "").strip()[:250],
            rows=[
                EnteredRow(sku=sku, asked=asked, based_on=based_on)
                for sku, asked, based_on in zip(*filled, strict=True)
            ],
        )

    def changes(self, settings: Settings) -> list[Change]:
        """Return the typed rows as a list.

        Raises:
            BadInput: a figure cannot be understood, or there is no row.
        """
        kind = kind_of(self.kind)
        place = self.warehouse if kind is WriteKind.STOCK else self.price_id
        place_id = typed_count(place)
        if place and place_id is None:
            raise BadInput(_("Warehouse and sales price are given by their number, as in 1."))
        found = [
            replace(
                one_change(
                    settings,
                    kind,
                    sku=_sku(row, number),
                    asked=_figure(row.asked, number),
                    place_id=place_id,
                    based_on=_figure(row.based_on, number) if row.based_on else None,
                ),
                row=number,
            )
            for number, row in enumerate(self.rows, start=1)
            if not row.is_empty
        ]
        if not found:
            raise BadInput(_("Enter an SKU and a figure, or choose a file."))
        return found


def entered_list(request: HttpRequest, settings: Settings) -> tuple[list[Change], str]:
    """Return the list and the name of the file that it came from, if any.

    Raises:
        BadInput: it cannot be understood, or is too long for a page.
    """
    upload = request.FILES.get("file")
    if isinstance(upload, UploadedFile):
        kind = kind_of(request.POST.get("kind", ""))
        changes, source = _uploaded(upload, kind, settings), Path(str(upload.name)).name
    else:
        changes, source = Entered.of(request.POST).changes(settings), ""
    if len(changes) > ROWS_MAX:
        raise BadInput(
            _(
                "The list has %(count)s rows, and this page sends %(most)s at most. Longer"
                " lists: umschlag write stock FILE, or write prices FILE."
            )
            % {"count": len(changes), "most": ROWS_MAX}
        )
    return changes, source[:_FILE_NAME_CHARACTERS_MAX]


def kind_of(text: str) -> WriteKind:
    """Return what shall be corrected.

    Raises:
        BadInput: it is neither stock nor price.
    """
    try:
        return WriteKind(text)
    except ValueError:
        raise BadInput(_("Choose stock or prices."), field="kind") from None


def _uploaded(upload: "UploadedFile[Any]", kind: WriteKind, settings: Settings) -> list[Change]:
    # The reader tells formats by the ending, and names the file in what it has to say.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(str(upload.name)).name
        path.write_bytes(upload.read())
        return list_in_file(settings, path, kind)


def _sku(row: EnteredRow, number: int) -> str:
    if not row.sku:
        raise BadInput(_("Row %d has a figure and no SKU.") % number, field="sku")
    return row.sku


def _figure(text: str, number: int) -> Decimal:
    # One figure alone does not tell its decimal mark; both are taken, thousands are not.
    try:
        figure = Decimal(text.replace(",", "."))
    except InvalidOperation:
        figure = Decimal("NaN")
    if figure.is_finite():
        return figure
    if not text:
        raise BadInput(_("Row %d has no figure.") % number, field="asked")
    raise BadInput(
        _("Row %(row)d: “%(text)s” is no figure; write it as in 12 or 12.50.")
        % {"row": number, "text": text}
    )
