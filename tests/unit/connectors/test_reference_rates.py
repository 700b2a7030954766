import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from umschlag.connectors.reference_rates import read_reference_rates
from umschlag.kernel.errors import BadInput

HISTORY = b"Date,USD,JPY,CYP,\n2026-11-20,1.0518,162.34,N/A,\n2026-11-19,1.0545,163.02,N/A,\n"
DAILY = b"Date, USD, JPY, \n20 November 2026, 1.0518, 162.34, \n"
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"><Cube>
<Cube time="2026-11-20"><Cube currency="USD" rate="1.0518"/><Cube currency="JPY" rate="162.34"/>
</Cube><Cube time='2026-11-19'><Cube currency='USD' rate='1.0545'/></Cube></Cube></gesmes:Envelope>
"""


def quotes(content):
    read = read_reference_rates(content, name="eurofxref")
    return {(rate.rate_date, rate.currency): rate.rate for rate in read.rates}


def zipped(content):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("eurofxref-hist.csv", content)
    return target.getvalue()


def test_the_history_tells_every_day_and_leaves_out_what_was_not_quoted():
    assert quotes(HISTORY) == {
        (date(2026, 11, 20), "USD"): Decimal("1.0518"),
        (date(2026, 11, 20), "JPY"): Decimal("162.34"),
        (date(2026, 11, 19), "USD"): Decimal("1.0545"),
        (date(2026, 11, 19), "JPY"): Decimal("163.02"),
    }


def test_the_zipped_history_tells_the_same():
    assert quotes(zipped(HISTORY)) == quotes(HISTORY)


def test_the_days_file_writes_its_day_in_words():
    assert quotes(DAILY)[date(2026, 11, 20), "USD"] == Decimal("1.0518")


def test_xml_tells_the_same_as_csv():
    expected = quotes(HISTORY)
    del expected[date(2026, 11, 19), "JPY"]

    assert quotes(XML) == expected


def test_a_rate_is_of_one_euro_and_names_its_source():
    rate = read_reference_rates(DAILY, name="x").rates[0]

    assert (rate.base, rate.source) == ("EUR", "ECB reference rates")


def test_a_cell_that_is_no_rate_is_told_and_the_rest_goes_through():
    content = HISTORY.replace(b"163.02", b"a lot").replace(b"2026-11-20", b"yesterday")

    read = read_reference_rates(content, name="rates.csv")

    assert [str(problem) for problem in read.problems] == [
        "rates.csv, row 2, date: 'yesterday' is no date",
        "rates.csv, row 3, JPY: 'a lot' is no rate",
    ]
    assert len(read.rates) == 1


def test_where_no_row_can_be_read_the_first_are_named_and_all_are_counted():
    rows = "".join(f"20.11.2026,{number},1.5\n" for number in range(1_200))

    with pytest.raises(BadInput) as refused:
        read_reference_rates(f"Date,USD,GBP\n{rows}".encode(), name="rates.csv")

    assert str(refused.value) == (
        "rates.csv holds no reference rate that can be read. rates.csv, row 2, date: '20.11.2026' "
        "is no date; rates.csv, row 3, date: '20.11.2026' is no date; rates.csv, row 4, date: "
        "'20.11.2026' is no date; and 1,197 more. Write dates as 2026-11-20 and rates as 1.0518, "
        "or take eurofxref-hist.csv or .zip from the European Central Bank's page 'Euro foreign "
        "exchange reference rates'"
    )


def test_one_row_that_cannot_be_read_is_named_with_its_field():
    with pytest.raises(BadInput, match=r"rates.csv, row 2, USD: '1,05' is no rate\. Write"):
        read_reference_rates(b'Date,USD\n2026-11-20,"1,05"\n', name="rates.csv")


def test_what_cannot_be_read_of_xml_is_told_with_its_line():
    content = XML.replace(b"2026-11-20", b"20.11.2026").replace(b"1.0545", b"a lot")
    content = content.replace(
        b"</Cube></Cube></gesmes", b"<Cube currency='GBP' rate='0.8'/></Cube></Cube></gesmes"
    )

    read = read_reference_rates(content, name="rates.xml")

    assert [str(problem) for problem in read.problems] == [
        "rates.xml, line 3, time: '20.11.2026' is no date",
        "rates.xml, line 4, USD: 'a lot' is no rate",
    ]
    assert [rate.currency for rate in read.rates] == ["GBP"]


@pytest.mark.parametrize("written", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_a_number_above_zero(written):
    content = f"Date,USD,GBP\n2026-11-20,{written},0.85\n".encode()

    read = read_reference_rates(content, name="rates.csv")

    assert [rate.currency for rate in read.rates] == ["GBP"]
    assert len(read.problems) == 1


@pytest.mark.parametrize(
    "content", [b"", b"Date,USD\n", b"sku,price\n1,2\n", b"<html></html>", b"PK\x03\x04", b"\xff"]
)
def test_what_is_no_file_of_rates_is_refused(content):
    with pytest.raises(BadInput, match="rates"):
        read_reference_rates(content, name="rates")
