"""`umschlag write …`: stock corrections and prices for the ERP; tried unless told to send."""

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from umschlag.jobs.readiness import with_records
from umschlag.jobs.write_request import OneChange, Request
from umschlag.kernel.errors import BadInput

write_app = typer.Typer(
    help="Write stock and prices to Plentymarkets; a dry run unless --send is given.",
    no_args_is_help=True,
)
File = Annotated[
    Path | None, typer.Argument(help="CSV or Excel, one row an article; or give --sku.")
]
SkuOption = Annotated[str, typer.Option("--sku", help="One article, in place of a file.")]
BasedOn = Annotated[
    str, typer.Option("--based-on", help="What stood there when you decided; else it is refused.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept on record.")]
Send = Annotated[bool, typer.Option("--send", help="Send it, and look up every row again.")]


@write_app.command("stock")
def write_stock(  # noqa: PLR0913, PLR0917 - one argument an option
    file: File = None,
    sku: SkuOption = "",
    units: Annotated[
        str, typer.Option("--units", help="Units on hand it shall have: absolute.")
    ] = "",
    warehouse: Annotated[
        int | None, typer.Option("--warehouse", help="Id; needed where several sell.")
    ] = None,
    based_on: BasedOn = "",
    reason: Reason = "",
    send: Send = False,
) -> None:
    """Correct the stock on hand. Columns of a file: sku, units, warehouse, based_on.

    Example: `umschlag write stock counted.csv --reason "stocktaking"`
    """
    one = _one(sku, units, warehouse, based_on, name="units")
    _written("stock", file, one, reason=reason, send=send)


@write_app.command("prices")
def write_prices(  # noqa: PLR0913, PLR0917 - one argument an option
    file: File = None,
    sku: SkuOption = "",
    price: Annotated[str, typer.Option("--price", help="Gross price it shall have.")] = "",
    price_id: Annotated[
        int | None, typer.Option("--price-id", help="Sales price; the usual one where left out.")
    ] = None,
    based_on: BasedOn = "",
    reason: Reason = "",
    send: Send = False,
) -> None:
    """Change sales prices. Columns of a file: sku, price, price_id, based_on.

    Example: `umschlag write prices --sku HX-1004 --price 24.99`
    """
    one = _one(sku, price, price_id, based_on, name="price")
    _written("price", file, one, reason=reason, send=send)


@write_app.command("send")
def write_send(
    run: Annotated[int, typer.Argument(help="Number of the dry run.")], reason: Reason = ""
) -> None:
    """Send what a dry run showed, as far as it still stands.

    Example: `umschlag write send 12`
    """
    settings = with_records()
    from umschlag.jobs.writing import send_tried

    send_tried(settings, run, reason=reason, console=Console())


def _one(
    sku: str, figure: str, place_id: int | None, based_on: str, *, name: str
) -> OneChange | None:
    if not (sku or figure):
        return None
    if not (sku and figure):
        raise typer.BadParameter(f"give both --sku and --{name}, or a file")
    return OneChange(
        sku=sku,
        asked=_number(figure, name),
        place_id=place_id,
        based_on=_number(based_on, "based-on") if based_on else None,
    )


def _number(text: str, option: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadInput(f"--{option} {text}: write it as 12 or 12.50", field=option) from None


def _written(
    kind: str, file: Path | None, one: OneChange | None, *, reason: str, send: bool
) -> None:
    if (file is None) == (one is None):
        raise typer.BadParameter("give a file, or --sku with its figure")
    settings = with_records()
    from umschlag.jobs.writing import write_list

    request = Request(kind=kind, file=file, one=one, reason=reason, send=send)
    write_list(settings, request, Console())
