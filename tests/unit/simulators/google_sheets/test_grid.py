"""Ranges and rendering of the simulated sheet."""

from datetime import date

import pytest

from umschlag.simulators.google_sheets.grid import (
    UnparsableRange,
    block_named,
    column_name,
    rendered,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Buying!A1:C3", "A1:C3"),
        ("'Buying'!B2", "B2:B2"),
        ("Buying!A1:Z", "A1:Z1000"),
        ("Buying!C:D", "C1:D1000"),
        ("Buying!2:3", "A2:Z3"),
        ("Buying", "A1:Z1000"),
        ("A1:B2", "A1:B2"),
        ("Buying!A1:AZ5000", "A1:Z1000"),
    ],
)
def test_a_range_names_a_block_within_the_grid(text, address):
    assert block_named(text, tab="Buying").address == address


@pytest.mark.parametrize("text", ["Other!A1", "Buying!1A", "Buying!A1:?", "Buying!a1"])
def test_what_names_no_block_is_refused(text):
    with pytest.raises(UnparsableRange):
        block_named(text, tab="Buying")


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ")])
def test_columns_have_letters(column, name):
    assert column_name(column) == name


ROWS = [["a", None, 2.5, None], [None, True, date(2020, 1, 1)], [None, None], [None]]


def shown(*, formatted=False, dates_as_text=False):
    block = block_named("Buying", tab="Buying")
    return rendered(ROWS, block, formatted=formatted, dates_as_text=dates_as_text)


def test_trailing_emptiness_is_cut_and_inner_emptiness_kept():
    assert shown() == [["a", "", 2.5], ["", True, 43831]]


def test_formatted_values_are_text_in_the_german_locale():
    assert shown(formatted=True) == [["a", "", "2,50"], ["", "TRUE", "01.01.2020"]]


def test_dates_can_be_text_among_plain_numbers():
    assert shown(dates_as_text=True)[1] == ["", True, "01.01.2020"]
