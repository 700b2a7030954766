"""The sheet tells the agency's lots, with the gaps and slips people make."""

from builders.agency import a_world
from umschlag.simulators.demo.agency import demo_agency
from umschlag.simulators.google_sheets.buying_sheet import HEADER, buying_sheet

AGENCY = demo_agency(a_world(article_count=120, sheet_asin_count=120))
SHEET = buying_sheet(AGENCY)


def column(name):
    place = HEADER.index(name)
    return [row[place] for row in SHEET[1:]]


def test_every_lot_and_every_slip_has_its_row():
    assert len(SHEET) == 1 + 120 + 6
    assert {len(row) for row in SHEET} == {len(HEADER)}


def test_every_kind_of_slip_is_there():
    assert 306406152 in column("ASIN")
    assert "B0-NOT-YET" in column("ASIN")
    assert "#N/A" in column("Unit Cost")
    assert min(units for units in column("Remaining Quantity")) < 0
    asins = [str(asin).upper() for asin in column("ASIN")]
    assert len(asins) - len(set(asins)) == 1


def test_some_cells_are_missing_and_some_weights_are_in_ounces():
    for name in ("Item Weight (lb)", "Package Dimensions (in)", "Min Shipping Price", "Case Pack"):
        assert None in column(name)
    assert any(str(weight).endswith(" oz") for weight in column("Item Weight (lb)"))


def test_an_agency_without_lots_has_a_header_alone():
    assert buying_sheet(demo_agency(a_world(sheet_asin_count=0))) == [list(HEADER)]
