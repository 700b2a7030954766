"""Files in which no cell is a program."""

import csv

from umschlag.web.admin.untyped import CSV, XLSX
from umschlag.web.loose import Loose
from umschlag.wiring.spreadsheets import harmless


def _delimiter(text: str) -> str:
    """Return the sign that cuts the first line into most cells; a comma where none does."""
    head = text.split("\n", 1)[0]
    return max(",;\t", key=lambda sign: len(next(csv.reader([head], delimiter=sign), [])))


class _Harmless:
    def _escape_formulae(self, dataset: Loose) -> None:
        # The library's own way turns every number into text.
        for number, row in enumerate(dataset):
            dataset[number] = tuple(harmless(cell) for cell in row)


class HarmlessCsv(_Harmless, CSV):
    """Text with commas; a German Excel's semicolons and tabs are read too."""

    encoding: str | None

    def create_dataset(self, in_stream: Loose, **options: Loose) -> Loose:
        """Return the rows; the first line tells what stands between the cells."""
        if isinstance(in_stream, bytes):
            in_stream = in_stream.decode(self.encoding or "utf-8-sig")
        return super().create_dataset(in_stream, delimiter=_delimiter(in_stream), **options)


class HarmlessExcel(_Harmless, XLSX):
    """Excel."""
