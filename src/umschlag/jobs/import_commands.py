"""`umschlag import …`: files of facts."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records

import_app = typer.Typer(help="Read files of facts.", no_args_is_help=True)


@import_app.command("sales")
def import_sales(  # noqa: PLR0913, PLR0917 - one argument an option
    file: Annotated[Path, typer.Argument(help="CSV, Excel or Parquet with one row an order line.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="Which column holds a field: sku=StockCode. Repeatable."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what would be read and import nothing.")
    ] = False,
    currency: Annotated[
        str, typer.Option("--currency", help="Currency of the prices, such as GBP.")
    ] = "",
    decimal: Annotated[
        Literal[".", ","] | None,
        typer.Option("--decimal", help="Decimal mark, where the file leaves it open."),
    ] = None,
    dates: Annotated[
        Literal["dmy", "mdy"] | None,
        typer.Option("--dates", help="Order in its dates, where the file leaves it open."),
    ] = None,
    source: Annotated[
        str,
        typer.Option("--source", help="The shop it is from; order numbers are unique within it."),
    ] = "file",
    products: Annotated[
        list[str] | None,
        typer.Option("--product", help="A code that looks like a service and is none. Repeatable."),
    ] = None,
    into_demo: Annotated[
        bool, typer.Option("--into-demo", help="Mix them with the demo's articles all the same.")
    ] = False,
) -> None:
    """Import order lines from a file.

    Example: `umschlag import sales sales.xlsx --map sku=Artikelnummer --preview`
    """
    settings = with_records()
    from umschlag.connectors.dialect import DateOrder
    from umschlag.connectors.sales_file.examining import SalesFileOptions
    from umschlag.jobs.sales_import import columns_named, import_sales_lines, preview_sales_lines

    options = SalesFileOptions(
        columns=columns_named(columns or []),
        products=frozenset(products or []),
        source=source,
        currency=currency,
        decimal=decimal,
        dates=DateOrder(dates) if dates else None,
    )
    if preview:
        preview_sales_lines(settings, file, Console(), options)
    else:
        import_sales_lines(settings, file, Console(), options, into_demo=into_demo)


@import_app.command("rates")
def import_rates(
    file: Annotated[Path, typer.Argument(help="eurofxref-hist.csv, .xml or .zip of the ECB.")],
) -> None:
    """Import the European Central Bank's reference rates, by which amounts are converted.

    The file is offered on the bank's page "Euro foreign exchange reference rates".

    Example: `umschlag import rates eurofxref-hist.zip`
    """
    settings = with_records()
    from umschlag.jobs.rates_import import import_reference_rates

    import_reference_rates(settings, file, Console())
