"""Sellerboard reports as accounts write them, and accounts they are from."""

from datetime import date

from umschlag.connectors.sellerboard.parsing import Account
from umschlag.simulators.sellerboard.figures import ProductDay
from umschlag.simulators.sellerboard.writing import Form, report_csv

RECEIVED = date(2026, 4, 20)


def an_account(**values):
    return Account(**{"currency": "EUR", "received_date": RECEIVED, **values})


def a_product_day(**values):
    """Return a day on which two units sold for 25.00 each; the parts add up to 10.66."""
    return ProductDay(
        **{
            "business_date": date(2026, 3, 25),
            "marketplace": "Amazon.de",
            "asin": "B0ABCDEFGH",
            "sku": "HX-10007",
            "name": 'Lamp "Urban", 30 cm; white',
            "units_organic": 1,
            "units_ppc": 1,
            "sales_organic": 2_500,
            "sales_ppc": 2_500,
            "refunds": 0,
            "promo": 0,
            "sponsored_products": -400,
            "refund_principal": 0,
            "refund_commission": 0,
            "refund_admin": 0,
            "returned_value": 0,
            "commission": -750,
            "fulfilment": -686,
            "cost_of_goods": -1_300,
            "vat": -798,
            **values,
        }
    )


def a_return_day(**values):
    """Return a day without a sale on which one unit came back."""
    return a_product_day(
        **{
            "units_organic": 0,
            "units_ppc": 0,
            "sales_organic": 0,
            "sales_ppc": 0,
            "sponsored_products": 0,
            "commission": 0,
            "fulfilment": 0,
            "cost_of_goods": 0,
            "vat": 399,
            "refunds": 1,
            "refund_principal": -2_500,
            "refund_commission": 375,
            "refund_admin": -75,
            "returned_value": 650,
            **values,
        }
    )


def a_report(*days, **form):
    return report_csv(days, Form(**form))


def a_written_report(*rows, header="Date,Marketplace,ASIN,SKU,UnitsOrganic,SalesOrganic,NetProfit"):
    """Return a report of these lines, as they stand."""
    return "\r\n".join([header, *rows]).encode()
