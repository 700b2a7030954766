"""Write-backs in words: by how much a figure changes, and why a list cannot be used."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from umschlag.connectors.corrections_file import BadCell, CellFault, ColumnMissing, RowsUnusable
from umschlag.kernel.errors import Unreachable
from umschlag.storage.records.corrections import SentAlready
from umschlag.wiring.correction_words import FAULTS, difference_text, problem_texts

GAP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("before", "asked", "currency", "written"),
    [
        ("15", "25", "", "+10"),
        ("25", "15", "", "−10"),
        ("2", "2", "", "0"),
        (None, "7", "", "–"),
        ("20", "25", "EUR", f"+€5.00 (+25{GAP}%)"),
        ("20", "15", "EUR", f"−€5.00 (−25{GAP}%)"),
        ("0", "15", "EUR", "+€15.00"),
        (None, "15", "EUR", "–"),
    ],
)
def test_a_change_has_a_sign_and_a_price_its_share(before, asked, currency, written):
    figure = None if before is None else Decimal(before)

    with override("en"):
        assert difference_text(figure, Decimal(asked), currency) == written


def a_bad_cell(fault, **values):
    return BadCell(fault, source="list.csv", row=2, field="units", values=values)


def test_every_fault_of_a_cell_has_words_in_both_languages():
    values = {"found": "ten", "mark": ".", "wanted": "EUR"}
    for fault in CellFault:
        with override("en"):
            (english,) = problem_texts(a_bad_cell(fault, **values))
        with override("de"):
            (german,) = problem_texts(a_bad_cell(fault, **values))

        assert english.startswith("list.csv, row 2, units: ")
        assert german.startswith("list.csv, Zeile 2, units: ")
        assert english.partition(": ")[2] != german.partition(": ")[2]
    assert FAULTS.keys() == set(CellFault)


def test_each_unusable_row_is_told_by_itself():
    rows = [a_bad_cell(CellFault.NUMBER_EMPTY), a_bad_cell(CellFault.SKU_EMPTY)]

    with override("en"):
        assert len(problem_texts(RowsUnusable(rows))) == 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ColumnMissing("sku", source="list.csv", there=["a", "b"], wanted="sku, units"),
            "list.csv hat keine Spalte „sku“, nur a, b.",
        ),
        (SentAlready("dry run 1 was sent already"), "Dieser Probelauf ist schon gesendet."),
        (Unreachable("no answer"), "nicht zu erreichen, gesendet wurde nichts: no answer"),
    ],
)
def test_refusals_are_told_in_german_with_the_remedy(error, said):
    with override("de"):
        (text,) = problem_texts(error)

    assert said in text
