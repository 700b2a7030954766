"""Files in which no cell is a program."""

from umschlag.web.admin.untyped import CSV, XLSX
from umschlag.web.loose import Loose

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(cell: Loose) -> Loose:
    """Return the cell so that a spreadsheet shows, and does not run, what an outsider wrote.

    An apostrophe in front is how spreadsheets mark text; numbers are left as they are.
    """
    if isinstance(cell, str) and cell.startswith(_STARTS_A_FORMULA):
        return f"'{cell}"
    return cell


class _Harmless:
    def _escape_formulae(self, dataset: Loose) -> None:
        # The library's own way turns every number into text.
        for number, row in enumerate(dataset):
            dataset[number] = tuple(harmless(cell) for cell in row)


class HarmlessCsv(_Harmless, CSV):
    """Text with commas."""


class HarmlessExcel(_Harmless, XLSX):
    """Excel."""
